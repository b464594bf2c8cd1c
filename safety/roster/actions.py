"""Write the roster: plan shifts, change who sits, take shifts out, keep a roster or stop.

One seat has one person at a time, and nobody sits in two at once. Both are checked under
locks on the seats and the people concerned, everything that is wrong is said at once, and
nothing is half written. What is over never changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safety.errors import Conflict, Problem, Refused
from safety.ledger.actions import Actor, Fact, record
from safety.people.models import User
from safety.posts.models import Post, RosterPeriod, Shift
from safety.roster.gaining import gaining, known_sign_ins, person_of
from safety.roster.words import moment_words, span_words

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


@transaction.atomic
def plan_shifts(*, shifts: Sequence[NewShift], actor: Actor) -> list[Shift]:
    """Plan all of ``shifts`` or none. Raises ``Refused`` with everything that is wrong."""
    problems = check_shifts(shifts, actor=actor, lock=True)
    if problems:
        raise Refused.of(problems)
    made = Shift.objects.bulk_create(
        [
            Shift(post=new.post, person=new.person, starts_at=new.starts_at, ends_at=new.ends_at)
            for new in sorted(shifts, key=lambda new: (new.starts_at, new.post.pk))
        ]
    )
    record(actor=actor, facts=[_fact("shift.planned", shift) for shift in made])
    return made


def check_shifts(shifts: Sequence[NewShift], *, actor: Actor, lock: bool = False) -> list[Problem]:
    """Everything that stands against ``shifts``, among themselves and with what is planned."""
    if not shifts:
        return [_problem("", _("There is nothing to plan."), _("Choose days and people."))]
    if lock:
        lock_for({new.post.pk for new in shifts}, {new.person.pk for new in shifts})
    now = timezone.now()
    problems = [found for new in shifts for found in _alone(new, now)]
    problems += _confidential(shifts, actor)
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
        _twice(new, there)
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
                problems.append(_twice(later, earlier))
    return problems


def _overlap(one: NewShift, other: NewShift | Shift) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _alone(new: NewShift, now: datetime) -> list[Problem]:
    """What is wrong with one shift by itself."""
    found = []
    if new.ends_at <= new.starts_at:
        found.append(
            _wrong(
                new, _("It would end before it begins."), _("Give a later end, or the next day.")
            )
        )
    elif new.ends_at - new.starts_at > LONGEST:
        found.append(
            _wrong(new, _("It would last more than 48 hours."), _("Cut it into several shifts."))
        )
    if new.ends_at <= now:
        found.append(
            _wrong(new, _("It is over already."), _("What is over stays as it was; plan ahead."))
        )
    if new.starts_at > now + AHEAD:
        found.append(
            _wrong(new, _("It lies more than a year ahead."), _("Look at the year of the date."))
        )
    if not new.person.is_active:
        found.append(
            _wrong(
                new,
                _("%(name)s can no longer sign in.") % {"name": new.person.name},
                _("Choose somebody else."),
            )
        )
    return found


def _confidential(shifts: Sequence[NewShift], actor: Actor) -> list[Problem]:
    """Who keeps the roster gains no confidential reading by it."""
    user = person_of(actor)
    if user is None:
        return []
    return [
        _wrong(
            new,
            _("This post reads confidential cases that are closed to you."),
            _("Nobody gives himself such a seat: let somebody else plan this shift."),
        )
        for new in gaining(user, shifts)
    ] + [
        _wrong(
            new,
            _("This post reads confidential cases, and the person has no password of its own yet."),
            _("Let the person sign in and choose a password first."),
        )
        for new in known_sign_ins(user, shifts)
    ]


def _taken(new: NewShift, there: NewShift | Shift) -> Problem:
    return _wrong(
        new,
        _("The seat is taken by %(name)s, %(span)s.")
        % {"name": there.person.name, "span": span_words(there.starts_at, there.ends_at)},
        _("Take that shift out first, or change the times."),
    )


def _twice(new: NewShift, there: NewShift | Shift) -> Problem:
    return _wrong(
        new,
        _("%(name)s would sit in two seats at once: %(seat)s, %(span)s.")
        % {
            "name": new.person.name,
            "seat": there.post,
            "span": span_words(there.starts_at, there.ends_at),
        },
        _("Choose somebody else, or change the times."),
    )


def _wrong(new: NewShift, message: str, remedy: str) -> Problem:
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


@transaction.atomic
def remove_shift(*, shift: Shift, actor: Actor) -> None:
    """Take a shift out that has not begun. Raises ``Refused`` for any other."""
    gone, _rows = Shift.objects.filter(pk=shift.pk, starts_at__gt=timezone.now()).delete()
    if not gone:
        raise _begun(shift)
    record(actor=actor, facts=[_fact("shift.removed", shift)])


@transaction.atomic
def replace_person(*, shift: Shift, person: User, actor: Actor) -> Shift:
    """``person`` sits instead: for the whole shift, or for the rest of one that runs.

    Raises ``Refused`` when the shift is over or ``person`` sits elsewhere then, ``Conflict``
    when somebody else changed it meanwhile.
    """
    now = timezone.now()
    if shift.ends_at <= now:
        raise _begun(shift)
    runs = shift.starts_at <= now
    new = NewShift(
        post=shift.post,
        person=person,
        starts_at=now if runs else shift.starts_at,
        ends_at=shift.ends_at,
    )
    lock_for([shift.post_id], sorted({shift.person_id, person.pk}))
    elsewhere = Shift.objects.between(new.starts_at, new.ends_at).filter(person=person)
    problems = _alone(new, now) + _confidential([new], actor)
    problems += [
        _twice(new, there) for there in elsewhere.exclude(pk=shift.pk).select_related("post__unit")
    ]
    if person.pk == shift.person_id:
        problems.append(
            _wrong(new, _("This person sits there already."), _("Choose somebody else."))
        )
    if problems:
        raise Refused.of(problems)
    unchanged = Shift.objects.filter(
        pk=shift.pk, person=shift.person_id, starts_at=shift.starts_at, ends_at=shift.ends_at
    )
    changed = unchanged.update(ends_at=now) if runs else unchanged.update(person=person)
    if not changed:
        raise changed_meanwhile(shift)
    if runs:
        after = Shift.objects.create(
            post=shift.post, person=person, starts_at=now, ends_at=new.ends_at
        )
    else:
        after = Shift.objects.select_related("post__unit", "person").get(pk=shift.pk)
    record(
        actor=actor, facts=[_fact("shift.replaced", after, before=shift.person_id, from_now=runs)]
    )
    return after


@transaction.atomic
def keep_roster(*, post: Post, starts_at: datetime, actor: Actor) -> RosterPeriod:
    """From ``starts_at`` on, shifts alone say who answers for ``post``."""
    lock_for([post.pk], [])
    if starts_at < timezone.now() - timedelta(minutes=1):
        raise Refused(
            _("A roster cannot be kept backwards."),
            field="starts_at",
            value=moment_words(starts_at),
            remedy=_("Choose now or later."),
        )
    last = post.roster_periods.order_by("-starts_at").first()
    if last is not None and (last.ends_at is None or last.ends_at > starts_at):
        raise Conflict(
            _("A roster is kept for this seat already."),
            field="post",
            value=str(post),
            remedy=_("Look at the page again."),
        )
    period = RosterPeriod.objects.create(post=post, starts_at=starts_at)
    record(actor=actor, facts=[_kept_fact("roster.kept", post, starts_at)])
    return period


@transaction.atomic
def stop_roster(*, post: Post, actor: Actor) -> None:
    """From now on the holders of ``post`` answer for it again, whatever shifts are planned."""
    now = timezone.now()
    future = post.roster_periods.filter(ends_at=None, starts_at__gte=now).delete()[0]
    ended = post.roster_periods.filter(ends_at=None).update(ends_at=now)
    if not future and not ended:
        raise Conflict(
            _("No roster is kept for this seat."),
            field="post",
            value=str(post),
            remedy=_("Look at the page again."),
        )
    record(actor=actor, facts=[_kept_fact("roster.stopped", post, now)])


def _begun(shift: Shift) -> Refused:
    return Refused(
        _("This shift has begun or is over."),
        field="shift",
        value=str(shift),
        remedy=_("Put somebody else in for the rest of it; what is over stays as it was."),
    )


def changed_meanwhile(shift: Shift) -> Conflict:
    return Conflict(
        _("Somebody else changed this shift meanwhile."),
        field="shift",
        value=str(shift),
        remedy=_("Look at the roster again."),
    )


def _fact(verb: str, shift: Shift, **more: object) -> Fact:
    return Fact(
        verb=verb,
        subject_kind="post",
        subject_ref=str(shift.post_id),
        body={
            "shift": str(shift.ref),
            "person": shift.person_id,
            "starts_at": shift.starts_at.isoformat(),
            "ends_at": shift.ends_at.isoformat(),
            **more,
        },
    )


def _kept_fact(verb: str, post: Post, at: datetime) -> Fact:
    return Fact(
        verb=verb, subject_kind="post", subject_ref=str(post.pk), body={"at": at.isoformat()}
    )
