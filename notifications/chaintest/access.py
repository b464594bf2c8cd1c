"""Who tests the chain: the posts with ``test_chain``, in their unit and below."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from notifications.chaintest.models import ChainTest, TestSchedule
from safety.errors import Hidden
from safety.people.models import User
from safety.posts.access import reach
from safety.units.models import Unit

RIGHT = "test_chain"


def testable_units(user: User) -> QuerySet[Unit]:
    return Unit.objects.under(*reach(user, RIGHT)).order_by("path")


def get_testable_unit(user: User, code: str = "") -> Unit:
    """The unit ``code`` in reach; without a code the uppermost one. Raises ``Hidden``."""
    units = testable_units(user)
    found = (units.filter(code=code) if code else units).first()
    if found is None:
        raise Hidden
    return found


def visible_tests(user: User) -> QuerySet[ChainTest]:
    return ChainTest.objects.filter(unit__in=testable_units(user).order_by().values("pk"))


def get_test(user: User, ref: UUID) -> ChainTest:
    tests = visible_tests(user).select_related("unit", "alert", "started_by", "schedule")
    found = tests.filter(ref=ref).first()
    if found is None:
        raise Hidden
    return found


def visible_schedules(user: User) -> QuerySet[TestSchedule]:
    return TestSchedule.objects.filter(unit__in=testable_units(user).order_by().values("pk"))


def get_schedule(user: User, ref: UUID) -> TestSchedule:
    found = visible_schedules(user).filter(ref=ref).select_related("unit").first()
    if found is None:
        raise Hidden
    return found
