"""Whose records these are: a person reads and changes only the own ones, whatever post is held."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from notifications.records.models import WorkRecord
from safety.errors import Hidden
from safety.people.models import User
from safety.posts.access import posts_held
from safety.posts.models import Post


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
