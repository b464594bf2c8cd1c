"""Records of work (记一笔), and what a person says to a late or unanswered matter (本人说明)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.models import Obligation
from safety.people.models import User
from safety.posts.models import Post

ABOUT_MAX, TEXT_MAX, STATEMENT_MAX = 60, 200, 500


class WorkRecord(models.Model):
    """One piece of work as it stands now; ``WorkVersion`` keeps what it said before.

    ``ref`` is made by the browser, so that a button pressed twice writes once.
    ``source_kind`` and ``source_ref`` name what it follows from, where the work was
    recorded elsewhere and counted by itself; such a record is changed there.
    """

    class Kind(models.TextChoices):
        MEETING = "meeting", _("meeting")
        VISIT = "visit", _("visit to a school")
        INSTRUCTION = "instruction", _("written instruction")
        TALK = "talk", _("talk")
        DEPLOYMENT = "deployment", _("deployment of work")
        PLEDGE = "pledge", _("pledge signed")

    BY_HAND: ClassVar = (
        Kind.MEETING,
        Kind.VISIT,
        Kind.INSTRUCTION,
        Kind.TALK,
        Kind.DEPLOYMENT,
    )

    ref = models.UUIDField(unique=True, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="work_records")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="work_records")
    kind = models.CharField(max_length=20, choices=Kind)
    on = models.DateField()
    about = models.CharField(max_length=ABOUT_MAX, blank=True)
    text = models.CharField(max_length=TEXT_MAX)
    business = models.BooleanField()
    safety = models.BooleanField()
    source_kind = models.CharField(max_length=30, blank=True)
    source_ref = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-on", "-id"]
        indexes = [models.Index(fields=["person", "on"], name="work_of_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(business=True) | Q(safety=True), name="work_is_of_a_line"
            ),
            models.UniqueConstraint(
                fields=["source_kind", "source_ref", "person", "post"],
                condition=~Q(source_kind=""),
                name="work_counted_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.on} {self.person}"

    @property
    def is_counted(self) -> bool:
        """Whether it counted by itself from what was recorded elsewhere."""
        return bool(self.source_kind)


class WorkVersion(models.Model):
    """What a record said from ``at`` on. Versions are only ever added."""

    record = models.ForeignKey(WorkRecord, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    said = models.JSONField()
    reason = models.CharField(max_length=TEXT_MAX, blank=True)

    class Meta:
        ordering = ["record", "number"]
        constraints = [
            models.UniqueConstraint(fields=["record", "number"], name="work_version_number")
        ]

    def __str__(self) -> str:
        return f"{self.record} v{self.number}"


class Statement(models.Model):
    """What a person says to one matter of the own record, as it stands now.

    One for each obligation and person: whoever takes the post over states for himself.
    ``ref`` is named by the page, so that a button pressed twice writes once.
    """

    ref = models.UUIDField(unique=True, editable=False)
    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="statements")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="statements")
    text = models.CharField(max_length=STATEMENT_MAX)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["obligation", "person"], name="statement_once")
        ]

    def __str__(self) -> str:
        return f"statement {self.ref} v{self.version}"

    @property
    def corrections(self) -> int:
        return self.version - 1


class StatementVersion(models.Model):
    """What a statement said from ``at`` on. Versions are only ever added."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    text = models.CharField(max_length=STATEMENT_MAX)

    class Meta:
        ordering = ["statement", "number"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "number"], name="statement_version_number")
        ]

    def __str__(self) -> str:
        return f"{self.statement} v{self.number}"
