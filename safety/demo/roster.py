"""The duty rosters of the demo city: planned for sixty days, kept in every district but the tour's.

The visitors of the tour sign in at any hour, so the rosters of the city and of the tour's
district are planned and not yet kept: there the holders of the seats answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

from django.utils import timezone

from safety.demo.names import CITY_CODE, PLACES
from safety.people.models import User
from safety.posts.models import Holding, Leave, Post, RosterPeriod, Shift
from safety.roster.access import seat_kinds
from safety.roster.calendar import calendar_of
from safety.roster.models import CallCheck, LogEntry
from safety.roster.rulebook import load
from safety.units.models import Unit

DAYS = timedelta(days=60)
OFFICERS = tuple(f"B{number}" for number in range(12, 24))  # the heads of the sections, in turn
LEADERS = ("B03", "B04", "B05", "B06", "B07", "B08", "B09")
PATTERNS = {"DUTY_OFFICER": "halves", "DUTY_LEADER": "day"}
FROM_TOURS = {"DUTY_OFFICER": "B27D", "DUTY_LEADER": "B27L"}  # who visitors are takes turns too
LINES = (
    (26, "值班电话测试,线路正常", ""),
    (9, "丙区来电询问周末值班安排", "已告知查看值班表"),
    (3, "气象台发布大风蓝色预警", "已转各区县值班室"),
)
CHECKS = ((170, 95, 0), (122, 210, 1), (74, 640, 2), (50, None, 3))  # hours ago, seconds, district


def plan_rosters(units: Sequence[Unit], *, now: datetime) -> None:
    """Shifts of every bureau from yesterday on, and a little of what a duty room writes down."""
    bureaus = [unit for unit in units if not unit.is_school]
    shifts = [shift for unit in bureaus for shift in _shifts(unit, now)]
    Shift.objects.bulk_create(shifts, batch_size=2000)
    tour = {CITY_CODE, PLACES[0].code}
    kept = [unit.pk for unit in bureaus if unit.code not in tour]
    seats = Post.objects.filter(unit__in=kept, kind__in=seat_kinds()).order_by("pk")
    until = min((shift.ends_at for shift in _last_of(shifts).values()), default=now + DAYS)
    RosterPeriod.objects.bulk_create(
        [RosterPeriod(post=seat, starts_at=now, ends_at=until) for seat in seats]
    )
    _write_down(now)


def _last_of(shifts: Sequence[Shift]) -> dict[int, Shift]:
    """The last shift of each seat: where the plan ends, holders answer again."""
    return {shift.post_id: shift for shift in sorted(shifts, key=lambda s: s.starts_at)}


def _shifts(unit: Unit, now: datetime) -> Iterator[Shift]:
    calendar = calendar_of(load())
    first = timezone.localtime(now).date() - timedelta(days=1)
    last = first + DAYS
    for seat in Post.objects.filter(unit=unit, kind__in=seat_kinds()).order_by("code"):
        capacity = seat_kinds()[seat.kind]
        people = _people(unit, capacity, now)
        turns = calendar.turns(calendar.patterns[PATTERNS[capacity]], first, last)
        for number, (starts_at, ends_at) in enumerate(turns):
            yield Shift(
                ref=_ref(f"shift {unit.code} {seat.code} {starts_at.isoformat()}"),
                post=seat,
                person=people[number % len(people)],
                starts_at=starts_at,
                ends_at=ends_at,
            )


def _people(unit: Unit, capacity: str, now: datetime) -> list[User]:
    """Who takes turns: heads of sections as officers, deputies as leaders; nobody who is away."""
    kinds = OFFICERS if capacity == "DUTY_OFFICER" else LEADERS
    away = Leave.objects.filter(ends_at__gt=now).values("person")
    held = (
        Holding.objects.at(now)
        .filter(post__unit=unit, post__kind__in=(FROM_TOURS[capacity], *kinds))
        .exclude(kind=Holding.Kind.DEPUTY)
        .exclude(person__in=away)
        .select_related("person")
        .order_by("post__code", "pk")
    )
    return list(dict.fromkeys(holding.person for holding in held))


def _write_down(now: datetime) -> None:
    """Lines of a log, and checks as a city makes them: in time, later, and never answered."""
    people = User.objects.in_bulk(
        [f"{code}.duty_officer" for code in (CITY_CODE, *(place.code for place in PLACES))],
        field_name="username",
    )
    city = Unit.objects.get(code=CITY_CODE)
    officer = people[f"{CITY_CODE}.duty_officer"]
    LogEntry.objects.bulk_create(
        [
            LogEntry(
                ref=_ref(f"line {hours}"),
                unit=city,
                at=now - timedelta(hours=hours),
                matter=matter,
                handling=handling,
                by=officer,
                written_at=now - timedelta(hours=hours),
            )
            for hours, matter, handling in LINES
        ]
    )
    checks = []
    for hours, seconds, number in CHECKS:
        place = PLACES[number % len(PLACES)]
        asked = now - timedelta(hours=hours)
        answerer = people[f"{place.code}.duty_officer"]
        answered = asked + timedelta(seconds=seconds) if seconds is not None else None
        checks.append(
            CallCheck(
                ref=_ref(f"check {hours}"),
                unit=Unit.objects.get(code=place.code),
                caller=city,
                asked_by=officer,
                asked_at=asked,
                due_at=asked + timedelta(minutes=5),
                answered_at=answered,
                answered_by=answerer if answered else None,
                answered_name=answerer.name if answered else "",
                how=CallCheck.How.SCREEN if answered else "",
                recorded_by=answerer if answered else officer,
                closed_at=answered or asked + timedelta(minutes=10),
            )
        )
    CallCheck.objects.bulk_create(checks)


def _ref(text: str) -> UUID:
    """The same in every demo city."""
    return uuid5(NAMESPACE_OID, f"demo roster {text}")
