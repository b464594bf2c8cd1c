"""``POST /api/v1/incidents``: the same answers for programs, in the caller's language."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from incidents.cases.models import Incident
from safety.ledger.actions import SYSTEM
from safety.people.actions import create_token, revoke_tokens
from tests.incidents.pages import counts

PATH = "/api/v1/incidents"


class Program:
    """Another program with a token, on a client that is signed in to nothing."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.client = Client()

    def send(
        self, body: Any, *, key: str | None = "", language: str = "zh-hans", **options: Any
    ) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": language}
        if key is not None:
            headers["Idempotency-Key"] = key or str(uuid4())
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        content_type = options.get("content_type", "application/json")
        return self.client.post(PATH, data, content_type=content_type, headers=headers)

    def receipt(self, ref: object) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.client.get(f"{PATH}/{ref}/receipt", headers=headers)


def program(city: ModuleType, who: str) -> Program:
    return Program(create_token(user=city.person(who), label="test", actor=SYSTEM))


@pytest.fixture
def school(city: ModuleType) -> Program:
    return program(city, "school.safety_staff")


def body(**over: Any) -> dict[str, Any]:
    fields = {
        "school": "5201210001",
        "hazard": "DROWN",
        "people": "counted",
        "missing": 1,
        "aware_at": timezone.now().isoformat(),
        **over,
    }
    return {name: value for name, value in fields.items() if value is not ...}


def test_it_files_and_answers_with_a_receipt(school: Program) -> None:
    response = school.send(body())

    incident = Incident.objects.get()
    assert response.status_code == 201
    receipt = response.json()
    assert (receipt["number"], receipt["ref"]) == (incident.number, str(incident.ref))
    assert (receipt["grade"], receipt["provisional"]) == ("G2", False)
    assert (incident.via, incident.missing, incident.dead) == ("api", 1, None)
    assert school.receipt(incident.ref).json() == receipt


def test_the_same_key_again_is_the_same_answer(school: Program) -> None:
    sent, key = body(), "pump-house-0001"

    first, second = school.send(sent, key=key), school.send(sent, key=key)

    assert first.content == second.content
    assert second["Idempotent-Replay"] == "true"
    assert Incident.objects.count() == 1


def test_a_used_key_with_another_body_is_a_conflict(school: Program) -> None:
    sent, key = body(), "pump-house-0001"
    school.send(sent, key=key)
    before = counts()

    response = school.send({**sent, "missing": 2}, key=key)

    assert response.status_code == 409
    assert response.json()["errors"][0]["field"] == "Idempotency-Key"
    assert counts() == before


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"aware_at": (timezone.now() + timedelta(days=1)).isoformat()}, "aware_at"),
        ({"aware_at": "2026-06-14T20:14:00"}, "aware_at"),
        ({"aware_at": "yesterday"}, "aware_at"),
        ({"aware_at": "0001-01-01T00:00:00+08:00"}, "aware_at"),
        ({"aware_at": "9999-12-31T23:59:59-12:00"}, "aware_at"),
        ({"aware_at": 1e300}, "aware_at"),
        ({"aware_at": ...}, "aware_at"),
        ({"hazard": "UFO"}, "hazard"),
        ({"hazard": "DROWN\x00"}, "hazard"),
        ({"hazard": ...}, "hazard"),
        ({"missing": -1}, "missing"),
        ({"missing": 1.0}, "missing"),
        ({"missing": 1.5}, "missing"),
        ({"missing": "1"}, "missing"),
        ({"missing": True}, "missing"),
        ({"missing": [1]}, "missing"),
        ({"missing": 10**40}, "missing"),
        ({"missing": 100_001}, "missing"),
        ({"people": "many"}, "people"),
        ({"people": "none"}, "people"),
        ({"missing": ...}, "people"),
        ({"injured": 1, "critical": 2}, "critical"),
        ({"place_kind": "moon"}, "place_kind"),
        ({"place": "字" * 201}, "place"),
        ({"summary": "字" * 201}, "summary"),
        ({"summary": "a\x00b"}, "summary"),
        ({"summary": "half \ud800"}, "summary"),
        ({"summary": 7}, "summary"),
        ({"flags": {"unheard_of": True}}, "flags"),
        ({"flags": {"armed": "yes"}}, "flags.armed"),
        ({"colour": "red"}, "colour"),
        ({"school": "x" * 41}, "school"),
        ({"school": ...}, "school"),
    ],
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_is_wrong_is_named_in_the_callers_language_and_nothing_is_written(
    school: Program, over: dict[str, Any], field: str, language: str
) -> None:
    before = counts()

    response = school.send(body(**over), language=language)

    assert response.status_code == 422
    problems = {problem["field"]: problem for problem in response.json()["errors"]}
    assert field in " ".join(problems)
    for problem in problems.values():
        words = problem["message"] + problem["remedy"]
        assert problem["message"]
        assert problem["remedy"]
        assert bool(re.search("[一-鿿]", words)) == (language == "zh-hans")
    assert counts() == before


@pytest.mark.parametrize("key", [None, "", "short", "x" * 65, "with space", "schlüssel"])
def test_a_key_that_is_missing_or_unusable_is_refused(school: Program, key: str | None) -> None:
    sent = school.send(body(), key=key) if key != "" else school.send(body(), key=" ")

    assert sent.status_code == 422
    assert "Idempotency-Key" in sent.json()["errors"][0]["field"]
    assert Incident.objects.count() == 0


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"[]",
        b"null",
        b'"report"',
        b"",
        b"\xff\xfe{\x00}\x00",
        json.dumps({"summary": "六年级"}, ensure_ascii=False).encode("gbk"),
        b'{"school": NaN}',
        b"[" * 100_000,
    ],
)
def test_what_cannot_be_read_is_not_guessed_at(school: Program, raw: bytes) -> None:
    before = counts()

    response = school.send(raw)

    assert response.status_code in (400, 422)
    assert response.json()["errors"][0]["message"]
    assert counts() == before


@pytest.mark.parametrize("charset", ["utf-16", "utf-32", "gbk"])
def test_another_encoding_is_not_read(school: Program, charset: str) -> None:
    raw = json.dumps(body(summary="六年级学生"), ensure_ascii=False).encode(charset)

    assert school.send(raw).status_code == 400
    assert Incident.objects.count() == 0


@pytest.mark.parametrize("debug", [False, True])
def test_ten_megabytes_are_too_much(school: Program, settings: Any, *, debug: bool) -> None:
    settings.DEBUG = debug

    response = school.send(body(summary="x" * 10_000_000))

    assert response.status_code == 413
    assert response.json()["errors"][0]["message"]
    assert Incident.objects.count() == 0


@pytest.mark.parametrize("code", ["9999999999", "5201210002", "5201020002", "520121", "", "a\x00b"])
def test_a_token_of_one_school_files_for_no_other(school: Program, code: str) -> None:
    before = counts()

    response = school.send(body(school=code))
    more = school.send(body(more_schools=[code]))

    assert response.status_code == more.status_code == 404
    problem, other = response.json()["errors"][0], more.json()["errors"][0]
    assert (problem["field"], problem["value"]) == ("school", code)
    assert (other["field"], other["value"]) == ("more_schools", code)
    assert problem["message"] == "没有这所学校,或此令牌不能为它报送。"
    assert counts() == before


@pytest.mark.parametrize(
    ("over", "field", "value"),
    [
        ({"dead": "x"}, "dead", "x"),
        ({"missing": True}, "missing", "true"),
        ({"missing": 1.5}, "missing", "1.5"),
        ({"missing": [1]}, "missing", "[…]"),
        ({"flags": {"armed": "yes"}}, "flags.armed", "yes"),
        ({"people": "many"}, "people", "many"),
        ({"colour": "red"}, "colour", "red"),
        ({"hazard": ...}, "hazard", ""),
    ],
)
def test_the_value_that_is_wrong_is_said(
    school: Program, over: dict[str, Any], field: str, value: str
) -> None:
    problems = school.send(body(**over)).json()["errors"]

    found = {problem["field"].removeprefix("body."): problem["value"] for problem in problems}
    assert found == {field: value}


def test_known_values_are_listed_without_a_foreign_word(school: Program) -> None:
    problem = school.send(body(people="many")).json()["errors"][0]

    assert "counted / none / unknown" in problem["remedy"]
    assert not re.search(r"\bor\b", problem["remedy"])


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_another_method_is_answered_in_the_same_shape(school: Program, method: str) -> None:
    response = getattr(school.client, method)(PATH, headers={"Accept-Language": "zh-hans"})

    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert response.json()["errors"][0]["value"] == method.upper()


def test_a_closed_school_is_told_so(city: ModuleType) -> None:
    city.give("school.safety_staff", "small.safety_staff")
    closing = city.unit("school")
    closing.ends_on = timezone.localdate() - timedelta(days=1)
    closing.save()

    response = program(city, "small.safety_staff").send(body())

    assert response.status_code == 422
    assert [problem["field"] for problem in response.json()["errors"]] == ["school"]
    assert Incident.objects.count() == 0


@pytest.mark.parametrize("token", ["", "unknown", "withdrawn", "of somebody shut out"])
def test_without_a_token_in_force_nothing_is_read(
    city: ModuleType, school: Program, token: str
) -> None:
    person = city.person("school.safety_staff")
    if token == "withdrawn":
        revoke_tokens(user=person, actor=SYSTEM)
    elif token == "of somebody shut out":
        type(person).objects.filter(pk=person.pk).update(is_active=False)
    else:
        school.token = token

    response = school.send(body())

    assert response.status_code == 401
    assert response.json()["errors"][0]["remedy"]
    assert Incident.objects.count() == 0


def test_a_post_without_the_right_finds_no_school(city: ModuleType) -> None:
    assert program(city, "county.chief").send(body()).status_code == 404


def test_a_sign_in_cookie_is_no_token(city: ModuleType, client: Client) -> None:
    city.sign_in(client, "school.safety_staff")

    response = client.post(PATH, json.dumps(body()), content_type="application/json")

    assert response.status_code == 401


def test_receipts_belong_to_their_reporter(city: ModuleType, school: Program) -> None:
    incident = city.make_incident(reporter="school.principal")

    assert school.receipt(incident.ref).status_code == 404
    assert school.receipt(uuid4()).status_code == 404
    assert school.receipt("not-a-uuid").status_code == 422
    assert program(city, "school.principal").receipt(incident.ref).status_code == 200


def test_hazards_named_twice_count_once(school: Program) -> None:
    school.send(body(more_hazards=["DROWN", "INJ", "INJ"]))

    incident = Incident.objects.get()
    assert (incident.hazard, incident.more_hazards) == ("DROWN", ["INJ"])


def test_the_description_of_the_api_is_served(client: Client) -> None:
    document = client.get("/api/v1/openapi.json").json()

    filing = document["paths"]["/api/v1/incidents"]["post"]
    assert {"201", "400", "401", "404", "409", "413", "422"} <= set(filing["responses"])
    assert {"in": "header", "name": "Idempotency-Key"}.items() <= filing["parameters"][0].items()
