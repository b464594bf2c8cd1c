"""Adjustment sheets (人员调整表): hundreds of changes of holders, looked at before they happen."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from safety.people.models import User


class Adjustment(models.Model):
    """One sheet: its rows as given, what was answered to its questions, and what it did.

    ``rows`` are lists of texts after ``COLUMNS``, each with the number of its line in front.
    ``answers`` maps "row:question" to the choice. ``done`` tells, per row, what was made,
    ended and created, so that the sheet can be undone as a whole.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        APPLIED = "applied", _("applied")
        UNDONE = "undone", _("undone")
        DISCARDED = "discarded", _("discarded")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    rows = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    answers = models.JSONField(default=dict)
    done = models.JSONField(default=list)
    starts_on = models.DateField(null=True, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    applied_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes = [models.Index(fields=["made_by", "-made_at"], name="adjustment_of_person")]

    def __str__(self) -> str:
        return self.title
