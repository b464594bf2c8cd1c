"""Create posts; take and leave office; go on leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import Group
from django.db import transaction

from safety.errors import Refused
from safety.ledger.actions import Actor, Fact, record
from safety.people.models import User
from safety.posts.models import Holding, Leave, Post
from safety.units.models import Unit

LISTED_MAX = 500  # above it one event tells the number: a whole city at once


@transaction.atomic
def create_posts(
    *, posts: Sequence[tuple[Unit, str, str, str]], actor: Actor, at: datetime | None = None
) -> list[Post]:
    """Create posts given as (unit, code, kind, name), each with its own group.

    Returns them in the given order. ``at`` is only for seeded history. Raises
    ``Refused`` when a code is taken.
    """
    taken = set(
        Post.objects.filter(unit__in={unit.pk for unit, *_ in posts}).values_list("unit", "code")
    )
    for unit, code, *_ in posts:
        if (unit.pk, code) in taken:
            raise Refused(
                f"{unit} already has a post with this code.",
                field="code",
                value=code,
                remedy="Use another code, or change the post that has it.",
            )
    groups = Group.objects.bulk_create(
        [Group(name=f"post:{unit.code}:{code}") for unit, code, *_ in posts], batch_size=2000
    )
    made = Post.objects.bulk_create(
        [
            Post(unit=unit, code=code, kind=kind, name=name, group=group)
            for (unit, code, kind, name), group in zip(posts, groups, strict=True)
        ],
        batch_size=2000,
    )
    record(
        actor=actor,
        facts=[
            Fact(
                verb="posts.created",
                subject_kind="unit",
                subject_ref=str(unit_code),
                body={"posts": [p.code for p in made if p.unit.code == unit_code]},
            )
            for unit_code in sorted({p.unit.code for p in made})
        ]
        if len(made) <= LISTED_MAX
        else [
            Fact(
                verb="posts.created",
                subject_kind="system",
                subject_ref="bulk",
                body={"posts": len(made)},
            )
        ],
        at=at,
    )
    return made


@transaction.atomic
def appoint(
    *,
    post: Post,
    person: User,
    actor: Actor,
    starts_at: datetime,
    ends_at: datetime | None = None,
    kind: str = Holding.Kind.PRINCIPAL,
    rank: int = 0,
) -> Holding:
    """``person`` takes office in ``post`` from ``starts_at`` on."""
    if ends_at is not None and ends_at <= starts_at:
        raise Refused(
            "The holding would end before it begins.",
            field="ends_at",
            value=ends_at.isoformat(),
            remedy="Choose a later end, or leave it open.",
        )
    holding = Holding.objects.create(
        post=post, person=person, kind=kind, rank=rank, starts_at=starts_at, ends_at=ends_at
    )
    _tell(actor, "holding.began", holding, person=person.pk, kind=kind)
    return holding


@transaction.atomic
def leave_office(*, holding: Holding, ends_at: datetime, actor: Actor) -> None:
    """End a holding at ``ends_at``; rights and streams end with it."""
    changed = Holding.objects.filter(pk=holding.pk, ends_at=None).update(ends_at=ends_at)
    if not changed:
        raise Refused(
            "This holding has already ended.",
            field="holding",
            value=str(holding),
            remedy="Look at the post's history.",
        )
    _tell(actor, "holding.ended", holding, person=holding.person_id)


@transaction.atomic
def take_leave(
    *, person: User, starts_at: datetime, ends_at: datetime, delegate: User | None, actor: Actor
) -> Leave:
    """``person`` is away; ``delegate`` (if any) stands in for every post held."""
    if delegate == person:
        raise Refused(
            "Nobody stands in for himself.",
            field="delegate",
            value=str(delegate),
            remedy="Name another person, or nobody.",
        )
    leave = Leave.objects.create(
        person=person, delegate=delegate, starts_at=starts_at, ends_at=ends_at
    )
    record(
        actor=actor,
        facts=[
            Fact(
                verb="leave.taken",
                subject_kind="person",
                subject_ref=str(person.pk),
                body={"delegate": delegate.pk if delegate else None},
            )
        ],
    )
    return leave


def _tell(actor: Actor, verb: str, holding: Holding, **body: object) -> None:
    record(
        actor=actor,
        facts=[Fact(verb=verb, subject_kind="post", subject_ref=str(holding.post_id), body=body)],
    )
