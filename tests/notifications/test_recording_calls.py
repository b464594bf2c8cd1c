"""代录: who may write down an answer given by telephone, for whom, and with which times."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from notifications.models import Obligation
from notifications.obligations.answering import Answer, acknowledge, record_answer
from safety.errors import Refused
from safety.ledger.models import Event
from safety.posts.models import Post
from tests.notifications.asking import COUNTY, JSON, alert_of, open_rows, owed

FORM = "%Y-%m-%dT%H:%M"
DUTY = "085100000121"  # the duty room of the county


@pytest.fixture
def drowning(city):
    return city.make_incident(
        hazard="DROWN", people="counted", missing=1, at=timezone.now() - timedelta(minutes=20)
    )


def address(row: Obligation) -> str:
    return f"/obligations/{row.ref}/record/"


def local(moment) -> str:
    return timezone.localtime(moment).strftime(FORM)


def test_one_tap_records_caller_number_and_time(city, client, drowning):
    row = owed(drowning, COUNTY, "ADMIN_CHIEF")
    duty = city.sign_in(client, "county.duty_officer")
    before = timezone.now()

    answer = client.post(address(row), {"ref": str(row.ref)}, **JSON)

    assert answer.status_code == 200
    row.refresh_from_db()
    assert (row.state, row.met_how, row.met_by) == ("met", "phone", duty)
    assert row.met_phone == city.person("county.chief").phone
    assert before <= row.met_at <= timezone.now()
    assert city.person("county.chief").name in answer.json()["text"]
    fact = Event.objects.get(verb="obligation.met")
    assert fact.actor_ref == str(duty.pk)
    assert fact.body["person"] == city.person("county.chief").pk
    assert (fact.body["how"], fact.body["phone"]) == ("phone", row.met_phone)


def test_the_page_shows_the_holder_and_a_number_that_dials(city, client, drowning):
    row = owed(drowning, COUNTY, "ADMIN_CHIEF")
    city.sign_in(client, "county.duty_officer")
    chief = city.person("county.chief")

    page = client.get(address(row)).content.decode()
    part = client.get(address(row), HTTP_X_PART="1").content.decode()

    for shown in (page, part):
        assert chief.name in shown
        assert f'href="tel:{chief.phone}"' in shown
    assert "<html" in page
    assert "<html" not in part


def test_it_works_without_a_script_and_names_what_was_recorded(city, client, drowning):
    row = owed(drowning, COUNTY, "ADMIN_CHIEF")
    city.sign_in(client, "county.duty_officer")

    answer = client.post(address(row), {"next": f"/boards/{COUNTY}/"}, follow=True)

    assert answer.redirect_chain[0][0] == f"/boards/{COUNTY}/"
    assert city.person("county.chief").name in answer.content.decode()
    row.refresh_from_db()
    assert row.met_how == "phone"


def test_one_call_to_one_person_answers_each_capacity_that_was_told(city, client):
    city.unite_chiefs("county")
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    rows = [owed(incident, COUNTY, c) for c in ("PARTY_CHIEF", "ADMIN_CHIEF")]
    others = open_rows(incident) - {row.pk for row in rows}
    city.sign_in(client, "county.duty_officer")

    client.post(address(rows[0]), {"ref": [str(row.ref) for row in rows]}, **JSON)

    assert open_rows(incident) == others
    assert Event.objects.filter(verb="obligation.met").count() == 2


def test_a_capacity_that_was_not_told_stays_open(city, client):
    city.unite_chiefs("county")
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    told, untold = (owed(incident, COUNTY, c) for c in ("PARTY_CHIEF", "ADMIN_CHIEF"))
    city.sign_in(client, "county.duty_officer")

    client.post(address(told), {"ref": str(told.ref)}, **JSON)

    untold.refresh_from_db()
    assert untold.is_open


def test_an_instruction_given_by_telephone_is_a_first_action(city, client, drowning):
    row = owed(drowning, COUNTY, "ADMIN_CHIEF")
    action = owed(drowning, COUNTY, "ADMIN_CHIEF", "first_action")
    city.sign_in(client, "county.duty_officer")
    posted = {"ref": str(row.ref), "verb": "phone_instruction", "note": "全力搜救"}

    client.post(address(row), posted, **JSON)

    action.refresh_from_db()
    assert (action.met_how, action.met_verb, action.met_note) == (
        "phone",
        "phone_instruction",
        "全力搜救",
    )


@pytest.mark.parametrize("minutes", [1, 60, 60 * 24 * 365])
def test_a_call_in_the_future_is_refused(city, client, drowning, minutes):
    row = owed(drowning, COUNTY, "ADMIN_CHIEF")
    city.sign_in(client, "county.duty_officer")
    at = local(timezone.now() + timedelta(minutes=minutes))

    answer = client.post(address(row), {"ref": str(row.ref), "at": at}, **JSON)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "at"
    row.refresh_from_db()
    assert row.is_open


def test_a_call_before_the_alert_is_refused_and_the_alerts_own_minute_counts(
    city, client, drowning
):
    row = owed(drowning, COUNTY, "ADMIN_CHIEF")
    raised = alert_of(drowning).created_at
    city.sign_in(client, "county.duty_officer")

    early = client.post(address(row), {"at": local(raised - timedelta(minutes=1))}, **JSON)
    page = client.post(address(row), {"at": local(raised - timedelta(minutes=1))})
    row.refresh_from_db()
    assert (early.status_code, page.status_code, row.state) == (422, 422, "open")
    same_minute = client.post(address(row), {"at": local(raised)}, **JSON)

    assert same_minute.status_code == 200


def test_a_time_that_is_none_is_refused(city, client, drowning):
    row = owed(drowning, COUNTY, "ADMIN_CHIEF")
    city.sign_in(client, "county.duty_officer")

    answer = client.post(address(row), {"at": "gestern"}, **JSON)

    assert answer.status_code == 422
    row.refresh_from_db()
    assert row.is_open


def test_the_minute_of_now_is_taken_as_now(city, client, drowning):
    row = owed(drowning, COUNTY, "ADMIN_CHIEF")
    city.sign_in(client, "county.duty_officer")
    moment = timezone.now().replace(second=40, microsecond=0)

    with time_machine.travel(moment, tick=False):
        client.post(address(row), {"at": local(moment)}, **JSON)

    row.refresh_from_db()
    assert row.met_at == moment


def test_a_person_without_a_number_needs_one(city, client, drowning):
    row = owed(drowning, COUNTY, "ADMIN_CHIEF")
    city.sign_in(client, "county.duty_officer")
    chief = city.person("county.chief")
    chief.phone = ""
    chief.save(update_fields=["phone"])

    without = client.post(address(row), {}, **JSON)
    with_one = client.post(address(row), {"phone": "0851-12345"}, **JSON)

    assert (without.status_code, without.json()["errors"][0]["field"]) == (422, "phone")
    assert with_one.status_code == 200
    row.refresh_from_db()
    assert row.met_phone == "0851-12345"


@pytest.mark.parametrize(
    ("who", "unit", "capacity", "status"),
    [
        ("county.duty_officer", "county", "ADMIN_CHIEF", 200),
        ("county.duty_officer", "school", "SCH_PRINCIPAL", 200),
        ("county.duty_officer", "city", "SAFETY_OFFICE", 404),
        ("city.duty_officer", "county", "ADMIN_CHIEF", 200),
        ("city.duty_officer", "school", "SCH_PRINCIPAL", 200),
        ("district.duty_officer", "county", "ADMIN_CHIEF", 404),
        ("school.safety_staff", "school", "SCH_PRINCIPAL", 200),
        ("school.safety_staff", "county", "ADMIN_CHIEF", 404),
        ("boarding.safety_staff", "school", "SCH_PRINCIPAL", 404),
        ("school.principal", "school", "SCH_SAFETY_DEPUTY", 404),
        ("county.chief", "county", "SAFETY_OFFICE", 404),
        ("county.section_basic", "county", "SAFETY_OFFICE", 404),
    ],
)
def test_who_may_record_for_whom(city, client, drowning, who, unit, capacity, status):
    row = owed(drowning, city.unit(unit).code, capacity)
    city.sign_in(client, who)

    looked = client.get(address(row))
    posted = client.post(address(row), {"ref": str(row.ref)}, **JSON)

    assert (looked.status_code, posted.status_code) == (status, status)
    row.refresh_from_db()
    assert row.is_open == (status == 404)


def test_a_school_does_not_record_for_the_bureau_that_takes_up_its_vacant_post(city, client):
    """Even if the row belongs to the school: the post that answers is not below it."""
    for role in ("principal", "secretary", "safety_deputy"):
        city.vacate(f"school.{role}")
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    row = owed(incident, city.unit("school").code, "SCH_PRINCIPAL")
    assert row.post.unit == city.unit("county")
    city.sign_in(client, "school.safety_staff")

    assert client.post(address(row), {}, **JSON).status_code == 404

    city.sign_in(client, "city.duty_officer")
    assert client.post(address(row), {}, **JSON).status_code == 200


@pytest.mark.parametrize("kind", ["principal", "deputy"])
def test_nobody_records_an_answer_for_a_post_that_is_his_own_too(city, client, drowning, kind):
    """Neither the person addressed, nor whoever answers for the same post beside him."""
    city.give("county.duty_officer", "county.duty_leader", kind=kind)
    city.give("city.duty_officer", "county.duty_leader")
    row = owed(drowning, COUNTY, "DUTY_OFFICER")
    chief = owed(drowning, COUNTY, "ADMIN_CHIEF")
    for who in ("county.duty_officer", "county.duty_leader"):
        user = city.sign_in(client, who)

        assert client.get(address(row)).status_code == 404
        assert client.post(address(row), {"phone": "1"}, **JSON).status_code == 404
        with pytest.raises(Refused):
            record_answer(
                obligations=[row], answer=Answer(by=user, how=Obligation.How.PHONE, phone="1")
            )
        assert client.get(address(chief)).status_code == 200

    row.refresh_from_db()
    assert row.is_open


def test_a_call_does_not_answer_ones_own_post_on_the_way(city, client):
    """One person in two capacities, of which the recorder answers for one himself."""
    city.unite_chiefs("county")
    city.give("county.party_chief", "county.duty_officer", kind="deputy")
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    party, chief = (owed(incident, COUNTY, c) for c in ("PARTY_CHIEF", "ADMIN_CHIEF"))
    city.sign_in(client, "county.duty_officer")

    client.post(address(chief), {"ref": [str(chief.ref), str(party.ref)]}, **JSON)

    party.refresh_from_db()
    chief.refresh_from_db()
    assert (party.is_open, chief.is_open) == (True, False)


def test_calling_for_a_sealed_case_names_neither_post_nor_person(city, client):
    city.give("county.section_moral", "county.section_health", kind="deputy")
    Post.objects.filter(pk=city.post("county.section_moral").pk).update(phone="0851-17171717")
    incident = city.make_incident(hazard="SEXA", people="unknown")
    rows = {
        "county.section_moral": alert_of(incident).obligations.filter(
            post=city.post("county.section_moral"), kind="acknowledge"
        )[0],
        "school.principal": owed(incident, city.unit("school").code, "SCH_PRINCIPAL"),
    }
    city.sign_in(client, "county.duty_officer")

    for who, row in rows.items():
        holder = city.person(who)
        page = client.get(address(row)).content.decode()
        said = client.post(address(row), {"phone": "1"}, **JSON).json()["text"]

        dialled = DUTY if who == "school.principal" else holder.phone
        assert re.findall(r'class="btn btn-large btn-block" href="tel:([^"]+)"', page) == [dialled]
        assert (holder.phone in page) == (who != "school.principal")
        for text in (page, said):
            assert holder.name not in text
            assert who == "school.principal" or city.post(who).name not in text
            assert city.person("county.section_health").name not in text
            assert "丁县第一" not in text
        assert "无人任职" not in said
        row.refresh_from_db()
        assert row.met_how == "phone"
    assert "0851-17171717" in client.get(address(rows["county.section_moral"])).content.decode()


def test_what_was_answered_meanwhile_is_not_written_over(city, client, drowning):
    row = owed(drowning, COUNTY, "ADMIN_CHIEF")
    city.sign_in(client, "county.duty_officer")
    client.post(address(row), {"ref": str(row.ref), "phone": "111"}, **JSON)

    again = client.post(address(row), {"ref": str(row.ref), "phone": "222"}, **JSON)

    assert again.json()["changed"] is False
    row.refresh_from_db()
    assert row.met_phone == "111"


def test_whoever_answered_but_lets_the_action_run_out_is_called_for_an_instruction(city, client):
    incident = city.make_incident(
        hazard="DROWN", people="counted", missing=1, at=timezone.now() - timedelta(minutes=40)
    )
    row = owed(incident, COUNTY, "ADMIN_CHIEF")
    action = owed(incident, COUNTY, "ADMIN_CHIEF", "first_action")
    acknowledge(obligations=[row], answer=Answer(by=row.person))
    city.sign_in(client, "county.duty_officer")
    assert address(action) in client.get(f"/boards/{COUNTY}/").content.decode()

    only_told = client.post(address(action), {"ref": str(action.ref)}, **JSON)
    instructed = client.post(
        address(action), {"ref": str(action.ref), "verb": "phone_instruction"}, **JSON
    )

    assert (only_told.status_code, only_told.json()["errors"][0]["field"]) == (422, "verb")
    assert instructed.status_code == 200
    action.refresh_from_db()
    assert (action.met_how, action.met_verb) == ("phone", "phone_instruction")


def test_two_boxes_of_one_call_never_read_the_same(city, client):
    """One person in two posts of the same capacity: the post tells them apart."""
    city.give("school.class_teacher", "school.psychology", kind="deputy")
    incident = city.make_incident(hazard="BULLY", people="counted", injured=1)
    rows = alert_of(incident).obligations.filter(
        capacity="SCH_DIRECT", kind="acknowledge", unit=city.unit("school")
    )
    rows.update(person=city.person("school.class_teacher"))
    city.sign_in(client, "school.safety_staff")

    page = client.get(address(rows[0])).content.decode()

    boxes = [part.split("</span>")[0] for part in page.split('name="ref"')[1:]]
    said = [box.split("<span>")[1] for box in boxes]
    assert len(said) == len(set(said)) == len(rows) > 1


def test_the_page_says_its_title_once(city, client, drowning):
    row = owed(drowning, COUNTY, "ADMIN_CHIEF")
    city.sign_in(client, "county.duty_officer")

    page = client.get(address(row)).content.decode()

    assert page.count("<h1>") == 1
    assert "dialog-head" not in page
