"""What a person may do now: it follows from the posts held at this moment.

People are never members of a post's group. Each question joins the grants of
the group with the holdings in force, so that a right begins and ends with the
holding, without a job that could be late. Guardian's own shortcuts are not
used for reading: ``get_objects_for_user`` ignores ``is_active``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from safety.people.models import User
from safety.posts.held import kept_posts
from safety.posts.models import Holding, Leave, Post, RosterPeriod, Shift
from safety.units.models import Unit, UnitGroupObjectPermission

Viewer = User | AnonymousUser
# The seat is handed over by word of mouth: both may work around the change (decision 0056).
SHIFT_MARGIN = timedelta(minutes=30)


def posts_held(user: Viewer, *, at: datetime | None = None) -> QuerySet[Post]:
    """The posts ``user`` answers for at ``at``: held, acting, as B角, or as a named stand-in.

    Where a duty roster is kept, a post is held by whoever is on shift, and by nobody else.
    """
    if not user.is_authenticated or not user.is_active:
        return Post.objects.none()
    if at is not None or connection.in_atomic_block:
        return _posts_held(user, at or timezone.now())
    ids = kept_posts.of(
        user.pk,
        revision=rights_revision(),
        state=rights_state,
        read=lambda: tuple(_posts_held(user, timezone.now()).values_list("pk", flat=True)),
    )
    return Post.objects.filter(pk__in=ids)


def _posts_held(user: User, moment: datetime) -> QuerySet[Post]:
    persons = [user.pk, *_absent_for(user, moment)]
    rostered = RosterPeriod.objects.at(moment).values("post")
    held = Holding.objects.at(moment).filter(
        Q(person=user) | Q(person__in=persons) & ~Q(kind=Holding.Kind.DEPUTY)
    )
    shifts = Shift.objects.at(moment, margin=SHIFT_MARGIN).filter(person__in=persons)
    return Post.objects.filter(
        Q(pk__in=held.values("post")) & ~Q(pk__in=rostered)
        | Q(pk__in=shifts.values("post")) & Q(pk__in=rostered),
        abolished_at=None,
    )


def _absent_for(user: User, moment: datetime) -> list[int]:
    """People who are away and named ``user`` as their stand-in."""
    return list(
        Leave.objects.filter(delegate=user, starts_at__lte=moment, ends_at__gt=moment).values_list(
            "person", flat=True
        )
    )


def reach(user: Viewer, *rights: str, at: datetime | None = None) -> tuple[str, ...]:
    """Paths of the units on which ``user`` has any of ``rights``; everything below counts too."""
    groups = posts_held(user, at=at).values("group")
    paths = (
        UnitGroupObjectPermission.objects.filter(group__in=groups, permission__codename__in=rights)
        .values_list("content_object__path", flat=True)
        .distinct()
    )
    return outermost(paths)


def outermost(paths: Iterable[str]) -> tuple[str, ...]:
    """Drop every path that lies below another one."""
    kept: list[str] = []
    for path in sorted(paths):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return tuple(kept)


def covers(paths: tuple[str, ...], unit: Unit) -> bool:
    return unit.path.startswith(paths) if paths else False


def units_with(user: Viewer, right: str) -> QuerySet[Unit]:
    """The units on which a post of ``user`` itself carries ``right`` (not those below)."""
    groups = posts_held(user).values("group")
    grants = UnitGroupObjectPermission.objects.filter(group__in=groups, permission__codename=right)
    return Unit.objects.filter(pk__in=grants.values("content_object"))


def rights_of(user: Viewer) -> frozenset[str]:
    """The names of all rights that ``user`` has anywhere today."""
    groups = posts_held(user).values("group")
    names = UnitGroupObjectPermission.objects.filter(group__in=groups).values_list(
        "permission__codename", flat=True
    )
    return frozenset(names)


def people_below(paths: tuple[str, ...], *, at: datetime | None = None) -> QuerySet[User]:
    """People who hold a post below ``paths``, and nothing beyond, now or later.

    Whoever mends a sign-in could use it: beyond is also what is held from a later
    day on, what one stands in for, and what a post may do in another unit.
    """
    moment = at or timezone.now()
    inside = Unit.objects.under(*paths).values("pk")
    here = Holding.objects.ending_after(moment).filter(post__unit__in=inside).values("person")
    beyond = people_beyond(paths, at=moment)
    return User.objects.filter(pk__in=here).exclude(pk__in=beyond.values("pk"))


def people_beyond(paths: tuple[str, ...], *, at: datetime | None = None) -> QuerySet[User]:
    """People who answer, now or later, for something that is not below ``paths``."""
    inside = Unit.objects.under(*paths).values("pk")
    grants = UnitGroupObjectPermission.objects.exclude(content_object__in=inside)
    beyond = Post.objects.filter(~Q(unit__in=inside) | Q(group__in=grants.values("group")))
    return _answer_for(beyond, at or timezone.now())


def people_with(
    right: str,
    *,
    beyond: tuple[str, ...],
    whole_city: bool = False,
    at: datetime | None = None,
) -> QuerySet[User]:
    """People who have ``right`` on a unit that is not below ``beyond``, now or later.

    ``whole_city``: only on the unit above all others.
    """
    inside = Unit.objects.under(*beyond).values("pk")
    grants = UnitGroupObjectPermission.objects.filter(permission__codename=right)
    if whole_city:
        grants = grants.filter(content_object__parent=None)
    posts = Post.objects.filter(group__in=grants.exclude(content_object__in=inside).values("group"))
    return _answer_for(posts, at or timezone.now())


def posts_with(rights: Iterable[str], *, at_or_above: tuple[str, ...]) -> QuerySet[Post]:
    """The posts that carry every one of ``rights`` on units at or above these paths."""
    parts = [path.strip("/").split("/") for path in at_or_above]
    above = {f"/{'/'.join(codes[:n])}/" for codes in parts for n in range(1, len(codes) + 1)}
    posts = Post.objects.filter(abolished_at=None)
    for right in rights:
        grants = UnitGroupObjectPermission.objects.filter(
            permission__codename=right, content_object__path__in=above
        )
        posts = posts.filter(group__in=grants.values("group"))
    return posts.select_related("unit").order_by("-unit__path", "code")


def reading_more(user: Viewer, posts: Iterable[int]) -> set[int]:
    """Those of ``posts`` (ids) whose holders read restricted text that is closed to ``user``."""
    grants = UnitGroupObjectPermission.objects.filter(
        permission__codename="view_restricted", group__post__in=posts
    ).values_list("group__post", "content_object__path")
    own = reach(user, "view_restricted")
    return {post for post, path in grants if not (own and path.startswith(own))}


def grants_of(posts: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    """What each of ``posts`` (ids) may do, and where: right and path of the unit."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    if not posts:
        return found
    rows = UnitGroupObjectPermission.objects.filter(group__post__in=posts)
    for post, right, path in rows.values_list(
        "group__post", "permission__codename", "content_object__path"
    ):
        found[post].append((right, path))
    return found


def _answer_for(posts: QuerySet[Post], moment: datetime) -> QuerySet[User]:
    """Whoever holds one of ``posts`` from ``moment`` on, has a shift, or is to stand in."""
    holdings = Holding.objects.filter(post__in=posts.values("pk")).ending_after(moment)
    absent = holdings.exclude(kind=Holding.Kind.DEPUTY).values("person")
    shifts = Shift.objects.filter(post__in=posts.values("pk"), ends_at__gt=moment - SHIFT_MARGIN)
    on_shift = shifts.values("person")
    leaves = Leave.objects.filter(
        Q(person__in=absent) | Q(person__in=on_shift), delegate__isnull=False, ends_at__gt=moment
    ).values("delegate")
    return User.objects.filter(
        Q(pk__in=holdings.values("person")) | Q(pk__in=on_shift) | Q(pk__in=leaves)
    )


def rights_revision() -> int:
    """The number that rises with every change of who may do what; one cheap query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM posts_holdingsrevision")
        found = cursor.fetchone()
    return int(found[0]) if found else 0


def rights_state() -> tuple[int, datetime | None]:
    """(revision, next moment at which a holding, leave, shift or roster begins or ends).

    As long as the revision is the same and the moment has not come, every
    answer of this file stays as it is: what a process may build a cache on.
    """
    now = timezone.now()
    revision = rights_revision()
    moments = [
        found + offset
        for Model, margin in (
            (Holding, timedelta()),
            (Leave, timedelta()),
            (RosterPeriod, timedelta()),
            (Shift, SHIFT_MARGIN),
        )
        for field, offset in (("starts_at", -margin), ("ends_at", margin))
        for found in Model.objects.filter(**{f"{field}__gt": now - offset})
        .aggregate(next=Min(field))
        .values()
        if found is not None
    ]
    return revision, min(moments, default=None)
