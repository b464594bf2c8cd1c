"""我的一岗双责: both duties, why you, the verbs of each capacity, and nothing of others."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone, translation

from notifications.mine import mine
from notifications.models import Entry
from notifications.obligations.answering import Answer, acknowledge
from tests.notifications.asking import COUNTY, alert_of, owed


@pytest.fixture
def drowning(city):
    return city.make_incident(
        hazard="DROWN", people="counted", missing=1, at=timezone.now() - timedelta(minutes=5)
    )


def page_of(client) -> str:
    answer = client.get("/mine/")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_both_duties_stand_as_the_published_table_says_them(city, client):
    city.sign_in(client, "county.deputy_basic")
    entry = Entry.objects.get(post=city.post("county.deputy_basic"))

    business, safety = page_of(client).split('id="business-head"')[::-1]

    assert entry.business_duty in business
    assert entry.safety_duty in safety


def test_why_you_comes_before_what_you_owe(city, client, drowning):
    row = owed(drowning, COUNTY, "LINE_DEPUTY")
    city.sign_in(client, "county.deputy_basic")

    matter = page_of(client).split('class="matter card')[1]

    assert matter.index("</h4>") < matter.index(row.why["zh"]) < matter.index("<form")


def test_several_capacities_say_why_before_their_one_button(city, client):
    city.unite_chiefs("county")
    city.make_incident(hazard="DROWN", people="counted", missing=1)
    city.sign_in(client, "county.chief")

    matter = page_of(client).split('class="matter card')[1]

    before, _button = matter.split('class="joint"')
    assert before.count('class="why"') == 2
    assert "行政主要负责人" in before


def test_every_time_limit_says_what_it_rests_on(city, client, drowning):
    city.sign_in(client, "county.safety_office")

    rows = [
        line
        for m in mine(city.person("county.safety_office")).matters
        for i in m.items
        for line in i.rows
    ]

    assert rows
    assert all(line.basis for line in rows)
    assert rows[0].basis in page_of(client)


@pytest.mark.parametrize(
    ("who", "capacity", "verbs"),
    [
        ("county.chief", "ADMIN_CHIEF", ["instruction", "phone_instruction", "on_site"]),
        ("county.deputy_basic", "LINE_DEPUTY", ["instruction", "phone_instruction", "on_site"]),
        ("county.section_basic", "LINE_SECTION", ["handling"]),
        ("county.duty_officer", "DUTY_OFFICER", ["handling"]),
        ("school.safety_staff", "SCH_SAFETY_STAFF", ["handling"]),
        ("school.principal", "SCH_PRINCIPAL", ["handling", "on_site"]),
    ],
)
def test_each_capacity_has_its_own_verbs(city, client, drowning, who, capacity, verbs):
    (matter,) = mine(city.sign_in(client, who)).matters
    (item,) = [i for i in matter.items if i.rows[0].obligation.capacity == capacity]

    assert [verb for verb, _word, _note in item.verbs] == verbs
    page = page_of(client)
    for verb in verbs:
        assert f'name="verb" value="{verb}"' in page


def test_a_chief_who_is_also_secretary_has_one_button_for_both(city, client):
    city.unite_chiefs("county")
    city.make_incident(hazard="DROWN", people="counted", missing=1)
    city.sign_in(client, "county.chief")

    page = page_of(client)
    joint = page.split('class="joint"')[1].split("</form>")[0]

    assert joint.count('name="ref"') == 2
    words = translation.gettext
    assert f"{words('Secretary')}、{words('Director')}" in joint


def test_one_capacity_has_no_joint_button(city, client, drowning):
    city.sign_in(client, "county.safety_office")

    assert 'class="joint"' not in page_of(client)


def test_what_is_on_the_business_line_stands_under_the_business_duty(city, client, drowning):
    city.sign_in(client, "county.section_basic")
    _safety, business = page_of(client).split('id="business-head"')
    assert business.count("mine-business-item") == 1
    assert "溺水" in business

    city.sign_in(client, "county.safety_office")
    assert "mine-business-item" not in page_of(client)


def test_overdue_comes_first_and_says_so(city, client):
    city.make_incident(hazard="INJ")
    late = city.make_incident(hazard="FIRE", at=timezone.now() - timedelta(hours=30))
    person = city.sign_in(client, "school.safety_staff")

    shown = mine(person)

    assert shown.matters[0].alert == alert_of(late)
    assert shown.matters[0].is_late
    assert shown.late >= 1
    assert "clock-over" in page_of(client)


def test_of_what_is_overdue_the_graver_comes_first_then_the_earlier(city):
    at = timezone.now() - timedelta(days=30)
    light = city.make_incident(hazard="INJ", at=at)
    later = city.make_incident(
        hazard="DROWN", people="counted", missing=1, at=at + timedelta(hours=1)
    )
    earlier = city.make_incident(hazard="DROWN", people="counted", missing=1, at=at)
    fresh = city.make_incident(hazard="FIRE", people="counted", dead=1)

    shown = mine(city.person("school.safety_staff")).matters

    assert [m.alert for m in shown] == [alert_of(i) for i in (earlier, later, light, fresh)]


def test_a_duty_names_its_row_of_the_table(city, client):
    person = city.sign_in(client, "county.deputy_basic")
    entry = Entry.objects.get(post=city.post("county.deputy_basic"))
    number = list(Entry.objects.filter(table=entry.table).order_by("pk")).index(entry) + 1

    assert [duty.row for duty in mine(person).duties] == [number]
    assert f"第{number}行" in page_of(client)


def test_what_is_answered_moves_from_open_to_done(city, client, drowning):
    row = owed(drowning, COUNTY, "AREA_CONTACT")
    person = city.sign_in(client, row.person.username)
    before = mine(person)

    acknowledge(obligations=[row], answer=Answer(by=person))

    after = mine(person)
    assert before.done == []
    assert [m.alert for m in after.done] == [alert_of(drowning)]
    met = [line for m in after.done for i in m.items for line in i.rows]
    assert [line.obligation.pk for line in met] == [row.pk]


def test_opening_a_copy_that_is_to_be_noted_meets_it(city, client):
    """G4: the deputies only read."""
    incident = city.make_incident(hazard="BULLY")
    row = owed(incident, COUNTY, "SAFETY_DEPUTY", "read")
    person = city.sign_in(client, "county.safety_deputy")
    assert [m.alert for m in mine(person).to_read] == [alert_of(incident)]
    client.get("/mine/")
    row.refresh_from_db()
    assert row.is_open

    client.get(f"/alerts/{alert_of(incident).ref}/", headers={"Sec-Purpose": "prefetch"})
    client.head(f"/alerts/{alert_of(incident).ref}/")
    row.refresh_from_db()
    assert row.is_open

    client.get(f"/alerts/{alert_of(incident).ref}/")

    row.refresh_from_db()
    assert (row.state, row.met_by, row.met_how) == ("met", person, "self")
    assert mine(person).to_read == []


def test_opening_the_page_never_acknowledges(city, client, drowning):
    row = owed(drowning, COUNTY, "SAFETY_OFFICE")
    city.sign_in(client, "county.safety_office")

    client.get(f"/alerts/{alert_of(drowning).ref}/")

    row.refresh_from_db()
    assert row.is_open


def test_a_copy_for_information_is_listed_and_can_be_opened(city, client):
    """G5: sections get a copy and owe nothing."""
    incident = city.make_incident(hazard="OTHER")
    assert incident.grade == "G5"
    person = city.sign_in(client, "county.section_basic")

    shown = mine(person)

    assert [m.alert for m in shown.copies] == [alert_of(incident)]
    assert (shown.open, shown.matters) == (0, [])
    assert client.get(f"/alerts/{alert_of(incident).ref}/").status_code == 200
    city.vacate("county.section_basic")
    assert client.get(f"/alerts/{alert_of(incident).ref}/").status_code == 404
    assert mine(person).copies == []


def test_somebody_without_a_post_sees_an_empty_page_and_no_alert(city, client, drowning):
    city.vacate("county.section_health")
    city.sign_in(client, "county.section_health")

    page = page_of(client)

    assert "溺水" not in page
    assert 'class="empty"' in page


def test_twenty_matters_ask_as_few_questions_as_one(
    city, client, drowning, django_assert_num_queries, django_assert_max_num_queries
):
    city.sign_in(client, "school.safety_staff")
    client.get("/mine/")
    with django_assert_max_num_queries(70) as asked:
        client.get("/mine/")
    for hazard in ("DROWN", "FIRE", "INJ", "FOOD", "BULLY") * 4:
        city.make_incident(hazard=hazard)

    with django_assert_num_queries(len(asked)):
        assert client.get("/mine/").content.decode().count('class="matter card') == 21
