"""Whose records these are: a person reads and changes only the own ones, whatever post is held."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from notifications.access import post_ids
from notifications.models import Alert, Obligation
from notifications.records.models import Statement, WorkRecord
from safety.errors import Hidden
from safety.people.models import User
from safety.posts.access import posts_held
from safety.posts.models import Post

KINDS = (
    Obligation.Kind.ACKNOWLEDGE,
    Obligation.Kind.FIRST_ACTION,
    Obligation.Kind.REPORT_UPWARD,
)


def own_records(user: User) -> QuerySet[WorkRecord]:
    """Everything that ``user`` recorded, in any post, withdrawn ones too."""
    if not user.is_active:
        return WorkRecord.objects.none()
    return WorkRecord.objects.filter(person=user)


def get_own_record(user: User, ref: UUID) -> WorkRecord:
    found = own_records(user).filter(ref=ref).select_related("post__unit").first()
    if found is None:
        raise Hidden
    return found


def posts_on(user: User, day: date) -> QuerySet[Post]:
    """The posts in which ``user`` could have worked on ``day``: held at its end, or now."""
    end = timezone.make_aware(datetime.combine(day, time.max))
    return posts_held(user, at=min(end, timezone.now()))


def own_matters(
    user: User, posts: Collection[int] | None = None, *, lapsed: bool = False
) -> QuerySet[Obligation]:
    """Rows of real alerts that ``user`` answered, or still owes.

    ``posts`` are those that ``user`` answers for now, where they are known already.
    With ``lapsed`` also what nobody answered before it was no longer owed; it counts nowhere.
    """
    answered = Q(state=Obligation.State.MET) & (
        Q(met_by=user, met_how=Obligation.How.SELF)
        | (Q(person=user) & ~Q(met_how=Obligation.How.SELF))
    )
    held = post_ids(user) if posts is None else posts
    wanted = answered | Q(state=Obligation.State.OPEN, post__in=held)
    if lapsed:
        wanted |= Q(state=Obligation.State.LAPSED, person=user)
    return Obligation.objects.filter(wanted, alert__status=Alert.Status.ACTUAL, kind__in=KINDS)


def own_statements(user: User) -> QuerySet[Statement]:
    """What ``user`` stated, also to what somebody else answered since."""
    if not user.is_active:
        return Statement.objects.none()
    return Statement.objects.filter(person=user)
