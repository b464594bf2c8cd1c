"""The page of the first report: by plain form, by script, and when it cannot be sent."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from types import ModuleType
from urllib.parse import urlencode

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from incidents.cases.models import Incident
from tests.incidents.pages import counts, posted

FORM = "application/x-www-form-urlencoded"
JSON = {"accept": "application/json"}


def test_nothing_is_chosen_beforehand_and_the_school_is_filled_in(
    city: ModuleType, client: Client
) -> None:
    city.sign_in(client, "school.safety_staff")

    page = client.get("/report/").content.decode()

    tiles = re.findall(r'<input type="radio" name="(?:hazard|people)"[^>]*>', page)
    assert len(tiles) > 12
    assert not [tile for tile in tiles if "checked" in tile]
    counters = re.findall(r'<input[^>]*name="(?:dead|missing|injured|critical)"[^>]*>', page)
    assert len(counters) == 4
    assert not [counter for counter in counters if "value=" in counter]
    assert "丁县第一初级中学" in page
    assert '<select name="school"' not in page
    assert city.person("school.safety_staff").phone in page
    assert 'href="tel:08510000' in page


def test_someone_with_several_schools_chooses(city: ModuleType, client: Client) -> None:
    city.sign_in(client, "central.safety_staff")

    page = client.get("/report/").content.decode()

    assert '<select name="school"' in page
    assert "丁县河口村教学点" in page, "a teaching point is filed for by its central school"


@pytest.mark.parametrize(("day", "first"), [("2026-06-14", "DROWN"), ("2026-12-14", "TRAF")])
def test_drowning_is_the_first_tile_in_its_months(
    city: ModuleType, client: Client, day: str, first: str
) -> None:
    with time_machine.travel(f"{day}T04:00:00Z", tick=False):
        city.sign_in(client, "school.safety_staff")
        page = client.get("/report/").content.decode()

    assert re.findall(r'name="hazard" value="(\w+)"', page)[0] == first


def test_the_words_of_sealed_matters_are_behind_one_neutral_entry(
    city: ModuleType, client: Client
) -> None:
    city.sign_in(client, "school.safety_staff")

    page = client.get("/report/").content.decode()

    first_screen, _details, behind = page.partition('<details class="sealed-entry">')
    assert "侵害" in behind
    for word in ("侵害", "自伤", "涉黑涉恶"):
        assert word not in first_screen


def test_a_report_in_plain_form_leads_to_its_receipt(city: ModuleType, client: Client) -> None:
    city.sign_in(client, "school.safety_staff")

    response = client.post("/report/", posted(summary=" 六年级学生下水\n未上来 "))

    incident = Incident.objects.get()
    assert response.status_code == 302
    assert response["Location"] == f"/report/{incident.ref}/"
    assert (incident.via, incident.missing, incident.dead) == ("web", 1, None)
    assert incident.summary == "六年级学生下水 未上来"
    receipt = client.get(response["Location"]).content.decode()
    assert incident.number in receipt
    assert "六年级" not in receipt, "the receipt may be photographed: no free text on it"


def test_numbers_alone_say_that_people_were_counted(city: ModuleType, client: Client) -> None:
    city.sign_in(client, "school.safety_staff")

    client.post("/report/", posted(people=None, missing="", injured="２"))

    incident = Incident.objects.get()
    assert (incident.people, incident.injured) == ("counted", 2)


def test_zeros_beside_no_one_hurt_are_not_a_contradiction(city: ModuleType, client: Client) -> None:
    city.sign_in(client, "school.safety_staff")

    client.post("/report/", posted(people="none", missing="0", dead="0"))

    incident = Incident.objects.get()
    assert (incident.people, incident.missing, incident.dead) == ("none", None, None)


def test_known_since_is_counted_from_opening_the_page(city: ModuleType, client: Client) -> None:
    city.sign_in(client, "school.safety_staff")
    opened = (timezone.now() - timedelta(hours=2)).replace(microsecond=0)

    client.post("/report/", posted(opened_at=opened.isoformat(), aware="15"))

    assert Incident.objects.get().aware_at == opened - timedelta(minutes=15)


def test_a_time_of_ones_own_is_local_time(city: ModuleType, client: Client) -> None:
    city.sign_in(client, "school.safety_staff")
    with time_machine.travel("2026-06-14T12:30:00Z", tick=False):
        city.sign_in(client, "school.safety_staff")
        client.post("/report/", posted(aware="at", aware_at="2026-06-14T20:14"))

    assert Incident.objects.get().aware_at.isoformat() == "2026-06-14T12:14:00+00:00"


def test_the_same_form_twice_is_one_report_with_one_receipt(
    city: ModuleType, client: Client
) -> None:
    city.sign_in(client, "school.safety_staff")
    form = posted()

    first = client.post("/report/", form)
    second = client.post("/report/", form)

    assert first["Location"] == second["Location"]
    assert Incident.objects.count() == 1


def test_the_same_key_with_other_words_is_a_conflict_that_keeps_the_words(
    city: ModuleType, client: Client
) -> None:
    city.sign_in(client, "school.safety_staff")
    form = posted()
    client.post("/report/", form)
    before = counts()

    response = client.post("/report/", {**form, "summary": "又一件事"})

    page = response.content.decode()
    assert response.status_code == 409
    assert counts() == before
    assert "又一件事" in page
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None
    assert key[1] != form["key"], "sent once more, it is a new report"


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"hazard": None}, "hazard"),
        ({"hazard": "UFO"}, "hazard"),
        ({"people": None, "missing": ""}, "people"),
        ({"people": "counted", "missing": ""}, "people"),
        ({"people": "maybe"}, "people"),
        ({"missing": "-1"}, "missing"),
        ({"missing": "1.5"}, "missing"),
        ({"missing": "1.0"}, "missing"),
        ({"missing": "三"}, "missing"),
        ({"missing": "1e3"}, "missing"),
        ({"missing": "99999999999999999999"}, "missing"),
        ({"aware": "at"}, "aware_at"),
        ({"aware": "at", "aware_at": "昨天"}, "aware_at"),
        ({"aware": "at", "aware_at": "2099-01-01T00:00"}, "aware_at"),
        ({"aware": "at", "aware_at": "0001-01-01T00:00"}, "aware_at"),
        ({"occurred_at": "2099-01-01T00:00"}, "occurred_at"),
        ({"place_kind": "moon"}, "place_kind"),
        ({"flags": "unheard_of"}, "flags"),
        ({"summary": "字" * 201}, "summary"),
        ({"place": "字" * 201}, "place"),
        ({"caller_phone": "1" * 31}, "caller_phone"),
        ({"key": None}, "key"),
        ({"key": "short"}, "key"),
        ({"key": "has spaces in it"}, "key"),
        ({"opened_at": "soon"}, "opened_at"),
        ({"opened_at": "2099-01-01T00:00:00+08:00"}, "aware_at"),
    ],
)
def test_what_is_wrong_is_shown_on_top_with_everything_written_kept(
    city: ModuleType, client: Client, over: dict[str, str | None], field: str
) -> None:
    city.sign_in(client, "school.safety_staff")
    before = counts()
    form = posted(**{"place": "大坝水库", **over})

    response = client.post("/report/", form)

    page = response.content.decode()
    assert response.status_code == 422
    assert counts() == before
    assert 'class="error-summary"' in page
    assert f'href="#id_{field}"' in page
    assert form["place"] in page
    as_json = client.post("/report/", {**form, "key": form.get("key", "")}, headers=JSON)
    assert as_json.status_code == 422
    assert field in [error["field"] for error in as_json.json()["errors"]]
    assert counts() == before


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_errors_speak_the_readers_language(city: ModuleType, client: Client, language: str) -> None:
    city.sign_in(client, "school.safety_staff")

    response = client.post(
        "/report/", posted(hazard="UFO"), headers={**JSON, "accept-language": language}
    )

    message = response.json()["errors"][0]["message"]
    assert bool(re.search("[一-鿿]", message)) == (language == "zh-hans")


@pytest.mark.parametrize("code", ["9999999999", "5201210002", "520121", "'; --"])
def test_another_school_does_not_exist(city: ModuleType, client: Client, code: str) -> None:
    city.sign_in(client, "school.safety_staff")
    before = counts()

    response = client.post("/report/", posted(school=code))

    assert response.status_code == 404
    assert counts() == before


def test_a_form_in_another_encoding_is_not_guessed_at(city: ModuleType, client: Client) -> None:
    city.sign_in(client, "school.safety_staff")
    before = counts()
    body = urlencode(posted(summary="六年级学生"), encoding="gbk")

    response = client.post("/report/", body, content_type=FORM)

    assert response.status_code == 400
    assert "tel:" in response.content.decode()
    assert counts() == before


def test_a_declared_other_encoding_is_not_read(city: ModuleType, client: Client) -> None:
    city.sign_in(client, "school.safety_staff")

    response = client.post("/report/", urlencode(posted()), content_type=f"{FORM}; charset=gbk")

    assert response.status_code == 400
    assert Incident.objects.count() == 0


@pytest.mark.parametrize("enforce", [False, True])
def test_ten_megabytes_are_too_much(city: ModuleType, enforce: bool) -> None:
    client = Client(enforce_csrf_checks=enforce)
    city.sign_in(client, "school.safety_staff")
    before = counts()

    response = client.post(
        "/report/", urlencode(posted(summary="x" * 10_000_000)), content_type=FORM
    )

    assert response.status_code == 413
    assert "tel:" in response.content.decode()
    assert counts() == before


def test_an_ended_sign_in_loses_no_word_and_says_not_received(
    city: ModuleType, client: Client
) -> None:
    before = counts()
    form = posted(summary="六年级学生下水未上来")

    response = client.post("/report/", form)

    page = response.content.decode()
    assert response.status_code == 401
    assert "未送达" in page
    assert "tel:" in page
    assert 'href="/accounts/login/?next=/report/"' in page
    for value in form.values():
        assert f'value="{value}"'.replace("+", "+") in page.replace("&#x2B;", "+")
    assert counts() == before

    city.sign_in(client, "school.safety_staff")
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    kept.pop("csrfmiddlewaretoken")
    assert client.post("/report/", kept).status_code == 302
    assert Incident.objects.get().summary == "六年级学生下水未上来"


def test_the_script_learns_that_the_sign_in_ended(city: ModuleType, client: Client) -> None:
    response = client.post("/report/", posted(), headers=JSON)

    assert response.status_code == 401
    assert response.json()["errors"][0]["message"]
    assert Incident.objects.count() == 0


def test_a_stale_page_loses_no_word_either(city: ModuleType) -> None:
    client = Client(enforce_csrf_checks=True)
    city.sign_in(client, "school.safety_staff")

    response = client.post("/report/", posted(summary="六年级学生下水未上来"))

    page = response.content.decode()
    assert response.status_code == 403
    assert "未送达" in page
    assert "六年级学生下水未上来" in page
    assert "tel:" in page
    assert response["Cache-Control"] == "no-store"
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert client.post("/report/", kept).status_code == 302
    assert Incident.objects.count() == 1


def test_nobody_signed_in_is_led_to_the_sign_in_page(city: ModuleType, client: Client) -> None:
    response = client.get("/report/")

    assert response["Location"] == "/accounts/login/?next=/report/"


def test_a_duty_officer_is_led_to_the_telephone_form(city: ModuleType, client: Client) -> None:
    city.sign_in(client, "county.duty_officer")

    assert client.get("/report/")["Location"] == "/calls/new/"


def test_a_post_that_files_for_no_school_is_told_to_telephone(
    city: ModuleType, client: Client
) -> None:
    city.sign_in(client, "county.section_basic")

    assert client.get("/report/").status_code == 404
    answer = client.post("/report/", posted())
    assert answer.status_code == 404
    assert "tel:" in answer.content.decode()
    assert Incident.objects.count() == 0


def test_a_one_time_password_does_not_stand_before_a_report(
    city: ModuleType, client: Client
) -> None:
    person = city.sign_in(client, "school.safety_staff")
    person.must_change_password = True
    person.save()

    assert client.get("/report/").status_code == 200
    response = client.post("/report/", posted(), follow=True)
    assert response.status_code == 200
    assert Incident.objects.get().number in response.content.decode()
    assert client.get("/incidents/").status_code == 302


def test_the_script_gets_a_receipt_as_data_and_learns_of_a_repeat(
    city: ModuleType, client: Client
) -> None:
    city.sign_in(client, "school.safety_staff")
    form = posted()

    first = client.post("/report/", form, headers=JSON)
    second = client.post("/report/", form, headers=JSON)

    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert first.json()["number"] == Incident.objects.get().number
    assert "Idempotent-Replay" not in first
    assert second["Idempotent-Replay"] == "true"


def test_the_first_visit_fits_through_a_thin_line(city: ModuleType, client: Client) -> None:
    city.sign_in(client, "school.safety_staff")
    page = client.get("/report/").content.decode()

    assets = set(re.findall(r'(?:src|href)="/static/([^"#]+)', page))
    modules = {"js/report_outbox.js", "js/report_send.js", "js/report_steps.js"}
    modules |= {"js/report_otherwise.js", "js/report_inputs.js"}
    folder = settings.BASE_DIR / "safety" / "static"
    size = len(gzip.compress(page.encode())) + sum(
        len(gzip.compress((folder / name).read_bytes())) for name in assets | modules
    )

    assert size < 200 * 1024
    assert not [name for name in assets if "chart" in name]
    assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son\w+=", page)


def test_an_empty_report_is_told_both_things_that_it_needs(
    city: ModuleType, client: Client
) -> None:
    city.sign_in(client, "school.safety_staff")

    response = client.post("/report/", {"key": "nothing-told-yet"})

    assert response.status_code == 422
    assert {"hazard", "people"} <= set(response.context["form"].errors)
