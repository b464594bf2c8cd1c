"""The section ``responsibility``: matrix, capacities, owners, who stands in, words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from notifications.responsibility.checks.matrix import check_matrix
from notifications.responsibility.checks.reading import (
    Book,
    hazard_key,
    is_school_capacity,
    known,
    need,
    once,
    post_types,
    words,
    yes_or_no,
)
from notifications.responsibility.words import GRADES, LINES

NAME = "responsibility"
PLAIN_WHY = (
    *("stage", "hazard", "ownership", "deputy_stage", "deputy_hazard", "deputy_ownership"),
    *("masked", "climbed", "stand_in", "vacant", "absent", "inherited"),
)
BY_LINE = ("LINE_SECTION", "LINE_DEPUTY")


def check(book: Book) -> None:
    """Raise ``ValueError`` naming the first key whose shape is wrong."""
    said = book[NAME]
    check_matrix(said)
    _check_capacities(said)
    _check_owners(said, book)
    _check_school_line(said, book)
    _check_climb(said)
    _check_why(said)
    _check_small_school(said)


def _check_capacities(said: Mapping[str, Any]) -> None:
    for code, row in need(said, "capacity", NAME).items():
        where = f"{NAME}: capacity.{code}"
        words(row, where)
        known(need(row, "line", where), LINES, where, f"one of {', '.join(LINES)}")
        yes_or_no(row, "sole", where)
        for grade in row.get("not_delegable", ()):
            known(grade, GRADES, where, "a grade")


def _check_owners(said: Mapping[str, Any], book: Book) -> None:
    for key in ("stage", "ownership"):
        for name, row in need(said, key, NAME).items():
            where = f"{NAME}: {key}.{name}"
            words(row, where)
            known(
                need(row, "owner", where),
                post_types(book, at="bureau"),
                where,
                "a post type of a bureau",
            )


def _check_school_line(said: Mapping[str, Any], book: Book) -> None:
    rows = need(said, "school_line", NAME)
    for post_type, keys in rows.items():
        where = f"{NAME}: school_line.{post_type}"
        known(post_type, post_types(book, at="school"), where, "a post type of a school")
        for key in keys:
            hazard_key(key, book, where)
    once((key for keys in rows.values() for key in keys), f"{NAME}: school_line")


def _check_climb(said: Mapping[str, Any]) -> None:
    climb, codes = need(said, "climb", NAME), said["capacity"]
    for capacity in codes:
        if capacity not in climb:
            raise ValueError(f"{NAME}: climb has no '{capacity}'")
    for capacity, superiors in climb.items():
        where = f"{NAME}: climb.{capacity}"
        known(capacity, codes, where, "a capacity")
        for superior in superiors:
            known(superior.removeprefix("^"), codes, where, "a capacity")
            _check_level(capacity, superior, where)


def _check_level(capacity: str, superior: str, where: str) -> None:
    """Only a school climbs to another level, and there to a bureau's capacity."""
    up = superior.startswith("^")
    bare = superior.removeprefix("^")
    if bare == capacity:
        raise ValueError(f"{where}: nobody is his own superior")
    if up and (not is_school_capacity(capacity) or is_school_capacity(bare)):
        raise ValueError(f"{where}: '{superior}' leads from a school to its bureau only")
    if not up and is_school_capacity(bare) != is_school_capacity(capacity):
        raise ValueError(f"{where}: '{superior}' is a capacity of another level")


def _check_why(said: Mapping[str, Any]) -> None:
    why = need(said, "why", NAME)
    wanted = [c for c in said["capacity"] if c not in BY_LINE]
    for key in (*PLAIN_WHY, *wanted):
        if key not in why:
            raise ValueError(f"{NAME}: why has no '{key}'")
    for key, row in why.items():
        where = f"{NAME}: why.{key}"
        words(row, where)
        for text in (row["zh"], row["en"]):
            try:
                text.format(thing="", post="", reason="")
            except (KeyError, IndexError, ValueError) as error:
                raise ValueError(
                    f"{where}: only thing, post and reason may be filled in"
                ) from error


def _check_small_school(said: Mapping[str, Any]) -> None:
    small = need(said, "small_school", NAME)
    where = f"{NAME}: small_school"
    staff = need(small, "staff", where)
    if not isinstance(staff, int) or staff < 0:
        raise ValueError(f"{where}.staff is not a number of people")
    merged = need(small, "merged", where)
    for capacity, stand_in in merged.items():
        known(capacity, said["capacity"], f"{where}.merged", "a capacity")
        known(stand_in, said["capacity"], f"{where}.merged", "a capacity")
        _follow(merged, capacity, where)


def _follow(merged: Mapping[str, str], capacity: str, where: str) -> None:
    """Who stands in for whom ends somewhere."""
    seen, current = {capacity}, capacity
    while current in merged:
        current = merged[current]
        if current in seen:
            raise ValueError(f"{where}.merged: '{capacity}' leads back to itself")
        seen.add(current)
