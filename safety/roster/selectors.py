"""The roster as it is planned: shifts of units, and from when to when one is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from safety.people.models import User
from safety.posts.models import Post, RosterPeriod, Shift
from safety.roster.access import seats_of
from safety.roster.attendance import Attendance
from safety.roster.calendar import ZONE, Calendar
from safety.roster.checks import LONGEST
from safety.roster.gaps import Gap, gaps_of
from safety.roster.words import weekday_word
from safety.units.models import Unit

DAY = timedelta(days=1)


def shifts_between(units: Iterable[int], start: datetime, end: datetime) -> QuerySet[Shift]:
    """Shifts of the duty seats of ``units`` (ids) that touch [start, end), by seat and time."""
    return (
        Shift.objects.between(start, end)
        .filter(post__unit__in=units, post__abolished_at=None)
        .select_related("post__unit", "person")
        .order_by("post__unit__path", "post__code", "post_id", "starts_at")
    )


def kept_between(units: Iterable[int], start: datetime, end: datetime) -> QuerySet[RosterPeriod]:
    """When a roster is kept for seats of ``units``, as far as it touches [start, end).

    A moment inside such a period without a shift is a gap: the seat then counts as vacant,
    whatever its holdings say.
    """
    return (
        RosterPeriod.objects.filter(starts_at__lt=end)
        .ending_after(start)
        .filter(post__unit__in=units, post__abolished_at=None)
        .select_related("post__unit")
        .order_by("post__unit__path", "post__code", "post_id", "starts_at")
    )


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One seat on one day: the shifts that begin on it, and whether anybody is missing.

    ``away`` are those shifts (ids) whose person is away then, or cannot sign in any more.
    """

    seat: Post
    shifts: Sequence[Shift]
    gap: bool
    away: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class DayRow:
    day: date
    weekday: str
    is_rest: bool
    holiday: str
    is_today: bool
    cells: Sequence[Cell]


@dataclass(frozen=True, kw_only=True)
class SeatState:
    """A seat, whether its roster is kept, from when on, and who sits there now."""

    seat: Post
    kept_from: datetime | None
    is_kept: bool
    now: Sequence[Shift]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The roster of one unit over some days."""

    unit: Unit
    seats: Sequence[SeatState]
    days: Sequence[DayRow]
    first: date
    last: date
    unknown_years: Sequence[int]


def sheet_of(unit: Unit, first: date, last: date, *, calendar: Calendar) -> Sheet:
    """The roster of ``unit`` day by day. Access is the caller's: see ``get_visible_unit``."""
    start = _midnight(first)
    end = _midnight(last + DAY)
    now = timezone.now()
    seats = list(seats_of([unit.pk]))
    shifts = list(shifts_between([unit.pk], min(start, now), max(end, now + LONGEST)))
    periods = list(kept_between([unit.pk], min(start, now), max(end, now + LONGEST)))
    there = Attendance.of(shifts)
    missing = [gap for seat in seats for gap in _gaps(seat.pk, periods, shifts, there, start, end)]
    today = timezone.localdate()
    days = [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    return Sheet(
        unit=unit,
        seats=[_state(seat, periods, shifts, now) for seat in seats],
        days=[
            DayRow(
                day=day,
                weekday=weekday_word(day),
                is_rest=calendar.is_rest(day),
                holiday=holiday.name if (holiday := calendar.holiday_on(day)) else "",
                is_today=day == today,
                cells=[_cell(seat, day, shifts, there, missing) for seat in seats],
            )
            for day in days
        ],
        first=first,
        last=last,
        unknown_years=sorted({first.year, last.year} - calendar.years),
    )


def gaps_ahead(units: Iterable[int], start: datetime, end: datetime) -> list[Gap]:
    """Every gap of every kept roster of ``units`` in [start, end), in order of time."""
    wanted = list(units)
    periods = list(kept_between(wanted, start, end))
    shifts = list(shifts_between(wanted, start, end)) if periods else []
    there = Attendance.of(shifts)
    taken: dict[int, list[Shift]] = {}
    for shift in shifts:
        taken.setdefault(shift.post_id, []).append(shift)
    found = [
        gap
        for post in sorted({period.post_id for period in periods})
        for gap in _gaps(post, periods, taken.get(post, ()), there, start, end)
    ]
    return sorted(found, key=lambda gap: (gap.starts_at, gap.post))


def own_shifts(person: User, *, since: datetime) -> QuerySet[Shift]:
    """The shifts of ``person`` that are not over at ``since``, soonest first."""
    return (
        Shift.objects.filter(person=person, ends_at__gt=since)
        .select_related("post__unit", "person")
        .order_by("starts_at", "pk")
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


def _gaps(
    post: int,
    periods: Iterable[RosterPeriod],
    shifts: Iterable[Shift],
    there: Attendance,
    start: datetime,
    end: datetime,
) -> list[Gap]:
    kept = [
        (max(period.starts_at, start), min(period.ends_at or end, end))
        for period in periods
        if period.post_id == post and max(period.starts_at, start) < min(period.ends_at or end, end)
    ]
    taken = [span for s in shifts if s.post_id == post for span in there.spans(s)]
    return gaps_of(post, kept, taken)


def _state(
    seat: Post, periods: Sequence[RosterPeriod], shifts: Sequence[Shift], now: datetime
) -> SeatState:
    own = [p for p in periods if p.post_id == seat.pk and (p.ends_at is None or p.ends_at > now)]
    first = min((p.starts_at for p in own), default=None)
    return SeatState(
        seat=seat,
        kept_from=first,
        is_kept=first is not None and first <= now,
        now=[s for s in shifts if s.post_id == seat.pk and s.starts_at <= now < s.ends_at],
    )


def _cell(
    seat: Post,
    day: date,
    shifts: Sequence[Shift],
    there: Attendance,
    missing: Sequence[Gap],
) -> Cell:
    start, end = _midnight(day), _midnight(day + DAY)
    here = [s for s in shifts if s.post_id == seat.pk and start <= s.starts_at < end]
    return Cell(
        seat=seat,
        shifts=here,
        away=frozenset(s.pk for s in here if there.spans(s) != [(s.starts_at, s.ends_at)]),
        gap=any(g.post == seat.pk and g.starts_at < end and start < g.ends_at for g in missing),
    )
