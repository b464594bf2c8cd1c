"""The section ``hazards``: words, privacy, owners, school posts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from notifications.responsibility.checks.reading import (
    Book,
    capacities,
    flag,
    is_school_capacity,
    known,
    need,
    once,
    post_types,
    words,
)
from notifications.responsibility.rules import PRIVACY

NAME = "hazards"


def check(book: Book) -> None:
    """Raise ``ValueError`` naming the first hazard whose shape is wrong."""
    rows = need(book[NAME], "hazard", NAME)
    bureaus = {c for c in capacities(book) if not is_school_capacity(c)}
    once((need(row, "code", f"{NAME}: a hazard") for row in rows), NAME)
    for row in rows:
        where = f"{NAME}: {row['code']}"
        words(row, where)
        known(need(row, "privacy", where), PRIVACY, where, f"one of {', '.join(PRIVACY)}")
        _check_owners(row, book, where)
        _check_direct(row, book, where)
        for capacity in row.get("also", ()):
            known(capacity, bureaus, f"{where}.also", "a capacity of a bureau")


def _check_owners(row: Mapping[str, Any], book: Book, where: str) -> None:
    bureau = post_types(book, at="bureau")
    if "owners" not in row:
        raise ValueError(f"{where} has no 'owners' (they may be empty)")
    for owner in row["owners"]:
        known(owner, bureau, f"{where}.owners", "a post type of a bureau")
    for condition in row.get("owners_if", ()):
        flag(need(condition, "flag", f"{where}.owners_if"), book, f"{where}.owners_if")
        owner = need(condition, "owner", f"{where}.owners_if")
        known(owner, bureau, f"{where}.owners_if", "a post type of a bureau")


def _check_direct(row: Mapping[str, Any], book: Book, where: str) -> None:
    """At least one post that every school has: the school's business line is never empty."""
    needy = {p["code"] for p in book["posts"]["post"] if p.get("needs")}
    direct = need(row, "direct", where)
    for post_type in direct:
        known(post_type, post_types(book, at="school"), f"{where}.direct", "a school's post type")
    if not set(direct) - needy:
        raise ValueError(f"{where}.direct names no post that every school has")
