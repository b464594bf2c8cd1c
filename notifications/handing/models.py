"""Hand-over notes (交接单): what was open when a post passed from one person to another."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.models import Obligation
from safety.people.models import User
from safety.posts.models import Post


class HandOver(models.Model):
    """Open obligations of ``post`` that passed from ``giver`` to ``taker``; both confirm.

    ``to_post`` is another post where nobody held ``post`` and its superior took over, or
    where the superior gave back. Nobody gave what had no holder; without a ``taker`` it
    waits to be handed over.
    """

    class Why(models.TextChoices):
        SUCCESSOR = "successor", _("to the successor")
        CLIMBED = "climbed", _("to the superior, the post is vacant")
        RETURNED = "returned", _("back from the superior")
        NOBODY = "nobody", _("to be handed over")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    to_post = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    giver = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="given_over"
    )
    taker = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="taken_over"
    )
    why = models.CharField(max_length=10, choices=Why)
    made_at = models.DateTimeField()
    giver_note = models.CharField(max_length=500, blank=True)
    giver_confirmed_at = models.DateTimeField(null=True, blank=True)
    taker_note = models.CharField(max_length=500, blank=True)
    taker_confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes = [
            models.Index(fields=["giver", "giver_confirmed_at"], name="hand_over_giver"),
            models.Index(fields=["taker", "taker_confirmed_at"], name="hand_over_taker"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(taker__isnull=False) | Q(why="nobody"), name="hand_over_has_a_taker"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.made_at:%Y-%m-%d}"


class HandedItem(models.Model):
    """One obligation of a note. ``before`` is what it said of post, person and reason."""

    hand_over = models.ForeignKey(HandOver, on_delete=models.PROTECT, related_name="items")
    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="handed")
    before = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hand_over", "obligation"], name="handed_once_in_a_note"
            )
        ]

    def __str__(self) -> str:
        return f"{self.hand_over} {self.obligation}"


class LiaisonEntry(models.Model):
    """A 联络员 entered what the leader said; the leader sees it at the next opening."""

    obligation = models.OneToOneField(
        Obligation, on_delete=models.PROTECT, related_name="liaison_entry"
    )
    leader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="entered_for_me")
    liaison = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["leader", "seen_at"], name="liaison_entry_unseen")]

    def __str__(self) -> str:
        return f"{self.liaison} · {self.leader}"
