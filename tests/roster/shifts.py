"""Small builders for tests of the roster."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from safety.posts.models import RosterPeriod, Shift
from safety.roster.checks import NewShift
from tests.city import person, post


def now() -> datetime:
    return timezone.now()


def keep(seat: str, *, since: datetime | None = None, until: datetime | None = None) -> None:
    """Keep a roster for the post ``seat`` ("county.duty_officer"), since a day ago unless told."""
    RosterPeriod.objects.create(
        post=post(seat), starts_at=since or now() - timedelta(days=1), ends_at=until
    )


def put(seat: str, who: str, *, start: datetime | None = None, hours: float = 12) -> Shift:
    """``who`` sits in ``seat`` for ``hours`` from ``start`` (an hour ago) on."""
    begins = start or now() - timedelta(hours=1)
    return Shift.objects.create(
        post=post(seat),
        person=person(who),
        starts_at=begins,
        ends_at=begins + timedelta(hours=hours),
    )


def new(seat: str, who: str, start: datetime, hours: float = 8) -> NewShift:
    """A shift of ``who`` in ``seat``, to be planned."""
    return NewShift(
        post=post(seat),
        person=person(who),
        starts_at=start,
        ends_at=start + timedelta(hours=hours),
    )
