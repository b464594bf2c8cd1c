"""Change the holders of one post: the change, what is open with it, and the notes, at once."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from notifications.obligations.handing_over import settle
from safety.errors import Conflict
from safety.home.offices.changes import Account, actor_of, change_as
from safety.people.joining import Newcomer, join, one_time_password
from safety.people.models import User
from safety.posts.fitting import Beginning
from safety.posts.keys import withheld_from
from safety.posts.models import Holding, Post
from safety.posts.tenure import NewEnd, lock_posts, withdraw


@dataclass(frozen=True, kw_only=True)
class Office:
    """What somebody takes on: kind, from when, until when, and the reason in one line."""

    kind: str
    starts_at: datetime
    ends_at: datetime | None = None
    note: str = ""


def state_of(post: Post) -> str:
    """What a page of ``post`` was made from; another value means somebody changed it."""
    rows = Holding.objects.filter(post=post).order_by("pk").values_list("pk", "ends_at")
    return hashlib.sha256(repr(list(rows)).encode()).hexdigest()[:16]


@transaction.atomic
def appoint_to(
    *,
    post: Post,
    person: User | None,
    newcomer: tuple[str, str] | None,
    office: Office,
    leaving: Collection[int],
    seen: str,
    user: User,
) -> list[Account]:
    """Let ``person``, or a ``newcomer`` (name, phone), take ``post``; ``leaving`` ones end then.

    Returns the account of a newcomer, and the sign-ins that were shut by it. Raises
    ``Conflict`` when the post is no longer as ``user`` saw it, ``Refused`` when it does not fit.
    """
    lock_posts([post.pk])
    if state_of(post) != seen:
        raise Conflict(
            _("Somebody else changed this post meanwhile."),
            field="post",
            value=str(post),
            remedy=_("Look at who holds it now, then repeat what is still needed."),
        )
    accounts: list[Account] = []
    if person is None and newcomer is not None:
        name, phone = newcomer
        is_withheld = bool(withheld_from(user, [post.pk]))
        password = "" if is_withheld else one_time_password()
        new = Newcomer(name=name, phone=phone, password=password)
        [person] = join(newcomers=[new], actor=actor_of(user))
        accounts.append(Account(user=person, password=password))
    if person is None:
        raise ValueError("a person or a newcomer is needed")
    held = Holding.objects.filter(post=post, pk__in=leaving).select_related("post__unit", "person")
    changed = change_as(
        user,
        beginnings=[
            Beginning(
                post=post,
                person=person,
                kind=office.kind,
                starts_at=office.starts_at,
                ends_at=office.ends_at,
                note=office.note,
            )
        ],
        ends=[NewEnd(holding=holding, ends_at=office.starts_at) for holding in held],
    )
    settle(posts=[post.pk], actor=actor_of(user))
    return accounts + [Account(user=one, is_shut=True) for one in changed.shut_out]


@transaction.atomic
def move_end(*, holding: Holding, ends_at: datetime | None, user: User) -> Sequence[User]:
    """The holding ends at another moment, or stays open; ``holding`` is the row as seen.

    Returns whose sign-in was shut by it.
    """
    changed = change_as(user, ends=[NewEnd(holding=holding, ends_at=ends_at)])
    settle(posts=[holding.post_id], actor=actor_of(user))
    return changed.shut_out


@transaction.atomic
def take_back(*, holding: Holding, why: str, user: User) -> None:
    """The holding was a mistake, or will not happen."""
    withdraw(holdings=[holding], why=why, actor=actor_of(user))
    settle(posts=[holding.post_id], actor=actor_of(user))
