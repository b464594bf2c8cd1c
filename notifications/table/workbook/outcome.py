"""What somebody sent, and everything that was found in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from notifications.models import ResponsibilityTable
from notifications.table.workbook.known import Known
from notifications.table.workbook.marks import Mark
from notifications.table.workbook.merging import Merged
from notifications.table.workbook.opening import Opened
from notifications.table.workbook.problems import CellProblem
from notifications.table.workbook.reading import Found
from notifications.table.workbook.statements import Reading
from notifications.table.workbook.vocabulary import Words


@dataclass(frozen=True, kw_only=True)
class Request:
    """What somebody sent, and how it is to be taken.

    ``draft`` is where it goes; without one a new draft of the version in force is
    begun. ``unit`` is the unit of rows that name none (a sheet of the bureau's own).
    ``over`` takes a workbook of an unknown state for the last word.
    """

    content: bytes
    name: str
    draft: ResponsibilityTable | None = None
    maps: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    over: bool = False
    create_posts: bool = False
    valid_only: bool = False


@dataclass(kw_only=True)
class Outcome:
    """What was found. ``is_own``: it is a workbook of ours, else a sheet of the bureau's own."""

    request: Request
    opened: Opened
    based_on: ResponsibilityTable | None
    revision: int
    known: Known
    words: Words
    is_own: bool = False
    mark: Mark | None = None
    is_merged: bool = False
    found: list[Found] = field(default_factory=list)
    reading: Reading = field(default_factory=Reading)
    merged: Merged = field(default_factory=Merged)
    problems: list[CellProblem] = field(default_factory=list)

    @property
    def notes(self) -> list[CellProblem]:
        return self.reading.notes

    @property
    def blocking(self) -> list[CellProblem]:
        """What keeps it from being imported: every problem, or only those of the whole file."""
        if not self.request.valid_only:
            return self.problems
        return [problem for problem in self.problems if not problem.row]

    @property
    def writes(self) -> bool:
        return bool(self.merged.changes or (self.request.create_posts and self.reading.new_posts))
