"""Many shifts at once: a rotation over days, a week or month copied. Only gaps are filled.

Nothing is written here: what comes out goes through ``plan_shifts``, which checks it whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from safety.errors import Refused
from safety.people.models import User
from safety.posts.models import Post, Shift
from safety.roster.calendar import ZONE, Calendar, Pattern
from safety.roster.checks import NewShift

DAYS_AT_MOST = 370
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
FIRST_MOMENT = datetime.combine(FIRST_DAY, datetime.min.time(), ZONE)
LAST_MOMENT = datetime.combine(LAST_DAY, datetime.min.time(), ZONE)
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Planned:
    """Shifts to be written, and how many seats were taken already and stay as they are."""

    shifts: Sequence[NewShift]
    kept: int


def rotation(
    *,
    seat: Post,
    people: Sequence[User],
    pattern: Pattern,
    first: date,
    last: date,
    calendar: Calendar,
) -> Planned:
    """``people`` in turn on every shift that ``pattern`` cuts [first, last] into.

    Days of which the seat is taken already keep who is there, and the turn goes on.
    """
    if not people:
        raise Refused(
            _("Nobody is named."), field="people", remedy=_("Name at least one person, in order.")
        )
    if not 0 <= (last - first).days < DAYS_AT_MOST:
        raise Refused(
            _("The last day lies before the first, or more than a year after it."),
            field="last",
            value=str(last),
            remedy=_("Choose a shorter span."),
        )
    now = timezone.now()
    turns = [(begins, ends) for begins, ends in calendar.turns(pattern, first, last) if ends > now]
    wanted = [
        NewShift(post=seat, person=people[number % len(people)], starts_at=begins, ends_at=ends)
        for number, (begins, ends) in enumerate(turns)
    ]
    return _into_gaps(wanted)


def copied(*, seats: Iterable[Post], first: date, last: date, to: date) -> Planned:
    """The shifts that begin on a day of [first, last], as many days later as ``to`` lies."""
    start = datetime.combine(first, datetime.min.time(), ZONE)
    end = datetime.combine(last + DAY, datetime.min.time(), ZONE)
    source = (
        Shift.objects.filter(post__in=[seat.pk for seat in seats])
        .filter(starts_at__gte=start, starts_at__lt=end)
        .select_related("post__unit", "person")
        .order_by("starts_at", "pk")
    )
    moved = to - first
    now = timezone.now()
    wanted = [
        NewShift(
            post=shift.post,
            person=shift.person,
            starts_at=shift.starts_at + moved,
            ends_at=shift.ends_at + moved,
        )
        for shift in source
        if shift.ends_at + moved > now
    ]
    if not wanted:
        raise Refused(
            _("There is nothing to copy."),
            field="first",
            value=str(first),
            remedy=_("Choose a week or month in which shifts are planned, and a day to come."),
        )
    return _into_gaps(wanted)


def month_of(day: date) -> tuple[date, date]:
    """First and last day of the month of ``day``."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - DAY


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week of ``day``."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def _into_gaps(wanted: Sequence[NewShift]) -> Planned:
    """Leave out what would fall on a seat that is taken."""
    if not wanted:
        return Planned(shifts=(), kept=0)
    there = Shift.objects.between(
        min(new.starts_at for new in wanted), max(new.ends_at for new in wanted)
    ).filter(post__in={new.post.pk for new in wanted})
    spans: dict[int, list[tuple[datetime, datetime]]] = {}
    for post, starts_at, ends_at in there.values_list("post", "starts_at", "ends_at"):
        spans.setdefault(post, []).append((starts_at, ends_at))
    free = [
        new
        for new in wanted
        if not any(
            new.starts_at < end and start < new.ends_at for start, end in spans.get(new.post.pk, ())
        )
    ]
    return Planned(shifts=free, kept=len(wanted) - len(free))
