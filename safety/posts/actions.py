"""Create posts. Taking and leaving office is in ``tenure``, going away in ``absence``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import Group
from django.db import transaction

from safety.errors import Refused
from safety.ledger.actions import Actor, Fact, record
from safety.posts.models import Post
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
