"""What the officer does next: one step, in the order 接–核–报."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from notifications.board_next import Do, Owed, Situation, next_step

NOW = datetime(2026, 6, 14, 12, 33, tzinfo=UTC)


def owed(minutes: int | None, who: str = "x") -> Owed:
    due = None if minutes is None else NOW + timedelta(minutes=minutes)
    return Owed(who=who, due_at=due, ref=uuid4())


EVERYTHING = {
    "own": [owed(3)],
    "to_verify": True,
    "upward": [owed(40)],
    "silent": [owed(-2)],
    "waiting": [owed(4)],
    "own_action": [owed(20)],
    "follow_up_at": NOW + timedelta(hours=2),
}


def test_one_thing_after_the_other_until_nothing_is_left():
    left = dict(EVERYTHING)
    done = []
    for name in ("own", "to_verify", "silent", "upward", "own_action", "follow_up_at", "waiting"):
        done.append(next_step(Situation(**left), NOW).do)
        del left[name]

    assert done == [Do.ANSWER, Do.VERIFY, Do.CALL, Do.UPWARD, Do.ACT, Do.FOLLOW_UP, Do.WAIT]
    assert next_step(Situation(), NOW).do is Do.NOTHING


def test_a_report_upward_whose_time_is_short_comes_before_calling():
    situation = Situation(silent=[owed(-20)], upward=[owed(15, "总值班室"), owed(90, "later")])

    step = next_step(situation, NOW)

    assert (step.do, step.who) == (Do.UPWARD, "总值班室")


def test_the_most_overdue_is_called_first():
    step = next_step(Situation(silent=[owed(-2, "b"), owed(-9, "a"), owed(None, "c")]), NOW)

    assert (step.do, step.who) == (Do.CALL, "a")


@given(
    st.fixed_dictionaries(
        {},
        optional={
            name: st.lists(st.integers(-500, 500).map(owed), max_size=3)
            for name in ("own", "upward", "silent", "waiting", "own_action")
        },
    )
)
def test_there_is_always_exactly_one_step_and_it_is_a_real_one(given_):
    step = next_step(Situation(**given_), NOW)

    everything = [one for many in given_.values() for one in many]
    assert (step.do is Do.NOTHING) == (not everything)
    assert step.do is Do.NOTHING or step.ref in {one.ref for one in everything}
