"""One question put to one table: what all parts of the resolver look things up in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from notifications.responsibility.inputs import EntryFacts, Facts, Question, SchoolFacts, UnitFacts
from notifications.responsibility.offices import Offices
from notifications.responsibility.rules import Rules, Words
from notifications.responsibility.words import Owed


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A reason why a section is on the business line: a stage, a hazard, or ownership.

    ``owners`` are the post types the rule book names, for units whose table
    claims nothing itself.
    """

    kind: str
    key: str
    words: Words
    owners: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.kind}.{self.key or 'unknown'}"


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A post that should answer; ``entry`` is None where the table has no such post.

    ``from_central``: the central school's post stands for the same post of its
    teaching point.
    """

    entry: EntryFacts | None
    post_type: str
    post_name: str
    from_central: bool = False
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[int, str]:
        return (self.entry.post, "") if self.entry else (0, self.post_type)

    def noted(self, *notes: str) -> Seat:
        """The same seat with further words on how it was found."""
        return replace(self, notes=(*self.notes, *notes))


def seat_of(entry: EntryFacts, *notes: str, from_central: bool = False) -> Seat:
    return Seat(
        entry=entry,
        post_type=entry.post_type,
        post_name=entry.post_name,
        from_central=from_central,
        notes=notes,
    )


@dataclass(kw_only=True)
class Slot:
    """A capacity that is owed at a unit, by a seat. Equal ones are merged, the stronger wins."""

    unit: UnitFacts
    capacity: str
    owed: Owed
    seat: Seat
    schools: list[SchoolFacts]
    claims: list[Claim] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)

    @property
    def key(self) -> tuple[int, str, tuple[int, str]]:
        return (self.unit.id, self.capacity, self.seat.key)

    def take_in(self, other: Slot) -> None:
        self.owed = max(self.owed, other.owed)
        self.schools += [one for one in other.schools if one not in self.schools]
        self.claims += [one for one in other.claims if one not in self.claims]
        self.rules += [one for one in other.rules if one not in self.rules]


def merged(slots: Iterable[Slot]) -> list[Slot]:
    """Each (unit, capacity, seat) once, in the order in which they first came."""
    kept: dict[tuple[int, str, tuple[int, str]], Slot] = {}
    for slot in slots:
        if slot.key in kept:
            kept[slot.key].take_in(slot)
        else:
            kept[slot.key] = slot
    return list(kept.values())


class Table:
    """The entries of the table, found by unit and capacity or by post type."""

    def __init__(self, entries: Iterable[EntryFacts], rules: Rules) -> None:
        self._of_unit: dict[int, list[EntryFacts]] = defaultdict(list)
        for entry in sorted(entries, key=lambda e: (e.unit, e.post_type, e.post, e.capacity)):
            kind = rules.post_types.get(entry.post_type)
            scope = entry.scope.or_subjects_of(kind.scope) if kind else entry.scope
            known = entry if scope is entry.scope else replace(entry, scope=scope)
            self._of_unit[entry.unit].append(known)

    def having(
        self, unit: UnitFacts, *capacities: str, school: SchoolFacts | None = None
    ) -> list[EntryFacts]:
        """Entries of ``unit`` with one of ``capacities``, where their place covers ``school``."""
        return [
            entry
            for entry in self._of_unit[unit.id]
            if entry.capacity in capacities
            and (school is None or entry.scope.covers(school.unit.codes))
        ]

    def of_type(self, unit: UnitFacts, post_type: str) -> list[EntryFacts]:
        """One entry for each post of ``unit`` with this type, whatever its capacity."""
        posts = {e.post: e for e in self._of_unit[unit.id] if e.post_type == post_type}
        return list(posts.values())


@dataclass(frozen=True, kw_only=True)
class Case:
    rules: Rules
    facts: Facts
    asked: Question
    table: Table
    offices: Offices

    @classmethod
    def of(cls, rules: Rules, facts: Facts, asked: Question) -> Case:
        return cls(
            rules=rules,
            facts=facts,
            asked=asked,
            table=Table(facts.entries, rules),
            offices=Offices(facts, asked.at),
        )

    def vacant(self, capacity: str, post_type: str = "") -> Seat:
        """A seat for which the table has no post."""
        kind = post_type or self.rules.type_of(capacity)
        return Seat(entry=None, post_type=kind, post_name=self.rules.type_name(kind, capacity))
