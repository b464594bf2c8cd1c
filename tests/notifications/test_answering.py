"""Answering one's own obligations: per capacity, once, and only one's own."""

from __future__ import annotations

import pytest
from django.utils import timezone, translation

from notifications.models import Obligation, StreamRow
from safety.ledger.actions import SYSTEM
from safety.ledger.models import Event
from safety.people.actions import set_active
from tests.notifications.asking import (
    COUNTY,
    acknowledge,
    act,
    alert_of,
    open_rows,
    owed,
)


@pytest.fixture
def drowning(city):
    return city.make_incident(hazard="DROWN", people="counted", missing=1)


def test_the_safety_capacity_does_not_tick_the_business_line(city, client, drowning):
    """The deputy for safety also carries the business line, and answers for one of the two."""
    city.vacate("county.deputy_basic")
    city.give("county.deputy_basic", "county.safety_deputy")
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    safety = owed(incident, COUNTY, "SAFETY_DEPUTY")
    business = owed(incident, COUNTY, "LINE_DEPUTY")
    before = open_rows(incident)
    city.sign_in(client, "county.safety_deputy")

    answer = acknowledge(client, safety)

    assert answer.status_code == 200
    assert open_rows(incident) == before - {safety.pk}
    business.refresh_from_db()
    assert business.is_open


def test_one_button_of_a_chief_who_is_also_secretary_writes_two_rows(city, client):
    """E7: one message, two capacities, one button, and the confirmation names both."""
    chief = city.unite_chiefs("county")
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    rows = [owed(incident, COUNTY, "PARTY_CHIEF"), owed(incident, COUNTY, "ADMIN_CHIEF")]
    assert {row.person_id for row in rows} == {chief.pk}
    city.sign_in(client, "county.chief")

    answer = acknowledge(client, *rows)

    met = Obligation.objects.filter(pk__in=[row.pk for row in rows], state="met")
    assert met.count() == 2
    facts = Event.objects.filter(verb="obligation.met")
    assert sorted(fact.body["capacity"] for fact in facts) == ["ADMIN_CHIEF", "PARTY_CHIEF"]
    words = translation.gettext
    assert f"{words('Secretary')}、{words('Director')}" in answer.json()["text"]


def test_a_double_click_writes_once(city, client, drowning):
    row = owed(drowning, COUNTY, "SAFETY_OFFICE")
    city.sign_in(client, "county.safety_office")

    first, second = acknowledge(client, row), acknowledge(client, row)

    assert (first.json()["changed"], second.json()["changed"]) == (True, False)
    assert Event.objects.filter(verb="obligation.met").count() == 1
    assert StreamRow.objects.filter(kind="alert.answered", stream__kind="board").count() == 2


def test_answering_tells_every_board_of_the_alert_and_nobody_elses(city, client, drowning):
    row = owed(drowning, COUNTY, "SAFETY_OFFICE")
    city.sign_in(client, "county.safety_office")

    acknowledge(client, row)

    told = StreamRow.objects.filter(kind="alert.answered", stream__kind="board")
    units = {city.unit("county").pk, city.unit("city").pk}
    assert set(told.values_list("stream__owner", flat=True)) == units
    payload = told.first().payload
    assert payload["alert"] == str(alert_of(drowning).ref)
    assert payload["met"] == [["district", "SAFETY_OFFICE", "acknowledge", "self"]]


def test_the_row_says_who_answered_and_when(city, client, drowning):
    row = owed(drowning, COUNTY, "SAFETY_OFFICE")
    office = city.sign_in(client, "county.safety_office")
    before = timezone.now()

    acknowledge(client, row)

    row.refresh_from_db()
    assert (row.met_by, row.met_how) == (office, "self")
    assert before <= row.met_at <= timezone.now()


@pytest.mark.parametrize(
    "who", ["county.section_health", "district.safety_office", "city.duty_officer", "school.gate"]
)
def test_a_stranger_finds_nothing_and_changes_nothing(city, client, drowning, who):
    row = owed(drowning, COUNTY, "SAFETY_OFFICE")
    before = open_rows(drowning)
    city.sign_in(client, who)

    answers = [acknowledge(client, row), act(client, row, verb="handling", note="x")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert open_rows(drowning) == before


def test_ones_own_row_among_a_strangers_is_not_written_either(city, client, drowning):
    own, strange = owed(drowning, COUNTY, "SAFETY_OFFICE"), owed(drowning, COUNTY, "ADMIN_CHIEF")
    before = open_rows(drowning)
    city.sign_in(client, "county.safety_office")

    answer = acknowledge(client, own, strange)

    assert answer.status_code == 404
    assert open_rows(drowning) == before


@pytest.mark.parametrize("ref", ["", "x", "'; DROP TABLE", "00000000-0000-4000-8000-000000000000"])
def test_a_reference_that_is_none_is_not_found(city, client, ref):
    city.sign_in(client, "county.safety_office")

    assert client.post("/obligations/acknowledge/", {"ref": ref}).status_code == 404


def test_signed_out_answers_nothing(client, drowning):
    row = owed(drowning, COUNTY, "SAFETY_OFFICE")

    answer = client.post("/obligations/acknowledge/", {"ref": str(row.ref)})

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
    row.refresh_from_db()
    assert row.is_open


def test_who_is_shut_out_loses_everything_at_once(city, client, drowning):
    row = owed(drowning, COUNTY, "SAFETY_OFFICE")
    office = city.sign_in(client, "county.safety_office")
    assert client.get("/mine/").status_code == 200

    set_active(user=office, active=False, actor=SYSTEM)

    assert client.get("/mine/").status_code == 302
    assert client.get(f"/alerts/{alert_of(drowning).ref}/").status_code == 302
    assert client.get(f"/boards/{COUNTY}/").status_code == 302
    assert acknowledge(client, row).status_code in (302, 401, 404)
    row.refresh_from_db()
    assert row.is_open


def test_who_left_the_post_can_no_longer_answer_or_look(city, client, drowning):
    row = owed(drowning, COUNTY, "SAFETY_OFFICE")
    city.sign_in(client, "county.safety_office")
    city.vacate("county.safety_office")

    assert acknowledge(client, row).status_code == 404
    assert client.get(f"/alerts/{alert_of(drowning).ref}/").status_code == 404
    assert client.get(f"/boards/{COUNTY}/").status_code == 404


def test_whoever_holds_the_post_today_answers_for_it(city, client, drowning):
    row = owed(drowning, COUNTY, "SAFETY_OFFICE")
    city.vacate("county.safety_office")
    city.give("county.safety_office", "county.section_health", starts_at=timezone.now())
    successor = city.sign_in(client, "county.section_health")

    assert acknowledge(client, row).status_code == 200

    row.refresh_from_db()
    assert row.met_by == successor


def test_the_deputy_of_the_post_answers_for_it(city, client, drowning):
    row = owed(drowning, COUNTY, "SAFETY_OFFICE")
    city.give("county.safety_office", "county.section_health", kind="deputy")
    city.sign_in(client, "county.section_health")

    assert acknowledge(client, row).status_code == 200


def test_a_superior_answers_for_the_vacant_slot_that_climbed(city, client):
    """E6: the chief takes up the vacant deputy's slot, beside the own one."""
    city.vacate("county.safety_deputy")
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    climbed = owed(incident, COUNTY, "SAFETY_DEPUTY")
    own = owed(incident, COUNTY, "ADMIN_CHIEF")
    assert climbed.climbed_from
    assert climbed.person == city.sign_in(client, "county.chief")

    assert acknowledge(client, climbed).status_code == 200

    own.refresh_from_db()
    assert own.is_open


def test_acknowledging_leaves_the_first_action_open(city, client, drowning):
    action = owed(drowning, COUNTY, "SAFETY_OFFICE", "first_action")
    city.sign_in(client, "county.safety_office")

    acknowledge(client, owed(drowning, COUNTY, "SAFETY_OFFICE"))

    action.refresh_from_db()
    assert action.is_open


def test_a_first_action_acknowledges_the_same_slot_and_no_other(city, client, drowning):
    action = owed(drowning, COUNTY, "SAFETY_OFFICE", "first_action")
    both = {action.pk, owed(drowning, COUNTY, "SAFETY_OFFICE").pk}
    before = open_rows(drowning)
    city.sign_in(client, "county.safety_office")

    answer = act(client, action, verb="handling", note="已派车赴现场")

    assert answer.status_code == 200
    assert open_rows(drowning) == before - both
    action.refresh_from_db()
    assert (action.met_verb, action.met_note) == ("handling", "已派车赴现场")


@pytest.mark.parametrize(
    ("who", "capacity", "verb"),
    [
        ("county.safety_office", "SAFETY_OFFICE", "instruction"),
        ("county.safety_office", "SAFETY_OFFICE", "on_site"),
        ("county.chief", "ADMIN_CHIEF", "handling"),
        ("county.chief", "ADMIN_CHIEF", "sabotage"),
        ("county.chief", "ADMIN_CHIEF", ""),
    ],
)
def test_a_verb_of_another_capacity_is_refused_and_writes_nothing(
    city, client, drowning, who, capacity, verb
):
    before = open_rows(drowning)
    city.sign_in(client, who)

    answer = act(client, owed(drowning, COUNTY, capacity), verb=verb, note="x")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "verb"
    assert open_rows(drowning) == before


def test_an_office_says_what_it_did(city, client, drowning):
    before = open_rows(drowning)
    city.sign_in(client, "county.safety_office")
    row = owed(drowning, COUNTY, "SAFETY_OFFICE", "first_action")

    answer = act(client, row, verb="handling", note="   ")
    page = client.post("/obligations/act/", {"ref": str(row.ref), "verb": "handling"})

    assert answer.status_code == page.status_code == 422
    assert answer.json()["errors"][0]["field"] == "note"
    assert translation.gettext("What was done is missing.") in page.content.decode()
    assert open_rows(drowning) == before


def test_a_line_that_is_too_long_is_refused_whole_instead_of_cut(city, client, drowning):
    before = open_rows(drowning)
    city.sign_in(client, "county.safety_office")
    row = owed(drowning, COUNTY, "SAFETY_OFFICE", "first_action")

    answer = act(client, row, verb="handling", note="x" * 501)
    page = client.post(
        "/obligations/act/", {"ref": str(row.ref), "verb": "handling", "note": "x" * 501}
    )

    assert answer.status_code == page.status_code == 422
    assert answer.json()["errors"][0]["field"] == "note"
    assert "x" * 501 in page.content.decode()
    assert open_rows(drowning) == before
    assert act(client, row, verb="handling", note="x" * 500).status_code == 200


@pytest.mark.parametrize("verb", ["instruction", "phone_instruction", "on_site"])
def test_a_leader_instructs_or_comes(city, client, drowning, verb):
    row = owed(drowning, COUNTY, "ADMIN_CHIEF", "first_action")
    city.sign_in(client, "county.chief")

    assert act(client, row, verb=verb).status_code == 200

    row.refresh_from_db()
    assert row.met_verb == verb


def test_a_copy_that_is_only_to_be_noted_takes_no_action(city, client, drowning):
    row = owed(drowning, city.unit("city").code, "SUPERVISION", "read")
    city.sign_in(client, row.person.username)

    answer = act(client, row, verb="handling", note="x")

    assert answer.status_code == 422
    row.refresh_from_db()
    assert row.is_open


def test_without_a_script_the_reader_comes_back_to_where_he_was(city, client, drowning):
    row = owed(drowning, COUNTY, "SAFETY_OFFICE")
    city.sign_in(client, "county.safety_office")

    answer = client.post(
        "/obligations/acknowledge/",
        {"ref": str(row.ref), "next": f"/boards/{COUNTY}/"},
        follow=True,
    )

    assert answer.redirect_chain == [(f"/boards/{COUNTY}/", 302)]
    assert "安全科室" in answer.content.decode()


def test_a_way_back_to_elsewhere_is_not_followed(city, client, drowning):
    row = owed(drowning, COUNTY, "SAFETY_OFFICE")
    city.sign_in(client, "county.safety_office")
    posted = {"ref": str(row.ref), "next": "https://evil.example/"}

    assert client.post("/obligations/acknowledge/", posted)["Location"] == "/mine/"
