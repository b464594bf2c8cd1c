"""Who was told of an alert, one line each, as one reader may see it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from notifications.models import Obligation
from notifications.obligations.verbs import TICKED


@dataclass(frozen=True, kw_only=True)
class Answered:
    """One thing owed: how it stands ("late", "waiting" …) and how it was answered."""

    obligation: Obligation
    state: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """One capacity at one unit: what it owes and how it answered. Empty names are not for you.

    ``unit`` is "" too where the whole level is one unit, ``post`` where it only
    repeats the capacity. ``is_double``: the person stands here in other capacities as well.
    """

    unit: str
    post: str
    capacity: str
    line: str
    person: str
    is_double: bool
    climbed: bool
    rows: Sequence[Answered]

    @property
    def owes_answer(self) -> bool:
        return any(row.obligation.kind in TICKED for row in self.rows)

    @property
    def has_answered(self) -> bool:
        return self.owes_answer and not any(
            row.obligation.is_open for row in self.rows if row.obligation.kind in TICKED
        )


@dataclass(frozen=True, kw_only=True)
class LevelList:
    """The addressees of one level; ``unit`` is its name where they are all of one unit."""

    word: str
    unit: str
    addressees: Sequence[Addressee]

    @property
    def owing(self) -> int:
        return sum(one.owes_answer for one in self.addressees)

    @property
    def answered(self) -> int:
        return sum(one.has_answered for one in self.addressees)
