"""One cell of the board: the worst of what a level owes on a line. Pure.

A cell never looks better than its worst row: one silent section among five that
answered is what the duty officer must see.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

ACTION = "first_action"
PHONE = "phone"


class State(IntEnum):
    """How bad a row is; the greater, the worse."""

    NONE = 0
    DONE = 1
    PHONE = 2
    ACTING = 3
    WAITING = 4
    NOBODY = 5
    LATE = 6
    FAULT = 7


@dataclass(frozen=True, kw_only=True)
class CellRow:
    """One obligation as the board needs it.

    ``slot`` tells one addressee from another; ``told`` is false when the
    message never reached the inbox of a person who was addressed: our fault,
    nobody else's.
    """

    slot: Hashable
    kind: str
    due_at: datetime | None
    met_at: datetime | None = None
    how: str = ""
    has_person: bool = True
    told: bool = True
    climbed: bool = False


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What one cell shows. ``answered`` of ``owing`` addressees have acknowledged.

    ``by_action``: what is worst is a first action, all else is answered.
    ``by_phone``: an acknowledgement was entered after a call.
    """

    state: State
    at: datetime | None = None
    due_at: datetime | None = None
    answered: int = 0
    owing: int = 0
    climbed: bool = False
    by_action: bool = False
    by_phone: bool = False

    @property
    def is_answered(self) -> bool:
        return self.state in (State.DONE, State.PHONE)

    @property
    def is_silent(self) -> bool:
        return self.state in (State.WAITING, State.NOBODY, State.LATE, State.FAULT)


def state_of(row: CellRow, now: datetime) -> State:
    """How bad one row is at ``now``."""
    if row.met_at is not None:
        return State.PHONE if row.how == PHONE else State.DONE
    if row.has_person and not row.told:
        return State.FAULT
    if row.due_at is not None and row.due_at <= now:
        return State.LATE
    if not row.has_person:
        return State.NOBODY
    return State.ACTING if row.kind == ACTION else State.WAITING


def cell(rows: Iterable[CellRow], now: datetime) -> Cell:
    """The worst of ``rows``; no rows is a cell that owes nothing."""
    judged = [(state_of(row, now), row) for row in rows]
    if not judged:
        return Cell(state=State.NONE)
    worst = max(state for state, _row in judged)
    worst_rows = [row for state, row in judged if state == worst]
    answers = [row for _state, row in judged if row.kind != ACTION and row.met_at is not None]
    acknowledging = {row.slot for _state, row in judged if row.kind != ACTION}
    silent = {row.slot for _s, row in judged if row.kind != ACTION and row.met_at is None}
    return Cell(
        state=worst,
        at=max((row.met_at for row in answers if row.met_at is not None), default=None),
        due_at=min((row.due_at for row in worst_rows if row.due_at is not None), default=None),
        answered=len(acknowledging - silent),
        owing=len(acknowledging),
        climbed=any(row.climbed for _state, row in judged),
        by_action=all(row.kind == ACTION for row in worst_rows),
        by_phone=any(row.how == PHONE for row in answers),
    )
