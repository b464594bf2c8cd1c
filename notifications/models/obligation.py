"""Obligations (责任事项): this post, in this capacity, owes this, by then."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from notifications.models.alert import Alert
from notifications.models.table import ResponsibilityTable
from safety.people.models import User
from safety.posts.models import Post
from safety.rules.models import RuleBook
from safety.units.models import Unit


class ObligationQuerySet(models.QuerySet["Obligation"]):
    def open(self) -> ObligationQuerySet:
        return self.filter(state=Obligation.State.OPEN)


class Obligation(models.Model):
    """One thing owed. Every kind of duty is a row of this one table.

    ``post`` is the post that answers; where a superior stands in for a vacant
    slot, ``climbed_from`` names the slot that was owed. ``person`` is whom the
    plan addressed; whoever holds ``post`` today may answer for it. ``telling``: its
    receiver and document say what a restricted subject is about.
    """

    class Kind(models.TextChoices):
        ACKNOWLEDGE = "acknowledge", _("acknowledge")
        FIRST_ACTION = "first_action", _("first action")
        READ = "read", _("read")
        REPORT_UPWARD = "report_upward", _("report upward")
        PLEDGE = "pledge", _("sign a pledge")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        MET = "met", _("met")
        LAPSED = "lapsed", _("no longer owed")

    class How(models.TextChoices):
        SELF = "self", pgettext_lazy("who answered", "in person")
        PHONE = "phone", _("by telephone, entered by somebody else")
        RECORDED = "recorded", _("follows from a record")

    class Basis(models.TextChoices):
        STATUTORY = "statutory", _("statutory")
        SUPERIOR = "superior", _("superior document")
        BUREAU = "bureau", _("bureau rule")
        REMINDER = "reminder", _("system reminder")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    subject_kind = models.CharField(max_length=30)
    subject_ref = models.CharField(max_length=64)
    alert = models.ForeignKey(
        Alert, on_delete=models.PROTECT, null=True, blank=True, related_name="obligations"
    )
    level = models.CharField(max_length=10)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, blank=True, related_name="obligations"
    )
    capacity = models.CharField(max_length=30)
    line = models.CharField(max_length=15)
    person = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="obligations"
    )
    owed = models.CharField(max_length=4)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    redacted = models.BooleanField(default=False)
    telling = models.BooleanField(default=False)
    climbed_from = models.CharField(max_length=80, blank=True)
    why = models.JSONField(default=dict)
    trace = models.JSONField(default=list)
    basis = models.CharField(max_length=10, choices=Basis, default=Basis.REMINDER)
    basis_document = models.CharField(max_length=200, blank=True)
    table = models.ForeignKey(ResponsibilityTable, on_delete=models.PROTECT, related_name="+")
    rules = models.ForeignKey(RuleBook, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)
    met_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    met_how = models.CharField(max_length=10, choices=How, blank=True)
    met_verb = models.CharField(max_length=20, blank=True)
    met_note = models.CharField(max_length=500, blank=True)
    met_phone = models.CharField(max_length=30, blank=True)

    objects: ClassVar = ObligationQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["state", "due_at"], name="obligation_due"),
            models.Index(fields=["person", "state", "due_at"], name="obligation_of_person"),
            models.Index(fields=["post", "state", "due_at"], name="obligation_of_post"),
            models.Index(fields=["alert", "unit"], name="obligation_of_alert"),
        ]
        constraints = [
            models.UniqueConstraint(
                "alert",
                "unit",
                "capacity",
                Coalesce("post", 0),
                Coalesce("person", 0),
                "kind",
                name="obligation_once",
                condition=Q(alert__isnull=False) & ~Q(kind="report_upward"),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "lapsed"], met_at=None)
                | Q(state="met", met_at__isnull=False),
                name="obligation_met_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(due_at=None)
                | Q(due_at__gte=F("created_at"))
                | Q(alert=None)
                | Q(kind="report_upward"),
                name="obligation_due_after_creation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.capacity} {self.unit}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN
