"""Alerts (事件提示): what must be told, with the frozen plan of who must know."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.models.table import ResponsibilityTable
from safety.rules.models import RuleBook
from safety.units.models import Unit

SEALED_RANK = "G2"


class Alert(models.Model):
    """Something that people must answer for.

    An alert knows its subject only as (kind, reference, link, words): the room
    above calls down and hands in both the full words and the redacted ones.
    ``named`` are the people (ids) whom the plan told without redaction: of a sealed
    alert nobody else ever reads the full words, whatever post he holds later.
    """

    class Status(models.TextChoices):
        ACTUAL = "actual", _("actual")
        EXERCISE = "exercise", _("exercise")
        TEST = "test", _("test")

    class Privacy(models.TextChoices):
        OPEN = "open", _("open")
        GUARDED = "guarded", _("guarded")
        SEALED = "sealed", _("sealed")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject_kind = models.CharField(max_length=30)
    subject_ref = models.CharField(max_length=64)
    link = models.CharField(max_length=200)
    grade = models.CharField(max_length=2)
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTUAL)
    privacy = models.CharField(max_length=10, choices=Privacy, default=Privacy.OPEN)
    words = models.JSONField()
    masked_words = models.JSONField()
    units = models.ManyToManyField(Unit, related_name="+")
    plan = models.JSONField()
    named = models.JSONField(default=list)
    plan_hash = models.CharField(max_length=64)
    table = models.ForeignKey(ResponsibilityTable, on_delete=models.PROTECT, related_name="+")
    rules = models.ForeignKey(RuleBook, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["subject_kind", "subject_ref"], name="alert_subject"),
            models.Index(fields=["closed_at", "-created_at"], name="alert_open_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.grade} {self.subject_kind}:{self.subject_ref}"

    @property
    def board_grade(self) -> str:
        """The grade as a board may say it: of a sealed alert none.

        Whoever knows the case could tell from it that there was one before.
        """
        return "" if self.privacy == self.Privacy.SEALED else self.grade

    @property
    def rank(self) -> str:
        """Where it stands among others: a sealed alert does not tell its grade by its place."""
        return SEALED_RANK if self.privacy == self.Privacy.SEALED else self.grade
