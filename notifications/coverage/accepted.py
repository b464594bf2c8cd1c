"""Accept a gap for a time, one by one or by a rule, and take that back.

A gap that is accepted does not keep a table from being published. It stays a gap:
alerts climb as before, and the page shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.coverage.models import AcceptedGap
from safety.errors import Conflict, Problem, Refused
from safety.ledger.actions import Actor, Fact, record
from safety.people.models import User
from safety.rules.selectors import content_of, current_rules
from safety.units.models import Unit

LONGEST = timedelta(days=366)  # longer is no longer an exception, but another table


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to be accepted. With ``kinds`` or ``staff_max`` it is a rule for all units below."""

    unit: Unit
    capacity: str
    post_type: str = ""
    by_rule: bool = False
    kinds: Sequence[str] = ()
    staff_max: int | None = None
    reason: str
    ends_on: date


@transaction.atomic
def accept_gap(*, wish: Wish, by: User) -> AcceptedGap:
    """Raises ``Refused`` with every problem, ``Conflict`` when it is accepted already."""
    found = tuple(_problems(wish))
    if found:
        raise Refused.of(found)
    moment = timezone.now()
    today = timezone.localdate(moment)
    _make_room(wish, by, today)
    try:
        with transaction.atomic():
            accepted = AcceptedGap.objects.create(
                unit=wish.unit,
                by_rule=wish.by_rule,
                kinds=sorted(set(wish.kinds)),
                staff_max=wish.staff_max,
                capacity=wish.capacity,
                post_type=wish.post_type,
                reason=wish.reason.strip(),
                ends_on=wish.ends_on,
                accepted_at=moment,
                accepted_by=by,
            )
    except IntegrityError as error:
        raise _accepted_already(wish) from error
    record(actor=_actor(by), facts=[_fact("gap.accepted", accepted)])
    return accepted


@transaction.atomic
def withdraw_acceptance(*, acceptance: AcceptedGap, by: User) -> None:
    """The gap blocks again at once. Raises ``Conflict`` when somebody was faster."""
    changed = AcceptedGap.objects.filter(pk=acceptance.pk, withdrawn_at=None).update(
        withdrawn_at=timezone.now(), withdrawn_by=by
    )
    if not changed:
        raise Conflict(
            _("This acceptance was already taken back."),
            field="acceptance",
            value=str(acceptance.ref),
            remedy=_("Look at the list again."),
        )
    record(actor=_actor(by), facts=[_fact("gap.acceptance_withdrawn", acceptance)])


def _make_room(wish: Wish, by: User, today: date) -> None:
    """Close what has run out for the same gap; refuse while one is in force."""
    same = AcceptedGap.objects.standing().filter(
        unit=wish.unit, by_rule=wish.by_rule, capacity=wish.capacity, post_type=wish.post_type
    )
    if wish.by_rule:
        same = same.filter(staff_max=wish.staff_max)
        kinds = sorted(set(wish.kinds))
        same = AcceptedGap.objects.filter(pk__in=[one.pk for one in same if one.kinds == kinds])
    if same.in_force_on(today).exists():
        raise _accepted_already(wish)
    for old in same:
        withdraw_acceptance(acceptance=old, by=by)


def _accepted_already(wish: Wish) -> Conflict:
    return Conflict(
        _("This gap is accepted already."),
        field="capacity",
        value=wish.capacity,
        remedy=_("Take the older acceptance back first, or leave it as it is."),
    )


def _problems(wish: Wish) -> Iterator[Problem]:
    book = content_of(current_rules())
    if wish.capacity not in book["responsibility"]["capacity"]:
        yield _problem("capacity", wish.capacity, _("This capacity is not in the rule book."))
    types = {row["code"] for row in book["posts"]["post"]}
    if wish.post_type and wish.post_type not in types:
        yield _problem("post_type", wish.post_type, _("This post type is not in the rule book."))
    unknown = sorted(set(wish.kinds) - set(Unit.Kind.values))
    if unknown:
        yield _problem("kinds", unknown[0], _("This is not a kind of unit."))
    if wish.by_rule and not wish.kinds and wish.staff_max is None:
        yield Problem(
            field="kinds",
            value="",
            message=_("A rule for every unit would accept the gap everywhere."),
            remedy=_("Name a kind of unit or a number of staff."),
        )
    if wish.staff_max is not None and not wish.by_rule:
        yield _problem("staff_max", str(wish.staff_max), _("One unit needs no size."))
    if not wish.reason.strip():
        yield Problem(
            field="reason",
            value="",
            message=_("Every acceptance needs its reason."),
            remedy=_("Write why this is acceptable, and who covers it meanwhile."),
        )
    yield from _end_problems(wish.ends_on)


def _end_problems(ends_on: date) -> Iterator[Problem]:
    today = timezone.localdate()
    if ends_on < today:
        yield Problem(
            field="ends_on",
            value=ends_on.isoformat(),
            message=_("The last day has passed already."),
            remedy=_("Choose today or a later day."),
        )
    if ends_on > today + LONGEST:
        yield Problem(
            field="ends_on",
            value=ends_on.isoformat(),
            message=_("A gap is accepted for one year at most."),
            remedy=_("Choose an earlier day; it can be accepted again."),
        )


def _problem(field: str, value: str, message: str) -> Problem:
    return Problem(field=field, value=value, message=message, remedy=_("Choose another one."))


def _fact(verb: str, acceptance: AcceptedGap) -> Fact:
    body: Mapping[str, Any] = {
        "ref": str(acceptance.ref),
        "by_rule": acceptance.by_rule,
        "kinds": acceptance.kinds,
        "staff_max": acceptance.staff_max,
        "capacity": acceptance.capacity,
        "post_type": acceptance.post_type,
        "reason": acceptance.reason,
        "ends_on": acceptance.ends_on.isoformat(),
    }
    return Fact(verb=verb, subject_kind="unit", subject_ref=acceptance.unit.code, body=body)


def _actor(user: User) -> Actor:
    return Actor(kind="person", ref=str(user.pk))
