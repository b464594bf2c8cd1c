"""What the pages of posts and holders show: access first, then one question for many rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from safety.errors import Hidden
from safety.posts.access import Viewer, covers, outermost, reach
from safety.posts.models import Holding, Post
from safety.posts.selectors import Held, holders_of, is_held_at, posts_in_order

MANAGE = "manage_people"
# Whoever leads or serves a unit reads who holds its posts; only managing changes them.
READ = (MANAGE, "view_incidents")


@dataclass(frozen=True, kw_only=True)
class Row:
    post: Post
    held: Sequence[Held]

    @property
    def is_vacant(self) -> bool:
        return not any(one.is_holder and one.can_answer for one in self.held)


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The posts a reader may look at, not yet cut into pages."""

    posts: QuerySet[Post]
    may_manage: bool
    now: datetime

    def rows(self, posts: Collection[Post]) -> list[Row]:
        held = holders_of([post.pk for post in posts], self.now)
        return [Row(post=post, held=held.get(post.pk, ())) for post in posts]


def readable(user: Viewer) -> tuple[str, ...]:
    """Paths of the units whose holders ``user`` may look up. Raises ``Hidden`` when none."""
    paths = outermost(reach(user, *READ))
    if not paths:
        raise Hidden
    return paths


def listed(user: Viewer, *, query: str, vacant: bool, now: datetime) -> Listing:
    """Posts by unit; ``query`` finds units, posts and holders, ``vacant`` only the empty ones."""
    posts = posts_in_order(readable(user))
    if query:
        people = Holding.objects.at(now).filter(person__name__icontains=query)
        posts = posts.filter(
            Q(name__icontains=query)
            | Q(unit__name__icontains=query)
            | Q(unit__short_name__icontains=query)
            | Q(pk__in=people.values("post"))
        )
    if vacant:
        posts = posts.filter(~is_held_at(now))
    return Listing(posts=posts, may_manage=bool(reach(user, MANAGE)), now=now)


def get_post(user: Viewer, pk: int) -> Post:
    """The post, if ``user`` may look at it. Raises ``Hidden`` otherwise."""
    post = Post.objects.select_related("unit").filter(pk=pk, abolished_at=None).first()
    if post is None or not covers(readable(user), post.unit):
        raise Hidden
    return post


@dataclass(frozen=True, kw_only=True)
class PostPage:
    post: Post
    held: Sequence[Held]
    may_manage: bool

    @property
    def is_vacant(self) -> bool:
        return not any(one.is_holder and one.can_answer for one in self.held)


def post_page(user: Viewer, post: Post, *, now: datetime) -> PostPage:
    return PostPage(
        post=post,
        held=holders_of([post.pk], now).get(post.pk, []),
        may_manage=covers(reach(user, MANAGE), post.unit),
    )
