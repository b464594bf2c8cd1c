"""Go away and come back (外出), and who is a leader's 联络员."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safety.errors import Conflict, Problem, Refused
from safety.ledger.actions import Actor, Fact, record
from safety.people.models import User
from safety.posts.fitting import Picture, day
from safety.posts.models import Holding, Leave, Liaison
from safety.units.models import Unit


@transaction.atomic
def take_leave(
    *, person: User, starts_at: datetime, ends_at: datetime, delegate: User | None, actor: Actor
) -> Leave:
    """``person`` is away; ``delegate`` (if any) stands in for every post held.

    Raises ``Refused`` for impossible times, for a stand-in who could not answer, and
    where ``person`` is away then already.
    """
    problems = [
        *_wrong_times(person, starts_at, ends_at),
        *(_wrong_delegate(person, delegate, starts_at, ends_at) if delegate else ()),
    ]
    if problems:
        raise Refused.of(problems)
    leave = Leave.objects.create(
        person=person, delegate=delegate, starts_at=starts_at, ends_at=ends_at
    )
    record(actor=actor, facts=[_fact("leave.taken", leave)])
    return leave


def _wrong_times(person: User, starts_at: datetime, ends_at: datetime) -> list[Problem]:
    if ends_at <= starts_at:
        return [
            Problem(
                field="ends_at",
                value=day(ends_at),
                message=_("The absence would end before it begins."),
                remedy=_("Choose a later end."),
            )
        ]
    there = _overlapping(person, starts_at, ends_at)
    return [
        Problem(
            field="starts_at",
            value=day(starts_at),
            message=_("%(name)s is away then already, until %(end)s.")
            % {"name": person.name, "end": day(leave.ends_at)},
            remedy=_("Change the end of that absence instead."),
        )
        for leave in there[:1]
    ]


def _overlapping(person: User, starts_at: datetime, ends_at: datetime) -> Sequence[Leave]:
    rows = Leave.objects.filter(person=person, starts_at__lt=ends_at, ends_at__gt=starts_at)
    return list(rows.order_by("-ends_at"))


def _wrong_delegate(
    person: User, delegate: User, starts_at: datetime, ends_at: datetime
) -> list[Problem]:
    if delegate == person:
        message, remedy = _("Nobody stands in for himself."), _("Name another person, or nobody.")
    elif not delegate.is_active:
        message = _("This person is shut out and could not answer.")
        remedy = _("Name another person, or nobody.")
    elif _overlapping(delegate, starts_at, ends_at):
        message = _("%(name)s is away during this time too.") % {"name": delegate.name}
        remedy = _("Name somebody who is there, or nobody.")
    elif not _is_colleague(person, delegate, starts_at):
        message = _("%(name)s holds no post in the same units.") % {"name": delegate.name}
        remedy = _("Name somebody of the own bureau or school.")
    else:
        return []
    return [Problem(field="delegate", value=delegate.name, message=message, remedy=remedy)]


def _is_colleague(person: User, delegate: User, moment: datetime) -> bool:
    """Whether the stand-in holds a post in the tree of one of the posts he would answer for."""
    bureaus = Unit.objects.exclude(kind__in=Unit.SCHOOL_KINDS).values_list("path", flat=True)
    picture = Picture(bureaus=tuple(bureaus))
    held = Holding.objects.at(moment).filter(person__in=(person, delegate))
    units: dict[int, list[Unit]] = {person.pk: [], delegate.pk: []}
    for holding in held.select_related("post__unit"):
        units[holding.person_id].append(holding.post.unit)
    return any(
        picture.is_one_tree(own, other) for own in units[person.pk] for other in units[delegate.pk]
    )


@transaction.atomic
def move_return(*, leave: Leave, ends_at: datetime, actor: Actor) -> None:
    """``leave`` ends at another time, earlier or later; at or before its beginning: taken back.

    ``leave`` is the row as the asker saw it; raises ``Conflict`` when it was changed.
    """
    now = timezone.now()
    seen = Leave.objects.filter(pk=leave.pk, ends_at=leave.ends_at)
    if ends_at <= leave.starts_at:
        if not seen.update(withdrawn_at=now):
            raise _overtaken(leave)
        record(actor=actor, facts=[_fact("leave.withdrawn", leave)])
        return
    later = [
        other for other in _overlapping(leave.person, leave.starts_at, ends_at) if other != leave
    ]
    if later:
        raise Refused.of(_wrong_times(leave.person, leave.ends_at, ends_at))
    Leave.versions.create(
        person_id=leave.person_id,
        delegate_id=leave.delegate_id,
        starts_at=leave.starts_at,
        ends_at=leave.ends_at,
        recorded_at=leave.recorded_at,
        withdrawn_at=now,
        version_of=leave,
    )
    if not seen.update(ends_at=ends_at, recorded_at=now):
        raise _overtaken(leave)
    leave.ends_at, leave.recorded_at = ends_at, now
    record(actor=actor, facts=[_fact("leave.moved", leave)])


def _overtaken(leave: Leave) -> Conflict:
    return Conflict(
        _("This absence was changed meanwhile."),
        field="leave",
        value=str(leave),
        remedy=_("Look at it as it is now, then repeat what is still needed."),
    )


def _fact(verb: str, leave: Leave) -> Fact:
    body = {
        "leave": leave.pk,
        "delegate": leave.delegate_id,
        "starts_at": leave.starts_at.isoformat(),
        "ends_at": leave.ends_at.isoformat(),
    }
    return Fact(verb=verb, subject_kind="person", subject_ref=str(leave.person_id), body=body)


@transaction.atomic
def name_liaison(*, leader: User, person: User, starts_at: datetime, actor: Actor) -> Liaison:
    """``person`` is the 联络员 of ``leader`` from ``starts_at`` on."""
    if leader == person or not person.is_active:
        raise Refused(
            _("A liaison is somebody else, who may sign in."),
            field="person",
            value=person.name,
            remedy=_("Choose another person."),
        )
    try:
        with transaction.atomic():
            made = Liaison.objects.create(leader=leader, person=person, starts_at=starts_at)
    except IntegrityError as error:
        raise Conflict(
            _("%(name)s is the liaison already.") % {"name": person.name},
            field="person",
            value=person.name,
            remedy=_("Nothing is left to do."),
        ) from error
    record(actor=actor, facts=[_liaison_fact("liaison.named", made)])
    return made


@transaction.atomic
def end_liaison(*, liaison: Liaison, ends_at: datetime, actor: Actor) -> None:
    """``liaison`` ends; what was entered stays entered."""
    end = max(ends_at, liaison.starts_at)
    if not Liaison.objects.filter(pk=liaison.pk, ends_at=None).update(ends_at=end):
        raise Conflict(
            _("This liaison has already ended."),
            field="liaison",
            value=str(liaison),
            remedy=_("Nothing is left to do."),
        )
    record(actor=actor, facts=[_liaison_fact("liaison.ended", liaison)])


def _liaison_fact(verb: str, liaison: Liaison) -> Fact:
    return Fact(
        verb=verb,
        subject_kind="person",
        subject_ref=str(liaison.leader_id),
        body={"liaison": liaison.person_id},
    )
