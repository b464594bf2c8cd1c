"""Passwords that somebody knows who may not do as much as their owner soon will.

Whoever gave somebody a password could have used it, and chosen another, before that person
takes a post which reads confidential cases or keeps the rules. So it is withdrawn then, and
the next one comes from whoever may do as much. Only the ledger tells who gave the last one.
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
from safety.posts.raising import Gain, lasting_rights

GIVEN = ("person.joined", "password.reset")
# What nobody comes to by somebody else's sign-in: confidential cases, and the rule book, which
# only the whole city publishes. Other rights one who manages people hands out without having them.
GUARDED = (RESTRICTED, RULES) = ("view_restricted", "manage_rules")
Right = tuple[str, str]  # its name, and the path of the unit


def withdraw_known_keys(*, gains: Collection[Gain], actor: Actor) -> list[User]:
    """Shut the sign-in of those whom ``gains`` let do more than who knows their password.

    To be called in the transaction of the change, before it, with the people locked.
    """
    found = with_known_keys(gains)
    for person in found:
        withdraw_password(user=person, actor=actor)
    return found


def with_known_keys(gains: Collection[Gain]) -> list[User]:
    """The people of ``gains`` whose password is known to somebody who may less than they will."""
    wanted = _guarded(gains)
    if not wanted:
        return []
    people = [
        u for u in User.objects.filter(pk__in=wanted).order_by("pk") if u.has_usable_password()
    ]
    given = last_events(
        subject_kind="person", subject_refs=[str(user.pk) for user in people], verbs=GIVEN
    )
    asked = _Givers()
    return [
        user
        for user in people
        if asked.is_known(user, given.get(str(user.pk)), wanted[user.pk])
        and not _may_already(user, wanted[user.pk])
    ]


def withheld_from(user: User, posts: Collection[int]) -> set[int]:
    """Those of ``posts`` (ids) that have a guarded right which ``user`` lacks there."""
    own = {right: reach(user, right) for right in GUARDED}
    return {
        post
        for post, given in grants_of(posts).items()
        if any(
            _is_guarded(right, path) and not _lies_below(path, own[right]) for right, path in given
        )
    }


def _is_guarded(right: str, path: str) -> bool:
    return right == RESTRICTED or (right == RULES and path.strip("/").count("/") == 0)


def _lies_below(path: str, above: tuple[str, ...]) -> bool:
    return bool(above) and path.startswith(above)


def _guarded(gains: Iterable[Gain]) -> Mapping[int, set[Right]]:
    """The guarded rights that each person (id) will have."""
    gains = list(gains)
    given = grants_of({gain.post for gain in gains})
    found: dict[int, set[Right]] = defaultdict(set)
    for gain in gains:
        rights = {one for one in given.get(gain.post, ()) if _is_guarded(*one)}
        if rights:
            found[gain.person] |= rights
    return found


def _may_already(user: User, wanted: Iterable[Right]) -> bool:
    own = lasting_rights(user, until=None)
    return all(
        _lies_below(path, tuple(above for name, above in own if name == right))
        for right, path in wanted
    )


class _Givers:
    """What those who gave passwords may do, now and when they gave them; each asked once."""

    def __init__(self) -> None:
        self._paths: dict[tuple[str, str, datetime | None], tuple[str, ...]] = {}

    def is_known(self, user: User, given: Event | None, wanted: Iterable[Right]) -> bool:
        """Whether whoever gave ``user`` the password may less; the system itself is trusted."""
        if given is None:
            return user.must_change_password
        if given.actor_kind != "person":
            return False
        return not any(self._may(given.actor_ref, at, wanted) for at in (None, given.at))

    def _may(self, ref: str, at: datetime | None, wanted: Iterable[Right]) -> bool:
        return all(_lies_below(path, self._reach(ref, right, at)) for right, path in wanted)

    def _reach(self, ref: str, right: str, at: datetime | None) -> tuple[str, ...]:
        key = (ref, right, at)
        if key not in self._paths:
            giver = User.objects.filter(pk=ref).first()
            self._paths[key] = reach(giver, right, at=at) if giver else ()
        return self._paths[key]
