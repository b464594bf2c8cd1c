"""Which sections and deputies are on the line: stage, hazard, ownership, place, merging."""

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
