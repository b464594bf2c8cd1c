"""Passwords that somebody knows who may not read as much as their owner soon will.

Whoever gave somebody a password could have used it, and chosen another, before that person
takes a post which reads confidential cases. So it is withdrawn then, and the next one comes
from whoever may read as much. Only the ledger tells who gave the last one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from safety.ledger.actions import Actor
from safety.ledger.models import Event
from safety.ledger.selectors import last_events
from safety.people.actions import withdraw_password
from safety.people.models import User
from safety.posts.access import grants_of, reach
from safety.posts.raising import RESTRICTED, Gain, lasting_rights

GIVEN = ("person.joined", "password.reset")


def withdraw_known_keys(*, gains: Collection[Gain], actor: Actor) -> list[User]:
    """Shut the sign-in of those whom ``gains`` let read more than who knows their password.

    To be called in the transaction of the change, before it, with the people locked.
    """
    found = with_known_keys(gains)
    for person in found:
        withdraw_password(user=person, actor=actor)
    return found


def with_known_keys(gains: Collection[Gain]) -> list[User]:
    """The people of ``gains`` whose password is known to somebody who reads less than they will."""
    wanted = _reading(gains)
    if not wanted:
        return []
    people = [
        u for u in User.objects.filter(pk__in=wanted).order_by("pk") if u.has_usable_password()
    ]
    given = last_events(
        subject_kind="person", subject_refs=[str(user.pk) for user in people], verbs=GIVEN
    )
    asked = _Readers()
    return [
        user
        for user in people
        if asked.is_known(user, given.get(str(user.pk)), wanted[user.pk])
        and not _reads_already(user, wanted[user.pk])
    ]


def _reading(gains: Iterable[Gain]) -> Mapping[int, set[str]]:
    """Paths below which each person (id) will read confidential text."""
    gains = list(gains)
    given = grants_of({gain.post for gain in gains})
    found: dict[int, set[str]] = defaultdict(set)
    for gain in gains:
        paths = {path for right, path in given.get(gain.post, ()) if right == RESTRICTED}
        if paths:
            found[gain.person] |= paths
    return found


def _reads_already(user: User, paths: Iterable[str]) -> bool:
    own = tuple(path for right, path in lasting_rights(user, until=None) if right == RESTRICTED)
    return bool(own) and all(path.startswith(own) for path in paths)


class _Readers:
    """What those who gave passwords read, now and when they gave them; each asked once."""

    def __init__(self) -> None:
        self._paths: dict[tuple[str, datetime | None], tuple[str, ...]] = {}

    def is_known(self, user: User, given: Event | None, paths: Iterable[str]) -> bool:
        """Whether whoever gave ``user`` the password reads less; the system itself is trusted."""
        if given is None:
            return user.must_change_password
        if given.actor_kind != "person":
            return False
        return not any(self._covers(given.actor_ref, at, paths) for at in (None, given.at))

    def _covers(self, ref: str, at: datetime | None, paths: Iterable[str]) -> bool:
        key = (ref, at)
        if key not in self._paths:
            giver = User.objects.filter(pk=ref).first()
            self._paths[key] = reach(giver, RESTRICTED, at=at) if giver else ()
        own = self._paths[key]
        return bool(own) and all(path.startswith(own) for path in paths)
