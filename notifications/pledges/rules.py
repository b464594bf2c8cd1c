"""The section ``pledges`` read: pairs, years, texts. Pure, but for the shipped default."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from notifications.pledges import rulebook
from notifications.responsibility.checks.reading import Book, basis, capacities, known, need, once
from notifications.responsibility.hours import Hours
from notifications.responsibility.words import Level

NAME = "pledges"
PLACES = ("own", "above")
LEVELS = tuple(level.value for level in Level)
NAMES = ("year", "upper_unit", "lower_unit", "upper_post", "lower_post")
_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])")  # every year has it
MOST_DAYS = 60


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One layer of the tree: which capacity signs with which, in units of which levels."""

    id: str
    zh: str
    en: str
    upper: str
    at: str
    levels: tuple[str, ...]
    lower: tuple[str, ...]
    text: str


@dataclass(frozen=True, kw_only=True)
class PledgeRules:
    """What one version of the rule book says of pledges."""

    pairs: tuple[Pair, ...]
    texts: Mapping[str, Mapping[str, Any]]
    year: Mapping[str, Any]
    hours: Hours

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> PledgeRules:
        """Of a rule book published before it had this section: what was shipped."""
        said = content.get(NAME) or rulebook.load()
        return cls(
            pairs=tuple(_pair(row) for row in said["pair"]),
            texts={row["id"]: row for row in said["text"]},
            year=said["year"],
            hours=Hours.of(content["clocks"]["hours"]),
        )

    def year_of(self, day: date) -> int:
        """The calendar year in which the pledge year of ``day`` began."""
        return day.year if day >= self.starts_on(day.year) else day.year - 1

    def starts_on(self, year: int) -> date:
        month, day = (int(part) for part in str(self.year["begins"]).split("-"))
        return date(year, month, day)

    def label(self, year: int) -> str:
        """As papers say it: 2026年度, or 2026—2027学年度 where it is not the calendar's."""
        is_calendar = self.year["begins"] == "01-01"
        return f"{year}年度" if is_calendar else f"{year}—{year + 1}学年度"

    def due(self, start: datetime, days: int) -> datetime:
        """The end of the last of ``days`` working days after the day of ``start``."""
        moment = start
        for _each in range(days):
            moment = self.hours.end_of_next_day(moment)
        return moment

    def text(self, text_id: str, names: Mapping[str, str]) -> dict[str, Any]:
        """The words of one pledge, names filled in."""
        said = self.texts[text_id]
        return {
            "title": _filled(said["title"], names),
            "preamble": _filled(said["preamble"], names),
            "clauses": [_filled(clause, names) for clause in said["clauses"]],
        }


def _pair(row: Mapping[str, Any]) -> Pair:
    return Pair(
        id=row["id"],
        zh=row["zh"],
        en=row["en"],
        upper=row["upper"],
        at=row["at"],
        levels=tuple(row["level"]),
        lower=tuple(row["lower"]),
        text=row["text"],
    )


def _filled(text: str, names: Mapping[str, str]) -> str:
    for name in NAMES:
        text = text.replace("{" + name + "}", names.get(name, ""))
    return text


def check(book: Book) -> None:
    """Raise ``ValueError`` naming the first thing whose shape is wrong."""
    said = book[NAME]
    _check_year(need(said, "year", NAME))
    texts = need(said, "text", NAME)
    once((need(row, "id", f"{NAME}: text") for row in texts), f"{NAME}: text")
    for row in texts:
        _check_text(row)
    pairs = need(said, "pair", NAME)
    once((need(row, "id", f"{NAME}: pair") for row in pairs), f"{NAME}: pair")
    for row in pairs:
        _check_pair(row, book, {text["id"] for text in texts})


def _check_year(said: Mapping[str, Any]) -> None:
    where = f"{NAME}: year"
    if not _DAY.fullmatch(str(need(said, "begins", where))):
        raise ValueError(f"{where}: 'begins' is a day like 09-01")
    for key in (
        "open_days_before",
        "sign_within_working_days",
        "renew_within_working_days",
        "answer_within_working_days",
    ):
        days = need(said, key, where)
        if not isinstance(days, int) or isinstance(days, bool) or not 0 < days <= MOST_DAYS:
            raise ValueError(f"{where}: '{key}' is a number of days from 1 to {MOST_DAYS}")
    basis(said, where)


def _check_text(row: Mapping[str, Any]) -> None:
    where = f"{NAME}: text {row['id']}"
    clauses = need(row, "clauses", where)
    if not isinstance(clauses, list) or not clauses:
        raise ValueError(f"{where}: 'clauses' is a list of sentences")
    for text in (need(row, "title", where), need(row, "preamble", where), *clauses):
        for _literal, name, _spec, _conversion in string.Formatter().parse(str(text)):
            if name is not None:
                known(name, NAMES, where, f"one of {', '.join(NAMES)}")


def _check_pair(row: Mapping[str, Any], book: Book, texts: set[str]) -> None:
    where = f"{NAME}: pair {row['id']}"
    for key in ("zh", "en"):
        need(row, key, where)
    known(need(row, "at", where), PLACES, where, "own or above")
    known(need(row, "text", where), texts, where, "a text of this section")
    for level in need(row, "level", where):
        known(level, LEVELS, where, "a level")
    for capacity in (need(row, "upper", where), *need(row, "lower", where)):
        known(capacity, capacities(book), where, "a capacity")
    if row["upper"] in row["lower"] and row["at"] == "own":
        raise ValueError(f"{where}: '{row['upper']}' would sign with itself")
