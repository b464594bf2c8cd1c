"""When the answer to "who holds this post" may change: the only moments that need a look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from notifications.responsibility.coverage_gaps import Period
from notifications.responsibility.inputs import (
    EntryFacts,
    Facts,
    HoldingFacts,
    LeaveFacts,
    RosterFacts,
    ShiftFacts,
)

Held = HoldingFacts | ShiftFacts | RosterFacts


class Index:
    """All facts of a city, found by unit and by post."""

    def __init__(self, facts: Facts, period: Period) -> None:
        self._facts = facts
        self.period = period
        self.entries: dict[int, list[EntryFacts]] = defaultdict(list)
        self._holdings: dict[int, list[HoldingFacts]] = defaultdict(list)
        self._shifts: dict[int, list[ShiftFacts]] = defaultdict(list)
        self._rosters: dict[int, list[RosterFacts]] = defaultdict(list)
        self._leaves: dict[int, list[LeaveFacts]] = defaultdict(list)
        for entry in facts.entries:
            self.entries[entry.unit].append(entry)
        for holding in facts.holdings:
            self._holdings[holding.post].append(holding)
        for shift in facts.shifts:
            if shift.ends_at > period.since and shift.starts_at < period.until:
                self._shifts[shift.post].append(shift)
        for roster in facts.rosters:
            self._rosters[roster.post].append(roster)
        for leave in facts.leaves:
            self._leaves[leave.person].append(leave)
        self._of_post = self._changes()

    def part(self, entries: Sequence[EntryFacts]) -> Facts:
        """The facts that decide who answers for the posts of ``entries``."""
        posts = dict.fromkeys(entry.post for entry in entries)
        holdings = [held for post in posts for held in self._holdings.get(post, ())]
        shifts = [shift for post in posts for shift in self._shifts.get(post, ())]
        leaves: list[LeaveFacts] = []
        if self._leaves:
            people = dict.fromkeys(held.person for held in (*holdings, *shifts))
            for person in [*people]:
                for leave in self._leaves.get(person, ()):
                    if leave.delegate is not None:
                        people.setdefault(leave.delegate)
            leaves = [leave for person in people for leave in self._leaves.get(person, ())]
        return replace(
            self._facts,
            schools=(),
            entries=entries,
            holdings=holdings,
            leaves=leaves,
            shifts=shifts,
            rosters=[kept for post in posts for kept in self._rosters.get(post, ())],
            restricted=(),
        )

    def spans(self, posts: Iterable[int], during: Period) -> list[Period]:
        """``during``, cut wherever one of ``posts`` changes hands."""
        cuts = {
            moment
            for post in posts
            for moment in self._of_post.get(post, ())
            if during.since < moment < during.until
        }
        edges = [during.since, *sorted(cuts), during.until]
        return [Period(since=a, until=b) for a, b in pairwise(edges)]

    def _changes(self) -> Mapping[int, set[datetime]]:
        found: dict[int, set[datetime]] = defaultdict(set)
        away = {person: self._moments(leaves) for person, leaves in self._leaves.items()}
        for person, leaves in self._leaves.items():
            for leave in leaves:
                if leave.delegate in self._leaves:
                    away[person] = away[person] | self._moments(self._leaves[leave.delegate])
        for post in {*self._holdings, *self._shifts, *self._rosters}:
            persons = [*self._holdings.get(post, ()), *self._shifts.get(post, ())]
            moments = self._moments([*persons, *self._rosters.get(post, ())])
            for held in persons:
                moments |= away.get(held.person, set())
            if moments:
                found[post] = moments
        return found

    def _moments(self, rows: Iterable[Held | LeaveFacts]) -> set[datetime]:
        edges = [edge for row in rows for edge in (row.starts_at, row.ends_at)]
        return {
            edge
            for edge in edges
            if edge is not None and self.period.since < edge < self.period.until
        }
