"""An absence hands over everything somebody answers for: only who manages all of it enters it."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from safety.ledger.actions import SYSTEM
from safety.posts.absence import name_liaison
from safety.posts.models import Leave, Liaison, RosterPeriod, Shift
from safety.units.models import UnitGroupObjectPermission
from tests.city import give, person, post, sign_in, unit
from tests.city import send_away as is_away
from tests.offices.desk import send_away

ADMIN, WHO = "county.administrator", "county.exams"


def on_shift_elsewhere() -> None:
    begin = timezone.now() + timedelta(days=1)
    seat = post("city.duty_officer")
    RosterPeriod.objects.create(post=seat, starts_at=begin - timedelta(days=2))
    Shift.objects.create(
        post=seat, person=person(WHO), starts_at=begin, ends_at=begin + timedelta(hours=12)
    )


def a_right_elsewhere() -> None:
    UnitGroupObjectPermission.objects.create(
        group=post(WHO).group,
        content_object=unit("district"),
        permission=Permission.objects.get(codename="view_incidents"),
    )


BEYOND = {
    "a shift above": on_shift_elsewhere,
    "stands in above": lambda: is_away("city.chief", delegate=WHO),
    "a right beside": a_right_elsewhere,
    "a post above later": lambda: give(
        "city.office", WHO, starts_at=timezone.now() + timedelta(days=9)
    ),
}


@pytest.mark.parametrize("make", BEYOND.values(), ids=BEYOND)
def test_whoever_answers_beyond_is_sent_away_by_nobody_here(city, client, make):
    make()
    leaves = Leave.objects.count()
    sign_in(client, ADMIN)

    assert send_away(client, WHO, delegate="county.office").status_code == 404
    assert Leave.objects.count() == leaves
    page = client.get(reverse("offices:person", args=[person(WHO).pk]))
    assert page.status_code == 200
    assert page.context["colleagues"] == []


@pytest.mark.parametrize("make", BEYOND.values(), ids=BEYOND)
def test_nor_brought_back_or_given_a_liaison_or_freed_of_one(city, client, make):
    leave = is_away(WHO)
    name_liaison(
        leader=person(WHO), person=person("county.office"), starts_at=timezone.now(), actor=SYSTEM
    )
    make()
    link = Liaison.objects.get()
    sign_in(client, ADMIN)

    assert client.post(reverse("offices:back", args=[leave.pk])).status_code == 404
    assert client.post(reverse("offices:end_liaison", args=[link.pk])).status_code == 404
    name = reverse("offices:name_liaison", args=[person(WHO).pk])
    said = {"person": str(person("county.section_basic").pk)}
    assert client.post(name, said).status_code == 404

    assert Leave.objects.get(pk=leave.pk).ends_at == leave.ends_at
    assert [one.ends_at for one in Liaison.objects.all()] == [None]


def test_whoever_is_managed_wholly_is_sent_away_and_brought_back(city, client):
    sign_in(client, ADMIN)

    assert send_away(client, WHO, delegate="county.office").status_code == 302
    leave = Leave.objects.get()
    assert client.post(reverse("offices:back", args=[leave.pk])).status_code == 302

    leave.refresh_from_db()
    assert leave.ends_at <= timezone.now()


def test_of_whoever_has_left_only_the_past_here_is_told(city, client):
    """Not the number of a leader above, nor when he is away, nor who stands in for him."""
    gone = person("city.deputy_basic")
    begin = timezone.now() - timedelta(days=300)
    give("school.office", "city.deputy_basic", starts_at=begin, ends_at=begin + timedelta(days=9))
    is_away("city.deputy_basic", delegate="city.office")
    sign_in(client, "school.principal")
    url = reverse("offices:person", args=[gone.pk])

    page = client.get(url).content.decode()

    assert str(post("school.office")) in page
    assert gone.phone not in page
    assert person("city.office").name not in page
    give("school.office", "city.deputy_basic")
    assert gone.phone in client.get(url).content.decode()


def test_a_person_of_many_posts_needs_few_questions(city, client, django_assert_max_num_queries):
    sign_in(client, ADMIN)
    url = reverse("offices:person", args=[person(WHO).pk])
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for key in ("school", "boarding", "small", "central"):
        for role in ("doctor", "office", "class_teacher", "safety_staff"):
            with suppress(KeyError):
                give(f"{key}.{role}", WHO)

    with django_assert_max_num_queries(len(few) + 3):
        client.get(url)
