"""Who holds which post at a moment, and how: read in few queries for any number of posts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet

from safety.people.models import User
from safety.posts.models import Holding, Leave, Post, Shift
from safety.posts.seats import rostered
from safety.units.models import Unit

Versions = TypeVar("Versions", bound=QuerySet[Any])

SHIFT, DELEGATE = "shift", "delegate"
ORDER = ("principal", "acting", SHIFT, "deputy", DELEGATE)


@dataclass(frozen=True, kw_only=True)
class Held:
    """One person who answers for a post, and as what.

    ``kind`` is a ``Holding.Kind``, "shift" (sits in a rostered seat), or "delegate": the
    stand-in (``instead_of``) whom an absent holder named. ``leave``: this person is away.
    """

    post: int
    person: User
    kind: str
    rank: int = 0
    holding: Holding | None = None
    leave: Leave | None = None
    instead_of: User | None = None

    @property
    def is_holder(self) -> bool:
        """Holds the post itself: in full, acting, or for the length of a shift."""
        return self.kind in (Holding.Kind.PRINCIPAL, Holding.Kind.ACTING, SHIFT)

    @property
    def can_answer(self) -> bool:
        return self.person.is_active

    @property
    def is_present(self) -> bool:
        return self.person.is_active and self.leave is None


def holders_of(posts: Collection[int], moment: datetime) -> dict[int, list[Held]]:
    """Everybody who answers for each of ``posts`` at ``moment``: holders first, stand-ins last.

    A post with a duty roster is held by whoever is on shift, and by nobody else.
    """
    kept = rostered(posts, at=moment)
    rows = Holding.objects.at(moment).filter(post__in=posts).exclude(post__in=kept)
    found = held_by(rows.select_related("person"), moment, Leave.objects.all())
    shifts = Shift.objects.at(moment).filter(post__in=kept).select_related("person")
    for shift in shifts.order_by("-starts_at", "pk"):
        one = Held(post=shift.post_id, person=shift.person, kind=SHIFT)
        found.setdefault(shift.post_id, []).append(one)
    return found


def held_by(
    rows: Iterable[Holding], moment: datetime, leaves: QuerySet[Leave]
) -> dict[int, list[Held]]:
    """Who answers by ``rows``, with the leave and the stand-ins that ``leaves`` tell of."""
    rows = list(rows)
    away = _away({row.person_id for row in rows}, moment, leaves)
    found: dict[int, list[Held]] = defaultdict(list)
    for row in rows:
        leave = away.get(row.person_id)
        found[row.post_id].append(
            Held(
                post=row.post_id,
                person=row.person,
                kind=row.kind,
                rank=row.rank,
                holding=row,
                leave=leave,
            )
        )
    _add_stand_ins(found, moment, leaves)
    for held in found.values():
        held.sort(key=lambda one: (ORDER.index(one.kind), one.rank, one.person.pk))
    return dict(found)


def _away(people: Collection[int], moment: datetime, leaves: QuerySet[Leave]) -> dict[int, Leave]:
    """Who is away; of two leaves at once the one with a stand-in counts."""
    rows = leaves.filter(person__in=people, starts_at__lte=moment, ends_at__gt=moment)
    ordered = sorted(rows.select_related("delegate"), key=lambda r: (r.delegate_id or 0, r.pk))
    return {row.person_id: row for row in ordered}


def _add_stand_ins(found: dict[int, list[Held]], moment: datetime, leaves: QuerySet[Leave]) -> None:
    named = {
        one.leave.delegate_id
        for held in found.values()
        for one in held
        if one.is_holder and one.leave and one.leave.delegate_id
    }
    away = _away(named, moment, leaves) if named else {}
    for post, held in found.items():
        for one in list(held):
            if not one.is_holder or one.leave is None or one.leave.delegate is None:
                continue
            delegate = one.leave.delegate
            held.append(
                Held(
                    post=post,
                    person=delegate,
                    kind=DELEGATE,
                    leave=away.get(delegate.pk),
                    instead_of=one.person,
                )
            )


def holders_at(post: Post, moment: datetime, *, known_at: datetime | None = None) -> list[Held]:
    """Who held ``post`` at that minute, as it is known today, or as it was known then.

    ``known_at`` leaves out what was entered later and brings back what was corrected
    since. Rows without a note of when they were entered count as always known.
    """
    if known_at is None:
        return holders_of([post.pk], moment).get(post.pk, [])
    rows = known(Holding.versions.at(moment).filter(post=post), known_at)
    leaves = known(Leave.versions.all(), known_at)
    return held_by(rows.select_related("person"), moment, leaves).get(post.pk, [])


def known(rows: Versions, moment: datetime) -> Versions:
    """Those of all versions that were believed at ``moment``."""
    entered = Q(recorded_at=None) | Q(recorded_at__lte=moment)
    return rows.filter(entered, Q(withdrawn_at=None) | Q(withdrawn_at__gt=moment))


def first_to_answer(held: Iterable[Held]) -> Held | None:
    """Who answers first: a holder who is there, then B角 and stand-ins, then who is away."""
    able = [one for one in held if one.can_answer]
    return next((one for one in able if one.is_present), able[0] if able else None)


def is_held_at(moment: datetime) -> Exists:
    """A condition on ``Post``: somebody holds it, in full or acting, and may sign in."""
    holders = Holding.objects.at(moment).filter(
        post=OuterRef("pk"), person__is_active=True, kind__in=ORDER[:2]
    )
    return Exists(holders)


def posts_in_order(paths: tuple[str, ...]) -> QuerySet[Post]:
    """The living posts of the units below ``paths``, unit by unit."""
    inside = Unit.objects.under(*paths).values("pk")
    posts = Post.objects.filter(unit__in=inside, abolished_at=None)
    return posts.select_related("unit").order_by("unit__path", "code", "pk")
