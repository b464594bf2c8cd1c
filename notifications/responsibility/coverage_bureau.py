"""The gaps of a bureau. It owes the same for all schools of one kind, so kinds are asked.

Which seats a bureau owes does not depend on the moment, only who sits there does.
So the seats are found once for each kind of school and hazard, and time is looked
at only where a seat is empty at some moment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from notifications.responsibility.bureau import bureau_slots
from notifications.responsibility.case import Case, Claim, Seat, Slot, Table
from notifications.responsibility.coverage_gaps import Cell, Gap, Period, Record
from notifications.responsibility.coverage_slots import Found, Subject, is_wrong, unfilled
from notifications.responsibility.coverage_times import Index
from notifications.responsibility.inputs import EntryFacts, Facts, SchoolFacts, UnitFacts
from notifications.responsibility.lines import DEPUTY, SECTION, claims_of, deputies, sections
from notifications.responsibility.offices import HOLDER, Offices
from notifications.responsibility.rules import Rules
from notifications.responsibility.words import Owed

Kind = tuple[bool, tuple[str, ...], str, tuple[bool, ...]]
Signature = tuple[object, ...]
LINE = (SECTION, DEPUTY)


@dataclass(frozen=True, kw_only=True)
class Alike:
    """Schools for which a bureau owes the same: one of them, all their codes, when they exist."""

    one: SchoolFacts
    stages: tuple[str, ...]
    codes: tuple[str, ...]
    life: Period
    pattern: tuple[bool, ...]


class Bureau:
    def __init__(
        self, rules: Rules, index: Index, subjects: Sequence[Subject], unit: UnitFacts
    ) -> None:
        self._rules = rules
        self._index = index
        self._subjects = subjects
        self._unit = unit
        self._entries = index.entries.get(unit.id, [])

    def gaps(self, schools: Sequence[tuple[SchoolFacts, Period]]) -> Iterator[Gap]:
        """Everything that is wrong at the bureau, for these ``schools`` while they exist.

        Rows of capacities that may be missing and that nobody climbs to (area contacts)
        are looked at apart: each covers its own schools, which would make many kinds.
        """
        record = Record(self._unit, self._index.period)
        lone = self._lone()
        main = [entry for entry in self._entries if entry.capacity not in lone]
        self._look(record, main, schools, lambda capacity: capacity not in lone)
        if self._may_be_wrong(lone):
            self._look(record, self._entries, schools, lambda capacity: capacity in lone)
        yield from record.gaps()

    def _lone(self) -> frozenset[str]:
        named = {name.removeprefix("^") for above in self._rules.climb.values() for name in above}
        optional = {code for code, said in self._rules.capacities.items() if said.optional}
        return frozenset(optional - named)

    def _may_be_wrong(self, lone: frozenset[str]) -> bool:
        posts = [entry.post for entry in self._entries if entry.capacity in lone]
        return any(not self._is_steady(post) for post in posts)

    def _is_steady(self, post: int) -> bool:
        """Whether a present holder answers for ``post`` all the time."""
        entries = [entry for entry in self._entries if entry.post == post]
        facts = self._index.part(entries)
        return all(
            Offices(facts, span.since).hold(post, delegable=False).how == HOLDER
            for span in self._index.spans([post], self._index.period)
        )

    def _look(
        self,
        record: Record,
        entries: Sequence[EntryFacts],
        schools: Sequence[tuple[SchoolFacts, Period]],
        wanted: Callable[[str], bool],
    ) -> None:
        facts = self._index.part(entries)
        asking = _Asking(self._rules, self._index, facts)
        steady = {entry.post for entry in entries if self._is_steady(entry.post)}
        lines = _Lines(self._unit, steady)
        for alike in kinds_of(self._rules, entries, schools):
            for also in {self._rules.hazards[subject.hazard].also for subject in self._subjects}:
                of = [s for s in self._subjects if self._rules.hazards[s.hazard].also == also]
                self._tell(record, asking, alike, of, steady, lambda c: wanted(c) and c not in LINE)
            for subject in self._subjects:
                case = asking.case(subject, self._index.period.since)
                if not lines.are_steady(case, alike):
                    self._tell(
                        record, asking, alike, [subject], steady, lambda c: wanted(c) and c in LINE
                    )

    def _tell(
        self,
        record: Record,
        asking: _Asking,
        alike: Alike,
        subjects: Sequence[Subject],
        steady: Container[int],
        wanted: Callable[[str], bool],
    ) -> None:
        """Ask for the first of ``subjects``; the answer holds for all of them."""
        case = asking.case(subjects[0], self._index.period.since)
        slots, _ = bureau_slots(case, self._unit, [alike.one])
        groups: dict[str, list[Slot]] = defaultdict(list)
        for slot in slots:
            if wanted(slot.capacity):
                groups[slot.capacity].append(slot)
        for group in groups.values():
            if all(_is_sat_on(slot.seat, steady) for slot in group):
                continue
            for during, found in asking.answers(group, alike, subjects[0]):
                for subject in subjects:
                    _note(record, alike, subject, found, during)


class _Lines:
    """Whether the business line of a kind of school has a gap at all, claim by claim."""

    def __init__(self, unit: UnitFacts, steady: Container[int]) -> None:
        self._unit = unit
        self._steady = steady
        self._known: dict[tuple[tuple[bool, ...], str], bool] = {}

    def are_steady(self, case: Case, alike: Alike) -> bool:
        return all(self._is_steady(case, alike, claim) for claim in claims_of(case, alike.one))

    def _is_steady(self, case: Case, alike: Alike, claim: Claim) -> bool:
        key = (alike.pattern, str(claim))
        if key not in self._known:
            owning = sections(case, self._unit, claim, alike.one)
            seats = [
                seat
                for section in owning
                for seat in deputies(case, self._unit, claim, section, alike.one)
            ]
            self._known[key] = all(_is_sat_on(seat, self._steady) for seat in (*owning, *seats))
        return self._known[key]


def _is_sat_on(seat: Seat, steady: Container[int]) -> bool:
    return seat.entry is not None and seat.entry.post in steady


def kinds_of(
    rules: Rules, entries: Sequence[EntryFacts], schools: Sequence[tuple[SchoolFacts, Period]]
) -> list[Alike]:
    """``schools`` in classes: same stages, ownership and level, and in the same scopes."""
    placed = [entry.scope for entry in entries if entry.scope.has_place]
    kinds: dict[Kind, list[tuple[SchoolFacts, Period]]] = defaultdict(list)
    for school, life in schools:
        codes = school.unit.codes
        pattern = tuple(scope.covers(codes) for scope in placed)
        ownership = school.ownership if school.ownership in rules.ownership else ""
        stages = tuple(s for s in sorted(school.stages) if s in rules.stages)
        kinds[(school.district is None, stages, ownership, pattern)].append((school, life))
    return [
        Alike(
            one=of[0][0],
            stages=stages or ("",),
            codes=tuple(school.unit.code for school, _ in of),
            life=Period(
                since=min(life.since for _, life in of), until=max(life.until for _, life in of)
            ),
            pattern=pattern,
        )
        for (_, stages, _, pattern), of in kinds.items()
    ]


class _Asking:
    """Asks who answers for groups of slots of one unit, each question once."""

    def __init__(self, rules: Rules, index: Index, facts: Facts) -> None:
        self._rules = rules
        self._index = index
        self._facts = facts
        self._table = Table(facts.entries, rules)
        self._offices: dict[datetime, Offices] = {}
        self._known: dict[Signature, list[tuple[Period, list[Found]]]] = {}
        self._posts: Mapping[str, set[int]] = _posts_by_capacity(facts.entries)

    def case(self, subject: Subject, at: datetime) -> Case:
        if at not in self._offices:
            self._offices[at] = Offices(self._facts, at)
        return Case(
            rules=self._rules,
            facts=self._facts,
            asked=subject.asked(at),
            table=self._table,
            offices=self._offices[at],
        )

    def answers(
        self, slots: Sequence[Slot], alike: Alike, subject: Subject
    ) -> list[tuple[Period, list[Found]]]:
        signature = (
            alike.life,
            alike.pattern,
            *(
                (slot.capacity, slot.seat.key, slot.owed == Owed.FEED, *map(str, slot.claims))
                for slot in slots
            ),
        )
        if signature not in self._known:
            self._known[signature] = list(self._find(slots, alike, subject))
        return self._known[signature]

    def _find(
        self, slots: Sequence[Slot], alike: Alike, subject: Subject
    ) -> Iterator[tuple[Period, list[Found]]]:
        concerned = {slot.seat.entry.post for slot in slots if slot.seat.entry is not None}
        for superior in self._rules.climb[slots[0].capacity]:
            concerned |= self._posts.get(superior, set())
        for span in self._index.spans(concerned, alike.life):
            case = self.case(subject, span.since)
            if any(is_wrong(case, slot) for slot in slots):
                yield span, list(unfilled(case, slots))


def _posts_by_capacity(entries: Iterable[EntryFacts]) -> dict[str, set[int]]:
    posts: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        posts[entry.capacity].add(entry.post)
    return posts


def _note(
    record: Record, alike: Alike, subject: Subject, found: Sequence[Found], during: Period
) -> None:
    for one in found:
        stages = {claim.key for claim in one.claims if claim.kind == "stage"}
        if not stages or len(stages) < len(one.claims):
            stages = set(alike.stages)
        cells: list[Cell] = [(stage, subject.key) for stage in sorted(stages)]
        record.add(one.seen, one.person, cells=cells, schools=alike.codes, during=during)
