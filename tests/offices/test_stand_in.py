"""Nobody gains a right by naming himself the stand-in of somebody absent, today or later."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from safety.posts.access import reach
from safety.posts.models import Holding, Leave, RosterPeriod, Shift
from tests.city import give, person, post, sign_in
from tests.offices.desk import appoint, in_days, keep, problems_on, row_of, send_away

ADMIN, READER = "county.administrator", "county.section_moral"


def hold_later(name: str, to: str, days: float, **over) -> Holding:
    return give(name, to, starts_at=timezone.now() + timedelta(days=days), **over)


def plan_shift(name: str, who: str, *, days: float) -> None:
    begin = timezone.now() + timedelta(days=days)
    RosterPeriod.objects.create(post=post(name), starts_at=begin - timedelta(days=1))
    Shift.objects.create(
        post=post(name), person=person(who), starts_at=begin, ends_at=begin + timedelta(hours=12)
    )


@pytest.mark.parametrize("starts", ["", "later"])
def test_whoever_enters_a_leave_does_not_name_himself_for_confidential_reading(
    city, client, starts
):
    sign_in(client, ADMIN)

    answer = send_away(
        client,
        READER,
        delegate=ADMIN,
        starts=in_days(3) if starts else "",
        ends=in_days(5),
    )

    assert answer.status_code == 422
    assert not Leave.objects.exists()


@pytest.mark.parametrize("case", ["post", "shift", "acting"])
def test_what_begins_during_the_leave_counts_too(city, client, case):
    """An ordinary colleague today, who will read confidential cases before he is back."""
    away = "county.exams"
    if case == "shift":
        plan_shift(READER, away, days=4)
    else:
        hold_later(READER, away, 4, kind="principal" if case == "post" else "acting")
    sign_in(client, ADMIN)

    assert send_away(client, away, delegate=ADMIN, ends=in_days(6)).status_code == 422
    assert not Leave.objects.exists()
    assert send_away(client, away, delegate=ADMIN, ends=in_days(2)).status_code == 302


def test_a_reader_may_stand_in_and_the_person_himself_names_whom_he_likes(city, client):
    sign_in(client, "county.safety_office")
    assert send_away(client, READER, delegate="county.safety_office").status_code == 302
    sign_in(client, "county.section_personnel")

    assert send_away(client, "county.section_personnel", delegate=ADMIN).status_code == 302
    assert Leave.objects.filter(delegate=person(ADMIN)).count() == 1


def test_rights_that_are_no_reading_are_not_had_by_standing_in_either(city, client):
    sign_in(client, ADMIN)

    assert send_away(client, "county.chief", delegate=ADMIN).status_code == 422
    assert send_away(client, "county.deputy_basic", delegate=ADMIN).status_code == 302


@pytest.mark.parametrize("way", ["page", "sheet"])
def test_an_appointment_of_somebody_one_stands_in_for_is_judged_like_ones_own(city, client, way):
    user = sign_in(client, ADMIN)
    assert send_away(client, "county.exams", delegate=ADMIN).status_code == 302

    if way == "page":
        answer = appoint(client, READER, who="county.exams", kind="acting")
        assert answer.status_code == 422
        deputy = appoint(client, READER, who="county.exams", kind="deputy")
        assert deputy.status_code in (200, 302)  # nobody stands in for a B角
    else:
        sheet = keep(client, row_of(READER, "county.exams", "代理,兼"))
        assert len(problems_on(client, sheet)) == 1

    assert reach(user, "view_restricted") == ()
