"""Who answers at one unit at one moment, capacity by capacity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from notifications.responsibility.bureau import bureau_slots
from notifications.responsibility.case import Case, Slot, Table
from notifications.responsibility.coverage_bureau import kinds_of
from notifications.responsibility.coverage_gaps import Period
from notifications.responsibility.coverage_slots import held, subjects_of, unfilled
from notifications.responsibility.inputs import Facts, SchoolFacts, UnitFacts
from notifications.responsibility.offices import Offices
from notifications.responsibility.rules import Rules
from notifications.responsibility.school import school_slots
from notifications.responsibility.words import Level


@dataclass(frozen=True, kw_only=True, order=True)
class Answer:
    """Somebody answers for a post: its "holder", a "deputy" (B角), a "delegate", or by a climb.

    ``climb`` is the capacity that stands in, "nobody", or "" where the post itself answers;
    ``by`` the name of the post that stands in.
    """

    capacity: str
    post_type: str
    post_name: str
    post: int
    how: str
    climb: str
    by: str
    person: int
    also: tuple[int, ...]


def answers(rules: Rules, facts: Facts, unit: UnitFacts, at: datetime) -> dict[Answer, list[str]]:
    """Every answer at ``unit``, with the hazards (and conditions) for which it is asked."""
    subjects = subjects_of(rules, facts)
    found: dict[Answer, list[str]] = defaultdict(list)
    askers = _askers(rules, facts, unit, at)
    near = _near(facts, unit, askers)
    table, offices = Table(near.entries, rules), Offices(near, at)
    for school in askers:
        for subject in subjects:
            case = Case(
                rules=rules, facts=near, asked=subject.asked(at), table=table, offices=offices
            )
            for answer in _of_one(case, unit, school):
                if subject.key not in found[answer]:
                    found[answer].append(subject.key)
    order = {capacity: number for number, capacity in enumerate(rules.capacities)}
    keys = [subject.key for subject in subjects]
    return {
        answer: sorted(_plain(found[answer]), key=keys.index)
        for answer in sorted(found, key=lambda answer: (order[answer.capacity], answer))
    }


def _near(facts: Facts, unit: UnitFacts, askers: Sequence[SchoolFacts]) -> Facts:
    """The facts of the unit, and of the units that stand in for a school."""
    units = {unit.id}
    if unit.level == Level.SCHOOL:
        above = [one for s in askers for one in (s.central, s.district or s.city)]
        units |= {one.id for one in above if one is not None}
    entries = [entry for entry in facts.entries if entry.unit in units]
    posts = {entry.post for entry in entries}
    return replace(
        facts,
        entries=entries,
        holdings=[held_by for held_by in facts.holdings if held_by.post in posts],
        shifts=[shift for shift in facts.shifts if shift.post in posts],
    )


def _askers(rules: Rules, facts: Facts, unit: UnitFacts, at: datetime) -> Sequence[SchoolFacts]:
    """The school itself; for a bureau one school of each kind for which it owes the same."""
    if unit.level == Level.SCHOOL:
        return [school for school in facts.schools if school.unit.id == unit.id]
    below = [s for s in facts.schools if unit.id in (s.city.id, s.district.id if s.district else 0)]
    entries = [entry for entry in facts.entries if entry.unit == unit.id]
    moment = Period(since=at, until=at)
    return [kind.one for kind in kinds_of(rules, entries, [(s, moment) for s in below])]


def _of_one(case: Case, unit: UnitFacts, school: SchoolFacts) -> Iterator[Answer]:
    if unit.level == Level.SCHOOL:
        slots = school_slots(case, school)
    else:
        slots, _ = bureau_slots(case, unit, [school])
    groups: dict[str, list[Slot]] = defaultdict(list)
    for slot in slots:
        groups[slot.capacity].append(slot)
    for group in groups.values():
        for slot in group:
            now = held(case, slot)
            if not now.is_empty:
                yield _answer(slot, how=now.how, person=now.person or 0, also=now.also)
        for one in unfilled(case, group):
            if one.seen.climb != "deputy":
                yield Answer(
                    capacity=one.seen.capacity,
                    post_type=one.seen.post_type,
                    post_name=one.seen.post_name,
                    post=one.seen.post,
                    how="climbed",
                    climb=one.seen.climb,
                    by=one.seen.climb_name,
                    person=one.person or 0,
                    also=(),
                )


def _answer(slot: Slot, *, how: str, person: int, also: tuple[int, ...]) -> Answer:
    entry = slot.seat.entry
    return Answer(
        capacity=slot.capacity,
        post_type=slot.seat.post_type,
        post_name=slot.seat.post_name,
        post=entry.post if entry else 0,
        how=how,
        climb="",
        by="",
        person=person,
        also=also,
    )


def _plain(keys: Sequence[str]) -> list[str]:
    """A condition is only told where the hazard alone does not ask."""
    return [
        key for key in keys if key.partition("+")[0] == key or key.partition("+")[0] not in keys
    ]
