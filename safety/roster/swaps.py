"""Swap shifts (换班): one asks, the other agrees, and whoever keeps the roster sees both."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from safety.errors import Conflict, Problem, Refused
from safety.ledger.actions import Actor, Fact, record
from safety.people.models import User
from safety.posts.models import Shift
from safety.roster.access import people_for
from safety.roster.actions import changed_meanwhile, drop_swaps
from safety.roster.checks import NewShift, lock_for
from safety.roster.gaining import gaining
from safety.roster.models import Swap
from safety.roster.words import span_words


@transaction.atomic
def ask_swap(
    *, shift: Shift, other: User, for_shift: Shift | None, note: str, actor: Actor
) -> Swap:
    """The holder of ``shift`` asks ``other`` to take it, for ``for_shift`` if one is named."""
    now = timezone.now()
    _lock(shift, for_shift, shift.person_id, other.pk)
    if not Shift.objects.filter(pk=shift.pk, person=shift.person_id).exists():
        raise changed_meanwhile(shift)
    problems = _not_ahead(shift, for_shift)
    if other.pk == shift.person_id:
        problems.append(_wrong(_("Nobody swaps with himself."), other.name))
    problems += _strangers(shift, for_shift, shift.person, other)
    if for_shift is not None and for_shift.person_id != other.pk:
        problems.append(_wrong(_("That shift is not one of this person."), str(for_shift)))
    problems += _clashes(shift, for_shift, shift.person, other)
    problems += _confidential(shift, for_shift, shift.person, other)
    if problems:
        raise Refused.of(problems)
    try:
        with transaction.atomic():
            swap = Swap.objects.create(
                shift=shift,
                for_shift=for_shift,
                asker=shift.person,
                other=other,
                note=note.strip()[:200],
                asked_at=now,
            )
    except IntegrityError as error:
        raise Conflict(
            _("A swap of this shift is asked for already."),
            field="shift",
            value=str(shift),
            remedy=_("Withdraw that one first."),
        ) from error
    _tell(actor, "swap.asked", swap)
    return swap


def waiting_swaps(person: User) -> QuerySet[Swap]:
    """Swaps that ``person`` asked for, or is asked to agree to, and that can still be agreed."""
    return Swap.objects.filter(
        Q(asker=person) | Q(other=person),
        Q(for_shift=None) | Q(for_shift__starts_at__gt=timezone.now()),
        state=Swap.State.ASKED,
        shift__starts_at__gt=timezone.now(),
    )


@transaction.atomic
def answer_swap(*, swap: Swap, agrees: bool, actor: Actor) -> None:
    """The one who was asked agrees, and the shifts change hands; or declines."""
    state = Swap.State.AGREED if agrees else Swap.State.DECLINED
    shift, for_shift = swap.shift, swap.for_shift
    if agrees:
        _lock(shift, for_shift, swap.asker_id, swap.other_id)
    _decide(swap, state)
    if agrees:
        who = (shift, for_shift, swap.asker, swap.other)
        problems = _not_ahead(shift, for_shift) + _strangers(*who) + _clashes(*who)
        problems += _confidential(*who)
        if problems:
            raise Refused.of(problems)
        _hand(shift, swap.asker, swap.other)
        if for_shift is not None:
            _hand(for_shift, swap.other, swap.asker)
        drop_swaps([s.pk for s in (shift, for_shift) if s is not None])
    _tell(actor, f"swap.{state}", swap)


@transaction.atomic
def withdraw_swap(*, swap: Swap, actor: Actor) -> None:
    _decide(swap, Swap.State.WITHDRAWN)
    _tell(actor, "swap.withdrawn", swap)


def _lock(shift: Shift, for_shift: Shift | None, *people: int) -> None:
    """Seats and people before any swap, as everybody who changes the roster does."""
    lock_for({s.post_id for s in (shift, for_shift) if s is not None}, people)


def _decide(swap: Swap, state: str) -> None:
    won = Swap.objects.filter(pk=swap.pk, state=Swap.State.ASKED).update(
        state=state, decided_at=timezone.now()
    )
    if not won:
        raise Conflict(
            _("This swap is decided already."),
            field="swap",
            value=str(swap.shift),
            remedy=_("Look at the page again."),
        )


def _hand(shift: Shift, giver: User, taker: User) -> None:
    moved = Shift.objects.filter(pk=shift.pk, person=giver, starts_at__gt=timezone.now()).update(
        person=taker
    )
    if not moved:
        raise changed_meanwhile(shift)


def _not_ahead(*shifts: Shift | None) -> list[Problem]:
    now = timezone.now()
    return [
        _wrong(_("This shift has begun or is over."), str(shift))
        for shift in shifts
        if shift is not None and shift.starts_at <= now
    ]


def _strangers(shift: Shift, for_shift: Shift | None, asker: User, other: User) -> list[Problem]:
    """Who would get a seat of a bureau that is not theirs, or not theirs any more."""
    taken = [(other, shift)] + ([(asker, for_shift)] if for_shift is not None else [])
    return [
        _wrong(_("This person is not of this bureau."), person.name)
        for person, wanted in taken
        if not people_for(wanted.post.unit).filter(pk=person.pk).exists()
    ]


def _clashes(shift: Shift, for_shift: Shift | None, asker: User, other: User) -> list[Problem]:
    """Who would sit in two seats at once after the swap."""
    swapped = {s.pk for s in (shift, for_shift) if s is not None}
    taken = [(other, shift)] + ([(asker, for_shift)] if for_shift is not None else [])
    return [
        _wrong(
            _("%(name)s would sit in two seats at once: %(seat)s, %(span)s.")
            % {
                "name": person.name,
                "seat": there.post,
                "span": span_words(there.starts_at, there.ends_at),
            },
            person.name,
        )
        for person, wanted in taken
        for there in Shift.objects.between(wanted.starts_at, wanted.ends_at)
        .filter(person=person)
        .exclude(pk__in=swapped)
        .select_related("post__unit")
    ]


def _confidential(shift: Shift, for_shift: Shift | None, asker: User, other: User) -> list[Problem]:
    """Two who swap do not decide alone who reads confidential cases, or whatever a seat may.

    Whoever gives a shift of the same seat in return was put into it already.
    """
    if for_shift is not None and for_shift.post_id == shift.post_id:
        return []
    taken = [(other, shift)] + ([(asker, for_shift)] if for_shift is not None else [])
    wanted = [
        NewShift(
            post=wanted.post, person=person, starts_at=wanted.starts_at, ends_at=wanted.ends_at
        )
        for person, wanted in taken
    ]
    return [
        Problem(
            field="swap",
            value=person.name,
            message=_("This seat may more than %(name)s, such as read confidential cases.")
            % {"name": person.name},
            remedy=_("Ask whoever keeps the roster to put somebody else in."),
        )
        for person in (asker, other)
        if gaining(person, wanted)
    ]


def _wrong(message: str, value: str) -> Problem:
    return Problem(
        field="swap", value=value, message=message, remedy=_("Choose another shift or person.")
    )


def _tell(actor: Actor, verb: str, swap: Swap) -> None:
    record(
        actor=actor,
        facts=[
            Fact(
                verb=verb,
                subject_kind="post",
                subject_ref=str(swap.shift.post_id),
                body={
                    "swap": str(swap.ref),
                    "shift": str(swap.shift.ref),
                    "for_shift": str(swap.for_shift.ref) if swap.for_shift else None,
                    "asker": swap.asker_id,
                    "other": swap.other_id,
                },
            )
        ],
    )
