"""The section ``clocks``: working hours, and by when what is owed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from notifications.responsibility.checks.reading import (
    Book,
    basis,
    capacities,
    known,
    need,
    once,
)
from notifications.responsibility.deadlines import Clocks
from notifications.responsibility.hours import Hours
from notifications.responsibility.words import GRADES

NAME = "clocks"


def check(book: Book) -> None:
    """Raise ``ValueError`` naming the first clock whose shape is wrong."""
    said = book[NAME]
    _check_hours(said)
    rows = need(said, "acknowledge", NAME)
    once((c for row in rows for c in need(row, "capacities", NAME)), f"{NAME}: acknowledge")
    for row in rows:
        where = f"{NAME}: acknowledge of {', '.join(row['capacities'])}"
        for capacity in row["capacities"]:
            known(capacity, capacities(book), where, "a capacity")
        _check_minutes(row, where)
    _check_minutes(need(said, "first_action", NAME), f"{NAME}: first_action")
    basis(need(said, "end_of_next_day", NAME), f"{NAME}: end_of_next_day")
    _check_everybody_has_one(book)


def _check_hours(said: Mapping[str, Any]) -> None:
    hours = need(said, "hours", NAME)
    for key in ("timezone", "weekdays", "spans"):
        need(hours, key, f"{NAME}: hours")
    for key in ("days_off", "extra_days"):
        if key not in hours:
            raise ValueError(f"{NAME}: hours has no '{key}' (it may be an empty list)")
    try:
        Hours.of(hours)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{NAME}: hours cannot be read: {error}") from error


def _check_minutes(row: Mapping[str, Any], where: str) -> None:
    minutes = need(row, "minutes", where)
    for grade, number in minutes.items():
        known(grade, GRADES, where, "a grade")
        if not isinstance(number, int) or number < 1:
            raise ValueError(f"{where}: minutes.{grade} is not a number of minutes")
    for grade in row.get("working", ()):
        known(grade, minutes, where, "a grade with minutes")
    basis(row, where)


def _check_everybody_has_one(book: Book) -> None:
    climb = {c: tuple(above) for c, above in book["responsibility"]["climb"].items()}
    have = Clocks.of(book[NAME], climb).acknowledging
    for rows in book["responsibility"]["matrix"].values():
        for capacity in rows:
            if capacity not in have:
                raise ValueError(f"{NAME}: no clock for {capacity}, nor for any superior of it")
