"""The tests' own ground: each test finds the city as it was, whatever the one before did."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections, transaction
from django.db.utils import DatabaseError

from safety.ledger.actions import SYSTEM, Fact, record
from safety.ledger.models import Event
from safety.people.models import User
from safety.posts.models import HoldingsRevision, Post
from safety.units.models import Unit
from tests.city import UNITS, person, vacate


def _state() -> tuple[int, ...]:
    revision = HoldingsRevision.objects.get().number
    tables = (Unit, Post, User, Event)
    return (*(model.objects.count() for model in tables), revision)


@pytest.fixture(scope="module")
def before() -> list[tuple[int, ...]]:
    return []


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_a_committed_change_is_gone_in_the_next_test(city_committed, before, turn):
    before.append(_state())
    assert before[-1] == before[0]
    assert Unit.objects.count() == len(UNITS)

    vacate("county.safety_deputy")
    record(actor=SYSTEM, facts=[Fact(verb="x", subject_kind="x", subject_ref="x")])
    Unit.objects.filter(code="520121").update(name="x")
    User.objects.create_user("somebody.new")

    assert _state() != before[0]


def test_another_thread_sees_the_city(city_committed):
    seen = []

    def look() -> None:
        seen.append(User.objects.filter(username="county.section_basic").exists())
        connections.close_all()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()

    assert seen == [True]


def test_new_rows_get_new_numbers_after_the_city_was_put_back(city_committed):
    newest = User.objects.order_by("-pk").first()
    assert newest is not None

    assert User.objects.create_user("somebody.new").pk > newest.pk


def test_the_ledger_still_refuses_changes(city):
    event = Event.objects.earliest("pk")

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(verb="x")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.filter(pk=event.pk).delete()


def test_an_empty_house_is_empty_and_comes_back(empty_house):
    assert not User.objects.exists()
    assert not Event.objects.exists()

    record(actor=SYSTEM, facts=[Fact(verb="x", subject_kind="x", subject_ref="x")])

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.all().delete()


def test_the_city_is_back_after_an_empty_house(city):
    assert person("city.duty_officer").is_active
    assert connection.in_atomic_block
