"""The responsibility table (安全工作责任表): numbered versions and their rows."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from safety.people.models import User
from safety.posts.models import Post
from safety.units.models import Unit


class ResponsibilityTable(models.Model):
    """One version of the whole table: draft → checked → published → superseded.

    A draft is edited row by row; ``revision`` rises with every edit, and an edit
    takes "checked" away again. It gets its ``number`` when it is published. What is
    published never changes: triggers refuse it, whichever way it is tried
    (docs/decisions/0051).
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        CHECKED = "checked", _("checked")
        PUBLISHED = "published", _("published")
        SUPERSEDED = "superseded", _("superseded")

    EDITABLE: ClassVar = (State.DRAFT, State.CHECKED)
    FINAL: ClassVar = (State.PUBLISHED, State.SUPERSEDED)

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.PositiveIntegerField(unique=True, null=True, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    note = models.CharField(max_length=200, blank=True)
    based_on = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="published"), name="one_published_table"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "checked"), number=None, published_at=None)
                | Q(
                    state__in=("published", "superseded"),
                    number__isnull=False,
                    published_at__isnull=False,
                ),
                name="table_number_when_published",
            ),
        ]

    def __str__(self) -> str:
        return f"responsibility table {self.number or self.ref}"

    @property
    def is_draft(self) -> bool:
        """Whether its rows may still be edited."""
        return self.state in self.EDITABLE


class Entry(models.Model):
    """One row: unit, post, capacity, scope, and **both** duties.

    The same post and capacity in two versions is the same row. A row of a draft may
    lack a duty or its capacity; a trigger lets no such table be published. Who
    holds the post is not here: a change of person needs no new version. ``serial``
    is its number on paper; ``revision`` the table's when the row last changed.
    """

    class Line(models.TextChoices):
        PARTY = "party", _("party")
        ADMINISTRATION = "administration", _("administration")
        BOTH = "both", _("both")

    table = models.ForeignKey(ResponsibilityTable, on_delete=models.CASCADE, related_name="entries")
    serial = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="entries")
    capacity = models.CharField(max_length=30, blank=True)
    line = models.CharField(max_length=15, choices=Line, default=Line.ADMINISTRATION)
    scope = models.JSONField(default=dict)
    business_duty = models.TextField(blank=True)
    safety_duty = models.TextField(blank=True)
    assessment = models.TextField(blank=True)

    class Meta:
        ordering = ["table", "unit", "id"]
        indexes = [
            models.Index(fields=["table", "unit"], name="entry_table_unit"),
            models.Index(fields=["table", "serial"], name="entry_table_serial"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["table", "post", "capacity"], name="entry_once_per_post_and_capacity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.capacity}"
