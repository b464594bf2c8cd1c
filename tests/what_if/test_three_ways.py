"""The worked examples asked of the page, of the API and of ``manage.py resolve``: one answer."""

from __future__ import annotations

from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.test import Client

from incidents.cases.models import Incident
from notifications.models import Alert, Obligation, StreamRow
from notifications.words import capacity_words
from safety.ledger.models import Event
from tests.what_if.asking import Case, api, command, page

DROWNED = Case(school="school", hazard="DROWN", facts={"dead": 1})
VOMITING = Case(school="private", hazard="FOOD", facts={"injured": 12})
EXAMPLES = {
    "E1": (DROWNED, "G2"),
    "E2": (VOMITING, "G3"),
    "E3": (Case(school="primary", hazard="BULLY", flags=("under_14",)), "G4"),
    "E4": (Case(school="primary", hazard="SEXA", flags=("staff_involved", "under_14")), "G1"),
    "E5": (Case(school="vocational", hazard="FIRE", facts={"people": "none"}), "G4"),
    "E6": (VOMITING, "G3"),
    "E7": (VOMITING, "G3"),
    "E8": (Case(school="school", hazard="DROWN", facts={"dead": 1}, grade="G4"), "G4"),
    "E9": (Case(school="school", hazard="DROWN", facts={"missing": 1}), "G2"),
}


@pytest.fixture
def reader(city: ModuleType, client: Client) -> Client:
    """The city's safety office: watches every board, and reads sealed cases."""
    city.sign_in(client, "city.safety_office")
    return client


def prepare(city: ModuleType, name: str) -> None:
    if name == "E6":
        city.vacate("district.safety_deputy", at=city.SINCE + timedelta(days=1))
    if name == "E7":
        city.vacate("district.party_chief", at=city.SINCE + timedelta(days=1))
        city.give("district.party_chief", "district.chief")


def shown(levels: Any) -> list[tuple[Any, ...]]:
    return sorted(
        (person.name, line.capacity, line.strength, line.due_minutes or 0, bool(line.climbed))
        for level in levels
        for person in level.people
        for line in person.lines
    )


@pytest.mark.parametrize("name", EXAMPLES)
def test_page_api_and_command_tell_the_same(city: ModuleType, reader: Client, name: str) -> None:
    prepare(city, name)
    case, grade = EXAMPLES[name]

    printed = command(city, case, grade)
    asked = api(city, "city.safety_office", case)
    posted = api(city, "city.safety_office", case, post=True)
    seen = page(reader, city, case)

    assert asked.status_code == posted.status_code == seen.status_code == 200, asked.content
    assert asked.json() == posted.json()
    assert {key: asked.json()[key] for key in printed} == printed
    assert seen.context["foreseen"].plan.hash == printed["hash"]
    words = capacity_words()
    assert shown(seen.context["levels"]) == sorted(
        (
            row["person_name"],
            words[row["capacity"]],
            row["obligation"].lower(),
            row["due_minutes"] or 0,
            row["climbed_from"] is not None,
        )
        for row in printed["obligations"]
    )
    text = seen.content.decode()
    for row in printed["obligations"]:
        assert row["person_name"] in text
        assert row["why_zh"].replace("您", "该岗")[:6] in text.replace("您", "该岗")


def test_a_missing_pupil_reaches_whom_a_drowned_one_does(city: ModuleType, reader: Client) -> None:
    drowned, missing = (page(reader, city, EXAMPLES[name][0]) for name in ("E1", "E9"))

    assert shown(drowned.context["levels"]) == shown(missing.context["levels"])
    assert missing.context["graded"].criterion == "溺水,失联或危重1人以上(立即)"


def test_a_vacancy_is_shown_with_who_answers_instead(city: ModuleType, reader: Client) -> None:
    prepare(city, "E6")
    seen = page(reader, city, VOMITING)

    [finding] = [f for f in seen.context["findings"] if f.capacity == "分管安全领导"]
    assert (finding.word, finding.detail) == ("空岗", "由行政主要负责人承接")
    assert "承接:分管安全领导" in seen.content.decode()


def test_two_capacities_of_one_person_stand_together(city: ModuleType, reader: Client) -> None:
    prepare(city, "E7")
    seen = page(reader, city, VOMITING)

    name = city.person("district.chief").name
    [person] = [p for level in seen.context["levels"] for p in level.people if p.name == name]
    assert {line.capacity for line in person.lines} == {"党组织主要负责人", "行政主要负责人"}


def test_the_health_authority_and_the_first_report_are_told_with_their_clocks(
    city: ModuleType, reader: Client
) -> None:
    found = api(city, "city.safety_office", VOMITING).json()
    health = [row for row in found["upward"] if row["basis"] == "statutory"]
    page_rows = page(reader, city, VOMITING).context["upward"]

    assert [row["due_at"] for row in health] == ["2026-06-14T22:21:00+08:00"]
    assert found["first_report"]["due_at"] == "2026-06-14T20:51:00+08:00"
    assert [row.minutes for row in page_rows if "条例" in row.basis] == [120]


def test_nothing_is_written_and_nobody_is_told(city: ModuleType, reader: Client) -> None:
    before = Event.objects.count()
    page(reader, city, DROWNED)

    assert not Incident.objects.exists()
    assert not Alert.objects.exists()
    assert not Obligation.objects.exists()
    assert not StreamRow.objects.exists()
    assert Event.objects.count() == before
