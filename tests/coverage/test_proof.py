"""What the proof tells of single gaps: when, who instead, and for which stages and hazards."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from notifications.responsibility.coverage import prove
from notifications.responsibility.coverage_answers import answers
from notifications.responsibility.coverage_gaps import DEPUTY, GRAVE, OPEN, Gap, Period
from tests.coverage.test_agrees_with_resolve import PERIOD, SINCE
from tests.responsibility.town import Town, rules


@pytest.fixture
def town() -> Town:
    town = Town()
    town.bureau("COUNTY")
    town.school("JUNIOR", "COUNTY")
    town.school("PRIMARY", "COUNTY", stages=("primary",))
    town.school("TRADE", "COUNTY", stages=("vocational",))
    return town


def gaps(town: Town) -> list[Gap]:
    return list(prove(rules(), town.facts(), PERIOD).gaps)


def only(town: Town) -> Gap:
    (gap,) = gaps(town)
    return gap


def day(number: int) -> datetime:
    return SINCE + timedelta(days=number)


def end(town: Town, unit: str, post_type: str, after: int) -> None:
    post = town.entry(unit, post_type).post
    town.holdings = [replace(h, ends_at=day(after)) if h.post == post else h for h in town.holdings]


def test_a_gap_that_begins_later_tells_when_and_who_will_answer(town: Town) -> None:
    end(town, "COUNTY", "B03", 12)

    gap = only(town)

    assert (gap.unit.code, gap.capacity, gap.kind) == ("COUNTY", "SAFETY_DEPUTY", OPEN)
    (window,) = gap.windows
    assert (window.since, window.until, window.lasts) == (day(12), PERIOD.until, True)
    assert (window.climb, window.person) == ("ADMIN_CHIEF", town.who("COUNTY", "B02"))
    assert gap.stages == ("junior", "primary", "vocational")
    assert gap.hazards == tuple(sorted(rules().hazards))


def test_a_gap_looks_different_once_its_stand_in_leaves_too(town: Town) -> None:
    town.vacate("COUNTY", "B03")
    end(town, "COUNTY", "B02", 5)

    deputy = next(gap for gap in gaps(town) if gap.capacity == "SAFETY_DEPUTY")

    assert [(w.since, w.until, w.climb) for w in deputy.windows] == [
        (day(0), day(5), "ADMIN_CHIEF"),
        (day(5), day(30), "DUTY_LEADER"),
    ]


def test_a_climb_that_leaves_the_school_follows_what_changes_at_the_bureau(town: Town) -> None:
    town.vacate("JUNIOR", "SCH_PRINCIPAL", "SCH_SECRETARY")
    end(town, "COUNTY", "B11", 10)

    head = next(gap for gap in gaps(town) if gap.capacity == "SCH_PRINCIPAL")

    assert [(w.since, w.until, w.climb) for w in head.windows] == [
        (day(0), day(10), "SAFETY_OFFICE"),
        (day(10), day(30), "DUTY_LEADER"),
    ]


def test_a_missing_stage_owner_concerns_its_stage_only(town: Town) -> None:
    town.remove("COUNTY", "B14")

    gap = only(town)

    assert (gap.capacity, gap.post_type, gap.post) == ("LINE_SECTION", "B14", None)
    assert (gap.stages, gap.schools) == (("vocational",), ("TRADE",))
    assert gap.windows[0].climb == "LINE_DEPUTY"


def test_a_scope_that_misses_a_hazard_concerns_that_hazard_only(town: Town) -> None:
    town.rescope("COUNTY", "B07", hazards=["FOOD", "PE", "INJ"])

    gap = only(town)

    assert (gap.capacity, gap.hazards) == ("LINE_DEPUTY", ("DIS",))
    assert gap.windows[0].climb == "ADMIN_CHIEF"


def test_a_place_in_a_scope_leaves_the_other_schools_without(town: Town) -> None:
    town.rescope("COUNTY", "B03", schools=["JUNIOR"])

    assert only(town).schools == ("PRIMARY", "TRADE")


def test_a_condition_is_told_only_where_the_hazard_alone_is_in_order(town: Town) -> None:
    town.vacate("COUNTY", "B20")

    assert only(town).hazards == ("SEXA+staff_involved",)


def test_a_deputy_and_a_named_stand_in_of_a_section_leave_no_open_gap(town: Town) -> None:
    town.vacate("COUNTY", "B18")
    town.deputise("COUNTY", "B18")
    town.send_away(town.who("COUNTY", "B17"), delegate=town.newcomer())

    gap = only(town)

    assert (gap.post_type, gap.kind, gap.windows[0].climb) == ("B18", DEPUTY, "deputy")


def test_a_chief_away_with_a_stand_in_is_a_gap_of_the_gravest_grades_only(town: Town) -> None:
    town.send_away(town.who("COUNTY", "B02"), delegate=town.newcomer())

    gap = only(town)

    assert (gap.capacity, gap.kind) == ("ADMIN_CHIEF", GRAVE)
    assert gap.windows[0].climb == "PARTY_CHIEF"


def test_a_seat_of_a_kept_roster_is_a_gap_between_the_shifts(town: Town) -> None:
    town.keep_roster("COUNTY", "B27D")
    town.put_on_shift("COUNTY", "B27D", starts_at=day(0), hours=24 * 20)
    town.put_on_shift("COUNTY", "B27D", starts_at=day(22), hours=24 * 20)

    gap = only(town)

    assert gap.capacity == "DUTY_OFFICER"
    assert [(w.since, w.until, w.lasts) for w in gap.windows] == [(day(20), day(22), False)]


def test_a_school_counts_only_while_it_exists(town: Town) -> None:
    town.vacate("TRADE", "SCH_SECRETARY")
    closes = {"TRADE": Period(since=SINCE, until=day(3))}

    proof = prove(rules(), town.facts(), PERIOD, lives=closes)

    assert [w.until for gap in proof.gaps for w in gap.windows] == [day(3)]
    closed = {"TRADE": Period(since=SINCE, until=SINCE)}
    assert prove(rules(), town.facts(), PERIOD, lives=closed).gaps == ()


def test_a_city_without_schools_has_nothing_to_prove(town: Town) -> None:
    assert prove(rules(), replace(town.facts(), schools=()), PERIOD).gaps == ()


@pytest.mark.parametrize("unit", ["JUNIOR", "COUNTY", "CITY"])
def test_who_answers_now_is_who_an_alert_would_reach(town: Town, unit: str) -> None:
    town.vacate("COUNTY", "B03", "B18")
    town.deputise("COUNTY", "B18")
    town.send_away(town.who("JUNIOR", "SCH_DOCTOR"))
    town.vacate("CITY", "B01")

    told = answers(rules(), town.facts(), town.units[unit], SINCE)

    expected = {
        (row.capacity, row.person, hazard)
        for hazard in rules().hazards
        for row in town.plan(hazard, grade="G1", at=SINCE).rows
        if row.unit_code == unit and row.person is not None
    }
    reached = {
        (answer.capacity, answer.person, hazard)
        for answer, hazards in told.items()
        for hazard in hazards
        if "+" not in hazard
    }
    assert reached == expected
