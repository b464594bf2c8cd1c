"""By when each capacity owes its answer, and what that clock rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from notifications.responsibility.hours import Hours


@dataclass(frozen=True, kw_only=True)
class Due:
    """A deadline. Its ``basis`` "reminder" never counts against anybody."""

    at: datetime
    basis: str
    document: str
    article: str


@dataclass(frozen=True, kw_only=True)
class Clock:
    """Minutes per grade; a grade without minutes is owed by the end of the next working day."""

    minutes: Mapping[str, int]
    working: frozenset[str]
    basis: str
    document: str
    article: str

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Clock:
        return cls(
            minutes=dict(said.get("minutes", {})),
            working=frozenset(said.get("working", ())),
            basis=said["basis"],
            document=said["document"],
            article=said["article"],
        )

    def due(self, grade: str, at: datetime, hours: Hours) -> Due | None:
        minutes = self.minutes.get(grade)
        if minutes is None:
            return None
        moment = (
            hours.after(at, minutes)
            if grade in self.working
            else at.astimezone(UTC) + timedelta(minutes=minutes)
        )
        return Due(at=moment, basis=self.basis, document=self.document, article=self.article)


@dataclass(frozen=True, kw_only=True)
class Clocks:
    """The ``clocks`` section of a rule book, ready to be asked."""

    hours: Hours
    acknowledging: Mapping[str, Clock]
    acting: Clock
    reading_basis: Clock

    @classmethod
    def of(cls, said: Mapping[str, Any], climb: Mapping[str, tuple[str, ...]]) -> Clocks:
        """Read the section. A capacity that no clock names takes its next superior's."""
        named = {
            capacity: Clock.of(clock)
            for clock in said["acknowledge"]
            for capacity in clock["capacities"]
        }
        borrowed = {
            capacity: named[superior]
            for capacity, above in climb.items()
            if capacity not in named
            for superior in [next((s for s in map(_bare, above) if s in named), "")]
            if superior
        }
        return cls(
            hours=Hours.of(said["hours"]),
            acknowledging=borrowed | named,
            acting=Clock.of(said["first_action"]),
            reading_basis=Clock.of(said["end_of_next_day"]),
        )

    def acknowledge(self, capacity: str, grade: str, at: datetime) -> Due:
        clock = self.acknowledging.get(capacity)
        return (clock and clock.due(grade, at, self.hours)) or self.read(at)

    def first_action(self, grade: str, at: datetime) -> Due:
        return self.acting.due(grade, at, self.hours) or self.read(at)

    def read(self, at: datetime) -> Due:
        """The end of the next working day."""
        rests_on = self.reading_basis
        return Due(
            at=self.hours.end_of_next_day(at),
            basis=rests_on.basis,
            document=rests_on.document,
            article=rests_on.article,
        )


def _bare(superior: str) -> str:
    return superior.removeprefix("^")
