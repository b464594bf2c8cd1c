"""A bound phone files for its school without sign-in, and opens nothing else."""

from __future__ import annotations

from datetime import timedelta
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from incidents.cases.devices import COOKIE, bind, devices_of, make_device_link, revoke_device
from incidents.cases.models import FilingDevice, Incident
from safety.errors import Hidden
from safety.ledger.models import Event
from tests.incidents.pages import posted


@pytest.fixture(autouse=True)
def _no_earlier_attempts(settings: Any) -> None:
    """A cache of this test's own: attempts are counted there."""
    backend = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": str(uuid4())}}


def link(city: ModuleType, reporter: str = "school.safety_staff", school: str = "school") -> str:
    return make_device_link(
        school=city.unit(school),
        reporter=city.person(reporter),
        label="值班手机",
        made_by=city.person("county.administrator"),
    )


@pytest.fixture
def phone(city: ModuleType) -> Client:
    """A bound phone that nobody is signed in on."""
    client = Client()
    response = client.post(f"/bind/{link(city)}/")
    assert response["Location"] == "/report/"
    return client


def test_opening_the_link_binds_nothing(city: ModuleType, client: Client) -> None:
    secret = link(city)

    page = client.get(f"/bind/{secret}/")

    assert page.status_code == 200
    assert "丁县第一初级中学" in page.content.decode()
    assert COOKIE not in page.cookies
    assert FilingDevice.objects.get().digest is None


def test_a_tap_binds_once(city: ModuleType, client: Client) -> None:
    secret = link(city)

    first = client.post(f"/bind/{secret}/")
    second = Client().post(f"/bind/{secret}/")

    cookie = first.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/report/"
    assert cookie["max-age"] == 180 * 24 * 3600
    assert second.status_code == 404
    assert COOKIE not in second.cookies
    device = FilingDevice.objects.get()
    assert device.digest
    assert cookie.value not in (device.digest, device.link_digest), "only digests are stored"


@pytest.mark.parametrize("how", ["unknown", "old", "withdrawn", "reporter gone"])
def test_a_link_that_cannot_be_used_says_the_same_always(
    city: ModuleType, client: Client, how: str
) -> None:
    secret = "unknown" if how == "unknown" else link(city)
    if how == "withdrawn":
        revoke_device(device=FilingDevice.objects.get(), by=city.person("county.administrator"))
    if how == "reporter gone":
        city.person("school.safety_staff").__class__.objects.filter(
            username="school.safety_staff"
        ).update(is_active=False)
    ahead = timedelta(days=4 if how == "old" else 0)

    with time_machine.travel(timezone.now() + ahead):
        answers = [client.get(f"/bind/{secret}/"), client.post(f"/bind/{secret}/")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert COOKIE not in client.cookies


def test_guessing_links_is_slowed_down(city: ModuleType, client: Client) -> None:
    codes = [client.post(f"/bind/guess{n}/").status_code for n in range(25)]

    assert codes[0] == 404
    assert codes[-1] == 429


def test_it_files_for_its_school_without_sign_in(city: ModuleType, phone: Client) -> None:
    assert phone.get("/report/").status_code == 200

    response = phone.post("/report/", posted(), follow=True)

    incident = Incident.objects.get()
    assert (incident.via, incident.reporter) == ("device", city.person("school.safety_staff"))
    assert incident.device == FilingDevice.objects.get()
    assert incident.number in response.content.decode()
    actors = set(Event.objects.filter(subject_ref=str(incident.ref)).values_list("actor_kind"))
    assert actors == {("device",)}


def test_it_files_for_no_other_school(city: ModuleType, phone: Client) -> None:
    response = phone.post("/report/", posted(school=city.unit("boarding").code))

    assert response.status_code == 404
    assert Incident.objects.count() == 0


@pytest.mark.parametrize(
    "path",
    ["/incidents/", "/people/", "/mine/", "/boards/", "/calls/new/", "/api/v1/incidents"],
)
def test_it_opens_nothing_else(city: ModuleType, phone: Client, path: str) -> None:
    city.make_incident()

    response = phone.get(path)

    assert response.status_code in (302, 401, 405)
    assert COOKIE in phone.cookies
    if response.status_code == 302:
        assert "/accounts/login/" in response["Location"]


def test_it_reads_its_own_receipts_only(city: ModuleType, phone: Client) -> None:
    phone.post("/report/", posted())
    own = Incident.objects.get()
    signed_in = city.make_incident(reporter="school.safety_staff")
    foreign = city.make_incident(school="boarding")

    assert phone.get(f"/report/{own.ref}/").status_code == 200
    assert phone.get(f"/report/{own.ref}/answers/").status_code == 200
    assert phone.get(f"/incidents/{own.ref}/").status_code == 302
    for other in (signed_in, foreign):
        assert phone.get(f"/report/{other.ref}/").status_code == 404
        assert phone.post(f"/report/{other.ref}/measures/", {"kind": "110"}).status_code == 404
    assert other.measures.count() == 0


def test_a_report_sent_again_after_the_sign_in_ran_out_is_the_same_report(
    city: ModuleType, phone: Client
) -> None:
    form = posted()
    city.sign_in(phone, "school.safety_staff")
    phone.post("/report/", form)
    incident = Incident.objects.get()
    phone.logout()
    # logout() of the test client drops every cookie; the phone's own one stays in a browser.
    phone.post(f"/bind/{link(city)}/")

    response = phone.post("/report/", form)

    assert response.status_code == 200
    assert incident.number in response.content.decode()
    assert Incident.objects.count() == 1


def test_it_notes_measures_of_its_report(city: ModuleType, phone: Client) -> None:
    phone.post("/report/", posted())
    incident = Incident.objects.get()

    phone.post(f"/report/{incident.ref}/measures/", {"kind": "120"})

    measure = incident.measures.get()
    assert (measure.kind, measure.by) == ("120", city.person("school.safety_staff"))
    event = Event.objects.get(verb="measure.recorded")
    assert event.actor_kind == "device"


@pytest.mark.parametrize("who", ["district.duty_officer", "school.principal"])
def test_what_the_phone_notes_is_the_phones_whoever_is_signed_in_on_it(
    city: ModuleType, phone: Client, who: str
) -> None:
    phone.post("/report/", posted())
    incident = Incident.objects.get()
    phone.force_login(city.person(who))

    phone.post(f"/report/{incident.ref}/measures/", {"kind": "120"})

    assert incident.measures.get().by == incident.reporter
    event = Event.objects.get(verb="measure.recorded")
    assert (event.actor_kind, event.actor_ref) == ("device", str(incident.device_id))


def test_the_reporter_signed_in_on_the_phone_notes_as_a_person(
    city: ModuleType, phone: Client
) -> None:
    phone.post("/report/", posted())
    incident = Incident.objects.get()
    assert incident.reporter
    phone.force_login(incident.reporter)

    phone.post(f"/report/{incident.ref}/measures/", {"kind": "120"})

    event = Event.objects.get(verb="measure.recorded")
    assert (event.actor_kind, event.actor_ref) == ("person", str(incident.reporter_id))


def test_a_phone_notes_nothing_once_its_person_has_left(city: ModuleType, phone: Client) -> None:
    phone.post("/report/", posted())
    incident = Incident.objects.get()
    city.vacate("school.safety_staff")

    answer = phone.post(f"/report/{incident.ref}/measures/", {"kind": "120"})

    assert answer.status_code == 404
    assert incident.measures.count() == 0


@pytest.mark.parametrize("how", ["revoked", "180 days", "person shut out", "post ended"])
def test_a_right_that_ended_ends_the_phones_too(city: ModuleType, phone: Client, how: str) -> None:
    device = FilingDevice.objects.get()
    if how == "revoked":
        revoke_device(device=device, by=city.person("county.administrator"))
    if how == "person shut out":
        type(device.reporter).objects.filter(pk=device.reporter_id).update(is_active=False)
    if how == "post ended":
        city.vacate("school.safety_staff")
    ahead = timedelta(days=181 if how == "180 days" else 0)

    with time_machine.travel(timezone.now() + ahead):
        assert phone.get("/report/").status_code == 302
        assert phone.post("/report/", posted()).status_code == 401

    assert Incident.objects.count() == 0


def test_a_phone_that_reports_without_end_is_stopped_and_told_to_call(
    city: ModuleType, phone: Client
) -> None:
    form = posted()
    codes = [phone.post("/report/", form).status_code for _ in range(31)]

    assert codes[0] == 302
    assert codes[-1] == 429
    assert Incident.objects.count() == 1


def test_administrators_see_the_phones_of_their_reach_only(city: ModuleType) -> None:
    link(city)
    link(city, reporter="primary.safety_staff", school="primary")

    county = devices_of((city.unit("county").path,))
    everywhere = devices_of((city.unit("city").path,))

    assert [device.school for device in county] == [city.unit("school")]
    assert everywhere.count() == 2
    revoke_device(device=county[0], by=city.person("county.administrator"))
    assert not county.all().exists()


def test_making_binding_and_withdrawing_are_in_the_ledger(city: ModuleType) -> None:
    bound = bind(secret=link(city))
    revoke_device(device=bound.device, by=city.person("county.administrator"))
    revoke_device(device=bound.device, by=city.person("county.administrator"))

    verbs = (
        Event.objects.filter(subject_kind="device").order_by("id").values_list("verb", flat=True)
    )
    assert list(verbs) == ["device.offered", "device.bound", "device.revoked"]
    with pytest.raises(Hidden):
        bind(secret="never made")
