"""Dates and times as people write them into rosters. Pure: text in, days and times out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from safety.units.imports.cells import Cell

EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet's serial numbers
SERIALS = range(40000, 70000)  # 2009 to 2091
RANGE_AT_MOST = 31
LOOK_BACK = timedelta(days=60)

_SEP = r"\s*(?:-|–|—|~|至|到)+\s*"
_WEEKDAY = re.compile(r"[(]?(?:星期|周|礼拜)[一二三四五六日天末][)]?")
_FULL = re.compile(r"(?P<y>20\d\d)\s*[年./-]\s*(?P<m>\d{1,2})\s*[月./-]\s*(?P<d>\d{1,2})\s*[日号]?")
_SHORT = re.compile(r"(?P<m>\d{1,2})\s*[月./-]\s*(?P<d>\d{1,2})\s*[日号]?")
_DAY = re.compile(r"(?P<d>\d{1,2})\s*[日号]")
_YEAR = re.compile(r"(20\d\d)\s*年?")
_MONTH = re.compile(r"(\d{1,2})\s*月")
_TIME = re.compile(r"(?P<h>\d{1,2})\s*(?:[:时点]\s*(?P<m>\d{1,2})?\s*分?)")
_NEXT = ("次日", "第二天", "翌日", "次晨", "次")


class Undated(ValueError):  # noqa: N818 - says what a cell is
    """No day or time can be read in a cell."""


def plain(text: str) -> str:
    """Full-width signs made plain, blanks gone."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def year_in(text: str) -> int | None:
    found = _YEAR.search(plain(text))
    return int(found[1]) if found else None


def month_in(text: str) -> int | None:
    found = _MONTH.search(plain(text))
    return int(found[1]) if found and 1 <= int(found[1]) <= 12 else None  # noqa: PLR2004 - months


def days_of(cell: Cell, *, today: date, year: int | None, above: date | None) -> Sequence[date]:
    """The days a cell names: one, or several for "10月1日至3日". Raises ``Undated``.

    ``year`` is what the title says; without it the nearest such day that is not long past.
    ``above`` is the day of the row above: it gives the month to a bare "3日".
    """
    if isinstance(cell, datetime):
        return [cell.date()]
    if isinstance(cell, date):
        return [cell]
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if int(cell) in SERIALS:
            return [EPOCH + timedelta(days=int(cell))]
        raise Undated(str(cell))
    text = _WEEKDAY.sub("", plain(str(cell)))
    return _in_text(text, today=today, year=year, above=above)


def _in_text(text: str, *, today: date, year: int | None, above: date | None) -> Sequence[date]:
    first, rest = _one(text, today=today, year=year, above=above)
    if not rest.strip("()、,"):
        return [first]
    link = re.match(_SEP, rest)
    if not link:
        raise Undated(text)
    last, rest = _one(rest[link.end() :], today=today, year=first.year, above=first)
    if last < first and last.month < first.month:
        last = last.replace(year=first.year + 1)
    count = (last - first).days + 1
    if rest.strip("()") or not 0 < count <= RANGE_AT_MOST:
        raise Undated(text)
    return [first + timedelta(days=n) for n in range(count)]


def _one(text: str, *, today: date, year: int | None, above: date | None) -> tuple[date, str]:
    """The day at the beginning of ``text``, and what comes after it."""
    try:
        if found := _FULL.match(text):
            return date(int(found["y"]), int(found["m"]), int(found["d"])), text[found.end() :]
        if found := _SHORT.match(text):
            day = _nearest(int(found["m"]), int(found["d"]), today=today, year=year)
            return day, text[found.end() :]
        found = _DAY.match(text) or re.match(r"(?P<d>\d{1,2})$", text)
        if found and above is not None:
            return above.replace(day=int(found["d"])), text[found.end() :]
    except ValueError as error:
        raise Undated(text) from error
    raise Undated(text)


def _nearest(month: int, day: int, *, today: date, year: int | None) -> date:
    if year is not None:
        return date(year, month, day)
    this = date(today.year, month, day)
    return this if this >= today - LOOK_BACK else date(today.year + 1, month, day)


def span_of(text: str) -> tuple[time, timedelta]:
    """Begin and length of "8:30-17:30", "8时至次日8时". Raises ``Undated``."""
    found = plain(text)
    times = list(_TIME.finditer(found))
    if len(times) != 2:  # noqa: PLR2004 - a begin and an end
        raise Undated(text)
    begin, end = (_clock(match) for match in times)
    between = found[times[0].end() : times[1].start()]
    if not re.search(_SEP, between) and not any(word in between for word in _NEXT):
        raise Undated(text)
    lasts = timedelta(hours=end.hour - begin.hour, minutes=end.minute - begin.minute)
    if any(word in found for word in _NEXT) or lasts <= timedelta():
        lasts += timedelta(days=1)
    return begin, lasts


def _clock(match: re.Match[str]) -> time:
    hour, minute = int(match["h"]), int(match["m"] or 0)
    try:
        return time(hour % 24, minute)
    except ValueError as error:
        raise Undated(match[0]) from error
