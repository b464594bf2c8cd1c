"""The slots of a bureau: a district, a functional zone, or the city."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from notifications.responsibility.case import Case, Seat, Slot, merged, seat_of
from notifications.responsibility.inputs import SchoolFacts, UnitFacts
from notifications.responsibility.lines import (
    DEPUTY,
    SAFETY_OFFICE,
    SECTION,
    claims_of,
    deputies,
    safety_posts,
    sections,
)
from notifications.responsibility.plan import Finding
from notifications.responsibility.words import Level, Owed

CONTACT = "AREA_CONTACT"
MERGED = "F-MERGED"


@dataclass(frozen=True, kw_only=True)
class _Duty:
    """What one capacity owes for one school, and by which row of the matrix."""

    owed: Owed
    rules: tuple[str, ...]


def bureau_slots(
    case: Case, unit: UnitFacts, schools: Sequence[SchoolFacts]
) -> tuple[list[Slot], list[Finding]]:
    """Everything ``unit`` owes for ``schools``; a shared post appears once, naming them all."""
    slots: list[Slot] = []
    findings: dict[str, Finding] = {}
    for school in schools:
        duties = _duties(case, unit, school)
        for capacity, duty in duties.items():
            if capacity not in (SECTION, DEPUTY):
                slots += _plain(case, unit, school, capacity, duty)
        for slot in _line(case, unit, school, duties, findings):
            slots.append(slot)
    return merged(slots), list(findings.values())


def _duties(case: Case, unit: UnitFacts, school: SchoolFacts) -> dict[str, _Duty]:
    """The column of the level; the stronger of both for a school directly under the city."""
    if unit.level == Level.DISTRICT:
        columns: tuple[str, ...] = ("district",)
    else:
        columns = ("city",) if school.district else ("district", "city")
    duties: dict[str, _Duty] = {}
    for column in columns:
        for capacity, owed in case.rules.owed(column, case.asked.grade).items():
            rule = f"matrix.{column}.{capacity}.{case.asked.grade}={owed.name}"
            _strengthen(duties, capacity, owed, rule)
    for code in case.asked.hazards:
        for capacity in case.rules.hazards[code].also:
            _strengthen(duties, capacity, Owed.READ, f"hazard.{code}.also={Owed.READ.name}")
    if any(duty.owed > Owed.FEED for duty in duties.values()):
        for line in (SECTION, SAFETY_OFFICE):  # nobody is addressed past the two lines
            duties.setdefault(line, _Duty(owed=Owed.FEED, rules=("both lines",)))
    return duties


def _strengthen(duties: dict[str, _Duty], capacity: str, owed: Owed, rule: str) -> None:
    before = duties.get(capacity)
    duties[capacity] = _Duty(
        owed=max(owed, before.owed) if before else owed,
        rules=(*before.rules, rule) if before else (rule,),
    )


def _plain(
    case: Case, unit: UnitFacts, school: SchoolFacts, capacity: str, duty: _Duty
) -> Iterator[Slot]:
    """A capacity that is the same for every school and hazard, or the contact of this school."""
    entries = case.table.having(unit, capacity, school=school)
    if capacity == CONTACT:
        entries = [entry for entry in entries if entry.scope.has_place]
    seats = [seat_of(entry) for entry in entries]
    if not seats and not case.rules.capacities[capacity].optional:
        seats = [case.vacant(capacity)]
    for seat in seats:
        yield _slot(unit, capacity, duty.owed, seat, school, duty.rules)


def _line(
    case: Case,
    unit: UnitFacts,
    school: SchoolFacts,
    duties: dict[str, _Duty],
    findings: dict[str, Finding],
) -> Iterator[Slot]:
    """Sections and their deputies, for each claim; a merged section is noted in ``findings``."""
    safety = safety_posts(case, unit)
    for claim in claims_of(case, school):
        for section in sections(case, unit, claim, school):
            is_merged = (
                claim.kind == "stage" and section.entry is not None and section.entry.post in safety
            )
            if is_merged:
                findings[section.post_type] = _merged_finding(unit, section)
            if SECTION in duties:
                duty = duties[SECTION]
                slot = _slot(unit, SECTION, duty.owed, section, school, duty.rules)
                slot.claims = [claim]
                yield slot
            if DEPUTY in duties:
                duty = duties[DEPUTY]
                owed = duty.owed.stronger() if is_merged else duty.owed
                rules = (*duty.rules, "merged: one step stronger") if is_merged else duty.rules
                for seat in deputies(case, unit, claim, section, school):
                    slot = _slot(unit, DEPUTY, owed, seat, school, rules)
                    slot.claims = [claim]
                    yield slot


def _slot(
    unit: UnitFacts,
    capacity: str,
    owed: Owed,
    seat: Seat,
    school: SchoolFacts,
    rules: Sequence[str],
) -> Slot:
    return Slot(
        unit=unit,
        capacity=capacity,
        owed=owed,
        seat=seat,
        schools=[school],
        rules=[*rules, *seat.notes, f"school {school.unit.code}"],
    )


def _merged_finding(unit: UnitFacts, section: Seat) -> Finding:
    return Finding(
        code=MERGED,
        level=unit.level,
        unit=unit.id,
        unit_code=unit.code,
        capacity=SECTION,
        post_type=section.post_type,
        post_name=section.post_name,
        detail="one section is owner of the stage and safety office",
    )
