"""The gaps of schools. Schools that look alike are asked once.

Alike are schools whose rows have the same post types, capacities and scopes and
whose posts are filled or empty in the same way; only for the ones with a hole the
climb, which depends on persons, is asked school by school.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property

from notifications.responsibility.case import Case, Slot, Table
from notifications.responsibility.coverage_gaps import Cell, Gap, Period, Record
from notifications.responsibility.coverage_slots import Subject, is_wrong, unfilled
from notifications.responsibility.coverage_times import Index
from notifications.responsibility.inputs import EntryFacts, Facts, SchoolFacts
from notifications.responsibility.offices import Offices
from notifications.responsibility.rules import Rules
from notifications.responsibility.school import DIRECT, LINE_DEPUTY, school_slots

BY_HAZARD = (DIRECT, LINE_DEPUTY)
Looks = tuple[object, ...]


class Schools:
    """Asks for one table; keeps what it learnt of one school for the others like it."""

    def __init__(self, rules: Rules, index: Index, subjects: Sequence[Subject]) -> None:
        self.rules = rules
        self.index = index
        self.subjects = subjects
        self.by_hazard = _only(rules, lambda capacity: capacity in BY_HAZARD)
        self.always = _only(rules, lambda capacity: capacity not in BY_HAZARD)
        self.first = Offices(index.facts, index.period.since)
        chain = {name for above in rules.climb.values() for name in above}
        self._above = {name[1:] for name in chain if name.startswith("^")}
        self._alike: dict[Looks, tuple[Subject | None, ...]] = {}

    def gaps(self, school: SchoolFacts, during: Period) -> Iterator[Gap]:
        """Everything that is wrong with ``school`` itself ``during`` this time."""
        house = _House(self, school, self._above)
        record = Record(school.unit, self.index.period)
        for span in self.index.spans({entry.post for entry in house.near}, during):
            looks = house.looks(span.since)
            known = self._alike.get(looks)
            if known is None:
                groups = house.wrong((None, *self.subjects), span.since)
                self._alike[looks] = tuple(dict.fromkeys(subject for subject, _ in groups))
            else:
                groups = house.wrong(known, span.since)
            for subject, slots in groups:
                house.tell(record, subject, slots, span)
        yield from record.gaps()


class _House:
    """A school with the rows that it, its central school and its bureau have in the table.

    ``subject`` is None for the capacities that every hazard asks for.
    """

    def __init__(self, asking: Schools, school: SchoolFacts, above: Container[str]) -> None:
        of = asking.index.entries
        bureau = school.district or school.city
        self._asking = asking
        self._school = school
        self._own = of.get(school.unit.id, [])
        self._inherited = of.get(school.central.id, []) if school.central else []
        self._above = [entry for entry in of.get(bureau.id, ()) if entry.capacity in above]
        self._offices = {asking.index.period.since: asking.first}

    @property
    def near(self) -> list[EntryFacts]:
        return [*self._own, *self._inherited]

    @cached_property
    def _facts(self) -> Facts:
        return self._asking.index.part([*self.near, *self._above])

    @cached_property
    def _table(self) -> Table:
        return Table(self._facts.entries, self._asking.rules)

    def _offices_at(self, at: datetime) -> Offices:
        if at not in self._offices:
            self._offices[at] = Offices(self._facts, at)
        return self._offices[at]

    def looks(self, at: datetime) -> Looks:
        """What decides which seats are empty; who sits there does not."""
        rules, school, offices = self._asking.rules, self._school, self._offices_at(at)
        small = school.staff is not None and school.staff <= rules.small_staff
        return (
            small,
            school.facilities,
            school.central is not None,
            *(_look(entry, offices) for entry in self._own),
            None,
            *(_look(entry, offices) for entry in self._inherited),
        )

    def wrong(
        self, subjects: Iterable[Subject | None], at: datetime
    ) -> list[tuple[Subject | None, list[Slot]]]:
        """The slots of each capacity in which one is wrong."""
        found = []
        for subject in subjects:
            case = self._case(subject, at)
            groups: dict[str, list[Slot]] = defaultdict(list)
            for slot in school_slots(case, self._school):
                groups[slot.capacity].append(slot)
            found += [
                (subject, slots)
                for slots in groups.values()
                if any(is_wrong(case, slot) for slot in slots)
            ]
        return found

    def tell(
        self, record: Record, subject: Subject | None, slots: Sequence[Slot], span: Period
    ) -> None:
        """Note who answers; where the climb leaves the house, whenever the bureau changes hands."""
        school = self._school
        home = {school.unit.id, school.central.id if school.central else 0}
        found = list(unfilled(self._case(subject, span.since), slots))
        pieces = [span]
        if any(one.unit not in home for one in found):
            pieces = self._asking.index.spans({entry.post for entry in self._above}, span)
        for piece in pieces:
            if piece is not pieces[0]:
                found = list(unfilled(self._case(subject, piece.since), slots))
            for one in found:
                record.add(
                    one.seen,
                    one.person,
                    cells=self._cells(subject),
                    schools=(school.unit.code,),
                    during=piece,
                )

    def _case(self, subject: Subject | None, at: datetime) -> Case:
        asking = self._asking
        return Case(
            rules=asking.by_hazard if subject else asking.always,
            facts=self._facts,
            asked=(subject or asking.subjects[0]).asked(at),
            table=self._table,
            offices=self._offices_at(at),
        )

    def _cells(self, subject: Subject | None) -> list[Cell]:
        subjects = [subject] if subject else self._asking.subjects
        stages = [s for s in sorted(self._school.stages) if s in self._asking.rules.stages]
        return [(stage, one.key) for stage in stages or [""] for one in subjects]


def _only(rules: Rules, wanted: Callable[[str], bool]) -> Rules:
    """The same rules, with some capacities of schools left out of the matrix."""
    rows = {capacity: row for capacity, row in rules.matrix["school"].items() if wanted(capacity)}
    return replace(rules, matrix={**rules.matrix, "school": rows})


def _look(entry: EntryFacts, offices: Offices) -> tuple[object, ...]:
    held = offices.hold(entry.post)
    return (entry.post_type, entry.capacity, entry.scope, held.how, held.wrong)
