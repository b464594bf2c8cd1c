"""Long work on a table that a worker does while its page shows how far it is."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.models.table import ResponsibilityTable
from safety.people.models import User


class TableJob(models.Model):
    """Check or publish one draft. At most one such job of a draft is open at a time.

    ``revision`` is that of the draft it looked at. ``owner`` works on it until
    ``until``; a job whose worker died is free again then (docs/decisions/0051).
    """

    class Kind(models.TextChoices):
        CHECK = "check", _("check")
        PUBLISH = "publish", _("publish")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        REFUSED = "refused", _("refused")
        FAILED = "failed", _("failed")

    OPEN = ("waiting", "running")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    table = models.ForeignKey(ResponsibilityTable, on_delete=models.CASCADE, related_name="jobs")
    note = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=10)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    owner = models.CharField(max_length=80, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    step = models.CharField(max_length=20, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    found = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["table"],
                condition=Q(state__in=("waiting", "running")),
                name="one_open_job_of_a_table",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.table}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN
