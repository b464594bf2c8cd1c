"""Who of each level and line has answered, as one reader may be told it.

Shapes rows that are already loaded; asks the database nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from notifications.access import Sight
from notifications.board_cells import Cell, CellRow, cell, state_of
from notifications.models import Alert, Obligation
from notifications.obligations.verbs import TICKED
from notifications.words import joined, level_word, line_word

LEVELS = ("school", "district", "city")
LINES = ("business", "safety", "party", "administration")


@dataclass(frozen=True, kw_only=True)
class Eyes:
    """Who looks, when, and with which words; ``told`` are (alert, person) with an inbox row."""

    sight: Sight
    now: datetime
    capacities: Mapping[str, str]
    told: frozenset[tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class LineCell:
    """A cell with its line's word, who is in it, and the row that a call would answer."""

    line: str
    word: str
    cell: Cell
    who: str = ""
    call: UUID | None = None

    @property
    def state(self) -> str:
        return self.cell.state.name.lower()

    @property
    def ratio(self) -> str:
        """How many of several answered ("1/2"), as long as not all have."""
        some = self.cell.owing > 1 and self.cell.answered < self.cell.owing
        return f"{self.cell.answered}/{self.cell.owing}" if some else ""


@dataclass(frozen=True, kw_only=True)
class LevelRow:
    level: str
    word: str
    cells: Sequence[LineCell]


def levels_of(alert: Alert, rows: Sequence[Obligation], eyes: Eyes) -> list[LevelRow]:
    """One row per level that owes anything, one cell per line."""
    return [
        LevelRow(level=level, word=level_word(level), cells=_cells(alert, here, eyes))
        for level in LEVELS
        if (here := [o for o in rows if o.level == level])
    ]


def _cells(alert: Alert, rows: Sequence[Obligation], eyes: Eyes) -> list[LineCell]:
    return [_line_cell(alert, line, [o for o in rows if o.line == line], eyes) for line in LINES]


def _line_cell(alert: Alert, line: str, rows: Sequence[Obligation], eyes: Eyes) -> LineCell:
    to_call = [o for o in rows if is_called(o, eyes.now) and eyes.sight.may_record(o)]
    return LineCell(
        line=line,
        word=line_word(line),
        cell=cell([cell_row(o, eyes.told) for o in rows], eyes.now),
        who=joined([who_of(alert, o, eyes) for o in rows]),
        call=_most_urgent(to_call, eyes) if not eyes.sight.wall else None,
    )


def others_of(alert: Alert, rows: Sequence[Obligation], eyes: Eyes) -> list[LineCell]:
    """Duty rooms, area contacts and others who have not answered, each on its own.

    Who only notes a copy is not silent before the time for it is over.
    """
    open_rows = [
        o
        for o in silent(rows)
        if o.line not in LINES
        and (o.kind != Obligation.Kind.READ or (o.due_at is not None and o.due_at <= eyes.now))
    ]
    return [
        LineCell(
            line=o.line,
            word=f"{level_word(o.level)} {eyes.capacities.get(o.capacity, o.capacity)}",
            cell=cell([cell_row(o, eyes.told)], eyes.now),
            who=who_of(alert, o, eyes),
            call=o.ref if eyes.sight.may_record(o) and not eyes.sight.wall else None,
        )
        for o in open_rows
    ]


def cell_row(o: Obligation, told: frozenset[tuple[int, int]]) -> CellRow:
    """An obligation as the cell logic takes it; ``told`` are (alert, person) with an inbox row."""
    return CellRow(
        slot=(o.unit_id, o.capacity, o.post_id, o.person_id),
        kind=o.kind,
        due_at=o.due_at,
        met_at=o.met_at,
        how=o.met_how,
        has_person=o.person_id is not None,
        told=(o.alert_id, o.person_id) in told,
        climbed=bool(o.climbed_from),
    )


def silent(rows: Sequence[Obligation]) -> list[Obligation]:
    """Who has not acknowledged or noted."""
    return [o for o in rows if o.is_open and o.kind in TICKED]


def is_called(o: Obligation, now: datetime) -> bool:
    """Whether a call makes sense: not acknowledged, or acknowledged and the action is overdue.

    Nobody is chased for a copy that is only to be noted.
    """
    if o.kind == Obligation.Kind.FIRST_ACTION:
        return o.is_open and o.due_at is not None and o.due_at <= now
    return o.is_open and o.kind == Obligation.Kind.ACKNOWLEDGE


def _most_urgent(rows: Sequence[Obligation], eyes: Eyes) -> UUID | None:
    def urgency(o: Obligation) -> tuple[int, float]:
        state = state_of(cell_row(o, eyes.told), eyes.now)
        return (-state, o.due_at.timestamp() if o.due_at else float("inf"))

    return min(rows, key=urgency).ref if rows else None


def who_of(alert: Alert, o: Obligation, eyes: Eyes) -> str:
    """Unit and post, as far as this reader may be told them."""
    named = o.post if not eyes.sight.hides_posts(alert) else None
    post = named.name if named else eyes.capacities.get(o.capacity, o.capacity)
    return f"{unit_of(alert, o, eyes)} {post}"


def unit_of(alert: Alert, o: Obligation, eyes: Eyes) -> str:
    """The unit, or only its level where the school may not be told."""
    hidden = o.unit.is_school and eyes.sight.hides_school(alert)
    return level_word(o.level) if hidden else o.unit.label
