"""Write the roster: plan shifts, change who sits, take shifts out, keep a roster or stop.

Everything is checked under locks on the seats and the people concerned, everything that is
wrong is said at once, and nothing is half written. What is over never changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from safety.errors import Conflict, Refused
from safety.ledger.actions import Actor, Fact, record
from safety.people.models import User
from safety.posts.models import Post, RosterPeriod, Shift
from safety.roster.checks import (
    AHEAD,
    NewShift,
    alone,
    check_shifts,
    confidential,
    lock_for,
    twice,
    wrong,
)
from safety.roster.models import Swap
from safety.roster.words import moment_words


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


@transaction.atomic
def remove_shift(*, shift: Shift, actor: Actor) -> None:
    """Take a shift out that has not begun. Raises ``Refused`` for any other."""
    lock_for([shift.post_id], [shift.person_id])
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
    problems = alone(new, now) + confidential([new], actor)
    problems += [
        twice(new, there) for there in elsewhere.exclude(pk=shift.pk).select_related("post__unit")
    ]
    if person.pk == shift.person_id:
        problems.append(
            wrong(new, _("This person sits there already."), _("Choose somebody else."))
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
    drop_swaps([shift.pk])
    record(
        actor=actor, facts=[_fact("shift.replaced", after, before=shift.person_id, from_now=runs)]
    )
    return after


def drop_swaps(shifts: Iterable[int]) -> None:
    """Nothing is asked any more about ``shifts``, which have changed hands."""
    about = Q(shift__in=shifts) | Q(for_shift__in=shifts)
    Swap.objects.filter(about, state=Swap.State.ASKED).update(
        state=Swap.State.WITHDRAWN, decided_at=timezone.now()
    )


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
    if starts_at > timezone.now() + AHEAD:
        raise Refused(
            _("It lies more than a year ahead."),
            field="starts_at",
            value=moment_words(starts_at),
            remedy=_("Look at the year of the date."),
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
    lock_for([post.pk], [])
    now = timezone.now()
    future = RosterPeriod.objects.filter(post=post, starts_at__gte=now).delete()[0]
    ended = RosterPeriod.objects.filter(post=post).ending_after(now).update(ends_at=now)
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
