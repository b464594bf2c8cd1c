"""One cell never looks better than its worst row, in any order, at any time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from notifications.board_cells import ACTION, PHONE, CellRow, State, cell, state_of

NOW = datetime(2026, 6, 14, 12, 33, tzinfo=UTC)
MOMENTS = st.integers(-600, 600).map(lambda minutes: NOW + timedelta(minutes=minutes))


@st.composite
def rows(draw) -> CellRow:
    met_at = draw(st.none() | MOMENTS)
    return CellRow(
        slot=draw(st.integers(1, 4)),
        kind=draw(st.sampled_from(["acknowledge", ACTION, "read"])),
        due_at=draw(st.none() | MOMENTS),
        met_at=met_at,
        how=draw(st.sampled_from(["self", PHONE])) if met_at else "",
        has_person=draw(st.booleans()),
        told=draw(st.booleans()),
        climbed=draw(st.booleans()),
    )


def row(**over) -> CellRow:
    return CellRow(**{"slot": 1, "kind": "acknowledge", "due_at": NOW, **over})


@given(st.lists(rows(), min_size=1))
def test_it_is_as_bad_as_its_worst_row(many):
    assert cell(many, NOW).state == max(state_of(one, NOW) for one in many)


@given(st.lists(rows(), max_size=6), rows())
def test_one_more_row_never_makes_it_look_better(many, more):
    assert cell([*many, more], NOW).state >= cell(many, NOW).state


@given(st.lists(rows(), max_size=6), st.randoms())
def test_the_order_of_rows_does_not_matter(many, random):
    shuffled = list(many)
    random.shuffle(shuffled)

    assert cell(shuffled, NOW) == cell(many, NOW)


@given(st.lists(rows(), min_size=1, max_size=6), st.integers(0, 600))
def test_waiting_longer_never_makes_it_look_better(many, minutes):
    assert cell(many, NOW + timedelta(minutes=minutes)).state >= cell(many, NOW).state


@given(st.lists(rows(), max_size=6))
def test_it_says_answered_only_when_nothing_is_open(many):
    shown = cell(many, NOW)

    if shown.is_answered:
        assert all(one.met_at is not None for one in many)
        assert shown.answered == shown.owing


@given(st.lists(rows(), max_size=6))
def test_who_answered_is_never_more_than_who_owes(many):
    shown = cell(many, NOW)

    silent = {one.slot for one in many if one.kind != ACTION and one.met_at is None}
    assert shown.owing - shown.answered == len(silent)
    assert 0 <= shown.answered <= shown.owing


def test_an_empty_cell_owes_nothing():
    assert cell([], NOW).state is State.NONE


def test_it_is_overdue_at_the_minute_it_is_due_and_not_before():
    assert state_of(row(due_at=NOW), NOW) is State.LATE
    assert state_of(row(due_at=NOW + timedelta(microseconds=1)), NOW) is State.WAITING


def test_two_owe_and_one_answered_reads_one_of_two():
    answered = row(slot=1, met_at=NOW)
    silent = row(slot=2, due_at=NOW + timedelta(minutes=3))

    shown = cell([answered, silent], NOW)

    assert (shown.answered, shown.owing) == (1, 2)
    assert shown.state is State.WAITING
    assert shown.due_at == silent.due_at


def test_acknowledged_with_an_action_still_owed_is_not_fully_answered():
    acknowledged = row(met_at=NOW - timedelta(minutes=5))
    action = row(kind=ACTION, due_at=NOW + timedelta(minutes=10))

    shown = cell([acknowledged, action], NOW)

    assert shown.state is State.ACTING
    assert shown.at == acknowledged.met_at
    assert not shown.is_answered
    assert cell([acknowledged, row(kind=ACTION, due_at=NOW)], NOW).by_action


def test_a_message_that_never_arrived_is_our_fault_and_nobodys_silence():
    assert state_of(row(told=False, due_at=NOW - timedelta(hours=1)), NOW) is State.FAULT
    assert state_of(row(told=False, has_person=False), NOW) is State.LATE


def test_the_clock_of_the_cell_is_the_most_urgent_of_its_worst_rows():
    early, late = NOW - timedelta(minutes=9), NOW - timedelta(minutes=2)

    assert cell([row(slot=1, due_at=late), row(slot=2, due_at=early)], NOW).due_at == early
