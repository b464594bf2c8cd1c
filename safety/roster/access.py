"""Who keeps which roster, who sees it, and who may be put on it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from safety.errors import Hidden
from safety.people.models import User
from safety.posts.access import Viewer, covers, posts_held, reach
from safety.posts.models import Holding, Post, Shift
from safety.roster.models import Swap
from safety.rules.selectors import content_of, current_rules
from safety.units.models import Unit

MANAGE, WATCH = "manage_roster", "watch_board"
SEATS = ("DUTY_OFFICER", "DUTY_LEADER")
SEEN_FOR = timedelta(days=60)


def seat_kinds() -> dict[str, str]:
    """Kind of post → capacity, of those post types that are duty seats."""
    types = content_of(current_rules())["posts"]["post"]
    return {row["code"]: row["capacity"] for row in types if row["capacity"] in SEATS}


def seats_of(units: Iterable[int]) -> QuerySet[Post]:
    """The duty seats (值班席) of ``units`` (ids): leader on duty after officer, as in the table."""
    return (
        Post.objects.filter(unit__in=units, kind__in=seat_kinds(), abolished_at=None)
        .select_related("unit")
        .order_by("unit__path", "code", "pk")
    )


def bureaus() -> QuerySet[Unit]:
    """Units that may keep a roster: every bureau that exists today."""
    today = timezone.localdate()
    return Unit.objects.open_on(today).exclude(kind__in=Unit.SCHOOL_KINDS)


def managed_units(user: Viewer) -> QuerySet[Unit]:
    return bureaus().filter(pk__in=Unit.objects.under(*reach(user, MANAGE)).values("pk"))


def visible_units(user: Viewer) -> QuerySet[Unit]:
    """Rosters to read: those one keeps or watches the board of, and those one is on."""
    if not user.is_authenticated:
        return Unit.objects.none()
    below = Unit.objects.under(*reach(user, MANAGE, WATCH)).values("pk")
    own = Shift.objects.filter(person=user, ends_at__gt=timezone.now() - SEEN_FOR)
    return bureaus().filter(
        Q(pk__in=below)
        | Q(pk__in=own.values("post__unit"))
        | Q(pk__in=posts_held(user).values("unit"))
    )


def get_visible_unit(user: Viewer, code: str) -> Unit:
    unit = visible_units(user).filter(code=code).first()
    if unit is None:
        raise Hidden
    return unit


def get_managed_unit(user: Viewer, code: str) -> Unit:
    unit = managed_units(user).filter(code=code).first()
    if unit is None:
        raise Hidden
    return unit


def manages(user: Viewer, unit: Unit) -> bool:
    return covers(reach(user, MANAGE), unit)


def get_managed_shift(user: Viewer, ref: UUID) -> Shift:
    shift = Shift.objects.filter(ref=ref).select_related("post__unit", "person").first()
    if shift is None or not manages(user, shift.post.unit):
        raise Hidden
    return shift


def get_own_shift(user: Viewer, ref: UUID) -> Shift:
    if not user.is_authenticated:
        raise Hidden
    found = Shift.objects.filter(ref=ref, person=user).select_related("post__unit", "person")
    shift = found.first()
    if shift is None:
        raise Hidden
    return shift


def swaps_of(user: Viewer) -> QuerySet[Swap]:
    """Swaps that ``user`` asked for or is asked to agree to."""
    if not user.is_authenticated:
        return Swap.objects.none()
    return Swap.objects.filter(Q(asker=user) | Q(other=user)).select_related(
        "shift__post__unit", "for_shift__post__unit", "asker", "other"
    )


def get_own_swap(user: Viewer, ref: UUID) -> Swap:
    swap = swaps_of(user).filter(ref=ref).first()
    if swap is None:
        raise Hidden
    return swap


def people_for(unit: Unit) -> QuerySet[User]:
    """Who may sit in a seat of ``unit``: active people of that bureau, or lately on its roster."""
    now = timezone.now()
    holding = Holding.objects.at(now).filter(post__unit=unit, post__abolished_at=None)
    on_roster = Shift.objects.filter(post__unit=unit, ends_at__gt=now - SEEN_FOR)
    return User.objects.filter(
        Q(pk__in=holding.values("person")) | Q(pk__in=on_roster.values("person")), is_active=True
    ).order_by("name", "pk")
