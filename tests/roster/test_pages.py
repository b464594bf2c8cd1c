"""The pages of the roster: what they show to whom, and what they write."""

from __future__ import annotations

from datetime import timedelta
from types import ModuleType

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from safety.ledger.models import Event
from safety.posts.models import RosterPeriod, Shift
from safety.roster.models import Swap
from tests.city import person, post, sign_in, unit
from tests.roster.shifts import keep, now, put

SEAT = "county.duty_officer"
LOCAL = "%Y-%m-%dT%H:%M"


def sheet(key: str = "county", query: str = "") -> str:
    return reverse("roster:sheet", args=[unit(key).code]) + query


def local(at) -> str:
    return timezone.localtime(at).strftime(LOCAL)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("county.administrator", True),
        ("county.safety_office", True),
        ("city.administrator", True),
        ("city.duty_officer", True),
        ("county.exams", True),
        ("district.administrator", False),
        ("school.safety_staff", False),
    ],
)
def test_a_roster_is_shown_to_its_bureau_and_whoever_watches_it(
    city: ModuleType, client, who: str, sees: bool
) -> None:
    sign_in(client, who)

    assert (client.get(sheet()).status_code == 200) is sees
    assert (client.get(sheet() + "export/").status_code == 200) is sees
    assert (client.get(sheet() + "print/").status_code == 200) is sees


@pytest.mark.parametrize("who", ["county.exams", "county.duty_officer", "district.administrator"])
@pytest.mark.parametrize("verb", ["plan", "rotate", "copy", "import", "take_in"])
def test_whoever_does_not_keep_it_changes_nothing(
    city: ModuleType, client, who: str, verb: str
) -> None:
    sign_in(client, who)

    answer = client.post(reverse(f"roster:{verb}", args=[unit("county").code]))

    assert answer.status_code == 404
    assert not Shift.objects.exists()


def test_a_shift_is_planned_from_the_page_and_shown_on_it(city: ModuleType, client) -> None:
    sign_in(client, "county.safety_office")
    start = now() + timedelta(days=1)

    client.post(
        reverse("roster:plan", args=[unit("county").code]),
        {
            "seat": post(SEAT).pk,
            "person": person("county.exams").pk,
            "starts_at": local(start),
            "ends_at": local(start + timedelta(hours=12)),
        },
    )

    shift = Shift.objects.get()
    assert (shift.post, shift.person) == (post(SEAT), person("county.exams"))
    assert Event.objects.filter(verb="shift.planned", subject_ref=str(shift.post_id)).exists()
    page = client.get(sheet(query=f"?from={timezone.localtime(start).date()}")).content.decode()
    assert reverse("roster:shift", args=[shift.ref]) in page


def test_what_was_typed_comes_back_with_the_reason(city: ModuleType, client) -> None:
    sign_in(client, "county.safety_office")
    put(SEAT, "county.exams", start=now() + timedelta(hours=1))

    answer = client.post(
        reverse("roster:plan", args=[unit("county").code]),
        {
            "seat": post(SEAT).pk,
            "person": person("county.office").pk,
            "starts_at": local(now() + timedelta(hours=2)),
            "ends_at": local(now() + timedelta(hours=3)),
        },
    )

    assert answer.status_code == 422
    assert person("county.exams").name in answer.content.decode()
    assert Shift.objects.count() == 1


def test_a_rotation_fills_a_holiday_in_turn(city: ModuleType, client) -> None:
    sign_in(client, "county.safety_office")
    first = timezone.localdate() + timedelta(days=3)
    names = [person("county.exams").name, person("county.office").name]

    client.post(
        reverse("roster:rotate", args=[unit("county").code]),
        {
            "seat": post(SEAT).pk,
            "people": "、".join(names),
            "pattern": "day",
            "first": first,
            "last": first + timedelta(days=3),
        },
    )

    assert [s.person.name for s in Shift.objects.order_by("starts_at")] == names * 2


def test_a_gap_is_told_on_the_page_and_on_the_list(city: ModuleType, client) -> None:
    keep(SEAT)
    put(SEAT, "county.exams", hours=24 * 10)
    sign_in(client, "county.safety_office")

    lines = client.get(sheet()).context
    assert lines["gap_count"] == 1
    assert post(SEAT).name in lines["gaps"][0].seat
    rosters = client.get(reverse("roster:own")).context["rosters"]
    assert [(r["unit"], r["kept"], r["gaps"]) for r in rosters] == [(unit("county"), True, 1)]


def test_the_city_sees_the_gaps_of_every_district_in_few_questions(
    city: ModuleType, client, django_assert_max_num_queries
) -> None:
    for key in ("county", "district", "zone"):
        keep(f"{key}.duty_officer")
    sign_in(client, "city.administrator")

    with django_assert_max_num_queries(40):
        page = client.get(reverse("roster:own"))

    gaps = {one["unit"].code: one["gaps"] for one in page.context["rosters"]}
    assert [gaps[unit(key).code] for key in ("county", "district", "zone", "city")] == [1, 1, 1, 0]


def test_keeping_a_roster_begins_and_ends_on_the_page(city: ModuleType, client) -> None:
    sign_in(client, "county.administrator")
    address = reverse("roster:keep", args=[unit("county").code, post(SEAT).pk])
    start = now() + timedelta(hours=2)

    client.post(address, {"do": "keep", "starts_at": local(start)})
    assert RosterPeriod.objects.get().post == post(SEAT)
    client.post(address, {"do": "stop"})

    assert not RosterPeriod.objects.filter(ends_at=None).exists()
    assert client.post(address.replace(str(post(SEAT).pk), "999999")).status_code == 404


def test_both_agree_to_a_swap_and_the_manager_sees_it(city: ModuleType, client) -> None:
    shift = put(SEAT, "county.exams", start=now() + timedelta(days=1))
    other = put(SEAT, "county.office", start=now() + timedelta(days=2))
    sign_in(client, "county.exams")
    client.post(
        reverse("roster:swap", args=[shift.ref]),
        {"other": person("county.office").pk, "for_shift": other.pk, "note": "出差"},
    )
    swap = Swap.objects.get()
    assert (
        client.post(reverse("roster:decide", args=[swap.ref]), {"do": "agree"}).status_code == 404
    )

    sign_in(client, "county.office")
    client.post(reverse("roster:decide", args=[swap.ref]), {"do": "agree"})

    shift.refresh_from_db()
    other.refresh_from_db()
    assert (shift.person, other.person) == (person("county.office"), person("county.exams"))
    sign_in(client, "county.administrator")
    page = client.get(reverse("roster:shift", args=[shift.ref])).content.decode()
    assert person("county.exams").name in page


def test_a_swap_is_nobody_elses_business(city: ModuleType, client) -> None:
    shift = put(SEAT, "county.exams", start=now() + timedelta(days=1))
    sign_in(client, "county.office")

    assert client.get(reverse("roster:swap", args=[shift.ref])).status_code == 404
    assert client.get(reverse("roster:shift", args=[shift.ref])).status_code == 404


def test_days_beyond_reason_do_not_break_the_page(city: ModuleType, client) -> None:
    sign_in(client, "county.administrator")

    for query in ("?from=0001-01-01", "?from=9999-12-31&view=month", "?from=x", "?to=9999-01-01"):
        assert client.get(sheet(query=query)).status_code == 200


def test_my_shifts_are_listed_soonest_first(city: ModuleType, client) -> None:
    later = put(SEAT, "county.exams", start=now() + timedelta(days=5))
    sooner = put("county.duty_leader", "county.exams", start=now() + timedelta(days=1))
    sign_in(client, "county.exams")

    assert list(client.get(reverse("roster:own")).context["shifts"]) == [sooner, later]


@pytest.mark.parametrize(("day", "missing"), [("2026-06-01", []), ("2026-11-25", [2027])])
def test_a_year_whose_holidays_are_not_entered_is_told_two_months_ahead(
    city: ModuleType, client, day: str, missing: list[int]
) -> None:
    with time_machine.travel(f"{day}T02:00:00+00:00", tick=False):
        sign_in(client, "county.administrator")
        page = client.get(sheet())

    assert page.context["missing_years"] == missing
    assert ("2027" in page.content.decode()) is bool(missing)
