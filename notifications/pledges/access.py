"""Whose pledges these are: both sides read a sheet, and whoever keeps the table of the unit."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from notifications.pledges.models import Pledge, PledgeQuerySet
from notifications.pledges.slots import SIGNING
from safety.errors import Hidden
from safety.people.models import User
from safety.posts.access import outermost, posts_held, reach
from safety.posts.models import Holding
from safety.units.models import Unit

RIGHT = "manage_table"


def visible_pledges(user: User) -> QuerySet[Pledge]:
    if not user.is_active:
        return Pledge.objects.none()
    kept = Unit.objects.under(*reach(user, RIGHT)).values("pk")
    return Pledge.objects.filter(
        Q(lower=user) | Q(upper_post__in=posts_held(user)) | Q(unit__in=kept)
    )


def get_pledge(user: User, ref: UUID) -> Pledge:
    found = (
        visible_pledges(user)
        .filter(ref=ref)
        .select_related("unit", "lower_post__unit", "lower", "upper_post__unit", "upper", "rules")
        .first()
    )
    if found is None:
        raise Hidden
    return found


def own_pledges(user: User) -> QuerySet[Pledge]:
    """The sheets that bind ``user``, ended ones too."""
    return Pledge.objects.filter(lower=user) if user.is_active else Pledge.objects.none()


def signing_posts(user: User) -> frozenset[int]:
    """The posts for which ``user`` may sign above: held or acting. A B角 signs no pledge."""
    held = Holding.objects.at(timezone.now()).filter(
        person=user, kind__in=SIGNING, post__abolished_at=None, person__is_active=True
    )
    return frozenset(held.values_list("post", flat=True))


def below_pledges(user: User) -> PledgeQuerySet:
    """The standing sheets that ``user`` signs, or signed, for the unit above."""
    standing: PledgeQuerySet = Pledge.objects.standing()
    return standing.filter(upper_post__in=signing_posts(user))


def kept_paths(user: User) -> tuple[str, ...]:
    return outermost(reach(user, RIGHT))


def get_kept_unit(user: User, code: str) -> Unit:
    """The unit ``code`` in the reader's charge; without a code the uppermost of them."""
    units = Unit.objects.under(*kept_paths(user)).order_by("path")
    found = (units.filter(code=code) if code else units).first()
    if found is None:
        raise Hidden
    return found
