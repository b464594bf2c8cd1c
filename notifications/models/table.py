"""The responsibility table (安全工作责任表): a published, numbered version and its rows."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from safety.posts.models import Post
from safety.units.models import Unit


class ResponsibilityTable(models.Model):
    """One version of the whole table. A published version never changes."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        SUPERSEDED = "superseded", _("superseded")

    number = models.PositiveIntegerField(unique=True)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="published"), name="one_published_table"
            ),
        ]

    def __str__(self) -> str:
        return f"responsibility table {self.number}"


class Entry(models.Model):
    """One row: unit, post, capacity, scope, and **both** duties.

    Who holds the post is not here: a change of person needs no new version.
    """

    class Line(models.TextChoices):
        PARTY = "party", _("party")
        ADMINISTRATION = "administration", _("administration")
        BOTH = "both", _("both")

    table = models.ForeignKey(ResponsibilityTable, on_delete=models.CASCADE, related_name="entries")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="entries")
    capacity = models.CharField(max_length=30)
    line = models.CharField(max_length=15, choices=Line, default=Line.ADMINISTRATION)
    scope = models.JSONField(default=dict)
    business_duty = models.TextField()
    safety_duty = models.TextField()
    assessment = models.TextField(blank=True)

    class Meta:
        ordering = ["table", "unit", "id"]
        indexes = [models.Index(fields=["table", "unit"], name="entry_table_unit")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(business_duty="") & ~Q(safety_duty=""), name="entry_has_both_duties"
            ),
            models.UniqueConstraint(
                fields=["table", "post", "capacity"], name="entry_once_per_post_and_capacity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.capacity}"
