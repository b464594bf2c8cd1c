"""What is kept of who answers for what is never older than the last change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from safety.posts.access import posts_held, reach, rights_of
from safety.posts.models import Holding, Leave, Post, RosterPeriod, Shift
from safety.units.models import Unit, UnitGroupObjectPermission
from tests import city as cast

HOUR = timedelta(hours=1)
WHO = "county.section_moral"


def held(name: str = WHO) -> set[int]:
    return set(posts_held(cast.person(name)).values_list("pk", flat=True))


def test_a_second_question_reads_the_revision_and_nothing_else(city_committed):
    person = cast.person(WHO)
    posts_held(person)

    with CaptureQueriesContext(connection) as asked:
        posts_held(person)

    assert [query["sql"] for query in asked.captured_queries] == [
        "SELECT number FROM posts_holdingsrevision"
    ]


def end_holding() -> None:
    Holding.objects.filter(post=cast.post(WHO)).update(ends_at=timezone.now())


def delete_holding() -> None:
    Holding.objects.filter(post=cast.post(WHO)).delete()


def abolish_post() -> None:
    Post.objects.filter(pk=cast.post(WHO).pk).update(abolished_at=timezone.now())


def keep_a_roster() -> None:
    RosterPeriod.objects.create(post=cast.post(WHO), starts_at=timezone.now() - HOUR)


@pytest.mark.parametrize("change", [end_holding, delete_holding, abolish_post, keep_a_roster])
def test_what_ends_is_gone_at_the_next_question(city_committed, change: Callable[[], None]):
    assert cast.post(WHO).pk in held()

    change()

    assert cast.post(WHO).pk not in held()


def test_who_is_shut_out_holds_nothing_at_once(city_committed):
    assert held()
    person = cast.person(WHO)
    type(person).objects.filter(pk=person.pk).update(is_active=False)

    assert held() == set()


def test_a_grant_and_the_place_of_a_unit_are_never_kept(city_committed):
    chief = cast.person("county.duty_officer")
    before = reach(chief, "take_calls")
    assert before

    Unit.objects.filter(pk=cast.unit("county").pk).update(path="/520100/moved/")
    assert reach(chief, "take_calls") == ("/520100/moved/",)
    UnitGroupObjectPermission.objects.filter(permission__codename="take_calls").delete()
    assert "take_calls" not in rights_of(chief)


def test_what_begins_or_ends_by_the_clock_alone_is_noticed(city_committed):
    now = timezone.now()
    Holding.objects.filter(post=cast.post(WHO)).update(ends_at=now + HOUR)
    Leave.objects.create(
        person=cast.person(WHO),
        delegate=cast.person("county.exams"),
        starts_at=now + HOUR / 2,
        ends_at=now + 5 * HOUR,
    )
    mine = cast.post(WHO).pk

    seen = []
    for minutes in (0, 29, 31, 59, 61):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            seen.append((mine in held(), mine in held("county.exams")))

    assert seen == [(True, False), (True, False), (True, True), (True, True), (False, False)]
    with time_machine.travel(now + timedelta(minutes=1), tick=False):  # a clock that was set back
        assert (mine in held(), mine in held("county.exams")) == (True, False)


def test_a_shift_opens_and_closes_the_seat_with_its_margin(city_committed):
    now, seat = timezone.now(), cast.post("county.duty_officer")
    RosterPeriod.objects.create(post=seat, starts_at=now - HOUR)
    Shift.objects.create(
        post=seat, person=cast.person(WHO), starts_at=now + HOUR, ends_at=now + 2 * HOUR
    )

    seen = []
    for minutes in (0, 29, 31, 149, 151):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            seen.append(seat.pk in held())

    assert seen == [False, False, True, True, False]


def test_nothing_of_a_transaction_that_was_rolled_back_is_kept(city_committed):
    before = held()

    with transaction.atomic():
        delete_holding()
        assert held() == set()
        transaction.set_rollback(True)

    assert held() == before
