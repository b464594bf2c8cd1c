"""The gaps of schools. Schools that look alike are asked once.

Alike are schools whose rows have the same post types, capacities and scopes and
whose posts are filled or empty in the same way; only for the ones with a hole the
climb, which depends on persons, is asked school by school.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from notifications.responsibility.case import Case, Slot, Table
from notifications.responsibility.coverage_gaps import Cell, Gap, Period, Record
from notifications.responsibility.coverage_slots import Found, Subject, is_wrong, unfilled
from notifications.responsibility.coverage_times import Index
from notifications.responsibility.inputs import EntryFacts, Facts, SchoolFacts
from notifications.responsibility.offices import Offices
from notifications.responsibility.rules import Rules
from notifications.responsibility.school import DIRECT, LINE_DEPUTY, school_slots

BY_HAZARD = (DIRECT, LINE_DEPUTY)
Looks = tuple[object, ...]


@dataclass(frozen=True, kw_only=True)
class Hole:
    """A capacity with an empty seat; ``subject`` is None where every hazard has it."""

    capacity: str
    subject: Subject | None


@dataclass(frozen=True, kw_only=True)
class _House:
    """A school with the rows that it, its central school and its bureau have in the table."""

    school: SchoolFacts
    own: Sequence[EntryFacts]
    inherited: Sequence[EntryFacts]
    above: Sequence[EntryFacts]


class Schools:
    """Asks for one table; keeps what it learnt of one school for the others like it."""

    def __init__(self, rules: Rules, index: Index, subjects: Sequence[Subject]) -> None:
        said = rules.matrix["school"]
        hazards = {capacity: row for capacity, row in said.items() if capacity in BY_HAZARD}
        others = {capacity: row for capacity, row in said.items() if capacity not in BY_HAZARD}
        self._rules = rules
        self._by_hazard = replace(rules, matrix={**rules.matrix, "school": hazards})
        self._always = replace(rules, matrix={**rules.matrix, "school": others})
        self._index = index
        self._subjects = subjects
        self._alike: dict[Looks, tuple[Hole, ...]] = {}
        chain = {name for above in rules.climb.values() for name in above}
        self._above = {name[1:] for name in chain if name.startswith("^")}

    def gaps(self, school: SchoolFacts, during: Period) -> Iterator[Gap]:
        """Everything that is wrong with ``school`` itself ``during`` this time."""
        bureau = school.district or school.city
        house = _House(
            school=school,
            own=self._index.entries.get(school.unit.id, []),
            inherited=self._index.entries.get(school.central.id, []) if school.central else [],
            above=[e for e in self._index.entries.get(bureau.id, ()) if e.capacity in self._above],
        )
        near = [*house.own, *house.inherited]
        facts = self._index.part(near)
        record = Record(school.unit, self._index.period)
        for span in self._index.spans({entry.post for entry in near}, during):
            holes = self._holes(house, facts, span.since)
            if holes:
                self._tell(record, house, holes, span)
        yield from record.gaps()

    def _holes(self, house: _House, facts: Facts, at: datetime) -> tuple[Hole, ...]:
        offices = Offices(facts, at)
        looks = self._looks(house, offices)
        if looks not in self._alike:
            table = Table(facts.entries, self._rules)
            self._alike[looks] = tuple(self._find(house, facts, table, offices, at))
        return self._alike[looks]

    def _looks(self, house: _House, offices: Offices) -> Looks:
        school = house.school
        small = school.staff is not None and school.staff <= self._rules.small_staff
        return (
            small,
            school.facilities,
            school.central is not None,
            *(_look(entry, offices) for entry in house.own),
            None,
            *(_look(entry, offices) for entry in house.inherited),
        )

    def _find(
        self, house: _House, facts: Facts, table: Table, offices: Offices, at: datetime
    ) -> Iterator[Hole]:
        for rules, subjects in (
            (self._always, self._subjects[:1]),
            (self._by_hazard, self._subjects),
        ):
            for subject in subjects:
                case = Case(
                    rules=rules, facts=facts, asked=subject.asked(at), table=table, offices=offices
                )
                slots = school_slots(case, house.school)
                for capacity in sorted({s.capacity for s in slots if is_wrong(case, s)}):
                    every = rules is self._always
                    yield Hole(capacity=capacity, subject=None if every else subject)

    def _tell(self, record: Record, house: _House, holes: Sequence[Hole], span: Period) -> None:
        """Note every hole; where the climb leaves the house, whenever the bureau changes hands."""
        facts = self._index.part([*house.own, *house.inherited, *house.above])
        table = Table(facts.entries, self._rules)
        pieces = self._index.spans({entry.post for entry in house.above}, span)
        home = {house.school.unit.id, house.school.central.id if house.school.central else 0}
        offices = {span.since: Offices(facts, span.since)}
        for hole in holes:
            found = self._ask(house, hole, facts, table, offices[span.since], span.since)
            if all(one.unit in home for one in found):
                self._note(record, house.school, hole, found, span)
                continue
            for piece in pieces:
                here = offices.setdefault(piece.since, Offices(facts, piece.since))
                found = self._ask(house, hole, facts, table, here, piece.since)
                self._note(record, house.school, hole, found, piece)

    def _ask(
        self,
        house: _House,
        hole: Hole,
        facts: Facts,
        table: Table,
        offices: Offices,
        at: datetime,
    ) -> list[Found]:
        rules = self._by_hazard if hole.subject else self._always
        asked = (hole.subject or self._subjects[0]).asked(at)
        case = Case(rules=rules, facts=facts, asked=asked, table=table, offices=offices)
        slots: list[Slot] = [
            slot for slot in school_slots(case, house.school) if slot.capacity == hole.capacity
        ]
        return list(unfilled(case, slots))

    def _note(
        self,
        record: Record,
        school: SchoolFacts,
        hole: Hole,
        found: Sequence[Found],
        during: Period,
    ) -> None:
        subjects = [hole.subject] if hole.subject else self._subjects
        stages = [s for s in sorted(school.stages) if s in self._rules.stages] or [""]
        cells: list[Cell] = [(stage, subject.key) for stage in stages for subject in subjects]
        for one in found:
            record.add(
                one.seen, one.person, cells=cells, schools=(school.unit.code,), during=during
            )


def _look(entry: EntryFacts, offices: Offices) -> tuple[object, ...]:
    """What of a row decides which seats are empty; who sits there does not."""
    held, strict = offices.hold(entry.post), offices.hold(entry.post, delegable=False)
    return (
        entry.post_type,
        entry.capacity,
        entry.scope,
        held.how,
        held.wrong,
        strict.is_empty,
    )
