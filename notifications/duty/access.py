"""Who works in a duty room, who looks in, and who may check whether it answers."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from notifications.access import board_units
from safety.errors import Hidden
from safety.people.models import User
from safety.posts.access import Viewer, covers, posts_held, reach, units_with
from safety.posts.models import Post
from safety.roster.access import seats_of
from safety.roster.models import CallCheck, DutyHandOver
from safety.units.models import Unit

WORK, ANSWER = "take_calls", "record_for_others"


def get_room(user: Viewer, code: str) -> Unit:
    """The bureau whose duty room ``user`` may look into: whoever watches its board."""
    unit = board_units(user).filter(code=code).first()
    if unit is None:
        raise Hidden
    return unit


def works_in(user: Viewer, unit: Unit) -> bool:
    """Whether ``user`` takes calls for ``unit`` itself: writes its log, answers its checks."""
    return units_with(user, WORK).filter(pk=unit.pk).exists()


def own_seats(user: Viewer, unit: Unit) -> list[Post]:
    """The duty seats of ``unit`` that ``user`` sits in now, half an hour around the shift."""
    return list(seats_of([unit.pk]).filter(pk__in=posts_held(user).values("pk")))


def get_own_seat(user: Viewer, unit: Unit, pk: int) -> Post:
    seat = next((seat for seat in own_seats(user, unit) if seat.pk == pk), None)
    if seat is None:
        raise Hidden
    return seat


def hand_overs_of(unit: Unit) -> QuerySet[DutyHandOver]:
    return DutyHandOver.objects.filter(post__unit=unit).select_related(
        "post__unit", "giver", "taker"
    )


def get_hand_over(user: Viewer, ref: UUID) -> DutyHandOver:
    """The record ``ref``: for its two people, and whoever looks into that room."""
    found = DutyHandOver.objects.filter(ref=ref).select_related("post__unit", "giver", "taker")
    record = found.first()
    if record is None:
        raise Hidden
    is_own = isinstance(user, User) and user.pk in (record.giver_id, record.taker_id)
    if not is_own and not board_units(user).filter(pk=record.post.unit_id).exists():
        raise Hidden
    return record


def checkable(user: Viewer, unit: Unit) -> QuerySet[Unit]:
    """The units whose duty ``unit`` may check through ``user``: everything below it, open today."""
    if not works_in(user, unit):
        return Unit.objects.none()
    return Unit.objects.under(unit.path).open_on(timezone.localdate()).exclude(pk=unit.pk)


def asks(user: Viewer, unit: Unit) -> bool:
    """Whether ``user`` checks units like ``unit``: takes calls for a unit above it."""
    return covers(reach(user, WORK), unit) and not works_in(user, unit)


def answers(user: Viewer, unit: Unit) -> bool:
    """Whether ``user`` may answer a check of ``unit``: works in its duty room, or at the school."""
    if not unit.is_school:
        return works_in(user, unit)
    return posts_held(user).filter(unit=unit).exists()


def open_checks(user: Viewer) -> QuerySet[CallCheck]:
    """Checks that wait for ``user``'s own answer."""
    schools = posts_held(user).filter(unit__kind__in=Unit.SCHOOL_KINDS).values("unit")
    rooms = units_with(user, WORK).values("pk")
    own = CallCheck.objects.filter(Q(unit__in=rooms) | Q(unit__in=schools))
    return own.waiting().select_related("unit", "asked_by")


def get_check_to_answer(user: Viewer, ref: UUID) -> CallCheck:
    check = CallCheck.objects.filter(ref=ref).select_related("unit").first()
    if check is None or not answers(user, check.unit):
        raise Hidden
    return check


def get_check_to_record(user: Viewer, ref: UUID) -> CallCheck:
    """A check that ``user`` may write an answer by telephone into: made by the own duty room."""
    check = CallCheck.objects.filter(ref=ref).select_related("unit", "caller").first()
    if check is None or not _records(user, check):
        raise Hidden
    return check


def _records(user: Viewer, check: CallCheck) -> bool:
    if check.caller is None:
        return asks(user, check.unit)
    return works_in(user, check.caller)
