"""Which days are worked, which are holidays, and how a day is cut into shifts. Facts are data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language

from safety.roster import rulebook
from safety.rules.selectors import content_of, current_rules

WEEKEND = (5, 6)
ZONE = ZoneInfo(settings.TIME_ZONE)


@dataclass(frozen=True, kw_only=True)
class Holiday:
    """Days off in a row, both ends included."""

    zh: str
    en: str
    first: date
    last: date

    @property
    def name(self) -> str:
        return self.zh if (get_language() or "zh").startswith("zh") else self.en


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A shift as a pattern has it: from which time of the day, for how long."""

    starts: time
    lasts: timedelta


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """How workdays and days off are cut into shifts."""

    code: str
    zh: str
    en: str
    workday: Sequence[Turn]
    rest: Sequence[Turn]

    @property
    def name(self) -> str:
        return self.zh if (get_language() or "zh").startswith("zh") else self.en


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The section ``roster`` of one version of the rule book, ready to be asked."""

    patterns: Mapping[str, Pattern]
    holidays: Sequence[Holiday]
    workdays: frozenset[date]
    years: frozenset[int]
    hand_in_days: int
    answer_minutes: int

    def holiday_on(self, day: date) -> Holiday | None:
        return next((h for h in self.holidays if h.first <= day <= h.last), None)

    def is_rest(self, day: date) -> bool:
        """Weekends that are not worked, and holidays. A year without data has weekends only."""
        if self.holiday_on(day):
            return True
        return day.weekday() in WEEKEND and day not in self.workdays

    def coming(self, today: date) -> list[Holiday]:
        """Holidays that are not over."""
        return sorted((h for h in self.holidays if h.last >= today), key=lambda h: h.first)

    def hand_in_by(self, holiday: Holiday) -> date:
        """By when the roster of ``holiday`` goes up."""
        return holiday.first - timedelta(days=self.hand_in_days)

    def turns(
        self, pattern: Pattern, first: date, last: date
    ) -> Iterator[tuple[datetime, datetime]]:
        """Begin and end of every shift that begins on a day of [first, last]."""
        for number in range(first.toordinal(), last.toordinal() + 1):
            day = date.fromordinal(number)
            turns = pattern.rest if self.is_rest(day) else pattern.workday
            for turn in sorted(turns, key=lambda t: t.starts):
                begins = datetime.combine(day, turn.starts, ZONE)
                yield begins, begins + turn.lasts


def current_calendar() -> Calendar:
    """The calendar of the rule book in force; the shipped one where it has none yet."""
    content = content_of(current_rules())
    return calendar_of(content.get(rulebook.NAME) or rulebook.load())


def calendar_of(section: Mapping[str, Any]) -> Calendar:
    return Calendar(
        patterns={row["code"]: _pattern(row) for row in section["pattern"]},
        holidays=[_holiday(row) for year in section["year"] for row in year["holiday"]],
        workdays=frozenset(
            date.fromisoformat(text) for year in section["year"] for text in year["workdays"]
        ),
        years=frozenset(year["year"] for year in section["year"]),
        hand_in_days=section["handing_in"]["days"],
        answer_minutes=section["call_back"]["minutes"],
    )


def _holiday(row: Mapping[str, str]) -> Holiday:
    return Holiday(
        zh=row["zh"],
        en=row["en"],
        first=date.fromisoformat(row["from"]),
        last=date.fromisoformat(row["to"]),
    )


def _pattern(row: Mapping[str, Any]) -> Pattern:
    return Pattern(
        code=row["code"],
        zh=row["zh"],
        en=row["en"],
        workday=[_turn(turn) for turn in row["workday"]],
        rest=[_turn(turn) for turn in row["rest"]],
    )


def _turn(row: Mapping[str, Any]) -> Turn:
    return Turn(starts=time.fromisoformat(row["from"]), lasts=timedelta(hours=float(row["hours"])))
