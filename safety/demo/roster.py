"""The duty rosters of the demo city: planned for sixty days, with what duty rooms write down.

Whoever holds a seat is on shift when the city is made. The visitors of the tour sign in at any
hour and day, so in the city and in the tour's district the roster is kept to the end of that
shift only: from then on the holders of the seats answer again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import NAMESPACE_OID, UUID, uuid5

from django.utils import timezone

from safety.demo.names import CITY_CODE, PLACES
from safety.people.models import User
from safety.posts.models import Holding, Leave, Post, RosterPeriod, Shift
from safety.roster.access import seat_kinds
from safety.roster.calendar import calendar_of
from safety.roster.models import CallCheck, DutyHandOver, LogEntry
from safety.roster.rulebook import load
from safety.units.models import Unit

DAYS = timedelta(days=60)
OFFICERS = tuple(f"B{number}" for number in range(12, 24))  # the heads of the sections, in turn
LEADERS = ("B03", "B04", "B05", "B06", "B07", "B08", "B09")
PATTERNS = {"DUTY_OFFICER": "halves", "DUTY_LEADER": "day"}
FROM_TOURS = {"DUTY_OFFICER": "B27D", "DUTY_LEADER": "B27L"}  # who visitors are takes turns too
TOUR = frozenset({CITY_CODE, PLACES[0].code})
HANDED_OVER = (
    "无未了事项;值班电话、传真正常",
    "丙区一校停电已恢复,不再跟进;明日有大风蓝色预警",
    "夜间无来电;门禁钥匙两把随交",
)
LINES = (
    (26, "值班电话测试,线路正常", ""),
    (9, "丙区来电询问周末值班安排", "已告知查看值班表"),
    (3, "气象台发布大风蓝色预警", "已转各区县值班室"),
)
CHECKS = ((170, 95, 0), (122, 210, 1), (74, 640, 2), (50, None, 3))  # hours ago, seconds, district


def plan_rosters(units: Sequence[Unit], *, now: datetime) -> None:
    """Shifts of every bureau from two days ago on, and a little of what a duty room writes."""
    bureaus = [unit for unit in units if not unit.is_school]
    shifts = [shift for unit in bureaus for shift in _shifts(unit, now)]
    Shift.objects.bulk_create(shifts, batch_size=2000)
    RosterPeriod.objects.bulk_create(
        RosterPeriod(post=seat, starts_at=now, ends_at=until)
        for seat, until in _kept_until(bureaus, shifts, now)
    )
    _sign_hand_overs(shifts, now)
    _write_down(now)


def _kept_until(
    units: Sequence[Unit], shifts: Sequence[Shift], now: datetime
) -> Iterator[tuple[Post, datetime]]:
    """Every seat, and where its roster ends: there its holders answer again."""
    last = min((shift.ends_at for shift in _last_of(shifts).values()), default=now + DAYS)
    running = {shift.post_id: shift for shift in shifts if shift.starts_at <= now < shift.ends_at}
    held = set(Holding.objects.at(now).values_list("post", "person"))
    seats = Post.objects.filter(unit__in=units, kind__in=seat_kinds()).select_related("unit")
    for seat in seats.order_by("pk"):
        if seat.unit.code not in TOUR:
            yield seat, last
        elif seat.pk in running and (seat.pk, running[seat.pk].person_id) in held:
            yield seat, running[seat.pk].ends_at


def _last_of(shifts: Sequence[Shift]) -> dict[int, Shift]:
    """The last shift of each seat."""
    return {shift.post_id: shift for shift in sorted(shifts, key=lambda s: s.starts_at)}


def _sign_hand_overs(shifts: Sequence[Shift], now: datetime) -> None:
    """The last changes of shift where visitors look, signed by both."""
    seats = Post.objects.filter(unit__code__in=TOUR, kind__in=seat_kinds()).order_by("pk")
    records: list[DutyHandOver] = []
    for seat in seats:
        begun = [s for s in shifts if s.post_id == seat.pk and s.starts_at <= now]
        begun.sort(key=lambda shift: shift.starts_at)
        for before, after in pairwise(begun):
            if before.person_id == after.person_id:
                continue
            records.append(
                DutyHandOver(
                    ref=_ref(f"hand-over {after.ref}"),
                    post=seat,
                    giver=before.person,
                    taker=after.person,
                    note=HANDED_OVER[len(records) % len(HANDED_OVER)],
                    given_at=after.starts_at - timedelta(minutes=4),
                    taken_at=min(after.starts_at + timedelta(minutes=2), now),
                )
            )
    DutyHandOver.objects.bulk_create(records)


def _shifts(unit: Unit, now: datetime) -> Iterator[Shift]:
    calendar = calendar_of(load())
    first = timezone.localtime(now).date() - timedelta(days=2)
    last = first + DAYS + timedelta(days=1)
    for seat in Post.objects.filter(unit=unit, kind__in=seat_kinds()).order_by("code"):
        capacity = seat_kinds()[seat.kind]
        people = _people(unit, capacity, now)
        turns = list(calendar.turns(calendar.patterns[PATTERNS[capacity]], first, last))
        running = next((n for n, (begins, ends) in enumerate(turns) if begins <= now < ends), 0)
        for number, (starts_at, ends_at) in enumerate(turns, start=-running):
            yield Shift(
                ref=_ref(f"shift {unit.code} {seat.code} {starts_at.isoformat()}"),
                post=seat,
                person=people[number % len(people)],
                starts_at=starts_at,
                ends_at=ends_at,
            )


def _people(unit: Unit, capacity: str, now: datetime) -> list[User]:
    """Who takes turns, first whoever holds the seat, then heads of sections or deputies.

    Nobody who is away.
    """
    kinds = OFFICERS if capacity == "DUTY_OFFICER" else LEADERS
    away = Leave.objects.filter(ends_at__gt=now).values("person")
    held = (
        Holding.objects.at(now)
        .filter(post__unit=unit, post__kind__in=(FROM_TOURS[capacity], *kinds))
        .exclude(kind=Holding.Kind.DEPUTY)
        .exclude(person__in=away)
        .select_related("person", "post")
        .order_by("post__code", "pk")
    )
    ordered = sorted(held, key=lambda holding: holding.post.kind != FROM_TOURS[capacity])
    return list(dict.fromkeys(holding.person for holding in ordered))


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
