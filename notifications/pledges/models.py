"""Pledges (责任书): who binds himself to whom for a year, signed by both sides."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from safety.people.models import User
from safety.posts.models import Post
from safety.rules.models import RuleBook
from safety.units.models import Unit


class PledgeQuerySet(models.QuerySet["Pledge"]):
    def standing(self) -> PledgeQuerySet:
        """Those that bind now, or wait to be signed: not ended."""
        return self.filter(ended_at=None)

    def waiting_below(self) -> PledgeQuerySet:
        return self.standing().filter(lower_signed_at=None)

    def waiting_above(self) -> PledgeQuerySet:
        return self.standing().filter(lower_signed_at__isnull=False, upper_signed_at=None)


class Pledge(models.Model):
    """One sheet. ``lower`` is the person it binds, in ``lower_post``; ``upper_post`` countersigns.

    ``text`` is frozen when the first side signs; until then the rule book ``rules`` says it.
    A new holder gets a sheet of his own: nobody is bound by somebody else's signature.
    """

    class Why(models.TextChoices):
        YEAR = "year", _("yearly")
        HOLDER = "holder", _("new holder")

    class Ended(models.TextChoices):
        HOLDER = "holder", _("the holder changed")
        YEAR = "year", _("the year is over")
        RULE = "rule", _("the rule no longer asks for it")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    pair = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    lower_post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="pledges")
    lower = models.ForeignKey(User, on_delete=models.PROTECT, related_name="pledges")
    upper_post = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, blank=True, related_name="pledges_below"
    )
    capacity = models.CharField(max_length=30)
    why = models.CharField(max_length=10, choices=Why)
    rules = models.ForeignKey(RuleBook, on_delete=models.PROTECT, related_name="+")
    text = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    starts_on = models.DateField()
    expires_on = models.DateField()
    lower_signed_at = models.DateTimeField(null=True, blank=True)
    lower_signature = models.CharField(max_length=80, blank=True)
    upper_signed_at = models.DateTimeField(null=True, blank=True)
    upper_signature = models.CharField(max_length=80, blank=True)
    upper = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=10, choices=Ended, blank=True)

    objects: ClassVar = PledgeQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "id"]
        indexes = [
            models.Index(fields=["lower", "ended_at"], name="pledge_of_person"),
            models.Index(fields=["upper_post", "ended_at"], name="pledge_of_upper"),
            models.Index(fields=["year", "unit"], name="pledge_of_unit"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["pair", "year", "lower_post", "lower"],
                condition=Q(ended_at=None),
                name="pledge_once",
            ),
            models.CheckConstraint(
                condition=Q(upper_signed_at=None) | Q(lower_signed_at__isnull=False),
                name="pledge_below_signs_first",
            ),
            models.CheckConstraint(
                condition=Q(expires_on__gt=F("starts_on")), name="pledge_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.pair} {self.lower_post}"

    @property
    def is_signed(self) -> bool:
        """By both sides."""
        return self.upper_signed_at is not None

    @property
    def state(self) -> str:
        """One of "ended", "signed", "above" (waits for the upper side), "below"."""
        if self.ended_at is not None:
            return "ended"
        if self.upper_signed_at is not None:
            return "signed"
        return "above" if self.lower_signed_at is not None else "below"
