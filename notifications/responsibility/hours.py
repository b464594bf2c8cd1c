"""Working time (工作时间): by when something is due that is counted in working minutes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

LONGEST_BREAK = 400  # days; a calendar without any working day in this time is not one


@dataclass(frozen=True, kw_only=True)
class Hours:
    """When offices and schools work. ``extra_days`` are weekends made working days (调休)."""

    zone: ZoneInfo
    weekdays: frozenset[int]
    spans: tuple[tuple[time, time], ...]
    days_off: frozenset[date]
    extra_days: frozenset[date]

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Hours:
        """Read the ``hours`` of the rule book; raises ``ValueError`` when they cannot be."""
        spans = tuple(
            (time.fromisoformat(start), time.fromisoformat(end)) for start, end in said["spans"]
        )
        edges = [edge for span in spans for edge in span]
        if not spans or any(a >= b for a, b in pairwise(edges)):
            raise ValueError("clocks: hours.spans must follow each other within one day")
        if not set(said["weekdays"]) & set(range(7)):
            raise ValueError("clocks: hours.weekdays names no day (0 is Monday)")
        return cls(
            zone=ZoneInfo(said["timezone"]),
            weekdays=frozenset(said["weekdays"]),
            spans=spans,
            days_off=frozenset(_day(day) for day in said["days_off"]),
            extra_days=frozenset(_day(day) for day in said["extra_days"]),
        )

    def is_working_day(self, day: date) -> bool:
        if day in self.extra_days:
            return True
        return day.weekday() in self.weekdays and day not in self.days_off

    def after(self, start: datetime, minutes: int) -> datetime:
        """The moment when ``minutes`` working minutes have passed since ``start``.

        Outside working hours the clock stands, so it starts at the next working minute.
        """
        left = timedelta(minutes=minutes)
        for opens, closes in self._spans_from(start):
            begin = max(opens, start)
            if left <= closes - begin:
                return begin + left
            left -= max(closes - begin, timedelta(0))
        raise ValueError("clocks: the working hours never come")

    def end_of_next_day(self, start: datetime) -> datetime:
        """The end of the first working day after the day of ``start``."""
        today = start.astimezone(self.zone).date()
        for ahead in range(1, LONGEST_BREAK):
            day = today + timedelta(days=ahead)
            if self.is_working_day(day):
                return self._moment(day, self.spans[-1][1])
        raise ValueError("clocks: the working hours never come")

    def _spans_from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Working spans that end after ``start``, in their order."""
        today = start.astimezone(self.zone).date()
        for ahead in range(LONGEST_BREAK):
            day = today + timedelta(days=ahead)
            if not self.is_working_day(day):
                continue
            for opens, closes in self.spans:
                end = self._moment(day, closes)
                if end > start:
                    yield self._moment(day, opens), end

    def _moment(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)


def _day(said: str | date) -> date:
    return said if isinstance(said, date) else date.fromisoformat(said)
