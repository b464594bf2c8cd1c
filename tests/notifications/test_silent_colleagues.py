"""本校未签收: the safety officer tells colleagues, most of whom have no account, and enters it."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from notifications.access import silent_colleagues
from notifications.mine import mine
from notifications.selectors import alert_page
from tests.notifications.asking import alert_of, owed

STAFF = "school.safety_staff"


@pytest.fixture
def drowning(city):
    return city.make_incident(
        hazard="DROWN", people="counted", missing=1, at=timezone.now() - timedelta(minutes=5)
    )


@pytest.fixture
def teacher(city):
    """The class teacher has no account."""
    person = city.person("school.class_teacher")
    person.set_unusable_password()
    person.save()
    return person


def page_of(client, path: str = "/mine/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def silent(person) -> dict[str, object]:
    return {one.name: one for matter in mine(person).silent for one in matter.people}


@pytest.mark.parametrize("where", ["/mine/", "alert"])
def test_whoever_has_no_account_is_listed_with_a_number_and_one_button(
    city, client, drowning, teacher, where
):
    city.sign_in(client, STAFF)
    path = where if where == "/mine/" else f"/alerts/{alert_of(drowning).ref}/"
    row = owed(drowning, city.unit("school").code, "SCH_DIRECT")

    part = page_of(client, path).split('class="silent"')[1].split("</ul>")[0]

    first = part.split("</li>")[0]
    assert teacher.name in first
    assert f'href="tel:{teacher.phone}"' in first
    assert "无账号" in first
    assert f'action="/obligations/{row.ref}/record/"' in first
    assert city.person(STAFF).name not in part


def test_one_button_enters_it_and_leads_back(city, client, drowning, teacher):
    person = city.sign_in(client, STAFF)
    one = silent(person)[teacher.name]

    posted = {"ref": [str(ref) for ref in one.refs], "next": "/mine/"}
    answer = client.post(f"/obligations/{one.first}/record/", posted, follow=True)

    assert answer.redirect_chain[0][0] == "/mine/"
    row = owed(drowning, city.unit("school").code, "SCH_DIRECT")
    assert (row.state, row.met_how, row.met_by, row.met_phone) == (
        "met",
        "phone",
        person,
        teacher.phone,
    )
    assert teacher.name not in silent(person)


def test_only_the_own_school_and_never_oneself(city, client, drowning):
    other = city.make_incident(school="boarding", hazard="DROWN", people="counted", missing=1)
    person = city.sign_in(client, STAFF)

    shown = mine(person).silent

    assert [matter.alert for matter in shown] == [alert_of(drowning)]
    assert {one.unit for matter in shown for one in matter.people} == {city.unit("school").label}
    assert person.name not in silent(person)
    assert client.get(f"/alerts/{alert_of(other).ref}/").status_code == 404


@pytest.mark.parametrize("who", ["school.principal", "school.class_teacher", "county.duty_officer"])
def test_whoever_may_not_enter_for_a_school_of_his_own_has_no_such_list(city, drowning, who):
    assert list(mine(city.person(who)).silent) == []
    assert list(alert_page(city.person(who), alert_of(drowning).ref).silent) == []


def test_a_sealed_case_lists_nobody(city, client):
    """The list would tell who is asked, and so what about."""
    incident = city.make_incident(hazard="SEXA", people="unknown")
    person = city.sign_in(client, STAFF)

    assert list(mine(person).silent) == []
    assert list(alert_page(person, alert_of(incident).ref).silent) == []
    assert 'class="silent"' not in page_of(client, f"/alerts/{alert_of(incident).ref}/")
    assert silent_colleagues(person).exists()


def test_a_vacant_post_is_entered_on_the_page_that_asks_who_answered(city, client, drowning):
    city.vacate("school.class_teacher")
    city.sign_in(client, STAFF)
    row = owed(drowning, city.unit("school").code, "SCH_DIRECT")

    part = page_of(client).split('class="silent"')[1].split("</ul>")[0]

    assert f'href="/obligations/{row.ref}/record/?next=/mine/"' in part
    assert f'action="/obligations/{row.ref}/record/"' not in part


def test_many_alerts_ask_as_few_questions_as_one(
    city, client, drowning, teacher, django_assert_num_queries, django_assert_max_num_queries
):
    city.sign_in(client, STAFF)
    page_of(client)
    with django_assert_max_num_queries(75) as asked:
        page_of(client)
    for _n in range(3):
        city.make_incident(hazard="DROWN", people="counted", missing=1)

    with django_assert_num_queries(len(asked)):
        assert page_of(client).count('class="silent"') == 4
