"""What a roster needs beside its shifts: swaps, calendars, hand-overs, log, call-back checks."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from safety.people.models import User
from safety.posts.models import Post, Shift
from safety.units.models import Unit

OPEN_FOR = timedelta(hours=2)  # then a call-back check counts as not answered


class Swap(models.Model):
    """One asks another to take a shift, for one of the other's (换班) or for nothing (替班)."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        AGREED = "agreed", _("agreed")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="swaps")
    for_shift = models.ForeignKey(
        Shift, on_delete=models.CASCADE, null=True, blank=True, related_name="swaps_offered"
    )
    asker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="swaps_asked")
    other = models.ForeignKey(User, on_delete=models.PROTECT, related_name="swaps_received")
    note = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["other", "state"], name="swap_waiting")]
        constraints = [
            models.UniqueConstraint(
                fields=["shift"], condition=Q(state="asked"), name="swap_one_open_per_shift"
            ),
            models.CheckConstraint(condition=~Q(asker=F("other")), name="swap_between_two"),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at=None)
                | ~Q(state="asked") & Q(decided_at__isnull=False),
                name="swap_decided_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asker} → {self.other}: {self.shift}"


class CalendarLink(models.Model):
    """The secret address of a person's shifts for a calendar program; only its hash is kept."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="calendar_link")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.person)


class DutyHandOver(models.Model):
    """The record of one change of shift (交班记录): prefilled, signed by both."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="duty_hand_overs")
    giver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="duty_given")
    taker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="duty_taken")
    open_items = models.JSONField(default=list)
    note = models.TextField(blank=True)
    given_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-given_at", "-id"]
        indexes = [models.Index(fields=["post", "-given_at"], name="duty_hand_over_of_seat")]
        constraints = [
            models.UniqueConstraint(
                fields=["post"], condition=Q(taken_at=None), name="duty_hand_over_one_open"
            ),
            models.CheckConstraint(
                condition=~Q(giver=F("taker")), name="duty_hand_over_between_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.giver} → {self.taker}"


class LogEntry(models.Model):
    """A line of the duty log (值班日志). Never changed: a correction is a further line."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="log_entries")
    at = models.DateTimeField()
    matter = models.CharField(max_length=300)
    handling = models.CharField(max_length=300, blank=True)
    to_hand_over = models.BooleanField(default=False)
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="log_entries")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["unit", "-at"], name="log_entry_of_unit")]

    def __str__(self) -> str:
        return f"{self.unit.label} {self.at:%Y-%m-%d %H:%M} {self.matter[:20]}"


class CallCheckQuerySet(models.QuerySet["CallCheck"]):
    def waiting(self) -> CallCheckQuerySet:
        """Those that can still be answered on the screen."""
        return self.filter(closed_at=None, asked_at__gt=timezone.now() - OPEN_FOR)


class CallCheck(models.Model):
    """A duty seat was called, and had to answer within minutes (值班抽查).

    ``caller`` is the unit whose duty room called, and which alone writes the answer down;
    None where that was not kept yet.
    """

    class How(models.TextChoices):
        SCREEN = "screen", _("on the screen")
        PHONE = "phone", _("called back by telephone")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="call_checks")
    caller = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="calls_made"
    )
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="call_checks_asked")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="call_checks_answered"
    )
    answered_name = models.CharField(max_length=60, blank=True)
    how = models.CharField(max_length=10, choices=How, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    note = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = CallCheckQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["unit", "-asked_at"], name="call_check_of_unit")]
        constraints = [
            models.UniqueConstraint(
                fields=["unit"], condition=Q(closed_at=None), name="call_check_one_open_per_unit"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(answered_at__gte=F("asked_at")),
                name="call_check_answered_after",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(closed_at__isnull=False),
                name="call_check_answered_is_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit.label} {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def is_over(self) -> bool:
        """Whether nobody answers it on the screen any more."""
        return self.closed_at is not None or self.asked_at <= timezone.now() - OPEN_FOR

    @property
    def in_time(self) -> bool | None:
        """Whether it was answered in time; None while it still may be."""
        if self.answered_at is not None:
            return self.answered_at <= self.due_at
        return False if self.is_over else None

    @property
    def seconds(self) -> int | None:
        if self.answered_at is None:
            return None
        return int((self.answered_at - self.asked_at).total_seconds())
