"""The list of incidents and the page of one case, for everybody who may know of it."""

from __future__ import annotations

from datetime import timedelta
from types import ModuleType
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from incidents.cases.models import Measure
from notifications.models import Alert, Obligation
from notifications.obligations.answering import Answer, acknowledge, record_answer
from notifications.words import level_word, reason_of_another
from safety.ledger.models import Event


def test_the_page_tells_facts_grade_clock_and_who_was_told(
    city: ModuleType, client: Client
) -> None:
    incident = city.make_incident(
        hazard="DROWN",
        people="counted",
        missing=1,
        place_kind="off_campus",
        place="大坝水库",
        summary="六年级学生下水未上来",
        aware_at=timezone.now() - timedelta(minutes=7),
    )
    city.sign_in(client, "county.duty_officer")

    page = client.get(f"/incidents/{incident.ref}/").content.decode()

    for words in (
        incident.number,
        "溺水",
        "失联1人",
        "大坝水库",
        "六年级学生下水未上来",
        "丁县第一初级中学",
        "溺水,失联或危重1人以上(立即)",
        "grade-g2",
        "市委值班室, 市政府总值班室",
        city.person("county.duty_officer").name,
    ):
        assert words in page
    assert page.count("data-due=") > 10, "open clocks run"


def test_a_provisional_grade_says_so(city: ModuleType, client: Client) -> None:
    incident = city.make_incident(hazard="FIRE", people="unknown")
    city.sign_in(client, "county.duty_officer")

    page = client.get(f"/incidents/{incident.ref}/").content.decode()

    assert incident.provisional
    assert "badge-amber" in page
    assert "人数不清" in page
    assert "0人" not in page


def test_each_row_tells_why_and_says_you_to_its_addressee_only(
    city: ModuleType, client: Client
) -> None:
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    reader = city.sign_in(client, "county.chief")

    page = client.get(f"/incidents/{incident.ref}/").content.decode()

    rows = Obligation.objects.filter(subject_ref=str(incident.ref), kind="acknowledge")
    assert rows.count() > 10
    own = [row for row in rows if row.person == reader]
    assert len(own) == 1
    assert own[0].why["zh"] in page
    for row in rows.exclude(pk=own[0].pk):
        assert reason_of_another(row.why) in page
    assert page.count("您是") + page.count("您分管") == 1


def test_answers_show_how_they_were_given(city: ModuleType, client: Client) -> None:
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    rows = Obligation.objects.filter(subject_ref=str(incident.ref), kind="acknowledge")
    chief = rows.get(capacity="ADMIN_CHIEF", unit=city.unit("county"))
    staff = rows.get(capacity="SCH_SAFETY_STAFF")
    officer = city.person("county.duty_officer")
    record_answer(
        obligations=[chief], answer=Answer(by=officer, how=Obligation.How.PHONE, phone="1990000")
    )
    acknowledge(obligations=[staff], answer=Answer(by=city.person("school.safety_staff")))
    city.sign_in(client, "county.duty_officer")

    page = client.get(f"/incidents/{incident.ref}/").content.decode()

    assert page.count("clock-met") == 2
    assert page.count(f"{officer.name} 代录") == 1


def test_a_report_by_telephone_shows_caller_and_number(city: ModuleType, client: Client) -> None:
    incident = city.make_incident(
        reporter="county.duty_officer",
        via="phone",
        caller="王老师",
        caller_post="安全专干",
        caller_phone="19912345678",
        caller_told="校长",
    )
    city.sign_in(client, "county.duty_officer")

    page = client.get(f"/incidents/{incident.ref}/").content.decode()

    for words in ("王老师 安全专干", 'href="tel:19912345678"', "校长"):
        assert words in page


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("school.safety_staff", 200),
        ("school.principal", 200),
        ("county.duty_officer", 200),
        ("county.chief", 200),
        ("county.section_basic", 200),
        ("city.duty_officer", 200),
        ("city.supervision", 200),
        ("boarding.safety_staff", 404),
        ("district.duty_officer", 404),
        ("district.chief", 404),
        ("county.administrator", 404),
        ("county.section_private", 404),
    ],
)
def test_who_may_know_of_an_open_case(
    city: ModuleType, client: Client, who: str, status: int
) -> None:
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    city.sign_in(client, who)

    response = client.get(f"/incidents/{incident.ref}/")
    listed = client.get("/incidents/").content.decode()

    assert response.status_code == status
    assert (incident.number in listed) == (status == 200)


def test_a_case_that_does_not_exist_is_the_same_404(city: ModuleType, client: Client) -> None:
    hidden = city.make_incident(school="boarding")
    city.sign_in(client, "school.safety_staff")

    pages = [client.get(f"/incidents/{ref}/") for ref in (hidden.ref, uuid4())]

    assert [page.status_code for page in pages] == [404, 404]


def test_nobody_signed_in_sees_nothing(city: ModuleType, client: Client) -> None:
    incident = city.make_incident()

    for path in ("/incidents/", f"/incidents/{incident.ref}/"):
        assert client.get(path)["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"school", "boarding", "small"}),
        ("q=寄宿", {"boarding"}),
        ("q=丁县", {"school", "boarding", "small"}),
        ("hazard=FIRE", {"boarding"}),
        ("grade=G2", {"school"}),
        ("days=30", {"school", "boarding"}),
        ("open=1", {"school", "small"}),
        ("hazard=UFO", {"school", "boarding", "small"}),
        ("grade=G9&days=abc&page=999", {"school", "boarding", "small"}),
        ("q=秘密", set()),
        ("q=%25", set()),
    ],
)
def test_the_list_is_narrowed_and_never_searches_free_text(
    city: ModuleType, client: Client, query: str, found: set[str]
) -> None:
    city.make_incident(school="school", hazard="DROWN", people="counted", missing=1, summary="秘密")
    closed = city.make_incident(school="boarding", hazard="FIRE")
    closed.closed_at = timezone.now()
    closed.save()
    old = city.make_incident(school="small", place="秘密")
    then = timezone.now() - timedelta(days=60)
    type(old).objects.filter(pk=old.pk).update(filed_at=then, aware_at=then)
    city.sign_in(client, "county.duty_officer")

    page = client.get(f"/incidents/?{query}").content.decode()

    assert {key for key in ("school", "boarding", "small") if city.unit(key).label in page} == found
    if not found:
        assert 'class="empty"' in page


def test_an_empty_list_says_so(city: ModuleType, client: Client) -> None:
    city.sign_in(client, "county.duty_officer")

    assert 'class="empty"' in client.get("/incidents/").content.decode()


def test_pages_of_the_list_keep_the_filter(city: ModuleType, client: Client) -> None:
    for _ in range(51):
        city.make_incident(hazard="INJ")
    city.sign_in(client, "county.duty_officer")

    first = client.get("/incidents/?hazard=INJ").content.decode()
    second = client.get("/incidents/?hazard=INJ&page=2").content.decode()

    assert first.count('<th scope="row">') == 50
    assert second.count('<th scope="row">') == 1
    assert "hazard=INJ&amp;page=2" in first


def test_the_list_asks_as_often_for_twenty_rows_as_for_one(
    city: ModuleType, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    city.sign_in(client, "county.duty_officer")
    city.make_incident()
    with django_assert_max_num_queries(40) as one:
        client.get("/incidents/")
    for _ in range(19):
        city.make_incident()

    with django_assert_max_num_queries(len(one.captured_queries)):
        client.get("/incidents/")


def test_a_person_reads_english_when_he_asks_for_it(city: ModuleType, client: Client) -> None:
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    city.sign_in(client, "county.duty_officer")

    page = client.get(f"/incidents/{incident.ref}/", headers={"accept-language": "en"})

    assert "missing 1" in page.content.decode()


@pytest.mark.parametrize("who", ["school.principal", "county.duty_officer", "city.duty_officer"])
def test_school_and_duty_rooms_note_measures(city: ModuleType, client: Client, who: str) -> None:
    incident = city.make_incident()
    person = city.sign_in(client, who)

    client.post(f"/incidents/{incident.ref}/measures/", {"kind": "110"})
    client.post(f"/incidents/{incident.ref}/measures/", {"kind": "110"})

    assert incident.measures.get().by == person
    assert Event.objects.filter(verb="measure.recorded").count() == 1


def test_only_a_duty_room_says_it_has_checked(city: ModuleType, client: Client) -> None:
    incident = city.make_incident()
    address = f"/incidents/{incident.ref}"
    for who in ("school.principal", "county.chief", "city.supervision", "boarding.principal"):
        city.sign_in(client, who)
        assert client.post(f"{address}/verified/").status_code == 404
        assert client.post(f"{address}/measures/", {"kind": "verified"}).status_code == 404
    assert Measure.objects.count() == 0

    officer = city.sign_in(client, "county.duty_officer")
    client.post(f"{address}/verified/")

    measure = incident.measures.get()
    assert (measure.kind, measure.by) == (Measure.Kind.VERIFIED, officer)


def test_readers_without_a_part_in_it_note_nothing(city: ModuleType, client: Client) -> None:
    incident = city.make_incident()
    for who in ("county.chief", "city.supervision", "boarding.safety_staff"):
        city.sign_in(client, who)
        answer = client.post(f"/incidents/{incident.ref}/measures/", {"kind": "110"})
        assert answer.status_code == 404

    assert Measure.objects.count() == 0


def test_after_noting_it_leads_back_only_within_the_house(city: ModuleType, client: Client) -> None:
    incident = city.make_incident()
    city.sign_in(client, "county.duty_officer")
    address = f"/incidents/{incident.ref}/verified/"

    assert client.post(address, {"next": "/boards/"})["Location"] == "/boards/"
    outside = client.post(address, {"next": "https://example.com/"})
    assert outside["Location"] == f"/incidents/{incident.ref}/"


def test_only_the_own_floor_is_unfolded_and_each_says_how_many_signed(
    city: ModuleType, client: Client
) -> None:
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    alert = Alert.objects.get(subject_ref=str(incident.ref))
    chief = city.person("county.chief")
    own = alert.obligations.filter(person=chief, kind="acknowledge", unit__code="520121")
    acknowledge(obligations=list(own), answer=Answer(by=chief))

    for who, floor in (("county.chief", "district"), ("city.duty_officer", "city")):
        city.sign_in(client, who)
        levels = client.get(f"/incidents/{incident.ref}/").context["levels"]
        assert [level.level for level in levels if level.is_own] == [level_word(floor)], who
        county = next(level for level in levels if level.level == level_word("district"))
        assert county.answered == 1
        assert len(county.slots) > county.answered
    page = client.get(f"/incidents/{incident.ref}/").content.decode()
    assert page.count('<details class="fold"') == 3
    assert page.count('<details class="fold" open') == 1
