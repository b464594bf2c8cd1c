"""外出: who may send whom away, who could stand in, and the one-tap ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.obligations.handing_over import settle
from safety.errors import Hidden, Refused
from safety.home.offices.changes import actor_of
from safety.home.offices.liaison import is_liaison_of
from safety.home.offices.matching import Choice
from safety.home.offices.pages import may_send_away
from safety.people.models import User
from safety.posts.absence import move_return, take_leave
from safety.posts.access import posts_held
from safety.posts.keys import with_known_keys
from safety.posts.models import Holding, Leave
from safety.posts.raising import RESTRICTED, gains_of_delegate, missing_rights
from safety.posts.tenure import lock_people

COLLEAGUES = 80
EVENING, MORNING = time(18, 0), time(8, 30)


@dataclass(frozen=True, kw_only=True)
class Preset:
    until: datetime
    label: str


def presets(now: datetime) -> list[Preset]:
    """Ends that one tap sets."""
    local = timezone.localtime(now)

    def at(days: int, clock: time) -> datetime:
        return timezone.make_aware(datetime.combine(local.date() + timedelta(days=days), clock))

    found = [
        Preset(until=at(0, EVENING), label=_("until 18:00 today")),
        Preset(until=at(1, MORNING), label=_("until 8:30 tomorrow")),
        Preset(until=at(3, MORNING), label=_("for three days")),
        Preset(until=at(7, MORNING), label=_("for a week")),
    ]
    return [one for one in found if one.until > now + timedelta(minutes=15)]


def person_to_send(user: User, pk: int, *, now: datetime) -> User:
    """Somebody whose absence ``user`` may enter: own, the leader's, or of people managed."""
    person = User.objects.filter(pk=pk, is_active=True).first()
    if person is None:
        raise Hidden
    if is_liaison_of(user, person, now) or may_send_away(user, person, now=now):
        return person
    raise Hidden


def colleagues(person: User, *, now: datetime) -> list[Choice]:
    """Who could stand in: the own B角 first, then whoever serves in the same units."""
    own = posts_held(person)
    rows = (
        Holding.objects.at(now)
        .filter(post__unit__in=own.values("unit"), person__is_active=True)
        .exclude(person=person)
        .select_related("person", "post")
        .order_by("post__code", "rank", "pk")
    )
    mine = set(own.values_list("pk", flat=True))
    ordered = sorted(rows, key=lambda h: not (h.kind == Holding.Kind.DEPUTY and h.post_id in mine))
    labels: dict[int, str] = {}
    for holding in ordered:
        labels.setdefault(holding.person_id, f"{holding.person.name} · {holding.post.name}")
    found = [Choice(value=str(pk), label=label) for pk, label in labels.items()]
    return found[:COLLEAGUES]


@transaction.atomic
def send_away(
    *,
    person: User,
    starts_at: datetime | None,
    ends_at: datetime,
    delegate: User | None,
    user: User,
) -> Leave:
    """Enter an absence. Whoever enters it for another may not gain any right by it."""
    starts_at = starts_at or timezone.now()
    lock_people([person.pk, *([delegate.pk] if delegate else ())])
    if delegate is not None and person != user:
        _refuse_gain(user, person, delegate, starts_at, ends_at)
    posts = set(posts_held(person).values_list("pk", flat=True))
    leave = take_leave(
        person=person,
        starts_at=starts_at,
        ends_at=ends_at,
        delegate=delegate,
        actor=actor_of(user),
    )
    settle(posts=posts, actor=actor_of(user))
    return leave


def _refuse_gain(
    user: User, person: User, delegate: User, starts_at: datetime, ends_at: datetime
) -> None:
    """Nobody but the person himself lets ``user``, or whose password is known, read more."""
    gains = gains_of_delegate(
        person=person, delegate=delegate, starts_at=starts_at, ends_at=ends_at
    )
    missing = missing_rights(user, gains)
    if any(RESTRICTED in rights for rights in missing.values()):
        why = _("This post reads confidential cases that are closed to you.")
    elif missing:
        why = _("%(name)s has rights that you do not have.") % {"name": person.name}
    elif with_known_keys(gains):
        why = _("The password of %(name)s was given out by somebody who may not do as much.")
        why %= {"name": delegate.name}
    else:
        return
    raise Refused(
        why,
        field="delegate",
        value=delegate.name,
        remedy=_("Let the person name this stand-in, or name somebody else."),
    )


@transaction.atomic
def come_back(*, leave: Leave, ends_at: datetime, user: User) -> None:
    """Back now, or at another moment."""
    posts = set(posts_held(leave.person).values_list("pk", flat=True))
    move_return(leave=leave, ends_at=ends_at, actor=actor_of(user))
    settle(posts=posts, actor=actor_of(user))


def leaves_now_and_later(person: User, *, now: datetime) -> Sequence[Leave]:
    rows = Leave.objects.filter(person=person, ends_at__gt=now).select_related("delegate")
    return list(rows.order_by("starts_at"))
