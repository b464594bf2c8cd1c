"""What is wrong in a workbook, by sheet and cell, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from safety.errors import Problem


@dataclass(frozen=True, kw_only=True)
class CellProblem(Problem):
    """A ``Problem`` with its place. ``code`` names the kind for machines.

    ``row`` 0 is the workbook as a whole, ``cell`` "" the whole row.
    """

    code: str
    sheet: str = ""
    row: int = 0
    cell: str = ""

    def as_json(self) -> dict[str, Any]:
        place = {"code": self.code, "sheet": self.sheet, "row": self.row, "cell": self.cell}
        return {**place, **super().as_json()}

    @property
    def place(self) -> str:
        """Where to look: "D17", or the row, or nothing."""
        if self.cell:
            return self.cell
        return _("row %(number)d") % {"number": self.row} if self.row else self.sheet
