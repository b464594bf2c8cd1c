"""Posts (岗位) and who holds them, from when to when."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from safety.people.models import User
from safety.units.models import Unit


class Post(models.Model):
    """A post of a unit. Its guardian group carries what the post may do.

    ``kind`` is a post type of the rule book (B12, SCH_PRINCIPAL …); names are
    data because every bureau calls its sections differently.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    code = models.CharField(max_length=60)
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    phone = models.CharField(max_length=30, blank=True)
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="post")
    abolished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["unit", "code"]
        constraints = [models.UniqueConstraint(fields=["unit", "code"], name="post_code_in_unit")]

    def __str__(self) -> str:
        return f"{self.unit.label} {self.name}"


class HoldingQuerySet(models.QuerySet["Holding"]):
    def at(self, moment: datetime) -> HoldingQuerySet:
        """Holdings in force at ``moment`` (start included, end excluded)."""
        return self.filter(starts_at__lte=moment).ending_after(moment)

    def ending_after(self, moment: datetime) -> HoldingQuerySet:
        """Holdings not over at ``moment``: in force, or beginning later."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=moment))


class BelievedHoldings(models.Manager["Holding"]):
    """Holdings as they are known today: without what was taken back or corrected."""

    def get_queryset(self) -> HoldingQuerySet:
        return HoldingQuerySet(self.model, using=self._db).filter(withdrawn_at=None)


class Holding(models.Model):
    """A person holds a post (任职): as principal, acting, or as its B角 (deputy).

    Two times are kept: from when to when the post was held, and since when this
    was known (``recorded_at``; None: since before such notes were kept). A holding
    made by mistake is not erased but ``withdrawn_at``; one whose end was moved leaves
    its earlier ``version_of`` behind. ``objects`` shows today's knowledge,
    ``versions`` everything that was ever believed.
    """

    class Kind(models.TextChoices):
        PRINCIPAL = "principal", _("holder")
        ACTING = "acting", _("acting")
        DEPUTY = "deputy", _("deputy (B)")

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="holdings")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="holdings")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.PRINCIPAL)
    rank = models.PositiveSmallIntegerField(default=0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_why = models.CharField(max_length=200, blank=True)
    version_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="earlier_versions"
    )

    objects: ClassVar = BelievedHoldings.from_queryset(HoldingQuerySet)()
    versions: ClassVar = HoldingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["person", "starts_at"], name="holding_person"),
            models.Index(fields=["post", "starts_at"], name="holding_post"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="holding_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.post}"


class LeaveQuerySet(models.QuerySet["Leave"]):
    def at(self, moment: datetime) -> LeaveQuerySet:
        """Leave in force at ``moment`` (start included, end excluded)."""
        return self.filter(starts_at__lte=moment, ends_at__gt=moment)


class BelievedLeaves(models.Manager["Leave"]):
    """Leave as it is known today: without what was taken back or cut short."""

    def get_queryset(self) -> LeaveQuerySet:
        return LeaveQuerySet(self.model, using=self._db).filter(withdrawn_at=None)


class Leave(models.Model):
    """A person is away (外出); ``delegate`` stands in, if one was named.

    What was believed earlier is kept as with holdings: see there.
    """

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="leaves")
    delegate = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="delegations"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    recorded_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    version_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="earlier_versions"
    )

    objects: ClassVar = BelievedLeaves.from_queryset(LeaveQuerySet)()
    versions: ClassVar = LeaveQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "ends_at"], name="leave_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="leave_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(delegate=None) | ~Q(delegate=F("person")),
                name="leave_delegate_is_other",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.starts_at:%Y-%m-%d}"


class LiaisonQuerySet(models.QuerySet["Liaison"]):
    def agreed(self, moment: datetime) -> LiaisonQuerySet:
        """Those that nobody has ended, in force or not: a cheap question."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=moment), starts_at__lte=moment)

    def at(self, moment: datetime) -> LiaisonQuerySet:
        """Those in force: not ended, and the liaison still serves in a unit of the leader."""
        held = Holding.objects.at(moment)
        leaders = held.filter(person=OuterRef(OuterRef("leader"))).values("post__unit")
        beside = held.filter(person=OuterRef("person"), post__unit__in=leaders)
        return self.agreed(moment).filter(Exists(beside))


class Liaison(models.Model):
    """The 联络员 of a leader, from when to when: gets copies, enters what the leader said."""

    leader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="liaisons")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="liaison_for")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = LiaisonQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["person", "starts_at"], name="liaison_person"),
            models.Index(fields=["leader", "starts_at"], name="liaison_leader"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(person=F("leader")), name="liaison_is_other"),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="liaison_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["leader", "person"],
                condition=Q(ends_at=None),
                name="liaison_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.leader}"


class RosterPeriodQuerySet(models.QuerySet["RosterPeriod"]):
    def at(self, moment: datetime) -> RosterPeriodQuerySet:
        return self.filter(starts_at__lte=moment).ending_after(moment)

    def ending_after(self, moment: datetime) -> RosterPeriodQuerySet:
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=moment))


class RosterPeriod(models.Model):
    """From when to when a post is answered by its duty roster (值班表) alone.

    Inside it the post belongs to whoever is on shift; its holdings count for nothing.
    """

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="roster_periods")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = RosterPeriodQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["post"], condition=Q(ends_at=None), name="roster_period_one_open"
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="roster_period_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.starts_at:%Y-%m-%d}"


class ShiftQuerySet(models.QuerySet["Shift"]):
    def at(self, moment: datetime, *, margin: timedelta = timedelta()) -> ShiftQuerySet:
        """Shifts in force at ``moment``, widened by ``margin`` at both ends."""
        return self.filter(starts_at__lte=moment + margin, ends_at__gt=moment - margin)

    def between(self, start: datetime, end: datetime) -> ShiftQuerySet:
        """Shifts of which at least a moment lies in [start, end)."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)


class Shift(models.Model):
    """A person sits in a duty seat (值班席), which is a post, from when to when."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="shifts")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects: ClassVar = ShiftQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["person", "ends_at"], name="shift_person"),
            models.Index(fields=["post", "ends_at"], name="shift_post"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_after_start"
            ),
            models.UniqueConstraint(fields=["post", "starts_at"], name="shift_once_per_seat"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.post} {self.starts_at:%Y-%m-%d %H:%M}"


class HoldingsRevision(models.Model):
    """One row whose number rises with every change of who may do what.

    Database triggers bump it (posts, holdings, leave, shifts, grants, paths of units, a person's
    ``is_active``), so that no path of writing can forget it and every process
    notices a lost right at its next look.
    """

    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)
