"""What a sheet was found to say: rows of the table, people, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field

from notifications.table.rows import Key, Row
from notifications.table.workbook.people import Person
from notifications.table.workbook.problems import CellProblem
from notifications.table.workbook.reading import SheetRow


@dataclass(frozen=True, kw_only=True)
class NewPost:
    """A post that the sheet names and the unit does not have, but whose type is known."""

    unit: str
    code: str
    kind: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One row of the sheet as a row of the table."""

    row: Row
    line: SheetRow


@dataclass(frozen=True, kw_only=True)
class Named:
    """Somebody whom the sheet names for a post; without a person it says the post is vacant."""

    unit: str
    post: str
    line: SheetRow
    person: Person | None = None
    is_deputy: bool = False


@dataclass(kw_only=True)
class Reading:
    """``problems`` keep their rows out, ``notes`` do not."""

    statements: dict[Key, Statement] = field(default_factory=dict)
    problems: list[CellProblem] = field(default_factory=list)
    notes: list[CellProblem] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)
    new_posts: dict[tuple[str, str], NewPost] = field(default_factory=dict)
    skipped: list[int] = field(default_factory=list)
    rows: int = 0
