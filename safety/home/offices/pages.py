"""What the pages of posts and holders show: access first, then one question for many rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet

from notifications.handing.models import HandedItem, HandOver
from notifications.models import Alert, Obligation
from notifications.obligations.handing_over import unanswerable
from safety.errors import Hidden
from safety.home.offices.history import Line, lines_of_person, lines_of_post
from safety.people.models import User
from safety.posts.access import Viewer, covers, outermost, people_below, reach
from safety.posts.models import Holding, Leave, Post
from safety.posts.selectors import Held, holders_of, is_held_at, posts_in_order
from safety.units.models import Unit

MANAGE = "manage_people"
# Whoever leads or serves a unit reads who holds its posts; only managing changes them.
READ = (MANAGE, "view_incidents")
NOTES_AT_MOST = 20


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
    waiting: int
    now: datetime

    def rows(self, page: Iterable[Post]) -> list[Row]:
        posts = list(page)
        held = holders_of([post.pk for post in posts], self.now)
        return [Row(post=post, held=held.get(post.pk, ())) for post in posts]


def _told(obligations: QuerySet[Obligation]) -> QuerySet[Obligation]:
    """Without sealed matters: to manage people is no reason to learn that there is one."""
    return obligations.exclude(alert__privacy=Alert.Privacy.SEALED)


def told_notes(notes: QuerySet[HandOver]) -> QuerySet[HandOver]:
    """Notes that list something else than sealed matters."""
    listed = HandedItem.objects.filter(hand_over=OuterRef("pk"))
    return notes.filter(Exists(listed.exclude(obligation__alert__privacy=Alert.Privacy.SEALED)))


def readable(user: Viewer) -> tuple[str, ...]:
    """Paths of the units whose holders ``user`` may look up. Raises ``Hidden`` when none."""
    paths = outermost(reach(user, *READ))
    if not paths:
        raise Hidden
    return paths


def listed(user: Viewer, *, query: str, vacant: bool, now: datetime) -> Listing:
    """Posts by unit; ``query`` finds units, posts and holders, ``vacant`` only the empty ones."""
    paths = readable(user)
    posts = posts_in_order(paths)
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
    inside = Unit.objects.under(*paths).values("pk")
    return Listing(
        posts=posts,
        may_manage=bool(reach(user, MANAGE)),
        waiting=_told(unanswerable(now)).filter(unit__in=inside).count(),
        now=now,
    )


def get_post(user: Viewer, pk: int) -> Post:
    """The post, if ``user`` may look at it. Raises ``Hidden`` otherwise."""
    post = Post.objects.select_related("unit").filter(pk=pk, abolished_at=None).first()
    if post is None or not covers(readable(user), post.unit):
        raise Hidden
    return post


def get_post_to_change(user: Viewer, pk: int) -> Post:
    """The post, if ``user`` may change who holds it; 403 for whoever only reads."""
    post = get_post(user, pk)
    if not covers(reach(user, MANAGE), post.unit):
        raise PermissionDenied
    return post


def get_holding_to_change(user: Viewer, pk: int) -> Holding:
    holding = Holding.objects.select_related("post__unit", "person").filter(pk=pk).first()
    if holding is None:
        raise Hidden
    get_post_to_change(user, holding.post_id)
    return holding


def get_person(user: Viewer, pk: int) -> User:
    """Somebody who holds or held a post that ``user`` may look at, or ``user``."""
    person = User.objects.filter(pk=pk).first()
    if person is None:
        raise Hidden
    if person.pk == user.pk:
        return person
    inside = Unit.objects.under(*readable(user)).values("pk")
    if not Holding.versions.filter(person=person, post__unit__in=inside).exists():
        raise Hidden
    return person


def may_send_away(user: Viewer, person: User, *, now: datetime) -> bool:
    """Whether ``user`` may enter an absence: one's own, or of people one manages wholly.

    A stand-in answers for everything: shifts, absences and rights elsewhere count as well.
    """
    if person.pk == user.pk:
        return True
    return people_below(reach(user, MANAGE), at=now).filter(pk=person.pk).exists()


@dataclass(frozen=True, kw_only=True)
class PostPage:
    post: Post
    held: Sequence[Held]
    coming: Sequence[Holding]
    lines: Sequence[Line]
    notes: Sequence[HandOver]
    open: int
    waiting: int
    may_manage: bool

    @property
    def is_vacant(self) -> bool:
        return not any(one.is_holder and one.can_answer for one in self.held)


def post_page(user: Viewer, post: Post, *, now: datetime) -> PostPage:
    notes = told_notes(HandOver.objects.filter(Q(post=post) | Q(to_post=post)))
    return PostPage(
        post=post,
        held=holders_of([post.pk], now).get(post.pk, []),
        coming=list(
            Holding.objects.filter(post=post, starts_at__gt=now)
            .select_related("person")
            .order_by("starts_at")
        ),
        lines=lines_of_post(post),
        notes=list(notes.select_related("giver", "taker", "to_post__unit")[:NOTES_AT_MOST]),
        open=_told(Obligation.objects.open()).filter(post=post).count(),
        waiting=_told(unanswerable(now, posts=[post.pk])).count(),
        may_manage=covers(reach(user, MANAGE), post.unit),
    )


@dataclass(frozen=True, kw_only=True)
class PersonPage:
    """``is_near``: holds a post there still, or soon; of others only the past is told."""

    person: User
    is_near: bool
    lines: Sequence[Line]
    leaves: Sequence[Leave]
    may_send_away: bool


def person_page(user: Viewer, person: User, *, now: datetime) -> PersonPage:
    inside = None if person.pk == user.pk else readable(user)
    is_near = inside is None or _serves(person, inside, now)
    leaves = Leave.objects.filter(person=person).select_related("delegate").order_by("-starts_at")
    return PersonPage(
        person=person,
        is_near=is_near,
        lines=lines_of_person(person, inside=inside),
        leaves=list(leaves[:NOTES_AT_MOST]) if is_near else [],
        may_send_away=may_send_away(user, person, now=now),
    )


def _serves(person: User, inside: tuple[str, ...], now: datetime) -> bool:
    held = Holding.objects.ending_after(now).filter(person=person)
    return held.filter(post__unit__in=Unit.objects.under(*inside).values("pk")).exists()


def get_note(user: Viewer, ref: UUID) -> HandOver:
    """A hand-over note: for both people, and for whoever manages the unit of the post."""
    notes = HandOver.objects.select_related("post__unit", "to_post__unit", "giver", "taker")
    note = notes.filter(ref=ref).first()
    if note is None:
        raise Hidden
    unit = note.post.unit if note.post else (note.to_post.unit if note.to_post else None)
    is_theirs = user.pk is not None and user.pk in (note.giver_id, note.taker_id)
    if is_theirs:
        return note
    may_look = unit is not None and covers(reach(user, MANAGE), unit)
    if not may_look or not told_notes(notes.filter(pk=note.pk)).exists():
        raise Hidden
    return note
