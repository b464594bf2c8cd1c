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


class Index:
    """All facts of a city, found by unit and by post."""

    def __init__(self, facts: Facts, period: Period) -> None:
        self.facts = facts
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
            people = dict.fromkeys(held.person for held in holdings)
            people |= dict.fromkeys(shift.person for shift in shifts)
            for person in [*people]:
                for leave in self._leaves.get(person, ()):
                    if leave.delegate is not None:
                        people.setdefault(leave.delegate)
            leaves = [leave for person in people for leave in self._leaves.get(person, ())]
        return replace(
            self.facts,
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
        held: list[HoldingFacts | ShiftFacts] = [*self.facts.holdings]
        held += [shift for shifts in self._shifts.values() for shift in shifts]
        rosters = [kept for several in self._rosters.values() for kept in several]
        for row in (*held, *rosters):
            edges = self._edges(row.starts_at, row.ends_at)
            if edges:
                found[row.post].update(edges)
        away = self._comings_and_goings()
        if away:
            for row in held:
                found[row.post] |= away.get(row.person, set())
        return found

    def _comings_and_goings(self) -> dict[int, set[datetime]]:
        """By person: when a leave of theirs, or of who stands in for them, begins or ends."""
        found: dict[int, set[datetime]] = {}
        for person, leaves in self._leaves.items():
            near = [*leaves]
            for leave in leaves:
                if leave.delegate is not None:
                    near += self._leaves.get(leave.delegate, ())
            found[person] = {
                edge for leave in near for edge in self._edges(leave.starts_at, leave.ends_at)
            }
        return found

    def _edges(self, *moments: datetime | None) -> list[datetime]:
        since, until = self.period.since, self.period.until
        return [moment for moment in moments if moment is not None and since < moment < until]
