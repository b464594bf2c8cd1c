"""What is wrong in an imported file: which file, row and column, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from safety.errors import Problem


@dataclass(frozen=True, kw_only=True)
class CellProblem(Problem):
    """A ``Problem`` with its place. ``code`` names the kind of problem for machines.

    ``row`` is counted as spreadsheets do, from 1; 0 means the file as a whole.
    """

    code: str
    file: str
    row: int = 0
    column: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "file": self.file,
            "row": self.row,
            "column": self.column,
            **super().as_json(),
        }

    @property
    def place(self) -> str:
        parts = [self.file]
        if self.row:
            parts.append(_("row %(number)d") % {"number": self.row})
        if self.column:
            parts.append(_("column %(name)s") % {"name": self.column})
        return ", ".join(parts)

    def __str__(self) -> str:
        value = f" [{self.value}]" if self.value else ""
        return f"{self.place}{value}: {self.message} {self.remedy}"


class Unusable(ValueError):  # noqa: N818 - says what a cell is
    """The text of one cell cannot be used: kind of problem, message and remedy."""

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy
