"""What must hold for every city, however full of gaps: I1 to I8, and what storing needs."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from notifications.responsibility.checks.matrix import BUSINESS, SAFETY
from notifications.responsibility.inputs import Question
from notifications.responsibility.plan import Plan, PlanRow
from notifications.responsibility.regrade import regrade
from notifications.responsibility.resolve import ALIKE, resolve
from notifications.responsibility.words import GRADES, Owed
from tests.responsibility.cities import Asked, cities, whole_cities
from tests.responsibility.town import rows_at, rules, types_at

quick = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def units_of(plan: Plan) -> set[tuple[str, int]]:
    return {(row.level, row.unit) for row in plan.rows}


def unclimbed(plan: Plan) -> dict[tuple[int, str, int | None], PlanRow]:
    return {(row.unit, row.capacity, row.post_id): row for row in plan.rows if not row.climbed_from}


@quick
@given(cities())
def test_i1_where_anybody_is_addressed_both_lines_are_or_a_gap_is_named(asked: Asked) -> None:
    plan = asked.plan()

    for level, unit in units_of(plan):
        here = [row for row in plan.rows if (row.level, row.unit) == (level, unit)]
        if all(row.owed == Owed.FEED for row in here):
            continue
        for line in (BUSINESS, SAFETY):
            gaps = [f for f in plan.findings if f.unit == unit and f.capacity in line]
            reached = [row for row in here if row.capacity in line]
            assert reached
            assert gaps or any(row.person is not None for row in reached)


@quick
@given(cities())
def test_i2_party_and_administration_owe_the_same_at_every_unit(asked: Asked) -> None:
    plan = asked.plan()

    for _, unit in units_of(plan):
        for pair in ALIKE:
            party, administration = (
                {row.owed for row in plan.rows if (row.unit, row.capacity) == (unit, capacity)}
                for capacity in pair
            )
            assert party == administration
            assert len(party) <= 1


@quick
@given(whole_cities())
def test_i3_a_school_under_the_city_takes_the_stronger_column_and_no_district(
    asked: Asked,
) -> None:
    direct = tuple(code for code, school in asked.town.schools.items() if school.district is None)
    assume(direct)
    plan = asked.plan(schools=direct)

    assert not rows_at(plan, "district")
    district, city = (rules().owed(column, asked.grade) for column in ("district", "city"))
    also = {c for hazard in asked.hazards for c in rules().hazards[hazard].also}
    for row in rows_at(plan, "city"):
        columns = [column[row.capacity] for column in (district, city) if row.capacity in column]
        if row.capacity in also:
            columns.append(Owed.READ)
        assert row.owed == max(columns)
    if also:
        also |= {"LINE_SECTION", "SAFETY_OFFICE"}
    told = {row.capacity for row in rows_at(plan, "city")}
    assert told == ({*district, *city} | also) - {"AREA_CONTACT"}


@quick
@given(whole_cities())
def test_i4_private_schools_stay_with_their_territory_and_add_their_section(asked: Asked) -> None:
    for code, school in asked.town.schools.items():
        plan = asked.plan(schools=(code,))
        above = {school.city.id} | ({school.district.id} if school.district else set())
        assert {row.unit for row in plan.rows if row.level != "school"} <= above
        for level in ("district", "city"):
            sections = types_at(plan, level, "LINE_SECTION")
            if sections and school.ownership == "private":
                assert "B16" in sections


@quick
@given(cities())
def test_i5_several_schools_reach_the_union_each_with_its_own_principal(asked: Asked) -> None:
    together = asked.plan()

    for code, school in asked.town.schools.items():
        alone = asked.plan(schools=(code,))
        mine = rows_at(alone, "school")
        assert rows_at(together, "school", unit=code) == mine
        assert "SCH_PRINCIPAL" in {row.capacity for row in mine}
        joint = unclimbed(together)
        for key, row in unclimbed(alone).items():
            if row.level != "school" and row.person is not None:
                assert joint[key].owed >= row.owed
                assert f"school {school.unit.code}" in joint[key].rules


@quick
@given(cities())
def test_i6_a_graver_grade_only_adds_and_strengthens(asked: Asked) -> None:
    plans = [asked.plan(grade=grade) for grade in reversed(GRADES)]

    for light, grave in pairwise(plans):
        stronger: dict[tuple[int, str], Owed] = {}
        for row in grave.rows:
            key = (row.unit, row.capacity)
            stronger[key] = max(row.owed, stronger.get(key, Owed.FEED))
        assert all(stronger[(row.unit, row.capacity)] >= row.owed for row in light.rows)
        raised = regrade(light, grave).plan
        lowered = regrade(grave, light).plan
        assert lowered.rows == grave.rows
        slots = {(r.unit, r.capacity, r.post_id): r.owed for r in raised.rows}
        assert all(slots[(r.unit, r.capacity, r.post_id)] >= r.owed for r in light.rows)
        assert {(r.unit, r.capacity, r.post_id) for r in grave.rows} <= set(slots)


@quick
@given(cities(), st.data())
def test_i7_redaction_changes_who_reads_the_text_and_nothing_else(
    asked: Asked, data: st.DataObject
) -> None:
    before = asked.plan()
    restricted = rules().privacy(asked.hazards) != "open"
    town = asked.town
    entry = data.draw(st.sampled_from(town.entries))
    code = next(code for code, unit in town.units.items() if unit.id == entry.unit)
    town.clear(code, entry.post_type)
    after = asked.plan()

    assert all(row.redacted == restricted for row in before.rows)
    path = town.units[code].path
    cleared = {
        h.person for h in town.holdings if h.post == town.entry(code, entry.post_type).post
    } | {leave.delegate for leave in town.leaves}
    for was, row in zip(before.rows, after.rows, strict=True):
        assert row == replace(was, redacted=row.redacted, why_zh=row.why_zh, why_en=row.why_en)
        if restricted and not row.redacted:
            unit = next(unit for unit in town.units.values() if unit.id == row.unit)
            assert unit.path.startswith(path)
            assert {row.person, *row.also} <= cleared


@quick
@given(cities())
def test_i8_every_row_names_its_versions_its_rules_and_its_reason(asked: Asked) -> None:
    plan = asked.plan()

    assert (plan.table_id, plan.rules_id) == (1, 1)
    for row in plan.rows:
        assert any(rule.startswith(("matrix.", "hazard.")) for rule in row.rules)
        assert row.why_zh
        assert row.why_en
        if row.level != "school":
            assert any(rule.startswith("school ") for rule in row.rules)


@quick
@given(cities())
def test_every_row_can_be_stored_once_and_is_due_in_the_future(asked: Asked) -> None:
    plan = asked.plan()

    keys = [(row.unit, row.capacity, row.post_id, row.person) for row in plan.rows]
    assert len(keys) == len(set(keys))
    for row in plan.rows:
        kinds = {
            Owed.FEED: (False, False, False),
            Owed.READ: (False, False, True),
            Owed.ACK: (True, False, False),
            Owed.ACT: (True, True, False),
        }[row.owed]
        clocks = (row.ack_due_at, row.act_due_at, row.read_due_at)
        assert tuple(clock is not None for clock in clocks) == kinds
        assert all(clock > asked.at for clock in clocks if clock is not None)


@quick
@given(cities())
def test_a_gap_is_always_named_and_a_climbed_row_is_at_least_acknowledged(asked: Asked) -> None:
    plan = asked.plan()

    for row in plan.rows:
        named = {f.code for f in plan.findings if (f.unit, f.capacity) == (row.unit, row.capacity)}
        if row.climbed_from:
            assert row.person is not None
            assert row.owed >= Owed.ACK
            assert named & {"F-VAC", "F-ABS"}
        elif row.person is None:
            assert named & {"F-VAC", "F-ABS"}


@quick
@given(cities(), st.randoms(use_true_random=False))
def test_the_hash_does_not_depend_on_the_order_of_facts(asked: Asked, random: Any) -> None:
    facts = asked.town.facts()
    question = Question(
        hazards=asked.hazards, grade=asked.grade, at=asked.at, flags=frozenset(asked.flags)
    )
    shuffled: dict[str, Any] = {}
    for name in ("schools", "entries", "holdings", "leaves", "restricted"):
        values = list(getattr(facts, name))
        random.shuffle(values)
        shuffled[name] = tuple(values)

    one = resolve(rules(), facts, question)
    other = resolve(rules(), replace(facts, **shuffled), question)

    assert one.hash == other.hash


@quick
@given(cities())
def test_a_plan_survives_being_stored(asked: Asked) -> None:
    plan = asked.plan()

    again = Plan.from_json(json.loads(json.dumps(plan.as_json())))

    assert again == plan
    assert again.hash == plan.hash
