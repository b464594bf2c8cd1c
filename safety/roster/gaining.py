"""Nobody plans himself, or somebody whose sign-in he knows, into a seat that reads more than he.

Who keeps a roster decides who sits, not who reads confidential cases: where a seat reads what
is closed to its keeper at any moment of the shift, somebody else has to put him there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from safety.ledger.actions import Actor
from safety.people.models import User
from safety.posts.access import SHIFT_MARGIN, reading_more
from safety.posts.models import Leave, Shift

if TYPE_CHECKING:
    from safety.roster.checks import NewShift

TICK = timedelta(microseconds=1)


def gaining(user: User, wanted: Sequence[NewShift | Shift]) -> list[NewShift | Shift]:
    """Those of ``wanted`` by which ``user`` would read more: himself, or as a named stand-in."""
    reading = reading_more(AnonymousUser(), {shift.post.pk for shift in wanted})
    suspects = [shift for shift in wanted if shift.post.pk in reading]
    if not suspects:
        return []
    away = Leave.objects.filter(delegate=user, person__in={s.person.pk for s in suspects})
    leaves = list(away.values_list("person", "starts_at", "ends_at"))
    return [
        shift
        for shift in suspects
        if any(_reads_more(user, shift, *span) for span in _spans(user, shift, leaves))
    ]


def known_sign_ins(user: User, wanted: Iterable[NewShift | Shift]) -> list[NewShift | Shift]:
    """Those of ``wanted`` whose person has a password that was given out, in a seat like that."""
    given = [s for s in wanted if s.person.must_change_password and s.person != user]
    if not given:
        return []
    more = reading_more(user, {shift.post.pk for shift in given})
    return [shift for shift in given if shift.post.pk in more]


def person_of(actor: Actor) -> User | None:
    """Who acts; nobody where it is the system itself."""
    return User.objects.filter(pk=actor.ref).first() if actor.kind == "person" else None


def _spans(
    user: User, shift: NewShift | Shift, leaves: Iterable[tuple[int, datetime, datetime]]
) -> Iterator[tuple[datetime, datetime]]:
    """From when to when the rights of ``shift`` would be those of ``user``."""
    starts_at, ends_at = shift.starts_at - SHIFT_MARGIN, shift.ends_at + SHIFT_MARGIN
    starts_at = max(starts_at, timezone.now())
    if shift.person == user:
        yield starts_at, ends_at
    for person, begins, ends in leaves:
        if person == shift.person.pk and begins < ends_at and starts_at < ends:
            yield max(begins, starts_at), min(ends, ends_at)


def _reads_more(
    user: User, shift: NewShift | Shift, starts_at: datetime, ends_at: datetime
) -> bool:
    """Whether the seat reads more than ``user`` does at the ends of that time or in its middle."""
    moments = (starts_at, starts_at + (ends_at - starts_at) / 2, ends_at - TICK)
    return any(reading_more(user, [shift.post.pk], at=moment) for moment in moments)
