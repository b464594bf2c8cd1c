"""Nobody raises himself: not by an appointment, an end moved, a sheet, nor as a stand-in.

Whoever may say who holds a post could else say it of himself and have every right there is.
Compared is what somebody would come to have with what the own holdings give as long: what
one may do for a while, on a shift or for somebody absent, is no ground to keep it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from safety.errors import Problem
from safety.people.models import User
from safety.posts.access import SHIFT_MARGIN, grants_of
from safety.posts.fitting import Beginning
from safety.posts.models import Holding, Leave, RosterPeriod, Shift

RESTRICTED = "view_restricted"
# To report is everybody's: any phone of the school that was bound to it may.
ORDINARY = frozenset({"file_incident"})


@dataclass(frozen=True, kw_only=True)
class Gain:
    """``person`` (an id) comes to answer for ``post`` (an id) until then, if ever it ends."""

    person: int
    post: int
    until: datetime | None
    is_stand_in: bool = False


def gains_of(beginnings: Sequence[Beginning]) -> list[list[Gain]]:
    """Who would answer by each of ``beginnings``: the person, and whoever is to stand in."""
    now = timezone.now()
    people = {b.person.pk for b in beginnings if b.kind != Holding.Kind.DEPUTY}
    leaves: dict[int, list[Leave]] = {}
    for leave in Leave.objects.filter(person__in=people, ends_at__gt=now).exclude(delegate=None):
        leaves.setdefault(leave.person_id, []).append(leave)
    return [
        [
            Gain(person=one.person.pk, post=one.post.pk, until=one.ends_at),
            *(_stand_ins(one, leaves.get(one.person.pk, ())) if _is_in_full(one) else ()),
        ]
        for one in beginnings
    ]


def _is_in_full(beginning: Beginning) -> bool:
    return beginning.kind != Holding.Kind.DEPUTY


def _stand_ins(new: Beginning, leaves: Iterable[Leave]) -> list[Gain]:
    return [
        Gain(
            person=leave.delegate_id,
            post=new.post.pk,
            until=min(leave.ends_at, new.ends_at or leave.ends_at),
            is_stand_in=True,
        )
        for leave in leaves
        if leave.delegate_id
        and leave.ends_at > new.starts_at
        and (new.ends_at is None or leave.starts_at < new.ends_at)
    ]


def gains_of_delegate(
    *, person: User, delegate: User, starts_at: datetime, ends_at: datetime
) -> list[Gain]:
    """What ``delegate`` answers for at some moment of an absence of ``person``."""
    held = Holding.objects.filter(person=person, starts_at__lt=ends_at).ending_after(starts_at)
    posts = set(held.exclude(kind=Holding.Kind.DEPUTY).values_list("post", flat=True))
    shifts = Shift.objects.between(starts_at - SHIFT_MARGIN, ends_at + SHIFT_MARGIN)
    posts |= set(shifts.filter(person=person).values_list("post", flat=True))
    return [
        Gain(person=delegate.pk, post=post, until=ends_at, is_stand_in=True)
        for post in sorted(posts)
    ]


def missing_rights(user: User, gains: Iterable[Gain]) -> Mapping[Gain, frozenset[str]]:
    """Those of ``gains`` of ``user`` that bring rights which the own holdings do not give."""
    own = [gain for gain in gains if gain.person == user.pk]
    given = grants_of({gain.post for gain in own})
    lasting: dict[datetime | None, Sequence[tuple[str, str]]] = {}
    found: dict[Gain, frozenset[str]] = {}
    for gain in own:
        if gain.until not in lasting:
            lasting[gain.until] = lasting_rights(user, until=gain.until)
        missing = frozenset(
            right
            for right, path in given.get(gain.post, ())
            if right not in ORDINARY and not _has(lasting[gain.until], right, path)
        )
        if missing:
            found[gain] = missing
    return found


def lasting_rights(user: User, *, until: datetime | None) -> Sequence[tuple[str, str]]:
    """Right and path of the unit, by holdings that ``user`` has now and keeps ``until`` then."""
    now = timezone.now()
    lasts = Q(ends_at=None) if until is None else Q(ends_at=None) | Q(ends_at__gte=until)
    held = Holding.objects.at(now).filter(lasts, person=user, post__abolished_at=None)
    posts = held.exclude(post__in=RosterPeriod.objects.at(now).values("post"))
    given = grants_of(set(posts.values_list("post", flat=True)))
    return [one for rights in given.values() for one in rights]


def _has(rights: Iterable[tuple[str, str]], right: str, path: str) -> bool:
    return any(right == own and path.startswith(above) for own, above in rights)


def raises(user: User, beginnings: Sequence[Beginning]) -> list[list[Problem]]:
    """For each of ``beginnings``: why ``user`` may not bring it about. Mostly nothing."""
    gains = gains_of(beginnings)
    missing = missing_rights(user, (gain for found in gains for gain in found))
    return [
        [
            Problem(
                field="person",
                value=beginning.person.name,
                message=_message(missing[gain], gain, beginning.person),
                remedy=_remedy(missing[gain], gain),
            )
            for gain in found
            if gain in missing
        ]
        for beginning, found in zip(beginnings, gains, strict=True)
    ]


def _message(missing: frozenset[str], gain: Gain, person: User) -> str:
    if gain.is_stand_in:
        return _("You stand in for %(name)s and would gain rights that you do not have.") % {
            "name": person.name
        }
    if RESTRICTED in missing:
        return _("This post reads confidential cases that are closed to you.")
    return _("This post has rights that you do not have there.")


def _remedy(missing: frozenset[str], gain: Gain) -> str:
    if gain.is_stand_in:
        return _("Let somebody else enter it, or name another stand-in first.")
    if RESTRICTED in missing:
        return _("Nobody gives himself such a post: ask whoever may read as much.")
    return _("Nobody gives himself more rights: ask whoever has them.")
