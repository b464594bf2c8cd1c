"""Adjustment sheets (人员调整表): read, planned, applied and undone as a whole."""
