"""Which sections and posts are on the line: stage, hazard, ownership, places, small schools."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notifications.responsibility.words import Owed
from tests.responsibility.town import Town, codes, owed_at, rows_at, types_at


@pytest.fixture
def town() -> Town:
    made = Town()
    made.bureau("COUNTY")
    made.school("S", "COUNTY", stages=("primary",))
    return made


@pytest.mark.parametrize(
    ("stage", "owner"),
    [
        ("kindergarten", "B13"),
        ("primary", "B12"),
        ("junior", "B12"),
        ("senior", "B12"),
        ("vocational", "B14"),
        ("he", "B15"),
        ("special", "B12"),
        ("training", "B16"),
    ],
)
def test_each_stage_has_its_owner(town: Town, stage: str, owner: str) -> None:
    town.school("T", "COUNTY", stages=(stage,))
    plan = town.plan("DROWN", grade="G2", schools=("T",))

    assert types_at(plan, "district", "LINE_SECTION") == {owner}


@pytest.mark.parametrize(
    ("hazard", "owners"),
    [
        ("DROWN", set()),
        ("BULLY", {"B17"}),
        ("SEXA", {"B17"}),
        ("TRAF", set()),
        ("FIRE", {"B19"}),
        ("FOOD", {"B18"}),
        ("DIS", {"B18"}),
        ("VIOL", set()),
        ("CROWD", set()),
        ("BLDG", {"B19"}),
        ("LAB", set()),
        ("PE", {"B18"}),
        ("PSY", {"B17"}),
        ("DRUG", {"B17"}),
        ("GANG", set()),
        ("NET", {"B22"}),
        ("OPN", {"B22"}),
        ("EXAM", {"B23"}),
        ("DISP", {"B25"}),
        ("NATD", {"B19"}),
    ],
)
def test_each_hazard_adds_its_owner_to_the_stage(town: Town, hazard: str, owners: set[str]) -> None:
    plan = town.plan(hazard, grade="G2")

    assert types_at(plan, "district", "LINE_SECTION") == {"B12"} | owners
    assert types_at(plan, "district", "SAFETY_OFFICE") == {"B11"}
    assert not codes(plan)


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


def test_opinion_tells_the_office_and_crime_the_supervision_at_any_grade(town: Town) -> None:
    opinion = town.plan("OPN", grade="G5")
    crime = town.plan("GANG", grade="G5")

    for level in ("district", "city"):
        assert owed_at(opinion, level)["REPORTING"] == {"READ"}
        assert owed_at(crime, level)["SUPERVISION"] == {"READ"}
        assert owed_at(crime, level)["LINE_SECTION"] == {"FEED"}


def test_several_hazards_unite_and_a_shared_post_appears_once(town: Town) -> None:
    plan = town.plan("FOOD", "DIS", "FIRE", grade="G2")

    assert len(rows_at(plan, "district", "LINE_SECTION")) == 3
    [health] = [r for r in rows_at(plan, "district") if r.post_type == "B18"]
    assert {"hazard.FOOD by table", "hazard.DIS by table"} <= set(health.rules)


def test_two_sections_under_one_deputy_give_one_row_that_names_both(town: Town) -> None:
    plan = town.plan("BULLY", grade="G2")

    [deputy] = rows_at(plan, "district", "LINE_DEPUTY")
    assert deputy.post_type == "B04"
    assert {"stage.primary in portfolio", "hazard.BULLY in portfolio"} <= set(deputy.rules)


def test_a_deputy_may_be_in_charge_of_a_section_by_name(town: Town) -> None:
    town.rescope("COUNTY", "B08", sections=["B18"])
    plan = town.plan("FOOD", grade="G2")

    assert types_at(plan, "district", "LINE_DEPUTY") == {"B04", "B08"}


def test_a_section_without_a_deputy_in_scope_climbs_to_the_director(town: Town) -> None:
    town.rescope("COUNTY", "B07", hazards=["PE"])
    plan = town.plan("FOOD", grade="G2")

    rows = rows_at(plan, "district", "LINE_DEPUTY")
    assert {row.post_type for row in rows} == {"B04", "B02"}
    assert ("F-VAC", "LINE_DEPUTY") in codes(plan)


def test_the_table_decides_who_owns_a_hazard_not_the_rule_book(town: Town) -> None:
    town.rescope("COUNTY", "B12", stages=["primary"], hazards=["BULLY"])
    town.rescope("COUNTY", "B17", hazards=["PSY"])
    plan = town.plan("BULLY", grade="G2")

    assert types_at(plan, "district", "LINE_SECTION") == {"B12"}
    assert types_at(plan, "city", "LINE_SECTION") == {"B12", "B17"}


def test_a_hazard_owned_by_the_safety_office_leaves_the_line_to_the_stage(town: Town) -> None:
    town.rescope("COUNTY", "B11", hazards=["FIRE"])
    town.rescope("COUNTY", "B19", hazards=["BLDG"])
    plan = town.plan("FIRE", grade="G2")

    assert types_at(plan, "district", "LINE_SECTION") == {"B12"}


def test_a_merged_section_keeps_both_rows_and_strengthens_its_deputy(town: Town) -> None:
    town.remove("COUNTY", "B11")
    town.merge("COUNTY", "B12", "SAFETY_OFFICE")
    plan = town.plan("FIRE", grade="G4")

    head = town.who("COUNTY", "B12")
    mine = [row for row in rows_at(plan, "district") if row.person == head]
    assert {row.capacity for row in mine} == {"LINE_SECTION", "SAFETY_OFFICE"}
    assert codes(plan) == {("F-MERGED", "LINE_SECTION")}
    deputies = {r.post_type: r.owed for r in rows_at(plan, "district", "LINE_DEPUTY")}
    assert deputies == {"B04": Owed.ACK, "B08": Owed.READ}


def test_a_contact_is_told_of_the_schools_and_areas_it_names(town: Town) -> None:
    town.school("T", "COUNTY")
    town.post(town.units["COUNTY"], "B26", scope={"schools": ["S"]})
    town.post(town.units["CITY"], "B26", scope={"areas": ["COUNTY"]})
    town.post(town.units["CITY"], "B26")

    here = town.plan("DROWN", grade="G2", schools=("S",))
    elsewhere = town.plan("DROWN", grade="G2", schools=("T",))

    assert len(rows_at(here, "district", "AREA_CONTACT")) == 1
    assert not rows_at(elsewhere, "district", "AREA_CONTACT")
    assert len(rows_at(elsewhere, "city", "AREA_CONTACT")) == 1


def test_a_section_for_some_schools_only_is_asked_for_those(town: Town) -> None:
    town.school("T", "COUNTY", stages=("primary",))
    town.rescope("COUNTY", "B12", stages=["primary"], schools=["S"])
    second = town.post(town.units["COUNTY"], "B12", scope={"stages": ["primary"], "schools": ["T"]})

    plan = town.plan("DROWN", grade="G2", schools=("T",))
    both = town.plan("DROWN", grade="G2")

    assert [r.post_id for r in rows_at(plan, "district", "LINE_SECTION")] == [second.post]
    assert len(rows_at(both, "district", "LINE_SECTION")) == 2


def test_a_school_of_unknown_stage_still_has_a_business_line(town: Town) -> None:
    town.schools["S"] = replace(town.schools["S"], stages=())
    plan = town.plan("DROWN", grade="G2")

    assert ("F-VAC", "LINE_SECTION") in codes(plan)
    assert {row.post_type for row in rows_at(plan, "district", "LINE_SECTION")} == {"B02"}


def test_a_functional_zone_uses_the_districts_column(town: Town) -> None:
    town.bureau("ZONE")
    town.school("Z", "ZONE", stages=("primary",))

    county = town.plan("FOOD", grade="G3", schools=("S",))
    zone = town.plan("FOOD", grade="G3", schools=("Z",))

    assert owed_at(zone, "district") == owed_at(county, "district")
    assert {row.unit_code for row in rows_at(zone, "district")} == {"ZONE"}


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
