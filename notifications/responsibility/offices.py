"""Who answers for a post at a moment: holder, acting holder, B角, or a named stand-in.

Where a duty roster is kept, whoever is on shift counts as the holder, and nobody else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime

from notifications.responsibility.inputs import (
    Facts,
    HoldingFacts,
    LeaveFacts,
    RestrictedGrant,
    RosterFacts,
    ShiftFacts,
)

HOLDER, DEPUTY, DELEGATE = "holder", "deputy", "delegate"
VACANT, ABSENT = "vacant", "absent"


@dataclass(frozen=True, kw_only=True)
class Held:
    """Who answers for a post, how he comes to, and what is wrong with it.

    ``wrong`` is "vacant" (nobody holds it), "absent" (whoever holds it is away)
    or "". With a B角 or stand-in a post is answered for although it is "wrong".
    """

    person: int | None = None
    also: tuple[int, ...] = ()
    how: str = ""
    wrong: str = ""

    @property
    def is_empty(self) -> bool:
        return self.person is None


class Offices:
    """The holders of all posts at one moment. Answers are kept: a plan asks often."""

    def __init__(self, facts: Facts, at: datetime) -> None:
        self._people = facts.people
        rostered = {r.post for r in facts.rosters if _in_force(r, at)}
        self._holders = _by_post(facts, at, rostered, "principal", "acting")
        self._holders |= _on_shift(facts, at, rostered)
        self._deputies = _by_post(facts, at, rostered, "deputy")
        self._away = _away(facts.leaves, at)
        self._known: dict[tuple[int, bool], Held] = {}

    def hold(self, post: int, *, delegable: bool = True) -> Held:
        """Who answers for ``post``; B角 and stand-ins only where the duty is delegable."""
        key = (post, delegable)
        if key not in self._known:
            self._known[key] = self._find(post, delegable=delegable)
        return self._known[key]

    def _find(self, post: int, *, delegable: bool) -> Held:
        holders = self._holders.get(post, [])
        present = [person for person in holders if person not in self._away]
        if present:
            return Held(person=present[0], also=tuple(present[1:]), how=HOLDER)
        wrong = ABSENT if holders else VACANT
        if delegable:
            for how, persons in (
                (DEPUTY, [p for p in self._deputies.get(post, []) if p not in self._away]),
                (DELEGATE, self._delegates(holders)),
            ):
                if persons:
                    return Held(person=persons[0], also=tuple(persons[1:]), how=how, wrong=wrong)
        return Held(wrong=wrong)

    def _delegates(self, holders: Iterable[int]) -> list[int]:
        named = (self._away[person] for person in holders)
        return list(dict.fromkeys(d for d in named if d is not None and self._is_reachable(d)))

    def _is_reachable(self, person: int) -> bool:
        return person in self._people and person not in self._away

    def holding(self, post: int) -> set[int]:
        """Everybody who may act for ``post`` now, present or not, stand-ins included."""
        holders = self._holders.get(post, [])
        stand_ins = {self._away.get(person) for person in holders} - {None}
        return {*holders, *self._deputies.get(post, []), *(s for s in stand_ins if s)}


class Clearance:
    """Who may read restricted text of which unit, at the moment of ``offices``."""

    def __init__(self, grants: Iterable[RestrictedGrant], offices: Offices) -> None:
        self._paths: dict[int, set[str]] = defaultdict(set)
        for given in grants:
            for person in offices.holding(given.post):
                self._paths[person].add(given.path)

    def covers(self, person: int, path: str) -> bool:
        """Whether ``person`` reads restricted text of the unit at ``path``."""
        return any(path.startswith(given) for given in self._paths.get(person, ()))


def _in_force(dated: HoldingFacts | RosterFacts | ShiftFacts, at: datetime) -> bool:
    return dated.starts_at <= at and (dated.ends_at is None or at < dated.ends_at)


def _on_shift(facts: Facts, at: datetime, rostered: Container[int]) -> dict[int, list[int]]:
    """Reachable people by seat; whoever came last first."""
    found: dict[int, list[int]] = defaultdict(list)
    running = [s for s in facts.shifts if s.post in rostered and _in_force(s, at)]
    for shift in sorted(running, key=lambda s: (s.starts_at, s.person), reverse=True):
        if shift.person in facts.people:
            found[shift.post].append(shift.person)
    return found


def _by_post(
    facts: Facts, at: datetime, rostered: Container[int], *kinds: str
) -> dict[int, list[int]]:
    """Reachable people by post: in the order of ``kinds``, then rank, then id."""
    found: dict[int, list[HoldingFacts]] = defaultdict(list)
    for holding in facts.holdings:
        if holding.post in rostered or holding.kind not in kinds:
            continue
        if _in_force(holding, at) and holding.person in facts.people:
            found[holding.post].append(holding)
    return {
        post: list(
            dict.fromkeys(
                h.person
                for h in sorted(held, key=lambda h: (kinds.index(h.kind), h.rank, h.person))
            )
        )
        for post, held in found.items()
    }


def _away(leaves: Iterable[LeaveFacts], at: datetime) -> dict[int, int | None]:
    """Those who are away, with their stand-in; of two leaves the one with a stand-in counts."""
    away: dict[int, int | None] = {}
    for leave in sorted(leaves, key=lambda leave: (leave.person, leave.delegate or 0)):
        if leave.starts_at <= at < leave.ends_at:
            away[leave.person] = leave.delegate
    return away
