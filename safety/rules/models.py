"""The rule book (规则库): matrix, clocks, grades, owners… as versioned data."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class RuleBook(models.Model):
    """One published version; its content never changes afterwards.

    ``content`` maps a section name to the document of that section. Each app
    registers its sections (``safety.rules.registry``) and checks their shape.
    ``effective_at`` may lie ahead: until then the version before it is in force,
    and this one can still be withdrawn.
    """

    number = models.PositiveIntegerField(unique=True)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=200, blank=True)
    published_at = models.DateTimeField()
    effective_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"rule book {self.number}"


class RuleDraftQuerySet(models.QuerySet["RuleDraft"]):
    def open(self) -> RuleDraftQuerySet:
        return self.filter(state=RuleDraft.State.OPEN)


class RuleDraft(models.Model):
    """A rule book that somebody is still writing; nothing follows from it.

    ``revision`` rises with every change, so that two people cannot overwrite each
    other. ``author_ref`` is the ledger's name for who began it.
    """

    class State(models.TextChoices):
        OPEN = "open", _("draft")
        PUBLISHED = "published", _("published")
        DISCARDED = "discarded", _("discarded")

    title = models.CharField(max_length=80)
    based_on = models.ForeignKey(RuleBook, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField()
    revision = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    author_ref = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    became = models.ForeignKey(
        RuleBook, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects: ClassVar = RuleDraftQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-id"]
        indexes = [models.Index(fields=["state", "-changed_at"], name="rule_draft_open")]

    def __str__(self) -> str:
        return self.title


class RuleTrial(models.Model):
    """A draft tried on the past by one reader, and what that has found so far.

    ``found`` belongs to the room that tries; it is worked off in steps, each as short
    as a page. ``owner_ref`` is the only one who may look at it.
    """

    draft = models.ForeignKey(RuleDraft, on_delete=models.CASCADE, related_name="trials")
    revision = models.PositiveIntegerField()
    owner_ref = models.CharField(max_length=64)
    since = models.DateTimeField()
    until = models.DateTimeField()
    cursor = models.BigIntegerField(default=0)
    found = models.JSONField(default=dict)
    finished_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["draft", "owner_ref", "-created_at"], name="rule_trial_newest")
        ]

    def __str__(self) -> str:
        return f"trial of draft {self.draft_id}"
