"""The rule book's sections of responsibility, read once into what the resolver asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from notifications.responsibility.deadlines import Clocks
from notifications.responsibility.scope import Scope
from notifications.responsibility.words import GRADES, Owed

Document = Mapping[str, Any]
PRIVACY = ("open", "guarded", "sealed")


@dataclass(frozen=True, kw_only=True)
class Words:
    zh: str
    en: str

    @classmethod
    def of(cls, said: Document) -> Words:
        return cls(zh=said["zh"], en=said["en"])


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """``order`` is its place in the rule book, by which rows are sorted."""

    words: Words
    line: str
    optional: bool
    not_delegable: frozenset[str]
    order: int


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The post type that owns a stage or a kind of school, and how that is called."""

    words: Words
    post_type: str


@dataclass(frozen=True, kw_only=True)
class Hazard:
    """``owners_if`` maps a flag of the incident to the further owners it brings."""

    words: Words
    privacy: str
    owners: tuple[str, ...]
    owners_if: Mapping[str, tuple[str, ...]]
    direct: tuple[str, ...]
    also: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PostType:
    words: Words
    capacity: str
    scope: Scope
    needs: str


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the resolver knows of the rules. Build it with ``Rules.of``."""

    matrix: Mapping[str, Mapping[str, Mapping[str, Owed]]]
    capacities: Mapping[str, Capacity]
    stages: Mapping[str, Owner]
    ownership: Mapping[str, Owner]
    school_line: Mapping[str, str]
    climb: Mapping[str, tuple[str, ...]]
    why: Mapping[str, Words]
    small_staff: int
    merged: Mapping[str, str]
    hazards: Mapping[str, Hazard]
    post_types: Mapping[str, PostType]
    clocks: Clocks

    @classmethod
    def of(cls, book: Mapping[str, Document]) -> Rules:
        """Read the sections responsibility, hazards, clocks and posts of ``book``."""
        said = book["responsibility"]
        climb = {capacity: tuple(above) for capacity, above in said["climb"].items()}
        return cls(
            matrix={column: _column(rows) for column, rows in said["matrix"].items()},
            capacities=_capacities(said["capacity"]),
            stages=_owners(said["stage"]),
            ownership=_owners(said["ownership"]),
            school_line={h: p for p, hazards in said["school_line"].items() for h in hazards},
            climb=climb,
            why={name: Words.of(words) for name, words in said["why"].items()},
            small_staff=said["small_school"]["staff"],
            merged=dict(said["small_school"]["merged"]),
            hazards={h["code"]: _hazard(h) for h in book["hazards"]["hazard"]},
            post_types={p["code"]: _post_type(p) for p in book["posts"]["post"]},
            clocks=Clocks.of(book["clocks"], climb),
        )

    def owed(self, column: str, grade: str) -> dict[str, Owed]:
        """What each capacity of a column owes at ``grade``; those that owe nothing are left out."""
        return {
            capacity: by_grade[grade]
            for capacity, by_grade in self.matrix[column].items()
            if grade in by_grade
        }

    def privacy(self, hazards: Iterable[str]) -> str:
        """The strongest privacy of several hazards."""
        return max((self.hazards[h].privacy for h in hazards), key=PRIVACY.index, default="open")

    def delegable(self, capacity: str, grade: str) -> bool:
        return grade not in self.capacities[capacity].not_delegable

    def type_name(self, post_type: str, capacity: str) -> str:
        """What to call a post that is not in the table: its type, else its capacity."""
        known = self.post_types.get(post_type)
        return known.words.zh if known else self.capacities[capacity].words.zh

    def type_of(self, capacity: str) -> str:
        """The first post type with ``capacity``: what an empty slot is an empty slot of."""
        return next((t for t, p in self.post_types.items() if p.capacity == capacity), "")


def _column(rows: Document) -> dict[str, dict[str, Owed]]:
    return {
        capacity: {grade: Owed[said[grade]] for grade in GRADES if grade in said}
        for capacity, said in rows.items()
    }


def _capacities(said: Document) -> dict[str, Capacity]:
    return {
        code: Capacity(
            words=Words.of(row),
            line=row["line"],
            optional=row.get("optional", False),
            not_delegable=frozenset(row.get("not_delegable", ())),
            order=order,
        )
        for order, (code, row) in enumerate(said.items())
    }


def _owners(said: Document) -> dict[str, Owner]:
    return {key: Owner(words=Words.of(row), post_type=row["owner"]) for key, row in said.items()}


def _hazard(said: Document) -> Hazard:
    owners_if: dict[str, tuple[str, ...]] = {}
    for condition in said.get("owners_if", ()):
        flag = condition["flag"]
        owners_if[flag] = (*owners_if.get(flag, ()), condition["owner"])
    return Hazard(
        words=Words.of(said),
        privacy=said["privacy"],
        owners=tuple(said["owners"]),
        owners_if=owners_if,
        direct=tuple(said["direct"]),
        also=tuple(said.get("also", ())),
    )


def _post_type(said: Document) -> PostType:
    return PostType(
        words=Words.of(said),
        capacity=said["capacity"],
        scope=Scope.of(said.get("scope", {})),
        needs=said.get("needs", ""),
    )
