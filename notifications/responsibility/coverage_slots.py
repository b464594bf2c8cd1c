"""Which slots are not filled, and who answers instead: asked of the resolver itself.

Everything is asked at the gravest grade. Whatever a lighter one needs the gravest
needs too, and nowhere is less delegable, so a gap of any grade is a gap here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from notifications.responsibility.case import Case, Claim, Slot
from notifications.responsibility.climb import CODES, Filled, fill
from notifications.responsibility.coverage_gaps import DEPUTY, GRAVE, NOBODY, OPEN, Seen
from notifications.responsibility.inputs import Facts, Question
from notifications.responsibility.offices import DEPUTY as B_ROLE
from notifications.responsibility.offices import VACANT, Held
from notifications.responsibility.rules import Rules
from notifications.responsibility.words import GRADES, Owed

GRAVEST = GRADES[0]


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A hazard, alone or with one condition that brings further owners."""

    hazard: str
    flag: str = ""

    @property
    def key(self) -> str:
        return f"{self.hazard}+{self.flag}" if self.flag else self.hazard

    def asked(self, at: datetime) -> Question:
        flags = frozenset([self.flag]) if self.flag else frozenset()
        return Question(hazards=(self.hazard,), grade=GRAVEST, at=at, flags=flags)


def subjects_of(rules: Rules, facts: Facts) -> list[Subject]:
    """Every hazard of the rule book, then each condition that somebody claims in table or rules."""
    conditions = {f"{code}+{flag}" for code, h in rules.hazards.items() for flag in h.owners_if}
    conditions |= {key for key in rules.school_line if "+" in key}
    scopes = [kind.scope for kind in rules.post_types.values()]
    scopes += [entry.scope for entry in facts.entries]
    conditions |= {key for scope in scopes for key in scope.hazards if "+" in key}
    split = [key.partition("+") for key in sorted(conditions)]
    return [
        *(Subject(hazard=code) for code in rules.hazards),
        *(Subject(hazard=code, flag=flag) for code, _, flag in split if code in rules.hazards),
    ]


def held(case: Case, slot: Slot) -> Held:
    """Who answers for the own post of ``slot``."""
    if slot.seat.entry is None:
        return Held(wrong=VACANT)
    delegable = case.rules.delegable(slot.capacity, case.asked.grade)
    return case.offices.hold(slot.seat.entry.post, delegable=delegable)


def is_wrong(case: Case, slot: Slot) -> bool:
    """Whether the resolver writes a finding for ``slot`` (an optional one may stay silent)."""
    answering = held(case, slot)
    return answering.is_empty or (answering.how == B_ROLE and answering.wrong == VACANT)


@dataclass(frozen=True, kw_only=True)
class Found:
    """``person`` would answer. ``unit``: whose post that is, None for joined or nobody.

    ``claims`` are the reasons why the slot is owed at all.
    """

    seen: Seen
    claims: tuple[Claim, ...]
    person: int | None
    unit: int | None


def unfilled(case: Case, slots: Sequence[Slot]) -> Iterator[Found]:
    """The slots, all of one capacity at one unit, that are wrong; ``slots`` stay as they are."""
    own = [
        replace(s, schools=[*s.schools], claims=[*s.claims], rules=[*s.rules])
        for s in sorted(slots, key=lambda slot: (slot.seat.post_type, slot.seat.key))
    ]
    claims = {id(slot): tuple(slot.claims) for slot in own}  # joining a slot adds to another's
    filled, findings = fill(case, own)
    before = {id(slot): held(case, slot) for slot in own}
    stood_in = [s for s in own if not before[id(s)].is_empty and is_wrong(case, s)]
    empty = [s for s in own if before[id(s)].is_empty and not _is_silent(case, s)]
    details = [f.detail for f in findings]
    ordered = [*stood_in, *empty]
    for slot, detail in zip(ordered, details, strict=True):
        yield _found(case, slot, before[id(slot)], detail, filled, claims[id(slot)])


def _is_silent(case: Case, slot: Slot) -> bool:
    return case.rules.capacities[slot.capacity].optional and slot.owed != Owed.FEED


def _found(
    case: Case,
    slot: Slot,
    before: Held,
    detail: str,
    filled: Sequence[Filled],
    claims: tuple[Claim, ...],
) -> Found:
    row = _answering(slot, detail, filled)
    entry = row.entry if row is not None and detail != NOBODY else None
    own = slot.seat.entry
    return Found(
        seen=Seen(
            capacity=slot.capacity,
            post_type=slot.seat.post_type,
            post_name=slot.seat.post_name,
            post=own.post if own else 0,
            kind=_kind(case, slot, detail),
            code=CODES[before.wrong],
            climb=detail,
            climb_post=entry.post if entry else None,
            climb_name=entry.post_name if entry else "",
        ),
        claims=claims,
        person=row.held.person if row is not None else None,
        unit=entry.unit if entry is not None and row is not None and row.slot is slot else None,
    )


def _answering(slot: Slot, detail: str, filled: Sequence[Filled]) -> Filled | None:
    own = next((row for row in filled if row.slot is slot), None)
    if own is not None or detail == NOBODY:
        return own
    joined = f"joined: {slot.seat.post_type or slot.capacity}"
    return next((row for row in filled if joined in row.rules), None)


def _kind(case: Case, slot: Slot, detail: str) -> str:
    if detail == B_ROLE:
        return DEPUTY
    own = slot.seat.entry
    if own is not None and not case.offices.hold(own.post).is_empty:
        return GRAVE
    return OPEN
