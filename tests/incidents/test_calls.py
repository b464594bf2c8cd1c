"""A report taken by telephone is a first report, with the caller's name."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from django.test import Client

from incidents.cases.models import Incident
from notifications.models import Obligation
from tests.incidents.pages import counts, posted

CALL = {
    "caller": "王老师",
    "caller_post": "安全专干",
    "caller_phone": "19900001111",
    "caller_told": "校长、110",
}


def call(**over: Any) -> dict[str, Any]:
    return posted(**{"school": "丁县第一初级中学", **CALL, **over})


def test_it_is_a_first_report_with_the_caller(city: ModuleType, client: Client) -> None:
    officer = city.sign_in(client, "county.duty_officer")

    response = client.post("/calls/new/", call(summary="学生下水未上来"), follow=True)

    incident = Incident.objects.get()
    assert (incident.via, incident.reporter) == ("phone", officer)
    assert {name: getattr(incident, name) for name in CALL} == CALL
    assert incident.reports.get().body["caller_told"] == "校长、110"
    assert incident.grade == "G2"
    page = response.content.decode()
    assert incident.number in page
    assert "王老师" not in page


def test_writing_it_down_does_not_answer_for_the_officer(city: ModuleType, client: Client) -> None:
    officer = city.sign_in(client, "county.duty_officer")

    client.post("/calls/new/", call())

    own = Obligation.objects.filter(person=officer, capacity="DUTY_OFFICER")
    assert set(own.values_list("state", flat=True)) == {"open"}


@pytest.mark.parametrize(
    "typed",
    ["5201210001", "丁县第一初级中学", "第一初级", "丁县一中", "丁县第一初级中学 5201210001"],
)
def test_a_school_is_found_by_code_name_or_part_of_it(
    city: ModuleType, client: Client, typed: str
) -> None:
    city.sign_in(client, "county.duty_officer")

    client.post("/calls/new/", call(school=typed))

    assert Incident.objects.get().schools.get() == city.unit("school")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", None),
        ("河口", "丁县河口中心小学 5201210004"),
        ("甲区第一小学", None),
        ("5201020002", None),
        ("没有这所学校", None),
        ("%", None),
        ("旧街", None),
    ],
)
def test_none_or_several_schools_are_not_guessed_at(
    city: ModuleType, client: Client, typed: str, said: str | None
) -> None:
    city.sign_in(client, "county.duty_officer")
    before = counts()

    response = client.post("/calls/new/", call(school=typed))

    page = response.content.decode()
    assert response.status_code == 422
    assert 'href="#id_school"' in page
    assert "王老师" in page, "what was typed is kept"
    assert said is None or said in page
    assert counts() == before


def test_a_closed_school_is_told_so_by_its_code(city: ModuleType, client: Client) -> None:
    city.sign_in(client, "county.duty_officer")

    response = client.post("/calls/new/", call(school=city.unit("closed").code))

    assert response.status_code == 422
    assert Incident.objects.count() == 0


def test_the_city_takes_calls_of_every_district(city: ModuleType, client: Client) -> None:
    city.sign_in(client, "city.duty_officer")

    client.post("/calls/new/", call(school="甲区第一小学"))

    assert Incident.objects.get().schools.get() == city.unit("primary")


@pytest.mark.parametrize(
    "who", ["school.safety_staff", "county.chief", "county.section_basic", "county.administrator"]
)
def test_nobody_else_takes_calls(city: ModuleType, client: Client, who: str) -> None:
    city.sign_in(client, who)

    assert client.get("/calls/new/").status_code == 404
    assert client.post("/calls/new/", call()).status_code == 404
    assert client.get("/calls/schools/?q=丁").status_code == 404
    assert Incident.objects.count() == 0


def test_the_list_under_the_field_stays_in_reach(city: ModuleType, client: Client) -> None:
    city.sign_in(client, "county.duty_officer")

    def found(text: str) -> list[str]:
        schools = client.get("/calls/schools/", {"q": text}).json()["schools"]
        return [school["code"] for school in schools]

    assert found("河口") == ["5201210004", "5201210005"]
    assert found("5201210001") == ["5201210001"]
    assert found("甲区") == []
    assert found("旧街") == [], "closed schools are not offered"
    assert found("") == []


def test_the_same_call_twice_is_one_report(city: ModuleType, client: Client) -> None:
    city.sign_in(client, "county.duty_officer")
    form = call()

    first = client.post("/calls/new/", form)
    second = client.post("/calls/new/", form)
    other = client.post("/calls/new/", {**form, "caller": "李老师"})

    assert first["Location"] == second["Location"]
    assert other.status_code == 409
    assert Incident.objects.count() == 1


def test_a_sealed_call_leaves_number_and_time_on_the_officers_screen(
    city: ModuleType, client: Client
) -> None:
    city.sign_in(client, "county.duty_officer")

    response = client.post(
        "/calls/new/",
        call(hazard="SEXA", people="unknown", missing="", summary="某教师"),
        follow=True,
    )

    page = response.content.decode()
    incident = Incident.objects.get()
    assert incident.number in page
    assert "某教师" not in page
    assert client.get(f"/incidents/{incident.ref}/").status_code == 404
