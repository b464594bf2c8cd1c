"""Fixtures that every test may use. The cast and its words are in ``tests/city.py``."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import pytest
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from notifications import holders
from safety.rules.models import RuleBook
from safety.rules.selectors import current_rules
from tests import city as cast
from tests.restoring import Picture, empty


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The test database with the city in it, once per session (and per worker).

    A plain test runs in a transaction that is rolled back. After a test that
    really committed the city is put back as it was, instead of flushed away.
    """
    picture = Picture()
    with django_db_blocker.unblock():
        cast.make_city()
        picture.take()

    def put_back(_self: TransactionTestCase) -> None:
        picture.restore()
        holders.forget()  # its key, the revision of holdings, was put back too

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", put_back)
        yield


@pytest.fixture
def city(db: None) -> ModuleType:
    """The words of the cast (``tests.city``); what a test changes is rolled back after it."""
    return cast


@pytest.fixture
def city_committed(transactional_db: None) -> ModuleType:
    """The cast for tests with real commits (threads, races, sockets); put back after it."""
    return cast


@pytest.fixture
def rules(city: None) -> RuleBook:
    """The shipped rule book, published."""
    return current_rules()


@pytest.fixture
def empty_house(db: None) -> None:
    """A database with nothing in it, for the length of one test."""
    empty()
