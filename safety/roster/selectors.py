"""The roster as it is planned: shifts of units, and from when to when one is kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from safety.posts.models import RosterPeriod, Shift


def shifts_between(units: Iterable[int], start: datetime, end: datetime) -> QuerySet[Shift]:
    """Shifts of the duty seats of ``units`` (ids) that touch [start, end), by seat and time."""
    return (
        Shift.objects.between(start, end)
        .filter(post__unit__in=units, post__abolished_at=None)
        .select_related("post__unit", "person")
        .order_by("post__unit__path", "post__code", "post_id", "starts_at")
    )


def kept_between(units: Iterable[int], start: datetime, end: datetime) -> QuerySet[RosterPeriod]:
    """When a roster is kept for seats of ``units``, as far as it touches [start, end).

    A moment inside such a period without a shift is a gap: the seat then counts as vacant,
    whatever its holdings say.
    """
    return (
        RosterPeriod.objects.filter(starts_at__lt=end)
        .ending_after(start)
        .filter(post__unit__in=units, post__abolished_at=None)
        .select_related("post__unit")
        .order_by("post__unit__path", "post__code", "post_id", "starts_at")
    )
