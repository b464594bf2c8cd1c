"""The routing rule: one incident, one table, one rule book, one moment in; a plan out.

For every incident, at every level that must know, both the business line that
owns the school or the hazard and the safety line are addressed, each in its own
capacity; from G3 up the party chief and the administrative chief stand beside
each other; and nobody's answer discharges anybody else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from notifications.responsibility.bureau import bureau_slots
from notifications.responsibility.case import Case
from notifications.responsibility.climb import Filled, fill
from notifications.responsibility.inputs import Facts, Question, SchoolFacts, UnitFacts
from notifications.responsibility.offices import Clearance
from notifications.responsibility.plan import Finding, Plan, PlanRow
from notifications.responsibility.rows import plan_row
from notifications.responsibility.rules import Rules
from notifications.responsibility.school import school_slots
from notifications.responsibility.words import GRADES, Level

ALIKE = (("PARTY_CHIEF", "ADMIN_CHIEF"), ("SCH_SECRETARY", "SCH_PRINCIPAL"))
_LEVELS = tuple(Level)


def resolve(rules: Rules, facts: Facts, asked: Question) -> Plan:
    """Everybody who must be told. Raises ``ValueError`` for a grade or hazard nobody knows."""
    _refuse_unknown(rules, facts, asked)
    case = Case.of(rules, facts, asked)
    schools = sorted(facts.schools, key=lambda school: school.unit.code)
    slots = [slot for school in schools for slot in school_slots(case, school)]
    merged_sections: list[Finding] = []
    for unit, below in _bureaus(schools):
        more, noted = bureau_slots(case, unit, below)
        slots += more
        merged_sections += noted
    filled, findings = fill(case, slots)
    _make_chiefs_alike(filled)
    clearance = Clearance(facts.restricted, case.offices)
    return Plan(
        grade=asked.grade,
        hazards=asked.hazards,
        flags=tuple(sorted(asked.flags)),
        schools=tuple(school.unit.code for school in schools),
        at=asked.at,
        rows=_sorted_rows(rules, (plan_row(case, row, clearance) for row in filled)),
        findings=_sorted_findings(rules, [*merged_sections, *findings]),
        table_id=facts.table_id,
        rules_id=facts.rules_id,
    )


def _refuse_unknown(rules: Rules, facts: Facts, asked: Question) -> None:
    if asked.grade not in GRADES:
        raise ValueError(f"grade '{asked.grade}' is not one of {', '.join(GRADES)}")
    if not asked.hazards or not facts.schools:
        raise ValueError("a plan needs at least one school and one hazard")
    for hazard in asked.hazards:
        if hazard not in rules.hazards:
            raise ValueError(f"hazard '{hazard}' is not in the rule book")
    if asked.at.tzinfo is None:
        raise ValueError("the moment of a plan needs a time zone")


def _bureaus(schools: Sequence[SchoolFacts]) -> Iterable[tuple[UnitFacts, list[SchoolFacts]]]:
    """Each bureau above the schools, with those it answers for."""
    below: dict[int, list[SchoolFacts]] = defaultdict(list)
    units: dict[int, UnitFacts] = {}
    for school in schools:
        for unit in (school.district, school.city):
            if unit is not None:
                units[unit.id] = unit
                below[unit.id].append(school)
    return [(unit, below[unit_id]) for unit_id, unit in units.items()]


def _make_chiefs_alike(filled: Iterable[Filled]) -> None:
    """Party and administrative chief owe the same (党政同责), also where one of them climbed."""
    rows: dict[tuple[int, tuple[str, str]], list[Filled]] = defaultdict(list)
    for row in filled:
        for pair in ALIKE:
            if row.slot.capacity in pair:
                rows[(row.slot.unit.id, pair)].append(row)
    for chiefs in rows.values():
        strongest = max(row.owed for row in chiefs)
        for row in chiefs:
            if row.owed < strongest:
                row.owed = strongest
                row.rules.append("party and administration alike")


def _sorted_rows(rules: Rules, rows: Iterable[PlanRow]) -> tuple[PlanRow, ...]:
    return tuple(
        sorted(
            rows,
            key=lambda row: (
                _LEVELS.index(row.level),
                row.unit_code,
                rules.capacities[row.capacity].order,
                row.post_type,
                row.post_id or 0,
                row.person or 0,
            ),
        )
    )


def _sorted_findings(rules: Rules, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(
        sorted(
            dict.fromkeys(findings),
            key=lambda f: (
                _LEVELS.index(f.level),
                f.unit_code,
                rules.capacities[f.capacity].order,
                f.code,
                f.post_type,
                f.detail,
            ),
        )
    )
