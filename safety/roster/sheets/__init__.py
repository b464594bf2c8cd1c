"""Rosters as offices keep them: sheets read, and the sheet that is circulated."""
