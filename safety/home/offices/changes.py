"""The one way in which somebody changes holders: nobody raises himself by it.

The page of a post, a sheet and its undoing all pass here. What somebody could not be given
openly is not had by a detour either: see ``safety.posts.raising``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from safety.errors import Refused
from safety.ledger.actions import Actor
from safety.people.models import User
from safety.posts.fitting import Beginning
from safety.posts.keys import withdraw_known_keys
from safety.posts.models import Holding
from safety.posts.raising import gains_of, raises
from safety.posts.tenure import NewEnd, change_holdings, extensions, lock_people, lock_posts


def actor_of(user: User) -> Actor:
    return Actor(kind="person", ref=str(user.pk))


@dataclass(frozen=True, kw_only=True)
class Account:
    """A sign-in made or shut by a change. Without ``password``: whoever may do as much gives it.

    ``is_shut``: it existed, and its password was withdrawn.
    """

    user: User
    password: str = ""
    is_shut: bool = False


@dataclass(frozen=True, kw_only=True)
class Changed:
    """``shut_out``: whose password was withdrawn, because somebody who may less knows it."""

    holdings: Sequence[Holding]
    shut_out: Sequence[User]


@transaction.atomic
def change_as(
    user: User, *, beginnings: Sequence[Beginning] = (), ends: Sequence[NewEnd] = ()
) -> Changed:
    """``change_holdings``, by ``user``. Raises ``Refused`` where ``user`` would gain rights."""
    begun = [*beginnings, *extensions(ends)]
    lock_posts({b.post.pk for b in beginnings} | {e.holding.post_id for e in ends})
    lock_people(b.person.pk for b in begun)
    found = [problem for problems in raises(user, begun) for problem in problems]
    if found:
        raise Refused.of(found)
    gains = [gain for gains in gains_of(begun) for gain in gains]
    lock_people(gain.person for gain in gains)
    return Changed(
        shut_out=withdraw_known_keys(gains=gains, actor=actor_of(user)),
        holdings=change_holdings(beginnings=beginnings, ends=ends, actor=actor_of(user)),
    )
