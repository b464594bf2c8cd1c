"""What the resolver is given: units, table, holders and a question. Facts only, no behaviour.

Everything carries its dates, so that the same facts answer for any minute: a
resolver of the past sees who held a post then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from notifications.responsibility.scope import Scope
from notifications.responsibility.words import Level


@dataclass(frozen=True, kw_only=True)
class UnitFacts:
    """A unit. ``path`` holds the codes from the root: "/520100/520103/…/"."""

    id: int
    code: str
    name: str
    level: Level
    path: str

    @cached_property
    def codes(self) -> frozenset[str]:
        """Its own code and those of all units above."""
        return frozenset(part for part in self.path.split("/") if part)


@dataclass(frozen=True, kw_only=True)
class SchoolFacts:
    """A school, and the units that must know when something happens there.

    ``district`` is None for a school directly under the city. ``central`` is the
    school whose posts a teaching point or campus inherits. ``staff`` is None while
    unknown, which is not small.
    """

    unit: UnitFacts
    city: UnitFacts
    district: UnitFacts | None = None
    central: UnitFacts | None = None
    stages: tuple[str, ...] = ()
    ownership: str = "public"
    staff: int | None = None
    facilities: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class EntryFacts:
    """A row of the responsibility table: at this unit, this post has this capacity."""

    unit: int
    post: int
    post_type: str
    post_name: str
    capacity: str
    scope: Scope = field(default_factory=Scope)


@dataclass(frozen=True, kw_only=True)
class HoldingFacts:
    """A person holds a post: as "principal", "acting" or "deputy" (B角)."""

    post: int
    person: int
    kind: str = "principal"
    rank: int = 0
    starts_at: datetime
    ends_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class LeaveFacts:
    """A person is away; ``delegate`` stands in, if one was named."""

    person: int
    starts_at: datetime
    ends_at: datetime
    delegate: int | None = None


@dataclass(frozen=True, kw_only=True)
class ShiftFacts:
    """A person sits in a duty seat, which is a post."""

    post: int
    person: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class RosterFacts:
    """While it is kept, the shifts alone say who answers for ``post``; holdings do not."""

    post: int
    starts_at: datetime
    ends_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class RestrictedGrant:
    """Holders of ``post`` may read restricted text of the unit with ``path`` and of all below."""

    path: str
    post: int


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One table, and what else must be known of the units on the way to the city.

    ``people`` maps the ids of people who can be reached at all (active ones) to
    their names; a holder who is not in it does not count as one.
    """

    table_id: int
    rules_id: int
    schools: tuple[SchoolFacts, ...]
    entries: Sequence[EntryFacts]
    holdings: Sequence[HoldingFacts]
    people: Mapping[int, str]
    leaves: Sequence[LeaveFacts] = ()
    restricted: Sequence[RestrictedGrant] = ()
    shifts: Sequence[ShiftFacts] = ()
    rosters: Sequence[RosterFacts] = ()


@dataclass(frozen=True, kw_only=True)
class Question:
    """What happened, as far as routing is concerned."""

    hazards: tuple[str, ...]
    grade: str
    at: datetime
    flags: frozenset[str] = frozenset()
