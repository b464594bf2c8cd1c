"""What the page of a duty room shows: seats, hand-over, log, checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import F
from django.utils import timezone

from notifications.access import Sight, sight_of, visible_alerts
from notifications.duty.access import (
    answers,
    checkable,
    hand_overs_of,
    own_seats,
    works_in,
)
from notifications.duty.handing_over import open_items
from notifications.models import Alert
from safety.people.models import User
from safety.posts.access import SHIFT_MARGIN
from safety.posts.models import Post, Shift
from safety.posts.seats import Seated, rostered, seated
from safety.roster.access import seats_of
from safety.roster.calendar import current_calendar
from safety.roster.models import CallCheck, DutyHandOver, LogEntry
from safety.units.models import Unit

LOG_PAGE = 30
RECORDS_SHOWN = 8
CHECKS_SHOWN = 20
QUARTER = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class SeatNow:
    """A seat: who sits there, who comes next, and whether the reader sits there."""

    seat: Post
    now: Sequence[Seated]
    until: datetime | None
    next: Shift | None
    is_kept: bool
    is_own: bool


@dataclass(frozen=True, kw_only=True)
class OpenItem:
    """One alert of a hand-over: its words as far as the reader may know, and the numbers.

    The grade is one of the words: that of a sealed alert is not everybody's.
    """

    words: Mapping[str, Any]
    link: UUID | None
    is_sealed: bool
    silent: int
    late: int
    upward: int


@dataclass(frozen=True, kw_only=True)
class Reached:
    """How the checks of one unit went in the last quarter."""

    asked: int
    in_time: int
    later: int


@dataclass(frozen=True, kw_only=True)
class Room:
    """The whole page."""

    unit: Unit
    seats: Sequence[SeatNow]
    works: bool
    open: Sequence[OpenItem]
    waiting: Sequence[DutyHandOver]
    records: Sequence[DutyHandOver]
    log: Page[LogEntry]
    own_check: CallCheck | None
    checks: Sequence[CallCheck]
    asked: Sequence[CallCheck]
    reached: Reached
    may_check: bool
    minutes: int
    now: datetime


def room_of(user: User, unit: Unit, *, number: int | str | None = 1) -> Room:
    """The duty room of ``unit`` as ``user`` sees it. Access: see ``get_room``."""
    now = timezone.now()
    records = hand_overs_of(unit)
    checks = CallCheck.objects.filter(unit=unit).select_related("asked_by", "answered_by", "unit")
    lines = LogEntry.objects.filter(unit=unit).select_related("by", "corrects")
    below = checkable(user, unit)
    may_check = below.exists()
    works = works_in(user, unit)
    return Room(
        unit=unit,
        seats=_seats(user, unit, now),
        works=works,
        open=items_for(user, open_items(unit)) if works else (),
        waiting=list(records.filter(taken_at=None)),
        records=list(records.exclude(taken_at=None)[:RECORDS_SHOWN]),
        log=Paginator(lines, LOG_PAGE).get_page(number),
        own_check=checks.waiting().first() if answers(user, unit) else None,
        checks=list(checks[:CHECKS_SHOWN]),
        asked=list(
            CallCheck.objects.filter(unit__in=below)
            .select_related("unit", "asked_by")
            .order_by(F("closed_at").desc(nulls_first=True), "-asked_at")[:CHECKS_SHOWN]
        )
        if may_check
        else (),
        reached=reached(unit, now=now),
        may_check=may_check,
        minutes=current_calendar().answer_minutes,
        now=now,
    )


def items_for(user: User, items: Sequence[Mapping[str, Any]]) -> list[OpenItem]:
    """``items`` of a record in words, as far as ``user`` may know today."""
    refs = [UUID(item["alert"]) for item in items]
    sight = sight_of(user)
    seen = {
        alert.ref: alert
        for alert in visible_alerts(user)
        .filter(ref__in=refs)
        .defer("plan")
        .prefetch_related("units", "obligations")
    }
    return [_item(item, seen.get(ref), sight) for item, ref in zip(items, refs, strict=True)]


def reached(unit: Unit, *, now: datetime) -> Reached:
    """The checks of the last 90 days that are over."""
    asked = CallCheck.objects.filter(unit=unit, asked_at__gt=now - QUARTER)
    closed = [check for check in asked if check.is_over]
    in_time = sum(bool(check.in_time) for check in closed)
    answered = sum(check.answered_at is not None for check in closed)
    return Reached(asked=len(closed), in_time=in_time, later=answered - in_time)


def _item(item: Mapping[str, Any], alert: Alert | None, sight: Sight) -> OpenItem:
    return OpenItem(
        words=sight.words(alert) if alert else {},
        link=alert.ref if alert else None,
        is_sealed=alert is not None and alert.privacy == Alert.Privacy.SEALED,
        silent=int(item["silent"]),
        late=int(item["late"]),
        upward=int(item["upward"]),
    )


def _seats(user: User, unit: Unit, now: datetime) -> list[SeatNow]:
    seats = list(seats_of([unit.pk]))
    ids = [seat.pk for seat in seats]
    there = seated(ids, at=now)
    kept = rostered(ids, at=now)
    shifts = list(
        Shift.objects.filter(post__in=ids, ends_at__gt=now)
        .select_related("person", "post__unit")
        .order_by("starts_at")[:40]
    )
    own = {seat.pk for seat in own_seats(user, unit)}
    return [
        SeatNow(
            seat=seat,
            now=[one for one in there if one.post == seat.pk and not one.is_deputy],
            until=next(
                (s.ends_at for s in shifts if s.post_id == seat.pk and s.starts_at <= now), None
            ),
            next=next((s for s in shifts if s.post_id == seat.pk and s.starts_at > now), None),
            is_kept=seat.pk in kept,
            is_own=seat.pk in own,
        )
        for seat in seats
    ]


def next_person(seat: Post, giver: User, now: datetime) -> User | None:
    """Who comes after ``giver``: whoever's shift begins next, or has just begun."""
    coming = (
        Shift.objects.filter(post=seat, ends_at__gt=now + SHIFT_MARGIN)
        .exclude(person=giver)
        .select_related("person")
        .order_by("starts_at")
        .first()
    )
    return coming.person if coming else None


def to_tell(unit: Unit, seat: Post) -> str:
    """The lines of the log that were marked for the hand-over since the seat last changed."""
    last = DutyHandOver.objects.filter(post=seat, taken_at__isnull=False).first()
    since = last.given_at if last else timezone.now() - timedelta(days=2)
    lines = LogEntry.objects.filter(unit=unit, to_hand_over=True, written_at__gt=since)
    return "\n".join(
        f"{timezone.localtime(line.at):%m-%d %H:%M} {line.matter} {line.handling}".strip()
        for line in lines.order_by("at", "pk")[:20]
    )
