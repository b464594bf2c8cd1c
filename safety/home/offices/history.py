"""Everything ever believed of a post or a person: who held what, who entered it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from safety.ledger.selectors import events_of
from safety.people.models import User
from safety.posts.models import Holding, Post
from safety.units.models import Unit


@dataclass(frozen=True, kw_only=True)
class Line:
    """One version of a holding in the history: who entered it, and what became of it."""

    holding: Holding
    entered_by: str
    is_current: bool


def lines_of_post(post: Post) -> list[Line]:
    """Everything ever believed of ``post``, the newest first."""
    rows = Holding.versions.filter(post=post).select_related("person")
    return _lines(rows, _entered([post.pk]))


def lines_of_person(person: User, *, inside: tuple[str, ...] | None) -> list[Line]:
    """Everything ever believed of what ``person`` held, below ``inside`` only (None: all)."""
    rows = Holding.versions.filter(person=person).select_related("person", "post__unit")
    if inside is not None:
        rows = rows.filter(post__unit__in=Unit.objects.under(*inside).values("pk"))
    return _lines(rows, _entered({row.post_id for row in rows}))


def _lines(rows: QuerySet[Holding], entered: Mapping[int, str]) -> list[Line]:
    return [
        Line(
            holding=row,
            entered_by=entered.get(row.version_of_id or row.pk, ""),
            is_current=row.withdrawn_at is None,
        )
        for row in rows.order_by("-starts_at", "-recorded_at", "-pk")
    ]


def _entered(posts: Collection[int]) -> dict[int, str]:
    """Who entered each holding (by id), as the ledger tells; older ones it does not know."""
    began = events_of(
        subject_kind="post", subject_refs=[str(post) for post in posts], verbs=["holding.began"]
    )
    events = list(began.filter(actor_kind="person"))
    people = User.objects.in_bulk([int(e.actor_ref) for e in events if e.actor_ref.isdigit()])
    return {
        event.body["holding"]: people[int(event.actor_ref)].name
        for event in events
        if event.body.get("holding")
        and event.actor_ref.isdigit()
        and int(event.actor_ref) in people
    }
