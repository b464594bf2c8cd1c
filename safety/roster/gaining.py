"""Nobody plans himself, or somebody whose sign-in he knows, into a seat that may more than he.

Who keeps a roster decides who is on duty, not who reads confidential cases: where a seat may
more than duty seats do, and more than its keeper himself all that time, somebody else has to
put him there. What one may for a while, on a shift or for somebody absent, does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from safety.ledger.actions import Actor
from safety.people.models import User
from safety.posts.access import SHIFT_MARGIN, grants_of
from safety.posts.keys import with_known_keys
from safety.posts.models import Leave
from safety.posts.raising import Gain, missing_rights
from safety.posts.roles import GRANTS

if TYPE_CHECKING:
    from safety.roster.checks import NewShift

# What every duty seat may: whoever keeps a roster may be on it.
SEATED = frozenset(GRANTS["DUTY_OFFICER"]) | frozenset(GRANTS["DUTY_LEADER"])
NONE: frozenset[str] = frozenset()


def gaining(user: User, wanted: Sequence[NewShift]) -> list[tuple[NewShift, frozenset[str]]]:
    """Those of ``wanted`` by which ``user`` would gain rights, himself or as a named stand-in."""
    extra = _more_than_duty(wanted)
    suspects = [shift for shift in wanted if shift.post.pk in extra]
    if not suspects:
        return []
    away = Leave.objects.filter(delegate=user, person__in={s.person.pk for s in suspects})
    leaves = list(away)
    gains = [(shift, gain) for shift in suspects for gain in _gains(user, shift, leaves)]
    missing = missing_rights(user, (gain for _shift, gain in gains))
    found = [(shift, missing.get(gain, NONE) & extra[gain.post]) for shift, gain in gains]
    return [(shift, rights) for shift, rights in found if rights]


def known_sign_ins(wanted: Sequence[NewShift]) -> list[NewShift]:
    """Those of ``wanted`` in such a seat whose password was given out by who may not do as much."""
    extra = _more_than_duty(wanted)
    suspects = [shift for shift in wanted if shift.post.pk in extra]
    known = {u.pk for u in with_known_keys([_gain(shift.person, shift) for shift in suspects])}
    return [shift for shift in suspects if shift.person.pk in known]


def person_of(actor: Actor) -> User | None:
    """Who acts; nobody where it is the system itself."""
    return User.objects.filter(pk=actor.ref).first() if actor.kind == "person" else None


def _more_than_duty(wanted: Sequence[NewShift]) -> dict[int, frozenset[str]]:
    """Seat (id) → its rights beyond those that any duty seat has in its own bureau."""
    seats = {shift.post.pk: shift.post for shift in wanted}
    given = grants_of(set(seats))
    found = {
        pk: frozenset(
            right
            for right, path in given.get(pk, ())
            if right not in SEATED or path != seat.unit.path
        )
        for pk, seat in seats.items()
    }
    return {pk: rights for pk, rights in found.items() if rights}


def _gain(user: User, shift: NewShift) -> Gain:
    return Gain(person=user.pk, post=shift.post.pk, until=shift.ends_at + SHIFT_MARGIN)


def _gains(user: User, shift: NewShift, leaves: Iterable[Leave]) -> Iterator[Gain]:
    if shift.person == user:
        yield _gain(user, shift)
    starts_at, ends_at = shift.starts_at - SHIFT_MARGIN, shift.ends_at + SHIFT_MARGIN
    for leave in leaves:
        is_there = leave.person_id == shift.person.pk
        if is_there and leave.starts_at < ends_at and starts_at < leave.ends_at:
            yield Gain(
                person=user.pk,
                post=shift.post.pk,
                until=min(leave.ends_at, ends_at),
                is_stand_in=True,
            )
