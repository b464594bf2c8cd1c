"""What stands against shifts that are to be planned, all of it at once.

One seat has one person at a time, nobody sits in two at once, and whoever keeps the roster
gains no rights by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from safety.errors import Problem
from safety.ledger.actions import Actor
from safety.people.models import User
from safety.posts.models import Post, Shift
from safety.posts.raising import RESTRICTED
from safety.roster.gaining import gaining, known_sign_ins, person_of
from safety.roster.words import span_words

LONGEST = timedelta(hours=48)
AHEAD = timedelta(days=400)


@dataclass(frozen=True, kw_only=True)
class NewShift:
    """A shift to be planned. ``place`` says where it stands (a row of a sheet), for messages."""

    post: Post
    person: User
    starts_at: datetime
    ends_at: datetime
    place: str = ""

    def __str__(self) -> str:
        return f"{self.post.name} {span_words(self.starts_at, self.ends_at)}"


def check_shifts(shifts: Sequence[NewShift], *, actor: Actor, lock: bool = False) -> list[Problem]:
    """Everything that stands against ``shifts``, among themselves and with what is planned."""
    if not shifts:
        return [_problem("", _("There is nothing to plan."), _("Choose days and people."))]
    if lock:
        lock_for({new.post.pk for new in shifts}, {new.person.pk for new in shifts})
    now = timezone.now()
    problems = [found for new in shifts for found in alone(new, now)]
    problems += confidential(shifts, actor)
    planned = Shift.objects.between(
        min(new.starts_at for new in shifts), max(new.ends_at for new in shifts)
    ).select_related("post__unit", "person")
    seats = list(planned.filter(post__in={new.post.pk for new in shifts}))
    people = list(planned.filter(person__in={new.person.pk for new in shifts}))
    problems += [
        _taken(new, there)
        for new in shifts
        for there in seats
        if there.post_id == new.post.pk and _overlap(new, there)
    ]
    problems += [
        twice(new, there)
        for new in shifts
        for there in people
        if there.person_id == new.person.pk
        and there.post_id != new.post.pk
        and _overlap(new, there)
    ]
    return problems + _among(shifts)


def _among(shifts: Sequence[NewShift]) -> list[Problem]:
    """Clashes of the new shifts with each other; each pair is told once."""
    problems = []
    ordered = sorted(shifts, key=lambda new: new.starts_at)
    for number, later in enumerate(ordered):
        for earlier in reversed(ordered[:number]):
            if later.starts_at - earlier.starts_at > LONGEST:
                break
            if not _overlap(later, earlier):
                continue
            if later.post == earlier.post:
                problems.append(_taken(later, earlier))
            elif later.person == earlier.person:
                problems.append(twice(later, earlier))
    return problems


def _overlap(one: NewShift, other: NewShift | Shift) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def alone(new: NewShift, now: datetime) -> list[Problem]:
    """What is wrong with one shift by itself."""
    found = []
    if new.ends_at <= new.starts_at:
        found.append(
            wrong(new, _("It would end before it begins."), _("Give a later end, or the next day."))
        )
    elif new.ends_at - new.starts_at > LONGEST:
        found.append(
            wrong(new, _("It would last more than 48 hours."), _("Cut it into several shifts."))
        )
    if new.ends_at <= now:
        found.append(
            wrong(new, _("It is over already."), _("What is over stays as it was; plan ahead."))
        )
    if new.starts_at > now + AHEAD:
        found.append(
            wrong(new, _("It lies more than a year ahead."), _("Look at the year of the date."))
        )
    if not new.person.is_active:
        found.append(
            wrong(
                new,
                _("%(name)s can no longer sign in.") % {"name": new.person.name},
                _("Choose somebody else."),
            )
        )
    return found


def confidential(shifts: Sequence[NewShift], actor: Actor) -> list[Problem]:
    """Who keeps the roster gains no rights by it."""
    user = person_of(actor)
    if user is None:
        return []
    return [
        wrong(
            new,
            _("This post reads confidential cases that are closed to you.")
            if RESTRICTED in rights
            else _("This post has rights that you do not have there."),
            _("Nobody gives himself such a seat: let somebody else plan this shift."),
        )
        for new, rights in gaining(user, shifts)
    ] + [
        wrong(
            new,
            _("The password of %(name)s was given out by somebody who may not do as much.")
            % {"name": new.person.name},
            _("Let somebody who may do as much give the person a new password first."),
        )
        for new in known_sign_ins(shifts)
    ]


def _taken(new: NewShift, there: NewShift | Shift) -> Problem:
    return wrong(
        new,
        _("The seat is taken by %(name)s, %(span)s.")
        % {"name": there.person.name, "span": span_words(there.starts_at, there.ends_at)},
        _("Take that shift out first, or change the times."),
    )


def twice(new: NewShift, there: NewShift | Shift) -> Problem:
    return wrong(
        new,
        _("%(name)s would sit in two seats at once: %(seat)s, %(span)s.")
        % {
            "name": new.person.name,
            "seat": there.post,
            "span": span_words(there.starts_at, there.ends_at),
        },
        _("Choose somebody else, or change the times."),
    )


def wrong(new: NewShift, message: str, remedy: str) -> Problem:
    place = f"{new.place} " if new.place else ""
    return Problem(
        field="shift", value=new.person.name, message=f"{place}{new}: {message}", remedy=remedy
    )


def _problem(value: str, message: str, remedy: str) -> Problem:
    return Problem(field="shift", value=value, message=message, remedy=remedy)


def lock_for(posts: Iterable[int], people: Iterable[int]) -> None:
    """One plan after the other for the same seats and people; SQLite has one writer anyway."""
    for queryset in (
        Post.objects.filter(pk__in=posts),
        User.objects.filter(pk__in=people),
    ):
        list(queryset.order_by("pk").select_for_update(no_key=True).values_list("pk"))
