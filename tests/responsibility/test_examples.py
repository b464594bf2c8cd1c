"""The worked examples: what each incident must reach, and what it must not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from incidents.cases import clocks as filing_clocks
from incidents.cases.grading import Graded, grade
from notifications.responsibility.regrade import regrade
from tests.responsibility.town import (
    SUNDAY,
    Town,
    book,
    codes,
    owed_at,
    rows_at,
    types_at,
)


@pytest.fixture
def town() -> Town:
    """A county and a district, each with its schools."""
    made = Town()
    made.bureau("COUNTY")
    made.bureau("DISTRICT")
    return made


def graded(**facts: Any) -> Graded:
    counts = dict.fromkeys(("dead", "missing", "injured", "critical"))
    return grade({**counts, "people": "counted", **facts}, book()["grades"])


def drowned(town: Town, **facts: Any) -> Any:
    """A junior pupil, Sunday, a reservoir, a public school of the county with a contact."""
    town.school("S", "COUNTY", stages=("junior",))
    town.post(town.units["COUNTY"], "B26", scope={"schools": ["S"]})
    found = graded(hazards=["DROWN"], **facts)
    return found, town.plan("DROWN", grade=found.grade, at=SUNDAY)


def test_e1_a_drowned_pupil_reaches_all_nine_of_the_county_and_the_city(town: Town) -> None:
    found, plan = drowned(town, dead=1)

    assert (found.grade, found.stat_grade) == ("G2", "IV")
    assert owed_at(plan, "district") == {
        capacity: {"ACT"}
        for capacity in (
            "DUTY_OFFICER",
            "DUTY_LEADER",
            "SAFETY_OFFICE",
            "LINE_SECTION",
            "SAFETY_DEPUTY",
            "LINE_DEPUTY",
            "AREA_CONTACT",
            "ADMIN_CHIEF",
            "PARTY_CHIEF",
        )
    }
    assert types_at(plan, "district", "LINE_SECTION") == {"B12"}
    city = owed_at(plan, "city")
    for capacity in ("DUTY_OFFICER", "SAFETY_OFFICE", "LINE_SECTION", "LINE_DEPUTY"):
        assert city[capacity] == {"ACT"}
    assert city["SAFETY_DEPUTY"] == {"ACT"}
    assert types_at(plan, "city", "LINE_SECTION") == {"B12"}
    assert types_at(plan, "city", "LINE_DEPUTY") == {"B04"}
    assert city["ADMIN_CHIEF"] == city["PARTY_CHIEF"] == {"ACK"}
    assert city["REPORTING"] == {"ACT"}
    assert city["SUPERVISION"] == {"READ"}
    assert not plan.findings
    assert all(row.person is not None for row in plan.rows)


def test_e1_the_school_itself_acts_on_a_sunday_off_campus(town: Town) -> None:
    _, plan = drowned(town, dead=1)

    assert set(owed_at(plan, "school")) == {
        "SCH_SAFETY_STAFF",
        "SCH_DIRECT",
        "SCH_SAFETY_DEPUTY",
        "SCH_LINE_DEPUTY",
        "SCH_PRINCIPAL",
        "SCH_SECRETARY",
    }
    assert {row.owed.name for row in rows_at(plan, "school")} == {"ACT"}
    assert types_at(plan, "school", "SCH_DIRECT") == {
        "SCH_CLASS_TEACHER",
        "SCH_GRADE_LEADER",
        "SCH_MORAL_HEAD",
    }
    assert {row.ack_due_at for row in rows_at(plan, "school")} == {SUNDAY + timedelta(minutes=10)}


def vomiting(town: Town) -> Any:
    """Twelve pupils after lunch, a private primary school of the district."""
    town.school("S", "DISTRICT", stages=("primary",), ownership="private")
    found = graded(hazards=["FOOD"], injured=12)
    return found, town.plan("FOOD", grade=found.grade)


def test_e2_food_in_a_private_school_reaches_three_sections_and_their_deputies(
    town: Town,
) -> None:
    found, plan = vomiting(town)

    assert found.grade == "G3"
    for level, owed in (("district", {"ACT"}), ("city", {"ACK"})):
        assert types_at(plan, level, "LINE_SECTION") == {"B12", "B18", "B16"}
        assert types_at(plan, level, "LINE_DEPUTY") == {"B04", "B07", "B05"}
        assert owed_at(plan, level)["LINE_SECTION"] == owed
        assert owed_at(plan, level)["LINE_DEPUTY"] == owed
        assert types_at(plan, level, "SAFETY_OFFICE") == {"B11"}
        assert types_at(plan, level, "SAFETY_DEPUTY") == {"B03"}
    assert owed_at(plan, "district")["PARTY_CHIEF"] == {"ACK"}
    assert owed_at(plan, "district")["ADMIN_CHIEF"] == {"ACK"}
    assert owed_at(plan, "city")["PARTY_CHIEF"] == {"READ"}
    assert owed_at(plan, "city")["ADMIN_CHIEF"] == {"READ"}


def test_e2_the_health_authority_is_owed_a_report_in_two_hours(town: Town) -> None:
    found, _ = vomiting(town)

    owed = filing_clocks.upward(
        grade=found.grade, hazards=["FOOD"], aware_at=SUNDAY, rules=book()["filing"]
    )

    statutory = [clock for clock in owed if clock.basis == "statutory"]
    assert SUNDAY + timedelta(hours=2) in {clock.due_at for clock in statutory}


def test_e3_minor_bullying_stays_below_the_chiefs(town: Town) -> None:
    town.school("S", "DISTRICT", stages=("primary",))
    found = graded(hazards=["BULLY"], people="none", under_14=True)
    plan = town.plan("BULLY", grade=found.grade)

    assert (found.grade, found.uplift) == ("G4", ())
    district, city = owed_at(plan, "district"), owed_at(plan, "city")
    assert types_at(plan, "district", "LINE_SECTION") == {"B17", "B12"}
    assert district["LINE_SECTION"] == district["SAFETY_OFFICE"] == {"ACK"}
    assert district["LINE_DEPUTY"] == district["SAFETY_DEPUTY"] == {"READ"}
    assert city["DUTY_OFFICER"] == {"ACK"}
    assert not {"PARTY_CHIEF", "ADMIN_CHIEF"} & (set(district) | set(city))
    assert all(row.redacted for row in plan.rows)


def test_e4_an_accused_teacher_is_g1_and_nearly_everybody_reads_it_redacted(town: Town) -> None:
    town.school("S", "DISTRICT", stages=("primary",))
    town.clear("DISTRICT", "B17")
    found = graded(hazards=["SEXA"], people="none", staff_involved=True, under_14=True)
    plan = town.plan("SEXA", grade=found.grade, flags=("staff_involved", "under_14"))

    assert (found.grade, found.uplift) == ("G1", ("under_14",))
    for level in ("district", "city"):
        assert types_at(plan, level, "LINE_SECTION") == {"B20", "B17", "B12"}
    full = [row for row in plan.rows if not row.redacted]
    assert [(row.unit_code, row.post_type) for row in full] == [("DISTRICT", "B17")]
    sealed_words = {
        word for row in plan.rows if row.redacted for word in ("侵害", "小学") if word in row.why_zh
    }
    assert not sealed_words


def test_e5_a_school_under_the_city_has_no_district_rows(town: Town) -> None:
    """The sections owe what the stronger column says at G4: ACK, like the safety office."""
    town.school("S", None, stages=("vocational",))
    found = graded(hazards=["FIRE"], people="none")
    plan = town.plan("FIRE", grade=found.grade)

    assert found.grade == "G4"
    assert not rows_at(plan, "district")
    city = owed_at(plan, "city")
    assert types_at(plan, "city", "LINE_SECTION") == {"B14", "B19"}
    assert city["LINE_SECTION"] == city["SAFETY_OFFICE"] == {"ACK"}
    assert city["LINE_DEPUTY"] == city["SAFETY_DEPUTY"] == {"READ"}
    assert types_at(plan, "city", "LINE_DEPUTY") == {"B06", "B08"}


def test_e6_an_empty_deputy_post_climbs_to_the_director_and_delays_nothing(town: Town) -> None:
    town.vacate("DISTRICT", "B03")
    _, plan = vomiting(town)

    [row] = rows_at(plan, "district", "SAFETY_DEPUTY")
    assert (row.post_type, row.owed.name) == ("B02", "ACT")
    assert row.person == town.who("DISTRICT", "B02")
    assert row.climbed_from is not None
    assert row.climbed_from["post_type"] == "B03"
    assert row.ack_due_at == SUNDAY + timedelta(minutes=30)
    assert ("F-VAC", "SAFETY_DEPUTY") in codes(plan)
    [own] = rows_at(plan, "district", "ADMIN_CHIEF")
    assert own.owed.name == "ACK"


def test_e7_a_director_who_is_secretary_has_two_rows_to_tick(town: Town) -> None:
    director = town.who("DISTRICT", "B02")
    town.vacate("DISTRICT", "B01")
    town.hold(town.entry("DISTRICT", "B01"), director)
    _, plan = vomiting(town)

    mine = [row for row in plan.rows if row.person == director]
    assert {row.capacity for row in mine} == {"PARTY_CHIEF", "ADMIN_CHIEF"}
    assert {row.owed.name for row in mine} == {"ACK"}
    assert not plan.findings


def test_e8_lowering_the_grade_removes_nothing(town: Town) -> None:
    _, before = drowned(town, dead=1)
    after = regrade(before, town.plan("DROWN", grade="G4"))

    assert after.plan.grade == "G4"
    assert after.plan.rows == before.rows
    assert (after.added, after.strengthened) == ((), ())


def test_e9_a_missing_pupil_in_a_reservoir_reaches_what_a_drowned_one_does(town: Town) -> None:
    found, plan = drowned(town, missing=1)
    same = Town()
    same.bureau("COUNTY")
    same.bureau("DISTRICT")
    _, drowned_plan = drowned(same, dead=1)

    assert (found.grade, found.rule) == ("G2", "g2-drowning")
    assert plan.rows == drowned_plan.rows
