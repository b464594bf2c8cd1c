"""Tests of the alert chain (警情链路测试) and their schedules."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from notifications.models import Alert
from safety.people.models import User
from safety.units.models import Unit

NOTE_MAX = 100


class TestSchedule(models.Model):
    """A test that repeats every month, on the first working day from ``day`` on.

    ``day`` is at most the 28th, so that every month has it.
    """

    __test__ = False  # not a test of pytest

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    below = models.BooleanField(default=False)
    capacities = models.JSONField()
    day = models.PositiveSmallIntegerField()
    at = models.TimeField()
    note = models.CharField(max_length=NOTE_MAX, blank=True)
    active = models.BooleanField(default=True)
    next_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["unit__path", "id"]
        indexes = [models.Index(fields=["active", "next_at"], name="test_schedule_next")]
        constraints = [
            models.CheckConstraint(
                condition=Q(day__gte=1, day__lte=28), name="test_schedule_every_month"
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.day} {self.at:%H:%M}"


class ChainTest(models.Model):
    """One test: an alert of status TEST to chosen posts, open for answers until ``ends_at``."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    alert = models.OneToOneField(Alert, on_delete=models.PROTECT, related_name="chain_test")
    schedule = models.ForeignKey(
        TestSchedule, on_delete=models.PROTECT, null=True, blank=True, related_name="tests"
    )
    note = models.CharField(max_length=NOTE_MAX, blank=True)
    started_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at", "-id"]
        indexes = [
            models.Index(fields=["unit", "-started_at"], name="chain_test_of_unit"),
            models.Index(fields=["ended_at", "ends_at"], name="chain_test_open"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("started_at")), name="chain_test_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.started_at:%Y-%m-%d %H:%M}"
