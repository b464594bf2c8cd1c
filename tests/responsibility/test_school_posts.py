"""Which posts of a school are told: by hazard, facility and size, and for teaching points."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.responsibility.town import Town, codes, rows_at, types_at


@pytest.fixture
def town() -> Town:
    made = Town()
    made.bureau("COUNTY")
    made.school("S", "COUNTY", stages=("primary",))
    return made


@pytest.mark.parametrize(
    ("hazard", "flags", "direct", "deputy"),
    [
        ("DROWN", (), {"SCH_CLASS_TEACHER", "SCH_GRADE_LEADER", "SCH_MORAL_HEAD"}, "SAFETY"),
        ("BULLY", (), {"SCH_CLASS_TEACHER", "SCH_MORAL_HEAD", "SCH_PSYCHOLOGY"}, "MORAL"),
        ("SEXA", (), {"SCH_PRINCIPAL", "SCH_LIAISON"}, "MORAL"),
        ("TRAF", (), {"SCH_BUS", "SCH_CLASS_TEACHER"}, "SAFETY"),
        ("TRAF", ("school_bus",), {"SCH_BUS", "SCH_CLASS_TEACHER"}, "LOGISTICS"),
        ("FIRE", (), {"SCH_DEPUTY_LOGISTICS", "SCH_ELECTRICIAN", "SCH_DORM"}, "LOGISTICS"),
        ("FOOD", (), {"SCH_CANTEEN", "SCH_DOCTOR"}, "LOGISTICS"),
        ("DIS", (), {"SCH_DOCTOR"}, "SAFETY"),
        ("VIOL", (), {"SCH_GATE"}, "SAFETY"),
        ("CROWD", (), {"SCH_GRADE_LEADER"}, "TEACHING"),
        ("BLDG", (), {"SCH_GENERAL_AFFAIRS"}, "LOGISTICS"),
        ("LAB", (), {"SCH_LAB"}, "LOGISTICS"),
        ("PE", (), {"SCH_PE_TEACHER", "SCH_DOCTOR"}, "TEACHING"),
        ("PSY", (), {"SCH_PSYCHOLOGY", "SCH_CLASS_TEACHER"}, "MORAL"),
        ("DRUG", (), {"SCH_MORAL_HEAD"}, "MORAL"),
        ("GANG", (), {"SCH_PRINCIPAL"}, "SAFETY"),
        ("NET", (), {"SCH_ETEACH"}, "TEACHING"),
        ("OPN", (), {"SCH_OFFICE"}, "MORAL"),
        ("EXAM", (), {"SCH_ACADEMIC"}, "TEACHING"),
        ("DISP", (), {"SCH_UNION", "SCH_MORAL_HEAD"}, "MORAL"),
        ("NATD", (), {"SCH_GENERAL_AFFAIRS"}, "SAFETY"),
    ],
)
def test_each_hazard_names_its_posts_and_vice_principal_at_the_school(
    town: Town, hazard: str, flags: tuple[str, ...], direct: set[str], deputy: str
) -> None:
    plan = town.plan(hazard, grade="G2", flags=flags)

    carries = "SCH_SAFETY_DEPUTY" if deputy == "SAFETY" else f"SCH_DEPUTY_{deputy}"
    assert types_at(plan, "school", "SCH_DIRECT") == direct
    assert types_at(plan, "school", "SCH_LINE_DEPUTY") == {carries}
    assert types_at(plan, "school", "SCH_SAFETY_DEPUTY") == {"SCH_SAFETY_DEPUTY"}


@pytest.mark.parametrize("staff", [2, 12])
def test_a_small_school_lets_its_safety_officer_stand_for_unfilled_posts(
    town: Town, staff: int
) -> None:
    small = town.school("V", "COUNTY", stages=("primary",), staff=staff, posts=False)
    for post_type in ("SCH_SECRETARY", "SCH_PRINCIPAL", "SCH_SAFETY_STAFF", "SCH_CLASS_TEACHER"):
        town.post(small.unit, post_type)
    plan = town.plan("BULLY", grade="G3", schools=("V",))

    assert types_at(plan, "school", "SCH_DIRECT") == {"SCH_CLASS_TEACHER", "SCH_SAFETY_STAFF"}
    assert types_at(plan, "school", "SCH_SAFETY_DEPUTY") == {"SCH_PRINCIPAL"}
    assert types_at(plan, "school", "SCH_LINE_DEPUTY") == {"SCH_PRINCIPAL"}
    assert not plan.findings


@pytest.mark.parametrize("staff", [13, None])
def test_a_larger_school_has_a_gap_for_every_unfilled_post(town: Town, staff: int | None) -> None:
    town.schools["S"] = replace(town.schools["S"], staff=staff)
    town.vacate("S", "SCH_MORAL_HEAD")
    plan = town.plan("DRUG", grade="G3")

    [row] = rows_at(plan, "school", "SCH_DIRECT")
    assert row.post_type == "SCH_PRINCIPAL"
    assert ("F-VAC", "SCH_DIRECT") in codes(plan)


def test_a_school_without_a_canteen_owes_no_canteen_manager(town: Town) -> None:
    town.school("T", "COUNTY", facilities=frozenset())
    plan = town.plan("FOOD", grade="G3", schools=("T",))

    assert types_at(plan, "school", "SCH_DIRECT") == {"SCH_DOCTOR"}
    assert not plan.findings


def test_a_teaching_point_inherits_the_posts_it_has_not_filled(town: Town) -> None:
    point = town.school(
        "P", "COUNTY", posts=False, central=town.schools["S"], staff=2, stages=("primary",)
    )
    own = town.post(point.unit, "SCH_SAFETY_STAFF")
    plan = town.plan("DROWN", grade="G2", schools=("P",))

    rows = rows_at(plan, "school")
    assert {row.unit_code for row in rows} == {"P"}
    [principal] = rows_at(plan, "school", "SCH_PRINCIPAL")
    assert principal.post_id == town.entry("S", "SCH_PRINCIPAL").post
    assert principal.why_zh == "教学点由中心校承担"
    assert "inherited S" in principal.rules
    [officer] = rows_at(plan, "school", "SCH_SAFETY_STAFF")
    assert officer.post_id == own.post
    assert not plan.findings


def test_a_teaching_point_and_its_central_school_each_have_their_principals_row(
    town: Town,
) -> None:
    town.school("P", "COUNTY", posts=False, central=town.schools["S"], staff=2)
    plan = town.plan("DROWN", grade="G2")

    rows = rows_at(plan, "school", "SCH_PRINCIPAL")
    assert [row.unit_code for row in rows] == ["P", "S"]
    assert len({row.person for row in rows}) == 1
