"""When a name in a roster sits: by a time, by a word (白班), or by its place in the day. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from safety.roster.calendar import Calendar, Turn
from safety.roster.sheets.days import Undated, plain, span_of

WHOLE = ("全天", "24小时", "昼夜")
BY_DAY = ("白班", "早班", "白天", "上午", "日班")
BY_NIGHT = ("夜班", "晚班", "夜间", "晚上")
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Where:
    """A cell's place: which of how many rows of its day, and how many names it holds."""

    place: int
    rows: int
    names: int


def turns_on(day: date, calendar: Calendar, code: str) -> Sequence[Turn]:
    """The turns of ``day``; a pattern without shifts on workdays lends those of days off."""
    pattern = calendar.patterns[code]
    turns = pattern.rest if calendar.is_rest(day) else pattern.workday
    return sorted(turns or pattern.rest, key=lambda turn: turn.starts)


def turn_in(text: str, pattern: Sequence[Turn]) -> Turn:
    """The turn that a time cell names. Raises ``Undated``."""
    said = plain(text)
    try:
        starts, lasts = span_of(text)
    except Undated:
        if any(word in said for word in WHOLE):
            return _whole(pattern)
        if any(word in said for word in BY_DAY):
            return pattern[0]
        if any(word in said for word in BY_NIGHT) and len(pattern) > 1:
            return pattern[-1]
        raise
    return Turn(starts=starts, lasts=lasts)


def turns_for(where: Where, pattern: Sequence[Turn]) -> Sequence[Turn]:
    """The turns of the names of a cell without any time. Raises ``Undated``."""
    if where.rows == 1:
        return [_whole(pattern)] if where.names == 1 else list(pattern)
    if where.rows == len(pattern):
        return [pattern[where.place]]
    raise Undated(str(where))


def _whole(pattern: Sequence[Turn]) -> Turn:
    """From the first turn of the day for 24 hours."""
    return Turn(starts=pattern[0].starts, lasts=DAY)
