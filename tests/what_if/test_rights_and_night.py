"""Who may ask what would happen, what is withheld, wrong input, and the sum of a bad night."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import Alert
from tests.what_if.asking import SUNDAY, Case, api, page

FIRE = Case(school="school", hazard="FIRE", facts={"people": "none"})
ASSAULT = Case(school="school", hazard="SEXA", grade="G3")


@pytest.mark.parametrize("who", ["school.safety_staff", "county.section_basic"])
def test_without_the_right_there_is_no_such_page(
    city: ModuleType, client: Client, who: str
) -> None:
    city.sign_in(client, who)

    assert client.get(reverse("what_if:suppose")).status_code == 404
    assert client.get(reverse("what_if:night")).status_code == 404
    assert api(city, who, FIRE).status_code == 404


def test_another_districts_school_is_like_a_missing_one(city: ModuleType, client: Client) -> None:
    city.sign_in(client, "district.safety_office")

    assert page(client, city, FIRE).status_code == 404
    other = api(city, "district.safety_office", FIRE)
    missing = api(city, "district.safety_office", FIRE, school=["0000"])
    assert other.status_code == missing.status_code == 404
    assert {**other.json()["errors"][0], "value": ""} == {
        **missing.json()["errors"][0],
        "value": "",
    }


def test_names_of_a_sealed_plan_are_for_its_readers(city: ModuleType, client: Client) -> None:
    city.sign_in(client, "county.duty_officer")
    seen = page(client, city, ASSAULT)
    told = api(city, "county.duty_officer", ASSAULT).json()

    names = {city.person(f"county.{role}").name for role in ("section_moral", "chief")}
    text = seen.content.decode()
    assert not any(name in text for name in names)
    assert "只显示岗位,不显示姓名" in text
    assert told["withheld"] is True
    assert {row["person_name"] for row in told["obligations"]} == {""}
    assert {row["person"] for row in told["obligations"]} == {None}
    assert {len(row["also"]) for row in told["obligations"]} == {0}
    assert told["hash"] == ""

    city.sign_in(client, "county.safety_office")  # reads restricted text there
    open_to = page(client, city, ASSAULT)
    assert city.person("county.section_moral").name in open_to.content.decode()


def test_how_many_people_a_sealed_plan_has_is_for_its_readers_too(
    city: ModuleType, client: Client
) -> None:
    city.sign_in(client, "county.duty_officer")
    blind = page(client, city, ASSAULT)
    city.sign_in(client, "county.safety_office")
    sees = page(client, city, ASSAULT)

    assert sees.context["people_told"] > 1
    assert f">{sees.context['people_told']}人<" in sees.content.decode()
    assert blind.context["people_told"] is None
    assert "将通知" not in blind.content.decode()
    several = [len(one.lines) for level in sees.context["levels"] for one in level.people]
    assert max(several) > 1  # somebody answers in two capacities
    for level in blind.context["levels"]:
        assert {len(one.lines) for one in level.people} == {1}
        assert {(one.name, one.phone) for one in level.people} == {("", "")}


@pytest.mark.parametrize("at", ["0001-01-01T00:00", "1899-12-31T10:00", "9999-12-31T23:59"])
def test_a_time_out_of_the_world_is_answered_in_words(
    city: ModuleType, client: Client, at: str
) -> None:
    city.sign_in(client, "city.safety_office")
    answers = [page(client, city, FIRE, at=at), night(client, schools=2, at=at)]

    for answer in answers:
        assert answer.status_code == 200
        assert "foreseen" not in answer.context
        assert "found" not in answer.context or answer.context["found"] == []
        assert [problem.field for problem in answer.context["problems"]] == ["at"]


def test_a_school_is_found_by_a_part_of_its_name(city: ModuleType, client: Client) -> None:
    city.sign_in(client, "county.safety_office")
    many = client.get(reverse("what_if:suppose"), {"q": "丁县", "hazard": "FIRE"})
    one = client.get(
        reverse("what_if:suppose"), {"q": "丁县一中", "hazard": "FIRE", "people": "none"}
    )
    none = client.get(reverse("what_if:suppose"), {"q": "没有的学校", "hazard": "FIRE"})

    assert len(many.context["found"]) > 1
    assert "foreseen" not in many.context
    assert one.context["foreseen"].supposed.schools == (city.unit("school"),)
    assert "没有这个名称或代码" in none.content.decode()


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"hazard": ["UFO"]}, "hazard"),
        ({"flag": ["wings"]}, "flags"),
        ({"people": "none", "dead": 1}, "people"),
        ({"critical": 3, "injured": 1}, "critical"),
        ({"at": "9999-12-31T23:59:59+08:00"}, "at"),
        ({"at": "1900-01-01T00:00:00+08:00"}, "at"),
        ({"grade": "G9"}, "grade"),
    ],
)
def test_what_cannot_be_supposed_is_refused_with_its_field(
    city: ModuleType, over: dict[str, Any], field: str
) -> None:
    asked = Case(school="school", hazard="FIRE")
    for post in (False, True):
        answer = api(city, "city.safety_office", asked, post=post, **over)
        assert answer.status_code == 422, answer.content
        assert answer.json()["errors"][0]["field"] == field
        assert answer.json()["errors"][0]["remedy"]


def test_a_later_day_takes_the_holders_of_that_day(city: ModuleType, client: Client) -> None:
    city.vacate("county.duty_officer")
    city.sign_in(client, "city.safety_office")
    before, now = (page(client, city, FIRE, at=at) for at in (SUNDAY, ""))

    name = city.person("county.duty_officer").name
    assert name in before.content.decode()
    assert name not in now.content.decode()


def night(client: Client, **told: Any) -> Any:
    asked = {"unit": "520100", "grade": "G3", "at": SUNDAY, "each": "hazard", **told}
    return client.get(reverse("what_if:night"), asked)


def test_a_night_sums_up_what_each_person_would_owe(city: ModuleType, client: Client) -> None:
    city.sign_in(client, "city.duty_officer")
    codes = " ".join(city.unit(key).code for key in ("school", "primary"))
    found = night(client, hazard=["FIRE", "FOOD"], codes=codes, each="school").context["found"]

    assert found.incidents == 2
    loads = {load.name: load for load in found.loads}
    duty = loads[city.person("city.duty_officer").name]
    assert (duty.answers, duty.acts, duty.incidents, duty.at_once) == (2, 2, 2, 2)
    county = loads[city.person("county.duty_officer").name]
    assert (county.answers, county.incidents) == (1, 1)
    assert [load.answers for load in found.loads] == sorted(
        (load.answers for load in found.loads), reverse=True
    )
    assert found.answers == sum(load.answers for load in found.loads)


def test_each_number_opens_to_its_rows(city: ModuleType, client: Client) -> None:
    city.sign_in(client, "city.duty_officer")
    who = str(city.person("city.duty_officer").pk)
    seen = night(client, hazard=["FIRE", "FOOD", "DROWN"], schools=3, who=who)

    assert len(seen.context["rows"]) == seen.context["chosen"].answers == 3
    assert {row["hazard"] for row in seen.context["rows"]} == {"火情用电", "食品饮水", "溺水"}


def test_sealed_kinds_are_left_out_for_whoever_may_not_know(
    city: ModuleType, client: Client
) -> None:
    city.sign_in(client, "city.duty_officer")
    blind = night(client, schools=5)
    city.sign_in(client, "city.safety_office")
    sees = night(client, schools=5)

    assert blind.context["left_out"] == ["侵害", "自伤", "涉黑涉恶"]
    assert "没有计入" in blind.content.decode()
    assert sees.context["left_out"] == []
    assert sees.context["found"].incidents == blind.context["found"].incidents + 3


def test_a_district_asks_only_for_its_own_schools(city: ModuleType, client: Client) -> None:
    city.sign_in(client, "county.safety_office")
    own = night(client, unit="520121")
    schools = {one.school for load in own.context["found"].loads for one in load.carried}
    wrong = night(client, unit="520121", codes=city.unit("primary").code)

    assert schools <= {
        city.unit(key).label for key in ("school", "boarding", "small", "central", "point")
    }
    assert not night(client, unit="520100").context["form"].is_valid()
    assert wrong.context["problems"][0].field == "codes"


def test_too_many_incidents_are_refused(city: ModuleType, client: Client) -> None:
    city.sign_in(client, "city.safety_office")
    answer = night(client, schools=301)

    assert "found" not in answer.context
    assert answer.context["form"].errors
    assert not Alert.objects.exists()
