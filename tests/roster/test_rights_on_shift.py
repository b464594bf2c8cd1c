"""Rights of a duty seat begin and end with the shift, half an hour around it."""

from __future__ import annotations

from datetime import timedelta
from types import ModuleType

import pytest
from django.utils import timezone

from notifications import holders
from notifications.access import own_obligations
from notifications.board import board
from notifications.responsibility.plan import Plan
from notifications.snapshot import snapshot
from safety.posts.access import (
    covers,
    people_below,
    posts_held,
    reach,
    rights_revision,
    rights_state,
)
from safety.posts.models import RosterPeriod, Shift
from safety.posts.seats import seated
from tests.city import make_incident, person, post, send_away, sign_in, unit
from tests.roster.shifts import keep, now, put

SEAT = "county.duty_officer"
HALF = timedelta(minutes=30)
TICK = timedelta(microseconds=1)


def may_take_calls(who: str, *, at=None) -> bool:
    return covers(reach(person(who), "take_calls", at=at), unit("county"))


def test_rights_begin_half_an_hour_before_and_end_half_an_hour_after(city: ModuleType) -> None:
    keep(SEAT)
    shift = put(SEAT, "county.exams", start=now() + timedelta(hours=2), hours=8)

    assert not may_take_calls("county.exams", at=shift.starts_at - HALF - TICK)
    assert may_take_calls("county.exams", at=shift.starts_at - HALF)
    assert may_take_calls("county.exams", at=shift.ends_at + HALF - TICK)
    assert not may_take_calls("county.exams", at=shift.ends_at + HALF)


def test_where_a_roster_is_kept_a_holding_of_the_seat_gives_nothing(city: ModuleType) -> None:
    assert may_take_calls("county.duty_officer")

    keep(SEAT)

    assert not may_take_calls("county.duty_officer")


def test_without_a_kept_roster_a_shift_gives_nothing(city: ModuleType) -> None:
    put(SEAT, "county.exams")

    assert not may_take_calls("county.exams")
    assert may_take_calls("county.duty_officer")


def test_the_stand_in_of_whoever_is_away_has_the_rights_of_the_shift(city: ModuleType) -> None:
    keep(SEAT)
    put(SEAT, "county.exams")
    send_away("county.exams", delegate="county.office", hours=3)

    assert may_take_calls("county.office")


def test_what_the_seat_owes_belongs_to_whoever_is_on_shift(city: ModuleType) -> None:
    keep(SEAT)
    first = put(SEAT, "county.exams", hours=2)
    make_incident(hazard="DROWN", people="unknown")
    owed = own_obligations(person("county.exams")).filter(capacity="DUTY_OFFICER")
    assert {o.person for o in owed} == {person("county.exams")}

    Shift.objects.filter(pk=first.pk).update(
        starts_at=now() - timedelta(hours=3), ends_at=now() - timedelta(hours=1)
    )
    put(SEAT, "county.office")

    later = own_obligations(person("county.office")).filter(capacity="DUTY_OFFICER")
    assert set(later) == set(
        owed.model.objects.filter(capacity="DUTY_OFFICER", unit=unit("county"))
    )
    assert later.exists()
    assert not own_obligations(person("county.exams")).filter(capacity="DUTY_OFFICER").exists()


def test_the_board_names_whoever_is_on_shift(city: ModuleType) -> None:
    keep(SEAT)
    put(SEAT, "county.exams")

    head = board(person("county.safety_office"), unit("county").code).head

    assert head.officers == [person("county.exams").name]
    assert head.leaders == [person("county.duty_leader").name]


def test_nobody_is_seated_in_a_gap(city: ModuleType) -> None:
    keep(SEAT)

    assert seated([post(SEAT).pk], at=now()) == []


@pytest.mark.parametrize("table", [Shift, RosterPeriod])
def test_every_change_raises_the_revision(
    city: ModuleType, table: type[Shift] | type[RosterPeriod]
) -> None:
    before = rights_revision()
    keep(SEAT)
    row = put(SEAT, "county.exams")
    made = rights_revision()
    table.objects.update(ends_at=now() + timedelta(days=1))
    changed = rights_revision()
    table.objects.all().delete()

    assert before < made < changed < rights_revision()
    assert row.pk


def test_the_next_change_of_rights_is_the_margin_of_the_next_shift(city: ModuleType) -> None:
    keep(SEAT)
    start = now() + timedelta(hours=2)
    put(SEAT, "county.exams", start=start, hours=8)

    assert rights_state()[1] == start - HALF


def test_a_shift_that_is_over_still_ends_rights_later(city: ModuleType) -> None:
    keep(SEAT)
    shift = put(SEAT, "county.exams", start=now() - timedelta(hours=8, minutes=10), hours=8)

    assert may_take_calls("county.exams")
    assert rights_state()[1] == shift.ends_at + HALF


def test_a_shift_beyond_keeps_a_sign_in_out_of_the_districts_hands(city: ModuleType) -> None:
    below = (unit("county").path,)
    exams = person("county.exams")
    assert exams in people_below(below)

    keep("city.duty_officer")
    put("city.duty_officer", "county.exams", start=now() + timedelta(days=9))

    assert exams not in people_below(below)


def test_a_kept_plan_sees_a_new_shift_at_once(city_committed: ModuleType) -> None:
    def duty(plan: Plan) -> list[int | None]:
        return [
            row.person
            for row in plan.rows
            if (row.unit, row.capacity) == (unit("county").pk, "DUTY_OFFICER")
        ]

    def ask() -> Plan:
        known = snapshot([unit("school")])
        return known.resolve(hazards=["DROWN"], grade="G2", at=timezone.now())

    holders.forget()
    assert duty(ask()) == [person("county.duty_officer").pk]

    keep(SEAT)
    put(SEAT, "county.exams")

    assert duty(ask()) == [person("county.exams").pk]


def test_the_page_of_the_board_opens_during_the_shift_only(city: ModuleType, client) -> None:
    keep(SEAT)
    sign_in(client, "county.exams")
    address = f"/boards/{unit('county').code}/"
    assert client.get(address).status_code == 404

    put(SEAT, "county.exams")

    assert client.get(address).status_code == 200
    assert post(SEAT) in posts_held(person("county.exams"))


def test_the_past_names_whoever_was_on_shift_then(city: ModuleType) -> None:
    then = now() - timedelta(days=200)
    keep(SEAT, since=then - timedelta(days=1), until=then + timedelta(days=1))
    put(SEAT, "county.exams", start=then - timedelta(hours=1))

    known = snapshot([unit("school")], as_of=then)
    plan = known.resolve(hazards=["DROWN"], grade="G2", at=then)

    rows = [r for r in plan.rows if (r.unit, r.capacity) == (unit("county").pk, "DUTY_OFFICER")]
    assert [row.person for row in rows] == [person("county.exams").pk]
