"""The page of one alert: who was told, who answered, in what order."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from incidents.cases.recording import Upward, record_upward
from notifications.models import Obligation
from notifications.obligations.answering import Answer, acknowledge, record_answer
from notifications.selectors import alert_page
from tests.notifications.asking import COUNTY, alert_of, owed


@pytest.fixture
def drowning(city):
    return city.make_incident(
        hazard="DROWN", people="counted", missing=1, at=timezone.now() - timedelta(minutes=20)
    )


def page_of(client, incident) -> str:
    answer = client.get(f"/alerts/{alert_of(incident).ref}/")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("county.safety_office", 200),
        ("city.section_basic", 200),
        ("school.class_teacher", 200),
        ("city.duty_officer", 200),
        ("county.section_health", 404),
        ("boarding.principal", 404),
        ("district.chief", 404),
    ],
)
def test_who_was_addressed_or_watches_sees_it(city, client, drowning, who, status):
    city.sign_in(client, who)

    assert client.get(f"/alerts/{alert_of(drowning).ref}/").status_code == status


def test_an_unknown_alert_is_not_there(city, client):
    city.sign_in(client, "city.duty_officer")

    missing = client.get("/alerts/00000000-0000-4000-8000-000000000000/")

    assert missing.status_code == 404


def test_it_lists_every_capacity_once_with_its_state(city, client, drowning):
    person = city.sign_in(client, "county.safety_office")
    rows = list(alert_of(drowning).obligations.select_related("person"))

    shown = alert_page(person, alert_of(drowning).ref)

    told = [one for level in shown.levels for one in level.addressees]
    listed = [row.obligation.pk for one in told for row in one.rows]
    assert sorted(listed) == sorted(row.pk for row in rows)
    page = page_of(client, drowning)
    for row in rows:
        assert row.person.name in page
    assert page.index('class="board-lines"') < page.index('class="told"')
    assert page.count('<details class="told">') == len(shown.levels)


def test_a_level_counts_who_signed_and_says_who_stands_there_twice(city, client):
    city.unite_chiefs("county")
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    reader = city.sign_in(client, "county.safety_office")
    own = owed(incident, COUNTY, "SAFETY_OFFICE")
    acknowledge(obligations=[own], answer=Answer(by=reader))

    levels = {level.word: level for level in alert_page(reader, alert_of(incident).ref).levels}

    county = levels["区县"]
    signed = [one.capacity for one in county.addressees if one.has_answered]
    assert (county.answered, county.unit) == (1, "丁县")
    assert county.owing == sum(one.owes_answer for one in county.addressees) > 1
    assert len(signed) == 1
    twice = {one.person for one in county.addressees if one.is_double}
    assert twice == {city.person("county.chief").name}
    assert f"{city.person('county.chief').name}(兼)" in page_of(client, incident)


def test_a_long_timeline_folds_what_is_earlier(city, client, drowning):
    reader = city.sign_in(client, "county.duty_officer")
    assert alert_page(reader, alert_of(drowning).ref).earlier == []
    rows = [o for o in alert_of(drowning).obligations.all() if o.kind == "acknowledge"]
    for row in rows:
        acknowledge(obligations=[row], answer=Answer(by=row.person))

    shown = alert_page(reader, alert_of(drowning).ref)

    assert [*shown.earlier, *shown.latest] == shown.timeline
    assert len(shown.latest) < len(shown.earlier)


def test_the_timeline_tells_answers_in_order_and_who_entered_them(city, client, drowning):
    now = timezone.now()
    office, duty = city.person("county.safety_office"), city.person("county.duty_officer")
    own = owed(drowning, COUNTY, "SAFETY_OFFICE")
    called = owed(drowning, COUNTY, "ADMIN_CHIEF")
    acknowledge(obligations=[own], answer=Answer(by=office))
    at = now - timedelta(minutes=10)
    record_answer(obligations=[called], answer=Answer(by=duty, how="phone", phone="1", at=at))

    moments = alert_page(office, alert_of(drowning).ref).timeline

    assert [m.at for m in moments] == sorted(m.at for m in moments)
    (entered,) = [m for m in moments if m.entered_at]
    assert entered.at == at
    assert duty.name in entered.text
    assert office.name in moments[-1].text
    assert len(moments) == 4


def test_the_timeline_tells_what_was_done_and_what_went_up(city, client, drowning):
    duty = city.sign_in(client, "county.duty_officer")
    client.post(f"/incidents/{drowning.ref}/measures/", {"kind": "110"})
    client.post(f"/incidents/{drowning.ref}/verified/")
    record_upward(
        incident=drowning,
        unit=city.unit("county"),
        upward=Upward(
            receiver="市教育局值班室",
            received_by="李值班",
            how="phone",
            sent_at=timezone.now() - timedelta(minutes=3),
        ),
        by=duty,
    )

    page = page_of(client, drowning).split("time-head")[-1]

    assert "110" in page
    assert "李值班" in page
    assert len(alert_page(duty, alert_of(drowning).ref).timeline) == 5


def test_it_prints_without_controls_and_with_who_printed_it(city, client, drowning):
    city.sign_in(client, "county.safety_office")

    page = page_of(client, drowning)

    assert "print-head" in page
    assert "county.safety_office" in page
    assert 'media="print"' in page


def test_what_it_asks_of_the_reader_can_be_answered_there(city, client, drowning):
    row = owed(drowning, COUNTY, "SAFETY_OFFICE")
    city.sign_in(client, "county.safety_office")
    assert str(row.ref) in page_of(client, drowning)

    client.post("/obligations/acknowledge/", {"ref": str(row.ref)})

    assert f'name="ref" value="{row.ref}"' not in page_of(client, drowning)


def test_more_addressees_ask_no_more_questions(
    city, client, drowning, django_assert_max_num_queries
):
    city.sign_in(client, "city.duty_officer")
    wide = city.make_incident(
        schools=("school", "boarding", "private"), hazard="DROWN", people="counted", missing=1
    )
    assert Obligation.objects.filter(alert=alert_of(wide)).count() > 60
    page_of(client, drowning)

    with django_assert_max_num_queries(60) as one:
        page_of(client, drowning)
    with django_assert_max_num_queries(len(one)):
        page_of(client, wide)


def test_a_sealed_one_shows_how_each_line_stands_and_lists_nobody(city, client):
    incident = city.make_incident(hazard="SEXA", flags={"staff_involved": True})
    reader = city.sign_in(client, "city.duty_officer")

    shown = alert_page(reader, alert_of(incident).ref)

    assert (shown.is_masked, list(shown.levels)) == (True, [])
    assert [level.level for level in shown.lines] == ["school", "district", "city"]
    page = page_of(client, incident)
    assert "board-lines" in page
    assert city.person("county.section_personnel").name not in page
