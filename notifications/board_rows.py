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

from notifications.access import Shown, Sight
from notifications.board_cells import Cell, CellRow, State, cell, state_of
from notifications.board_next import Do, Owed, Situation, Step, next_step
from notifications.models import Alert, Obligation
from notifications.subjects import SubjectFacts
from notifications.words import acknowledge_word, joined, level_word, line_word
from safety.units.models import Unit

LEVELS = ("school", "district", "city")
LINES = ("business", "safety", "party", "administration")


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
class Own:
    """What the reader may answer here with one button, in which capacities."""

    refs: Sequence[UUID]
    capacities: str
    verb: str


@dataclass(frozen=True, kw_only=True)
class BoardRow:
    alert: Alert
    words: Mapping[str, Any]
    shown: Shown
    facts: SubjectFacts
    aware_at: datetime
    levels: Sequence[LevelRow]
    others: Sequence[LineCell]
    upward: Sequence[Upward]
    step: Step
    own: Own | None
    own_actions: Sequence[UUID]
    may_report: bool

    @property
    def is_sealed(self) -> bool:
        return self.alert.privacy == Alert.Privacy.SEALED

    @property
    def is_late(self) -> bool:
        return any(c.cell.state >= State.LATE for level in self.levels for c in level.cells)


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What all rows of one board share."""

    unit: Unit
    sight: Sight
    now: datetime
    capacities: Mapping[str, str]
    told: frozenset[tuple[int, int]]
    may_report_upward: bool
    may_verify: bool


def board_row(alert: Alert, facts: SubjectFacts, frame: Frame) -> BoardRow:
    words = frame.sight.words(alert)
    near = [o for o in alert.obligations.all() if _concerns(o.unit, frame.unit)]
    answers = [o for o in near if o.kind != Obligation.Kind.REPORT_UPWARD]
    upward = _upward(alert, near, facts, frame)
    own = [] if frame.sight.wall else frame.sight.own(alert)
    return BoardRow(
        alert=alert,
        words=words,
        shown=frame.sight.shown(alert),
        facts=facts,
        aware_at=parse_datetime(str(words.get("aware_at") or "")) or alert.created_at,
        levels=[
            LevelRow(level=level, word=level_word(level), cells=_cells(alert, rows, frame))
            for level in LEVELS
            if (rows := [o for o in answers if o.level == level])
        ],
        others=_others(alert, answers, frame),
        upward=upward,
        step=_step(alert, answers, upward, own, facts, frame),
        own=_own(own, frame),
        own_actions=[o.ref for o in own if o.is_open and o.kind == Obligation.Kind.FIRST_ACTION],
        may_report=frame.may_report_upward and not frame.sight.wall,
    )


def _concerns(unit: Unit, board: Unit) -> bool:
    """Whether a board shows what ``unit`` owes: everything below it, and what is above it."""
    return unit.path.startswith(board.path) or board.path.startswith(unit.path)


def _cells(alert: Alert, rows: Sequence[Obligation], frame: Frame) -> list[LineCell]:
    return [_line_cell(alert, line, [o for o in rows if o.line == line], frame) for line in LINES]


def _line_cell(alert: Alert, line: str, rows: Sequence[Obligation], frame: Frame) -> LineCell:
    silent = [o for o in _silent(rows) if frame.sight.may_record(o)]
    return LineCell(
        line=line,
        word=line_word(line),
        cell=cell([cell_row(o, frame.told) for o in rows], frame.now),
        who=joined([_who(alert, o, frame) for o in rows]),
        call=_most_urgent(silent, frame) if not frame.sight.wall else None,
    )


def _others(alert: Alert, rows: Sequence[Obligation], frame: Frame) -> list[LineCell]:
    """Duty rooms, area contacts and others who have not answered, each on its own."""
    open_rows = [o for o in _silent(rows) if o.line not in LINES]
    return [
        LineCell(
            line=o.line,
            word=f"{level_word(o.level)} {frame.capacities.get(o.capacity, o.capacity)}",
            cell=cell([cell_row(o, frame.told)], frame.now),
            who=_who(alert, o, frame),
            call=o.ref if frame.sight.may_record(o) and not frame.sight.wall else None,
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


def _silent(rows: Sequence[Obligation]) -> list[Obligation]:
    kinds = (Obligation.Kind.ACKNOWLEDGE, Obligation.Kind.READ)
    return [o for o in rows if o.is_open and o.kind in kinds]


def _most_urgent(rows: Sequence[Obligation], frame: Frame) -> UUID | None:
    def urgency(o: Obligation) -> tuple[int, float]:
        state = state_of(cell_row(o, frame.told), frame.now)
        return (-state, o.due_at.timestamp() if o.due_at else float("inf"))

    return min(rows, key=urgency).ref if rows else None


def _who(alert: Alert, o: Obligation, frame: Frame) -> str:
    """Unit and post, as far as this reader may be told them."""
    named = o.post if not frame.sight.hides_posts(alert) else None
    post = named.name if named else frame.capacities.get(o.capacity, o.capacity)
    return f"{_unit(alert, o, frame)} {post}"


def _unit(alert: Alert, o: Obligation, frame: Frame) -> str:
    hidden = o.unit.is_school and frame.sight.hides_school(alert)
    return level_word(o.level) if hidden else o.unit.label


def _upward(
    alert: Alert, rows: Sequence[Obligation], facts: SubjectFacts, frame: Frame
) -> list[Upward]:
    """What is owed upward by the board's unit and by those below it.

    Of a sealed case only the own unit's: a receiver (police, health authority)
    would tell the category.
    """
    owed = [o for o in rows if o.kind == Obligation.Kind.REPORT_UPWARD]
    if frame.sight.hides_posts(alert):
        owed = [o for o in owed if o.unit_id == frame.unit.pk]
    sent = {(s.unit, s.receiver): s for s in facts.sent}
    return [
        Upward(
            unit=_unit(alert, o, frame),
            receiver=receiver,
            due_at=o.due_at,
            met_at=known.at if known else o.met_at,
            received_by=known.received_by if known else o.met_note,
            mine=o.unit_id == frame.unit.pk,
            basis=o.basis,
            document=o.basis_document,
        )
        for o in owed
        for receiver in _receivers(o)
        for known in [sent.get((o.unit_id, receiver))]
    ]


def _receivers(o: Obligation) -> list[str]:
    """Each office that an upward report goes to: one clock may name several."""
    named = str(o.why.get("zh", "")).split("、")
    return [part.strip() for part in named if part.strip()]


def _own(rows: Sequence[Obligation], frame: Frame) -> Own | None:
    tickable = _silent(rows)
    if not tickable:
        return None
    verbs = {acknowledge_word(o.capacity, o.kind) for o in tickable}
    return Own(
        refs=[o.ref for o in tickable],
        capacities=joined([frame.capacities.get(o.capacity, o.capacity) for o in tickable]),
        verb=verbs.pop() if len(verbs) == 1 else acknowledge_word(""),
    )


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
    callable_rows = [o for o in _silent(answers) if frame.sight.may_record(o)]
    states = {o.pk: state_of(cell_row(o, frame.told), frame.now) for o in callable_rows}

    def owed(o: Obligation) -> Owed:
        return Owed(who=_who(alert, o, frame), due_at=o.due_at, ref=o.ref)

    return next_step(
        Situation(
            own=[owed(o) for o in _silent(own)],
            to_verify=frame.may_verify and facts.may_verify and facts.verified_at is None,
            upward=[
                Owed(who=u.receiver, due_at=u.due_at)
                for u in upward
                if u.mine and u.met_at is None and frame.may_report_upward
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
