"""The section ``chaintest`` read. Pure, but for the shipped default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from notifications.chaintest import rulebook
from notifications.responsibility.checks.reading import Book, capacities, known, need, once

NAME = "chaintest"
MOST_MINUTES = 24 * 60


@dataclass(frozen=True, kw_only=True)
class TestRules:
    """Which capacities a test may address, which only by invitation, and how long it waits."""

    __test__ = False  # not a test of pytest

    capacities: tuple[str, ...]
    invited: tuple[str, ...]
    minutes: int

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> TestRules:
        """Of a rule book published before it had this section: what was shipped."""
        said = (content.get(NAME) or rulebook.load())["test"]
        return cls(
            capacities=tuple(said["capacities"]),
            invited=tuple(said["invited"]),
            minutes=int(said["answer_minutes"]),
        )


def check(book: Book) -> None:
    """Raise ``ValueError`` naming the first thing whose shape is wrong."""
    said = need(book[NAME], "test", NAME)
    where = f"{NAME}: test"
    named = [*need(said, "capacities", where), *need(said, "invited", where)]
    for capacity in named:
        known(capacity, capacities(book), where, "a capacity")
    once(named, where)
    minutes = need(said, "answer_minutes", where)
    if not isinstance(minutes, int) or isinstance(minutes, bool) or not 0 < minutes <= MOST_MINUTES:
        raise ValueError(f"{where}: 'answer_minutes' is a number from 1 to {MOST_MINUTES}")
