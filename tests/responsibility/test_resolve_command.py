"""``manage.py resolve``: the contract that operators and other programs rely on."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from io import StringIO
from types import ModuleType
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from notifications.models import Alert, Obligation
from safety.ledger.models import Event

SUNDAY = "2026-06-14T20:21:00+08:00"
PROMISED = {
    "level",
    "unit",
    "post",
    "capacity",
    "obligation",
    "person",
    "due_minutes",
    "climbed_from",
    "rule",
    "redacted",
}


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("resolve", *arguments, stdout=out)
    return out.getvalue()


def plan(city: ModuleType, *arguments: str, school: str = "school") -> dict[str, Any]:
    printed = run("--school", city.unit(school).code, *arguments, "--json")
    document: dict[str, Any] = json.loads(printed)
    return document


def test_it_prints_one_document_with_everything_promised(city: ModuleType) -> None:
    found = plan(city, "--hazard", "DROWN", "--grade", "G2", "--at", SUNDAY)

    assert {"obligations", "findings", "table", "rules", "hash"} <= set(found)
    assert all(set(row) >= PROMISED for row in found["obligations"])
    assert len(found["hash"]) == 64
    [duty] = [
        row
        for row in found["obligations"]
        if (row["level"], row["capacity"]) == ("district", "DUTY_OFFICER")
    ]
    assert duty["unit"] == city.unit("county").code
    assert (duty["post"], duty["obligation"], duty["due_minutes"]) == ("B27D", "ACT", 5)
    assert duty["person"] == "county.duty_officer"
    assert duty["climbed_from"] is None
    assert "matrix.district.DUTY_OFFICER.G2=ACT" in duty["rule"]
    assert duty["redacted"] is False


def test_it_tells_nobody_and_writes_nothing(city: ModuleType) -> None:
    before = Event.objects.count()
    plan(city, "--hazard", "DROWN", "--grade", "G1")

    assert not Alert.objects.exists()
    assert not Obligation.objects.exists()
    assert Event.objects.count() == before


def test_the_same_question_has_the_same_hash(city: ModuleType) -> None:
    asked = ("--hazard", "FOOD", "--grade", "G3", "--at", SUNDAY)

    assert plan(city, *asked)["hash"] == plan(city, *asked)["hash"]


def test_several_schools_and_hazards_are_united(city: ModuleType) -> None:
    codes = [city.unit(key).code for key in ("school", "primary")]
    found = plan(
        city,
        *("--school", codes[1], "--hazard", "FOOD", "--hazard2", "FIRE", "--grade", "G3"),
    )

    principals = {r["unit"] for r in found["obligations"] if r["capacity"] == "SCH_PRINCIPAL"}
    assert principals == set(codes)
    city_sections = {
        r["post"]
        for r in found["obligations"]
        if (r["level"], r["capacity"]) == ("city", "LINE_SECTION")
    }
    assert city_sections == {"B12", "B18", "B19"}
    assert found["hazards"] == ["FOOD", "FIRE"]


def test_a_flag_brings_its_owner(city: ModuleType) -> None:
    asked = ("--hazard", "SEXA", "--grade", "G1")
    without = plan(city, *asked, school="primary")
    with_staff = plan(city, *asked, "--flag", "staff_involved", school="primary")

    sections = [
        {r["post"] for r in found["obligations"] if r["capacity"] == "LINE_SECTION"}
        for found in (without, with_staff)
    ]
    assert sections == [{"B12", "B17"}, {"B12", "B17", "B20"}]
    assert with_staff["privacy"] == "sealed"


def test_a_vacancy_is_shown_with_its_climb(city: ModuleType) -> None:
    city.vacate("district.safety_deputy", at=city.SINCE + timedelta(days=1))
    found = plan(city, "--hazard", "FOOD", "--grade", "G3", school="private")

    [row] = [
        r
        for r in found["obligations"]
        if (r["level"], r["capacity"]) == ("district", "SAFETY_DEPUTY")
    ]
    assert row["person"] == "district.chief"
    assert row["obligation"] == "ACT"
    assert row["climbed_from"]["post_type"] == "B03"
    [finding] = found["findings"]
    assert (finding["code"], finding["capacity"]) == ("F-VAC", "SAFETY_DEPUTY")


def test_the_moment_asked_about_counts(city: ModuleType) -> None:
    change = datetime.fromisoformat(SUNDAY)
    city.vacate("county.duty_officer", at=change)
    asked = ("--hazard", "DROWN", "--grade", "G2", "--at")

    before = plan(city, *asked, (change - timedelta(minutes=1)).isoformat())
    after = plan(city, *asked, SUNDAY)

    assert not before["findings"]
    assert after["findings"]


def test_a_time_without_offset_is_the_bureaus_own(city: ModuleType) -> None:
    found = plan(city, "--hazard", "DROWN", "--grade", "G2", "--at", "2026-06-14T20:21")

    assert datetime.fromisoformat(found["at"]) == datetime.fromisoformat(SUNDAY)


def test_people_read_a_table(city: ModuleType) -> None:
    city.vacate("county.safety_office", at=city.SINCE + timedelta(days=1))
    printed = run(
        *("--school", city.unit("school").code, "--hazard", "BULLY", "--grade", "G3"),
        *("--at", SUNDAY),
    )

    assert "CAPACITY" in printed
    assert "丁县基础教育科" in printed
    assert "ACT (redacted)" in printed
    assert "06-14 20:26" in printed
    assert "F-VAC 520121 SAFETY_OFFICE" in printed


@pytest.mark.parametrize(
    ("over", "field", "value"),
    [
        ({"--school": "000"}, "school", "000"),
        ({"--school": "520121"}, "school", "520121"),  # a bureau
        ({"--hazard": "WATER"}, "hazard", "WATER"),
        ({"--hazard2": "WATER"}, "hazard", "WATER"),
        ({"--grade": "G7"}, "grade", "G7"),
        ({"--flag": "staff"}, "flag", "staff"),
        ({"--at": "yesterday"}, "at", "yesterday"),
    ],
)
def test_what_is_not_known_is_refused_with_field_value_and_remedy(
    city: ModuleType, over: dict[str, str], field: str, value: str
) -> None:
    asked = {
        "--school": city.unit("school").code,
        "--hazard": "DROWN",
        "--grade": "G2",
        **over,
    }

    with pytest.raises(CommandError) as refusal:
        run(*(part for pair in asked.items() for part in pair), "--json")

    message = str(refusal.value)
    assert message.startswith(f"{field} '{value}': ")
    assert message.count(".") >= 2  # what is wrong, and how to mend it
    assert refusal.value.returncode != 0


def test_a_closed_school_is_refused_after_its_day(city: ModuleType) -> None:
    code = city.unit("closed").code
    asked = ("--school", code, "--hazard", "DROWN", "--grade", "G2")

    with pytest.raises(CommandError, match="did not exist"):
        run(*asked)
    assert run(*asked, "--at", "2023-08-31T12:00:00+08:00")
