"""Who is on duty at a moment: the shift where a roster is kept, the holding where none is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifications.responsibility.plan import Plan
from tests.responsibility.town import BEGAN, SUNDAY, Town, codes, rows_at

HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)


@pytest.fixture
def town() -> Town:
    made = Town()
    made.bureau("COUNTY")
    made.school("S", "COUNTY", stages=("junior",))
    return made


def on_duty(plan: Plan, level: str = "district", capacity: str = "DUTY_OFFICER") -> list[int]:
    return [row.person for row in rows_at(plan, level, capacity) if row.person is not None]


def test_without_a_roster_the_holder_answers_whatever_shifts_are_written(town: Town) -> None:
    town.put_on_shift("COUNTY", "B27D", starts_at=SUNDAY - HOUR, hours=12)

    assert on_duty(town.plan("DROWN", grade="G2")) == [town.who("COUNTY", "B27D")]


def test_with_a_roster_whoever_is_on_shift_answers_and_the_holder_does_not(town: Town) -> None:
    town.keep_roster("COUNTY", "B27D")
    person = town.put_on_shift("COUNTY", "B27D", starts_at=SUNDAY - HOUR, hours=12)
    plan = town.plan("DROWN", grade="G2")

    [row] = rows_at(plan, "district", "DUTY_OFFICER")
    assert (row.person, row.climbed_from) == (person, None)
    assert row.post_id == town.entry("COUNTY", "B27D").post
    assert not plan.findings


def test_the_seat_changes_hands_at_the_very_moment(town: Town) -> None:
    town.keep_roster("COUNTY", "B27L")
    early = town.put_on_shift("COUNTY", "B27L", starts_at=SUNDAY - 8 * HOUR, hours=8)
    late = town.put_on_shift("COUNTY", "B27L", starts_at=SUNDAY, hours=8)

    def leader(at):
        return on_duty(town.plan("DROWN", grade="G2", at=at), capacity="DUTY_LEADER")

    assert leader(SUNDAY - TICK) == [early]
    assert leader(SUNDAY) == [late]
    assert leader(SUNDAY + 8 * HOUR - TICK) == [late]


def test_a_gap_in_a_kept_roster_is_a_vacancy_that_climbs(town: Town) -> None:
    town.keep_roster("COUNTY", "B27D")
    town.deputise("COUNTY", "B27D")
    town.put_on_shift("COUNTY", "B27D", starts_at=SUNDAY + HOUR, hours=8)
    plan = town.plan("DROWN", grade="G2")

    [row] = rows_at(plan, "district", "DUTY_OFFICER")
    assert row.person == town.who("COUNTY", "B11")
    assert row.climbed_from is not None
    assert ("F-VAC", "DUTY_OFFICER") in codes(plan)


def test_before_and_after_the_roster_is_kept_holdings_count_as_ever(town: Town) -> None:
    town.keep_roster("COUNTY", "B27D", starts_at=SUNDAY, ends_at=SUNDAY + 8 * HOUR)
    holder = town.who("COUNTY", "B27D")

    for at in (SUNDAY - TICK, SUNDAY + 8 * HOUR):
        assert on_duty(town.plan("DROWN", grade="G2", at=at)) == [holder]
    assert holder not in on_duty(town.plan("DROWN", grade="G2", at=SUNDAY))


def test_whoever_is_away_during_a_shift_is_stood_in_for(town: Town) -> None:
    town.keep_roster("COUNTY", "B27D")
    person = town.put_on_shift("COUNTY", "B27D", starts_at=SUNDAY - HOUR, hours=12)
    stand_in = town.newcomer("stand-in")
    town.send_away(person, delegate=stand_in)

    assert on_duty(town.plan("DROWN", grade="G2")) == [stand_in]


def test_whoever_cannot_sign_in_any_more_is_not_on_duty(town: Town) -> None:
    town.keep_roster("COUNTY", "B27D")
    person = town.put_on_shift("COUNTY", "B27D", starts_at=SUNDAY - HOUR, hours=12)
    del town.people[person]

    assert on_duty(town.plan("DROWN", grade="G2")) == [town.who("COUNTY", "B11")]


def test_a_shift_opens_restricted_text_that_its_seat_may_read(town: Town) -> None:
    town.keep_roster("COUNTY", "B27L")
    town.clear("COUNTY", "B27L")
    person = town.put_on_shift("COUNTY", "B27L", starts_at=SUNDAY - HOUR, hours=12)
    plan = town.plan("SEXA", grade="G2")

    [row] = rows_at(plan, "district", "DUTY_LEADER")
    assert (row.person, row.redacted) == (person, False)


def test_a_roster_of_one_bureau_says_nothing_of_another(town: Town) -> None:
    town.keep_roster("COUNTY", "B27D")
    town.put_on_shift("COUNTY", "B27D", starts_at=BEGAN, hours=1)

    plan = town.plan("DROWN", grade="G1")

    assert on_duty(plan, level="city") == [town.who("CITY", "B27D")]
