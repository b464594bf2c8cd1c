"""The section ``roster`` of the rule book: patterns of shifts, holidays year by year, limits."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Any

NAME = "roster"
HOURS_AT_MOST = 48
BASES = ("statutory", "superior", "bureau", "reminder")


def load() -> dict[str, Any]:
    """The shipped section."""
    path = Path(__file__).resolve().parent / f"{NAME}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def check(book: Mapping[str, Any]) -> None:
    """Raise ``ValueError`` naming what is wrong; a book older than this section has none."""
    if NAME not in book:
        return
    section = book[NAME]
    _check_limit(section, "handing_in", "days")
    _check_limit(section, "call_back", "minutes")
    codes = [_check_pattern(pattern) for pattern in section["pattern"]]
    years = [_check_year(year) for year in section["year"]]
    for names in (codes, years):
        if not names or len(names) != len(set(names)):
            raise ValueError(f"{NAME}: patterns and years are needed, each once: {names}")


def _check_limit(section: Mapping[str, Any], name: str, unit: str) -> None:
    limit = section[name]
    if not isinstance(limit[unit], int) or limit[unit] < 1:
        raise ValueError(f"{NAME}.{name}.{unit} must be a whole number above 0")
    if limit["basis"] not in BASES:
        raise ValueError(f"{NAME}.{name}.basis must be one of {', '.join(BASES)}")


def _check_pattern(pattern: Mapping[str, Any]) -> str:
    where = f"{NAME}: pattern {pattern['code']}"
    if not pattern["zh"] or not pattern["en"]:
        raise ValueError(f"{where} needs words in both languages")
    for kind in ("workday", "rest"):
        for turn in pattern[kind]:
            time.fromisoformat(turn["from"])
            if not 0 < turn["hours"] <= HOURS_AT_MOST:
                raise ValueError(f"{where}.{kind}: hours must be above 0, at most {HOURS_AT_MOST}")
    return str(pattern["code"])


def _check_year(row: Mapping[str, Any]) -> int:
    year = int(row["year"])
    where = f"{NAME}: year {year}"
    free: set[date] = set()
    for holiday in row["holiday"]:
        first, last = date.fromisoformat(holiday["from"]), date.fromisoformat(holiday["to"])
        if first > last or (last - first).days > 15 or year not in (first.year, last.year):  # noqa: PLR2004 - the longest holiday there is has 9 days
            raise ValueError(
                f"{where}: {holiday['zh']} does not run from its first day to its last"
            )
        days = {date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)}
        if days & free:
            raise ValueError(f"{where}: {holiday['zh']} overlaps another holiday")
        free |= days
    for text in row["workdays"]:
        day = date.fromisoformat(text)
        if day in free:
            raise ValueError(f"{where}: {text} is a holiday and a workday")
        if day.weekday() < 5:  # noqa: PLR2004 - Monday to Friday are workdays anyway
            raise ValueError(f"{where}: {text} is no weekend that could be worked on")
    return year
