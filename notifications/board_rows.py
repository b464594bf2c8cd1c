"""One row of the live board: an alert as the officer in front of it sees it.

Shapes rows that are already loaded; asks the database nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime

from notifications.access import Shown
from notifications.board_cells import State, state_of
from notifications.board_lines import (
    Eyes,
    LevelRow,
    LineCell,
    cell_row,
    is_called,
    levels_of,
    others_of,
    silent,
    unit_of,
    who_of,
)
from notifications.board_next import Do, Owed, Situation, Step, next_step
from notifications.mine_items import Button, one_button
from notifications.models import Alert, Obligation
from notifications.obligations.upward import receiver_words, receivers_of
from notifications.subjects import SubjectFacts
from safety.units.models import Unit


@dataclass(frozen=True, kw_only=True)
class Upward:
    """One report that is owed upward: by whom, to whom, by when, and what became of it."""

    unit: str
    receiver: str
    due_at: datetime | None
    met_at: datetime | None
    received_by: str
    mine: bool
    basis: str
    document: str


@dataclass(frozen=True, kw_only=True)
class UpwardElsewhere:
    """What another unit owes upward, in one line that unfolds."""

    unit: str
    reports: Sequence[Upward]

    @property
    def done(self) -> int:
        return sum(u.met_at is not None for u in self.reports)

    @property
    def due_at(self) -> datetime | None:
        """When the first report is due that has not gone out."""
        open_ones = [u.due_at for u in self.reports if u.met_at is None and u.due_at is not None]
        return min(open_ones, default=None)


@dataclass(frozen=True, kw_only=True)
class Others:
    """Duty rooms, area contacts and others who are silent, in one line that unfolds."""

    cells: Sequence[LineCell]

    @property
    def late(self) -> int:
        return sum(c.cell.state >= State.NOBODY for c in self.cells)

    @property
    def due_at(self) -> datetime | None:
        """When the next of those is due who still have time."""
        waiting = [c.cell.due_at for c in self.cells if c.cell.state == State.WAITING]
        return min((due for due in waiting if due is not None), default=None)


@dataclass(frozen=True, kw_only=True)
class BoardRow:
    alert: Alert
    words: Mapping[str, Any]
    shown: Shown
    facts: SubjectFacts
    aware_at: datetime
    levels: Sequence[LevelRow]
    others: Others
    upward: Sequence[Upward]
    elsewhere: Sequence[UpwardElsewhere]
    step: Step
    own: Button | None
    own_actions: Sequence[UUID]
    may_report: bool

    @property
    def is_sealed(self) -> bool:
        return self.alert.privacy == Alert.Privacy.SEALED

    @property
    def tells_reporter(self) -> bool:
        """Not where the reader may not know the school: the name would tell it."""
        return self.shown is not Shown.BOARD

    @property
    def is_late(self) -> bool:
        return any(c.cell.state >= State.LATE for level in self.levels for c in level.cells)


@dataclass(frozen=True, kw_only=True)
class Frame(Eyes):
    """What all rows of one board share."""

    unit: Unit
    may_report_upward: bool
    may_verify: bool


def board_row(alert: Alert, facts: SubjectFacts, frame: Frame) -> BoardRow:
    words = frame.sight.words(alert)
    near = [o for o in alert.obligations.all() if _concerns(o.unit, frame.unit)]
    answers = [o for o in near if o.kind != Obligation.Kind.REPORT_UPWARD]
    upward = _upward(alert, near, facts, frame)
    mine = [u for u in upward if u.mine]
    own = [] if frame.sight.wall else frame.sight.own(alert)
    return BoardRow(
        alert=alert,
        words=words,
        shown=frame.sight.shown(alert),
        facts=facts,
        aware_at=parse_datetime(str(words.get("aware_at") or "")) or alert.created_at,
        levels=levels_of(alert, answers, frame),
        others=Others(cells=others_of(alert, answers, frame)),
        upward=mine,
        elsewhere=_elsewhere([u for u in upward if not u.mine]),
        step=_step(alert, answers, mine, own, facts, frame),
        own=one_button(own, frame.capacities),
        own_actions=[o.ref for o in own if o.is_open and o.kind == Obligation.Kind.FIRST_ACTION],
        may_report=frame.may_report_upward and not frame.sight.wall,
    )


def _concerns(unit: Unit, board: Unit) -> bool:
    """Whether a board shows what ``unit`` owes: everything below it, and what is above it."""
    return unit.path.startswith(board.path) or board.path.startswith(unit.path)


def _upward(
    alert: Alert, rows: Sequence[Obligation], facts: SubjectFacts, frame: Frame
) -> list[Upward]:
    """What is owed upward by the board's unit and by those below it.

    Of a sealed case only the own unit's, and no receiver that would tell the
    category (police, health authority).
    """
    owed = [o for o in rows if o.kind == Obligation.Kind.REPORT_UPWARD]
    if frame.sight.hides_posts(alert):
        owed = [o for o in owed if o.unit_id == frame.unit.pk and frame.sight.may_tell(o, alert)]
    sent = {(s.unit, s.receiver): s for s in facts.sent}
    words = receiver_words(owed)
    return [
        Upward(
            unit=unit_of(alert, o, frame),
            receiver=words[receiver],
            due_at=o.due_at,
            met_at=known.at if known else o.met_at,
            received_by=known.received_by if known else o.met_note,
            mine=o.unit_id == frame.unit.pk,
            basis=o.basis,
            document=o.basis_document,
        )
        for o in owed
        for receiver in receivers_of(o)
        for known in [sent.get((o.unit_id, receiver))]
    ]


def _elsewhere(reports: Sequence[Upward]) -> list[UpwardElsewhere]:
    return [
        UpwardElsewhere(unit=unit, reports=[u for u in reports if u.unit == unit])
        for unit in dict.fromkeys(u.unit for u in reports)
    ]


def _step(
    alert: Alert,
    answers: Sequence[Obligation],
    upward: Sequence[Upward],
    own: Sequence[Obligation],
    facts: SubjectFacts,
    frame: Frame,
) -> Step:
    if frame.sight.wall:
        return Step(do=Do.NOTHING)
    callable_rows = [o for o in answers if is_called(o, frame.now) and frame.sight.may_record(o)]
    states = {o.pk: state_of(cell_row(o, frame.told), frame.now) for o in callable_rows}

    def owed(o: Obligation) -> Owed:
        return Owed(who=who_of(alert, o, frame), due_at=o.due_at, ref=o.ref)

    return next_step(
        Situation(
            own=[owed(o) for o in silent(own)],
            to_verify=frame.may_verify and facts.may_verify and facts.verified_at is None,
            upward=[
                Owed(who=u.receiver, due_at=u.due_at)
                for u in upward
                if u.met_at is None and frame.may_report_upward
            ],
            silent=[owed(o) for o in callable_rows if states[o.pk] >= State.NOBODY],
            waiting=[owed(o) for o in callable_rows if states[o.pk] == State.WAITING],
            own_action=[
                owed(o) for o in own if o.is_open and o.kind == Obligation.Kind.FIRST_ACTION
            ],
            follow_up_at=facts.follow_up_at if frame.may_report_upward else None,
        ),
        frame.now,
    )
