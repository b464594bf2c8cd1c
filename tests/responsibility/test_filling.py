"""Vacancy and absence: who stands in, what is written down, and what is never delayed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifications.responsibility.plan import Plan, PlanRow
from notifications.responsibility.words import Owed
from tests.responsibility.town import BEGAN, MONDAY, SUNDAY, Town, codes, rows_at


@pytest.fixture
def town() -> Town:
    made = Town()
    made.bureau("COUNTY")
    made.school("S", "COUNTY", stages=("junior",))
    return made


def only(plan: Plan, level: str, capacity: str) -> PlanRow:
    [row] = rows_at(plan, level, capacity)
    return row


def test_the_b_role_answers_for_an_absent_holder_without_a_finding(town: Town) -> None:
    deputy = town.deputise("COUNTY", "B11")
    town.send_away(town.who("COUNTY", "B11"), delegate=town.newcomer())
    plan = town.plan("DROWN", grade="G2")

    row = only(plan, "district", "SAFETY_OFFICE")
    assert (row.person, row.post_type, row.climbed_from) == (deputy, "B11", None)
    assert "您代理" in row.why_zh
    assert not plan.findings


def test_the_named_stand_in_answers_where_there_is_no_b_role(town: Town) -> None:
    stand_in = town.newcomer()
    town.send_away(town.who("COUNTY", "B11"), delegate=stand_in)
    plan = town.plan("DROWN", grade="G2")

    assert only(plan, "district", "SAFETY_OFFICE").person == stand_in
    assert not plan.findings


def test_a_stand_in_who_is_away_himself_does_not_count(town: Town) -> None:
    stand_in = town.newcomer()
    town.send_away(town.who("COUNTY", "B11"), delegate=stand_in)
    town.send_away(stand_in)
    plan = town.plan("DROWN", grade="G2")

    row = only(plan, "district", "SAFETY_OFFICE")
    assert row.person == town.who("COUNTY", "B03")
    assert row.climbed_from is not None
    assert row.climbed_from["reason"] == "absent"
    assert codes(plan) == {("F-ABS", "SAFETY_OFFICE")}


def test_the_b_role_of_an_empty_post_answers_and_the_post_is_still_vacant(town: Town) -> None:
    town.vacate("COUNTY", "B11")
    deputy = town.deputise("COUNTY", "B11")
    plan = town.plan("DROWN", grade="G2")

    row = only(plan, "district", "SAFETY_OFFICE")
    assert (row.person, row.climbed_from) == (deputy, None)
    assert codes(plan) == {("F-VAC", "SAFETY_OFFICE")}


def test_an_acting_holder_is_a_holder(town: Town) -> None:
    town.vacate("COUNTY", "B02")
    acting = town.newcomer()
    town.hold(town.entry("COUNTY", "B02"), acting, kind="acting")
    plan = town.plan("DROWN", grade="G1")

    assert only(plan, "district", "ADMIN_CHIEF").person == acting
    assert not plan.findings


def test_a_holder_who_cannot_sign_in_is_no_holder(town: Town) -> None:
    del town.people[town.who("COUNTY", "B12")]
    plan = town.plan("DROWN", grade="G2")

    assert ("F-VAC", "LINE_SECTION") in codes(plan)


def test_further_holders_get_the_message_and_the_obligation_is_one(town: Town) -> None:
    entry, first = town.entry("S", "SCH_CLASS_TEACHER"), town.who("S", "SCH_CLASS_TEACHER")
    second, third = town.newcomer(), town.newcomer()
    town.hold(entry, third, rank=2)
    town.hold(entry, second, rank=1)
    plan = town.plan("DROWN", grade="G2")

    [row] = [r for r in rows_at(plan, "school") if r.post_type == "SCH_CLASS_TEACHER"]
    assert (row.person, row.also) == (first, (second, third))


def test_who_held_the_post_at_that_minute_counts(town: Town) -> None:
    entry, later = town.entry("COUNTY", "B12"), town.newcomer()
    change = SUNDAY + timedelta(hours=1)
    town.holdings = [h for h in town.holdings if h.post != entry.post]
    town.hold(entry, 1, starts_at=BEGAN, ends_at=change)
    town.hold(entry, later, starts_at=change)
    town.people[1] = "before"

    before = town.plan("DROWN", grade="G2", at=change - timedelta(seconds=1))
    after = town.plan("DROWN", grade="G2", at=change)

    assert only(before, "district", "LINE_SECTION").person == 1
    assert only(after, "district", "LINE_SECTION").person == later


@pytest.mark.parametrize(("grade", "delegable"), [("G3", True), ("G2", False), ("G1", False)])
def test_a_chief_delegates_at_g3_and_not_above(town: Town, grade: str, delegable: bool) -> None:
    deputy = town.deputise("COUNTY", "B01")
    town.send_away(town.who("COUNTY", "B01"))
    plan = town.plan("DROWN", grade=grade)

    row = only(plan, "district", "PARTY_CHIEF")
    assert (row.person == deputy) is delegable
    if not delegable:
        assert row.person == town.who("COUNTY", "B02")
        assert ("F-ABS", "PARTY_CHIEF") in codes(plan)


def test_one_chief_holds_both_capacities_when_the_other_is_missing(town: Town) -> None:
    town.vacate("COUNTY", "B02")
    plan = town.plan("DROWN", grade="G3")

    secretary = town.who("COUNTY", "B01")
    rows = [row for row in rows_at(plan, "district") if row.person == secretary]
    assert {row.capacity for row in rows} == {"PARTY_CHIEF", "ADMIN_CHIEF"}


def test_a_reading_that_climbed_is_acknowledged_by_both_chiefs(town: Town) -> None:
    town.vacate("CITY", "B01")
    plan = town.plan("DROWN", grade="G3")

    for capacity in ("PARTY_CHIEF", "ADMIN_CHIEF"):
        row = only(plan, "city", capacity)
        assert row.person == town.who("CITY", "B02")
        assert row.owed == Owed.ACK
        assert row.ack_due_at is not None


def test_without_both_chiefs_the_safety_deputy_answers_then_the_leader_on_duty(town: Town) -> None:
    town.vacate("COUNTY", "B01", "B02")
    plan = town.plan("DROWN", grade="G2")
    for capacity in ("PARTY_CHIEF", "ADMIN_CHIEF"):
        assert only(plan, "district", capacity).post_type == "B03"

    town.vacate("COUNTY", "B03")
    plan = town.plan("DROWN", grade="G2")
    for capacity in ("PARTY_CHIEF", "ADMIN_CHIEF"):
        assert only(plan, "district", capacity).post_type == "B27L"


def test_a_section_climbs_to_its_own_deputy_with_the_shorter_clock(town: Town) -> None:
    town.vacate("COUNTY", "B18")
    plan = town.plan("FOOD", grade="G3")

    [row] = [r for r in rows_at(plan, "district", "LINE_SECTION") if r.climbed_from]
    assert row.post_type == "B07"
    assert row.ack_due_at == SUNDAY + timedelta(minutes=15)  # the section's, not the deputy's 30


def test_the_superiors_clock_counts_where_it_is_the_shorter_one(town: Town) -> None:
    town.vacate("COUNTY", "B27L")  # the leader on duty climbs to the deputy for safety
    plan = town.plan("DROWN", grade="G4", at=MONDAY)

    row = only(plan, "district", "DUTY_LEADER")
    assert (row.post_type, row.owed) == ("B03", Owed.ACK)
    assert row.ack_due_at == MONDAY + timedelta(minutes=60)


def test_the_same_person_does_not_get_one_capacity_twice_at_a_unit(town: Town) -> None:
    town.rescope("COUNTY", "B07", stages=["junior"], hazards=["FOOD"])
    town.remove("COUNTY", "B04")
    town.vacate("COUNTY", "B12", "B18")
    plan = town.plan("FOOD", grade="G2")

    climbed = [r for r in rows_at(plan, "district", "LINE_SECTION") if r.climbed_from]
    assert {row.post_type for row in climbed} == {"B07", "B02"}


def test_when_everybody_has_it_already_a_superior_answers_for_several(town: Town) -> None:
    town.vacate("COUNTY", "B12", "B18", "B04", "B07", "B27L")
    plan = town.plan("FOOD", grade="G2")

    [row] = rows_at(plan, "district", "LINE_SECTION")
    assert (row.post_type, row.owed) == ("B02", Owed.ACT)
    assert "stage.junior by table" in row.rules
    assert "hazard.FOOD by table" in row.rules
    vacant = {f.post_type for f in plan.findings if f.capacity == "LINE_SECTION"}
    assert vacant == {"B12", "B18"}


def test_a_vacancy_of_the_county_never_climbs_to_the_city(town: Town) -> None:
    everybody = {e.post for e in town.entries if e.unit == town.units["COUNTY"].id}
    town.holdings = [h for h in town.holdings if h.post not in everybody]
    plan = town.plan("DROWN", grade="G2")

    rows = rows_at(plan, "district")
    assert {row.person for row in rows} == {None}
    assert {row.owed for row in rows} == {Owed.ACT}  # told late by nobody: whoever comes answers
    assert only(plan, "district", "SAFETY_OFFICE").post_id == town.entry("COUNTY", "B11").post
    assert {f.detail for f in plan.findings} == {"nobody"}


def test_an_empty_school_reaches_the_safety_office_of_its_county(town: Town) -> None:
    everybody = {e.post for e in town.entries if e.unit == town.units["S"].id}
    town.holdings = [h for h in town.holdings if h.post not in everybody]
    plan = town.plan("DROWN", grade="G2")

    for capacity in ("SCH_PRINCIPAL", "SCH_SECRETARY", "SCH_SAFETY_STAFF", "SCH_SAFETY_DEPUTY"):
        row = only(plan, "school", capacity)
        assert (row.unit_code, row.post_type) == ("S", "B11")
        assert row.person == town.who("COUNTY", "B11")


def test_an_empty_school_under_the_city_reaches_the_citys_safety_office(town: Town) -> None:
    town.school("D", None, stages=("vocational",))
    town.vacate("D", "SCH_PRINCIPAL", "SCH_SECRETARY")
    plan = town.plan("DROWN", grade="G2", schools=("D",))

    assert only(plan, "school", "SCH_PRINCIPAL").person == town.who("CITY", "B11")


def test_what_is_only_on_the_board_is_named_as_a_gap_and_addresses_nobody(town: Town) -> None:
    town.vacate("COUNTY", "B11")
    plan = town.plan("INJ", grade="G5")

    row = only(plan, "district", "SAFETY_OFFICE")
    assert (row.owed, row.person, row.climbed_from) == (Owed.FEED, None, None)
    assert ("F-VAC", "SAFETY_OFFICE") in codes(plan)


def test_a_missing_area_contact_is_no_gap(town: Town) -> None:
    town.post(town.units["COUNTY"], "B26", scope={"schools": ["S"]})
    town.vacate("COUNTY", "B26")
    plan = town.plan("DROWN", grade="G2")

    assert not rows_at(plan, "district", "AREA_CONTACT")
    assert not plan.findings
