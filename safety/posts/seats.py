"""Who answers for posts at a moment: their holders, or whoever is on shift."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from safety.people.models import User
from safety.posts.models import Holding, RosterPeriod, Shift


@dataclass(frozen=True, kw_only=True)
class Seated:
    """A person who answers for a post; ``is_deputy``: as its B角."""

    post: int
    person: User
    is_deputy: bool = False


def rostered(posts: Iterable[int], *, at: datetime) -> set[int]:
    """Those of ``posts`` (ids) for which a duty roster is kept at ``at``."""
    kept = RosterPeriod.objects.at(at).filter(post__in=posts)
    return set(kept.values_list("post", flat=True))


def seated(posts: Iterable[int], *, at: datetime) -> list[Seated]:
    """Whoever answers for ``posts`` (ids) at ``at``, holders before deputies, active people only.

    Where a roster is kept that is whoever is on shift, to the minute.
    """
    wanted = list(posts)
    kept = rostered(wanted, at=at)
    shifts = Shift.objects.at(at).filter(post__in=kept, person__is_active=True)
    holdings = Holding.objects.at(at).filter(post__in=wanted, person__is_active=True)
    return [
        Seated(post=shift.post_id, person=shift.person)
        for shift in shifts.select_related("person").order_by("-starts_at", "id")
    ] + [
        Seated(
            post=held.post_id,
            person=held.person,
            is_deputy=held.kind == Holding.Kind.DEPUTY,
        )
        for held in sorted(
            holdings.exclude(post__in=kept).select_related("person"), key=_order_of_holding
        )
    ]


def _order_of_holding(held: Holding) -> tuple[int, int, int]:
    """Holders, then acting ones, then B角; by rank."""
    kinds = (Holding.Kind.PRINCIPAL, Holding.Kind.ACTING, Holding.Kind.DEPUTY)
    return (kinds.index(Holding.Kind(held.kind)), held.rank, held.pk)
