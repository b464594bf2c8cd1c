"""The coverage proof: who answers, for every unit, stage, hazard and capacity, at any moment.

It asks the resolver's own functions, so it cannot differ from what an alert would
do; it only asks each question once. The moments that count are those at which a
holding or a leave begins or ends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from notifications.responsibility.coverage_bureau import Bureau
from notifications.responsibility.coverage_gaps import Period, Proof
from notifications.responsibility.coverage_school import Schools
from notifications.responsibility.coverage_slots import subjects_of
from notifications.responsibility.coverage_times import Index
from notifications.responsibility.inputs import Facts, SchoolFacts, UnitFacts
from notifications.responsibility.rules import Rules
from notifications.responsibility.words import Level

_LEVELS = tuple(Level)


def prove(
    rules: Rules, facts: Facts, period: Period, *, lives: Mapping[str, Period] | None = None
) -> Proof:
    """Every gap of ``facts.schools`` and of the bureaus above them during ``period``.

    ``lives`` tells of schools that open or close meanwhile, by code.
    """
    index = Index(facts, period)
    subjects = subjects_of(rules, facts)
    known = [
        (school, period.within((lives or {}).get(school.unit.code, period)))
        for school in sorted(facts.schools, key=lambda school: school.unit.code)
    ]
    alive = [(school, life) for school, life in known if life]
    asking = Schools(rules, index, subjects)
    gaps = [gap for school, life in alive for gap in asking.gaps(school, life)]
    for unit, below in _bureaus(alive):
        gaps += Bureau(rules, index, subjects, unit).gaps(below)
    order = {capacity: number for number, capacity in enumerate(rules.capacities)}
    gaps.sort(
        key=lambda gap: (
            -_LEVELS.index(gap.unit.level),
            gap.unit.path,
            order[gap.capacity],
            gap.post_type,
            gap.post or 0,
            gap.since,
        )
    )
    return Proof(period=period, gaps=tuple(gaps), schools=len(alive))


def _bureaus(
    schools: list[tuple[SchoolFacts, Period]],
) -> Iterator[tuple[UnitFacts, list[tuple[SchoolFacts, Period]]]]:
    below: dict[int, list[tuple[SchoolFacts, Period]]] = defaultdict(list)
    units: dict[int, UnitFacts] = {}
    for school, life in schools:
        for unit in (school.district, school.city):
            if unit is not None:
                units[unit.id] = unit
                below[unit.id].append((school, life))
    for unit_id, unit in units.items():
        yield unit, below[unit_id]
