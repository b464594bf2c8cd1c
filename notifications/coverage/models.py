"""Gaps of responsibility that the bureau accepts for a time, each with its reason."""

from __future__ import annotations

import uuid
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q

from safety.people.models import User
from safety.units.models import Unit


class AcceptedGapQuerySet(models.QuerySet["AcceptedGap"]):
    def standing(self) -> AcceptedGapQuerySet:
        """Not taken back, whether the day has passed or not."""
        return self.filter(withdrawn_at=None)

    def in_force_on(self, day: date) -> AcceptedGapQuerySet:
        """The last day counts."""
        return self.standing().filter(ends_on__gte=day)


class AcceptedGap(models.Model):
    """A gap of one unit, or by rule of every unit of a kind and size below ``unit``.

    An empty ``post_type`` means every post of the capacity. ``kinds`` (empty: any)
    and ``staff_max`` (None: any size) belong to rules only; a school whose staff is
    unknown is not small. It ends by itself after ``ends_on``, or earlier by hand.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    by_rule = models.BooleanField(default=False)
    kinds = models.JSONField(default=list, blank=True)
    staff_max = models.PositiveIntegerField(null=True, blank=True)
    capacity = models.CharField(max_length=30)
    post_type = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=300)
    ends_on = models.DateField()
    accepted_at = models.DateTimeField()
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects: ClassVar = AcceptedGapQuerySet.as_manager()

    class Meta:
        ordering = ["-accepted_at", "-id"]
        indexes = [models.Index(fields=["withdrawn_at", "ends_on"], name="accepted_gap_standing")]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="accepted_gap_has_a_reason"),
            models.CheckConstraint(
                condition=Q(by_rule=True) | Q(staff_max=None), name="accepted_gap_size_by_rule"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="accepted_gap_withdrawn_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["unit", "capacity", "post_type"],
                condition=Q(withdrawn_at=None, by_rule=False),
                name="accepted_gap_once_per_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.capacity} {self.ends_on:%Y-%m-%d}"
