"""The receipt: number, time, who of the duty rooms has signed, one-tap measures."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from incidents.cases.models import Measure
from notifications.models import Obligation, StreamRow
from notifications.obligations.answering import Answer, acknowledge
from safety.ledger.models import Event

JSON = {"accept": "application/json"}


def test_it_shows_who_has_signed_by_room_and_never_a_person(
    city: ModuleType, client: Client
) -> None:
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1, summary="王小明下水")
    city.sign_in(client, "school.safety_staff")
    before = client.get(f"/report/{incident.ref}/answers/").content.decode()
    officer = city.person("county.duty_officer")
    owed = Obligation.objects.filter(
        subject_ref=str(incident.ref), capacity="DUTY_OFFICER", unit=city.unit("county")
    )

    acknowledge(obligations=list(owed), answer=Answer(by=officer))
    after = client.get(f"/report/{incident.ref}/").content.decode()

    assert before.count("line-waiting") == 2
    assert after.count("line-done") == 1
    assert "丁县" in after
    assert officer.name not in after
    assert "王小明" not in after


@pytest.mark.parametrize("kind", ["110", "120", "119", "guardians"])
def test_one_tap_notes_a_measure_once(city: ModuleType, client: Client, kind: str) -> None:
    incident = city.make_incident()
    city.sign_in(client, "school.safety_staff")
    address = f"/report/{incident.ref}/measures/"

    first = client.post(address, {"kind": kind}, headers=JSON)
    again = client.post(address, {"kind": kind}, headers=JSON)

    assert (first.json(), again.json()) == (
        {"kind": kind, "recorded": True},
        {"kind": kind, "recorded": False},
    )
    measure = incident.measures.get()
    assert (measure.kind, measure.by) == (kind, incident.reporter)
    assert Event.objects.filter(verb="measure.recorded").count() == 1
    rows = StreamRow.objects.filter(kind="alert.noted")
    assert set(rows.values_list("stream__kind", flat=True)) == {"board"}
    assert client.post(address, {"kind": kind})["Location"] == f"/report/{incident.ref}/"


@pytest.mark.parametrize("kind", ["", "911", "x" * 200])
def test_a_measure_nobody_knows_is_refused(city: ModuleType, client: Client, kind: str) -> None:
    incident = city.make_incident()
    city.sign_in(client, "school.safety_staff")

    response = client.post(f"/report/{incident.ref}/measures/", {"kind": kind}, headers=JSON)

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "kind"
    assert Measure.objects.count() == 0


def test_the_school_cannot_say_that_the_duty_room_has_checked(
    city: ModuleType, client: Client
) -> None:
    incident = city.make_incident()
    city.sign_in(client, "school.safety_staff")

    client.post(f"/report/{incident.ref}/measures/", {"kind": "verified"})

    assert Measure.objects.count() == 0


ENDED = {
    "without the post": lambda city, _incident: city.vacate("school.safety_staff"),
    "with a post elsewhere": lambda city, _incident: (
        city.vacate("school.safety_staff"),
        city.give("small.safety_staff", "school.safety_staff"),
    ),
    "after the incident": lambda _city, incident: (
        type(incident).objects.filter(pk=incident.pk).update(closed_at=timezone.now())
    ),
}


@pytest.mark.parametrize("end", ENDED.values(), ids=ENDED)
def test_who_filed_still_reads_the_receipt_but_notes_nothing(
    city: ModuleType, client: Client, end: Any
) -> None:
    incident = city.make_incident()
    city.sign_in(client, "school.safety_staff")
    address = f"/report/{incident.ref}/measures/"
    client.post(address, {"kind": "120"})
    assert address in client.get(f"/report/{incident.ref}/").content.decode()

    end(city, incident)

    page = client.get(f"/report/{incident.ref}/")
    assert page.status_code == 200
    assert address not in page.content.decode()
    assert "120" in page.content.decode()
    assert client.post(address, {"kind": "110"}, headers=JSON).status_code == 404
    assert list(incident.measures.values_list("kind", flat=True)) == ["120"]


@pytest.mark.parametrize(
    "who", ["school.principal", "boarding.safety_staff", "county.duty_officer", "city.chief"]
)
def test_a_receipt_belongs_to_the_reporter(city: ModuleType, client: Client, who: str) -> None:
    incident = city.make_incident(reporter="school.safety_staff")
    city.sign_in(client, who)

    assert client.get(f"/report/{incident.ref}/").status_code == 404
    assert client.get(f"/report/{incident.ref}/answers/").status_code == 404
    assert client.post(f"/report/{incident.ref}/measures/", {"kind": "110"}).status_code == 404
    assert Measure.objects.count() == 0


def test_the_receipt_of_a_sealed_matter_is_number_and_time(
    city: ModuleType, client: Client
) -> None:
    incident = city.make_incident(hazard="SEXA", people="unknown", summary="某教师", place="办公室")
    city.sign_in(client, "school.safety_staff")

    page = client.get(f"/report/{incident.ref}/").content.decode()

    for word in (
        "某教师",
        "办公室",
        "侵害",
        "SEXA",
        "line-",
        "measures",
        f"/incidents/{incident.ref}",
    ):
        assert word not in page
    assert incident.number in page
    assert client.get(f"/report/{incident.ref}/answers/").status_code == 404
    tap = client.post(f"/report/{incident.ref}/measures/", {"kind": "110"})
    assert tap.status_code == 404
    assert Measure.objects.count() == 0
