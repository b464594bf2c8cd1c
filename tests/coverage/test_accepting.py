"""Accepting gaps: with reason and end, by hand or by rule; expired ones block again."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from types import ModuleType
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from notifications.coverage.accepted import Wish, accept_gap, withdraw_acceptance
from notifications.coverage.models import AcceptedGap
from notifications.coverage.selectors import cover
from notifications.snapshot import current_table
from notifications.table.gate import gaps_that_block
from safety.errors import Conflict, Refused
from safety.ledger.models import Event
from safety.units.models import School


def today(ahead: int = 0) -> date:
    return timezone.localdate() + timedelta(days=ahead)


def wish(city: ModuleType, key: str = "school", **over: Any) -> Wish:
    values: dict[str, Any] = {
        "unit": city.unit(key),
        "capacity": "SCH_SAFETY_STAFF",
        "post_type": "SCH_SAFETY_STAFF",
        "reason": "新人下周到岗,由校长兼管",
        "ends_on": today(20),
        **over,
    }
    return Wish(**values)


def accept(city: ModuleType, key: str = "school", **over: Any) -> AcceptedGap:
    return accept_gap(wish=wish(city, key, **over), by=city.person("county.administrator"))


def by_rule(city: ModuleType, key: str = "county", **over: Any) -> AcceptedGap:
    return accept(city, key, by_rule=True, **over)


def blocking(city: ModuleType) -> set[str]:
    return {one.gap.unit.code for one in cover().blocking}


def code(city: ModuleType, key: str) -> str:
    return str(city.UNITS[key][0])


def test_an_accepted_gap_stays_one_but_blocks_no_more(city: ModuleType) -> None:
    city.vacate("school.safety_staff")
    assert blocking(city) == {code(city, "school")}

    accepted = accept(city)

    known = cover()
    assert known.publishable
    assert [one.acceptance for one in known.accepted] == [accepted]
    assert list(gaps_that_block(current_table())) == []


def test_the_gate_names_each_gap_that_is_not_accepted(city: ModuleType) -> None:
    city.vacate("school.safety_staff")
    city.vacate("district.safety_deputy")
    accept(city)

    problems = list(gaps_that_block(current_table()))

    assert [p.value for p in problems] == [f"{code(city, 'district')} SAFETY_DEPUTY"]
    assert city.unit("district").name in problems[0].message


def test_it_blocks_again_after_its_last_day(city: ModuleType) -> None:
    city.vacate("school.safety_staff")
    accept(city, ends_on=today(20))

    with time_machine.travel(timezone.now() + timedelta(days=20)):
        assert cover().publishable
    with time_machine.travel(timezone.now() + timedelta(days=21)):
        assert blocking(city) == {code(city, "school")}
        again = accept(city, ends_on=today(20))
        assert cover().publishable
    assert list(AcceptedGap.objects.standing()) == [again]


def test_taken_back_it_blocks_at_once_and_twice_is_a_conflict(city: ModuleType) -> None:
    city.vacate("school.safety_staff")
    accepted = accept(city)
    by = city.person("county.administrator")

    withdraw_acceptance(acceptance=accepted, by=by)

    assert blocking(city) == {code(city, "school")}
    with pytest.raises(Conflict):
        withdraw_acceptance(acceptance=accepted, by=by)


def test_every_step_is_in_the_ledger(city: ModuleType) -> None:
    accepted = accept(city)
    withdraw_acceptance(acceptance=accepted, by=city.person("county.administrator"))

    events = Event.objects.filter(verb__startswith="gap.").order_by("id")

    assert [event.verb for event in events] == ["gap.accepted", "gap.acceptance_withdrawn"]
    assert events[0].subject_ref == code(city, "school")
    assert events[0].body["reason"] == accepted.reason
    assert events[0].actor_ref == str(city.person("county.administrator").pk)


def test_a_rule_covers_a_kind_and_size_below_its_unit_and_nothing_else(city: ModuleType) -> None:
    for name in ("small", "school", "primary"):
        city.vacate(f"{name}.safety_staff")
    School.objects.filter(unit=city.unit("primary")).update(staff=8)

    by_rule(city, kinds=["school"], staff_max=12, post_type="")

    here = {one.gap.unit.code for one in cover().accepted}
    assert here == {code(city, "small")}
    assert blocking(city) >= {code(city, "school"), code(city, "primary")}


def test_a_rule_for_teaching_points_takes_the_capacity_as_a_whole(city: ModuleType) -> None:
    city.vacate("central.principal")

    by_rule(city, kinds=["teaching_point"], capacity="SCH_PRINCIPAL", post_type="")

    principals = [one for one in cover().judged if one.gap.capacity == "SCH_PRINCIPAL"]
    assert {(one.gap.unit.code, one.blocks) for one in principals} == {
        (code(city, "central"), True),
        (code(city, "point"), False),
    }


def test_a_school_of_unknown_size_is_not_small(city: ModuleType) -> None:
    city.vacate("small.safety_staff")
    School.objects.filter(unit=city.unit("small")).update(staff=None)

    by_rule(city, staff_max=12, post_type="")

    assert code(city, "small") in blocking(city)


def test_an_acceptance_of_another_post_or_unit_changes_nothing(city: ModuleType) -> None:
    city.vacate("boarding.gate")
    accept(city, "boarding", capacity="SCH_DIRECT", post_type="SCH_DOCTOR")
    accept(city, "school", capacity="SCH_DIRECT", post_type="SCH_GATE")

    assert blocking(city) == {code(city, "boarding")}


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"reason": "  "}, "reason"),
        ({"ends_on": date(2020, 1, 1)}, "ends_on"),
        ({"ends_on": date(2099, 1, 1)}, "ends_on"),
        ({"capacity": "KING"}, "capacity"),
        ({"post_type": "THRONE"}, "post_type"),
        ({"by_rule": True}, "kinds"),
        ({"by_rule": True, "kinds": ["castle"]}, "kinds"),
        ({"staff_max": 12}, "staff_max"),
    ],
)
def test_it_refuses_what_is_no_exception(
    city: ModuleType, over: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        accept(city, **over)

    assert [problem.field for problem in refused.value.problems] == [field]
    assert not AcceptedGap.objects.exists()
    assert not Event.objects.filter(verb="gap.accepted").exists()


def test_it_names_all_that_is_wrong_at_once(city: ModuleType) -> None:
    with pytest.raises(Refused) as refused:
        accept(city, reason="", capacity="KING", ends_on=date(2020, 1, 1))

    assert {p.field for p in refused.value.problems} == {"reason", "capacity", "ends_on"}


@pytest.mark.parametrize("over", [{}, {"by_rule": True, "kinds": ["school"], "staff_max": 12}])
def test_the_same_gap_is_accepted_once(city: ModuleType, over: dict[str, Any]) -> None:
    accept(city, "county", **over)

    with pytest.raises(Conflict):
        accept(city, "county", **over)

    assert AcceptedGap.objects.count() == 1


def test_two_who_accept_at_once_end_with_one_acceptance(city_committed: ModuleType) -> None:
    city = city_committed
    city.vacate("school.safety_staff")
    start, outcomes = threading.Barrier(2), []

    def press(who: str) -> None:
        start.wait()
        try:
            accept_gap(wish=wish(city), by=city.person(who))
            outcomes.append("accepted")
        except Conflict:
            outcomes.append("conflict")
        finally:
            connection.close()

    both = [
        threading.Thread(target=press, args=[f"{unit}.administrator"])
        for unit in ("county", "city")
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert sorted(outcomes) == ["accepted", "conflict"]
    assert AcceptedGap.objects.count() == 1
