"""The form of the sections ``grades`` and ``filing``, row by row, as filing reads them.

A rule book that somebody edited must never be what keeps a report from being filed:
whatever grading, clocks and tiles will read is looked at here, before it is published.
All raise ``ValueError`` naming section and key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from incidents.cases.criteria import REPEATED
from incidents.cases.first_report import COUNTS
from incidents.cases.grading import GRADES
from incidents.cases.models import Incident
from notifications.responsibility.checks.reading import basis, known, need, once, words
from notifications.responsibility.words import Level

Book = Mapping[str, Mapping[str, Any]]
_WAYS = ("at_least", "at_most", "is", "in")
# Facts that nobody ticks: counted by the system, beside the flags of the book.
_COUNTED = ("several_schools", REPEATED)


def check_grades(book: Book) -> None:
    """The section ``grades``: flags, criteria, uplifts, and the national scale."""
    said = book["grades"]
    for name, flag in need(said, "flags", "grades").items():
        words(flag, f"grades: flags.{name}")
    facts = _Facts(book)
    for kind in ("rule", "uplift", "stat"):
        rows = need(said, kind, "grades")
        once((need(row, "id", f"grades: a {kind}") for row in rows), f"grades: {kind}")
    for row in said["rule"]:
        where = f"grades: rule '{row['id']}'"
        words(row, where)
        if not row.get("when") and not row.get("any"):
            raise ValueError(f"{where} has no condition: it would hold for everything")
        facts.check([*row.get("when", ()), *row.get("any", ())], where)
    for row in said["uplift"]:
        where = f"grades: uplift '{row['id']}'"
        words(row, where)
        facts.check((c for group in row.get("any_of", ()) for c in group), where)
    for row in said["stat"]:
        facts.check(need(row, "any", "grades: stat"), f"grades: stat '{row['id']}'")


class _Facts:
    """What a condition may compare, and in which way."""

    def __init__(self, book: Book) -> None:
        self._flags = {*book["grades"]["flags"], *_COUNTED}
        self._flags |= {row["id"] for row in book["grades"]["uplift"] if "id" in row}
        self._hazards = {row["code"] for row in book["hazards"]["hazard"]}

    def check(self, conditions: Iterable[Mapping[str, Any]], where: str) -> None:
        for condition in conditions:
            self._check(condition, where)

    def _check(self, condition: Mapping[str, Any], where: str) -> None:
        fact = need(condition, "fact", where)
        ways = [way for way in _WAYS if way in condition]
        if len(ways) != 1:
            raise ValueError(f"{where} compares '{fact}' not in exactly one way")
        self._check_value(fact, ways[0], condition[ways[0]], where)

    def _check_value(self, fact: str, way: str, value: Any, where: str) -> None:
        if fact in COUNTS:
            if way not in ("at_least", "at_most") or not _is_count(value):
                raise ValueError(f"{where}: '{fact}' is a number: at_least or at_most, 0 or more")
        elif fact == "hazards":
            self._check_hazards(way, value, where)
        elif fact == "people":
            if way != "is":
                raise ValueError(f"{where}: 'people' is compared with one word: is")
            known(value, Incident.People.values, where, "a word for people")
        else:
            known(fact, self._flags, where, "a fact or a flag")
            if way != "is" or not isinstance(value, bool):
                raise ValueError(f"{where}: '{fact}' is a flag: is true or is false")

    def _check_hazards(self, way: str, value: Any, where: str) -> None:
        if way != "in" or not isinstance(value, list) or not value:
            raise ValueError(f"{where}: 'hazards' is compared with a list: in")
        for code in value:
            known(code, self._hazards, where, "a hazard of the rule book")


def check_filing(book: Book) -> None:
    """The section ``filing``: tiles, the clock of the first report, and what goes upward."""
    said = book["filing"]
    for kind in ("tile", "sealed_tile"):
        for row in said.get(kind, ()):
            words(row, f"filing: {kind} '{need(row, 'hazard', f'filing: a {kind}')}'")
            _check_tile(row, f"filing: {kind} '{row['hazard']}'")
    for row in need(said, "first_report_clock", "filing"):
        _check_clock(row, f"filing: first_report_clock of {_grades(row)}")
    capacities = book["responsibility"]["capacity"]
    for row in need(said, "upward_clock", "filing"):
        where = f"filing: upward_clock of {row.get('level', '?')} {_grades(row)}"
        _check_clock(row, where)
        known(need(row, "level", where), [level.value for level in Level], where, "a level")
        known(need(row, "owed_by", where), capacities, where, "a capacity")
        hazards = {hazard["code"] for hazard in book["hazards"]["hazard"]}
        for code in row.get("hazards", ()):
            known(code, hazards, where, "a hazard of the rule book")


def _check_tile(row: Mapping[str, Any], where: str) -> None:
    if row.get("place"):
        known(row["place"], Incident.Place.values, where, "a kind of place")
    for month in row.get("first_in", ()):
        if not _is_count(month) or not 1 <= month <= 12:  # noqa: PLR2004 - months of a year
            raise ValueError(f"{where}: first_in '{month}' is not a month")


def _check_clock(row: Mapping[str, Any], where: str) -> None:
    for grade in need(row, "grades", where):
        known(grade, GRADES, where, "a grade")
    if not _is_count(row.get("minutes")):
        raise ValueError(f"{where}: minutes is not a number of minutes")
    basis(row, where)


def _grades(row: Mapping[str, Any]) -> str:
    return ", ".join(_texts(row.get("grades", ())))


def _texts(values: Iterable[Any]) -> Iterator[str]:
    return (str(value) for value in values)


def _is_count(value: Any) -> bool:
    """A whole number, 0 or more; ``True`` is none, though Python thinks so."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
