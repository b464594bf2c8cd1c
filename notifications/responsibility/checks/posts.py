"""The section ``posts``: post types, each with both duties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from notifications.responsibility.checks.reading import (
    Book,
    capacities,
    hazard_key,
    is_school_capacity,
    known,
    need,
    once,
    post_types,
    words,
    yes_or_no,
)
from notifications.responsibility.scope import Scope

NAME = "posts"
FACILITIES = ("canteen", "boarding", "bus")


def check(book: Book) -> None:
    """Raise ``ValueError`` naming the first post type whose shape is wrong."""
    rows = need(book[NAME], "post", NAME)
    once((need(row, "code", f"{NAME}: a post") for row in rows), NAME)
    for row in rows:
        where = f"{NAME}: {row['code']}"
        words(row, where)
        capacity = need(row, "capacity", where)
        known(capacity, capacities(book), where, "a capacity")
        known(need(row, "at", where), ("bureau", "school"), where, "bureau or school")
        if is_school_capacity(capacity) != (row["at"] == "school"):
            raise ValueError(f"{where}: {capacity} is a capacity of another level")
        for duty in ("business_duty", "safety_duty"):
            if not str(need(row, duty, where)).strip():
                raise ValueError(f"{where} has no '{duty}': every post has both duties")
        yes_or_no(row, "exclusive", where)
        if "needs" in row:
            known(row["needs"], FACILITIES, where, f"one of {', '.join(FACILITIES)}")
        check_scope(row.get("scope", {}), book, where)


def check_scope(said: Mapping[str, Any], book: Book, where: str) -> None:
    """The subjects of a scope exist; places are the table's business."""
    try:
        scope = Scope.of(said)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error
    for stage in sorted(scope.stages):
        known(stage, book["responsibility"]["stage"], f"{where}: scope.stages", "a stage")
    for key in sorted(scope.hazards):
        hazard_key(key, book, f"{where}: scope.hazards")
    for kind in sorted(scope.ownership):
        known(kind, book["responsibility"]["ownership"], f"{where}: scope.ownership", "known")
    for section in sorted(scope.sections):
        known(section, post_types(book), f"{where}: scope.sections", "a post type")
