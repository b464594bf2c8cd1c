"""The live board: who sees which, what a row says, and how many questions it asks."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.utils import timezone

from notifications.models import Alert, Beat, Stream, StreamRow
from notifications.obligations.answering import Answer, acknowledge
from notifications.words import grade_word
from tests.notifications.asking import CITY, COUNTY, DISTRICT, alert_of, owed


@pytest.fixture
def drowning(city):
    return city.make_incident(
        hazard="DROWN",
        people="counted",
        missing=1,
        place_kind="off_campus",
        place="大坝水库",
        at=timezone.now() - timedelta(minutes=12),
    )


def shown(client, code: str, **asked) -> str:
    answer = client.get(f"/boards/{code}/", asked)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def rows(client, code: str, *alerts: Alert, **asked) -> str:
    refs = {"alert": [str(alert.ref) for alert in alerts], **asked}
    answer = client.get(f"/boards/{code}/rows/", refs)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("city.duty_officer", {CITY, COUNTY, DISTRICT}),
        ("city.chief", {CITY, COUNTY, DISTRICT}),
        ("county.duty_officer", {COUNTY}),
        ("county.safety_office", {COUNTY}),
        ("county.section_basic", set()),
        ("school.principal", set()),
        ("school.safety_staff", set()),
    ],
)
def test_a_city_watches_all_and_a_district_its_own(city, client, who, seen):
    city.sign_in(client, who)

    for code in (CITY, COUNTY, DISTRICT):
        expected = 200 if code in seen else 404
        assert client.get(f"/boards/{code}/").status_code == expected
        assert client.get(f"/boards/{code}/rows/").status_code == expected


def test_a_school_has_no_board(city, client):
    city.sign_in(client, "city.duty_officer")

    assert client.get(f"/boards/{city.unit('school').code}/").status_code == 404


def test_the_own_board_opens_by_itself_and_the_others_are_listed(city, client, drowning):
    city.sign_in(client, "county.duty_officer")
    assert client.get("/boards/")["Location"] == f"/boards/{COUNTY}/"

    city.sign_in(client, "city.duty_officer")
    assert client.get("/boards/")["Location"] == f"/boards/{CITY}/"
    page = client.get("/boards/?all=1").content.decode()
    assert f"/boards/{COUNTY}/" in page
    assert f"/boards/{DISTRICT}/" in page

    city.sign_in(client, "school.principal")
    assert client.get("/boards/").status_code == 404


def test_a_row_tells_how_bad_what_where_and_since_when(city, client, drowning):
    city.sign_in(client, "county.duty_officer")

    page = shown(client, COUNTY)

    for word in (
        "grade-g2",
        str(grade_word("G2")),
        "溺水",
        "失联1人",
        "丁县第一初级中学",
        "校外·大坝水库",
        drowning.number,
    ):
        assert word in page
    assert "12" in page


def test_an_alert_of_another_district_is_not_on_the_board(city, client, drowning):
    city.sign_in(client, "district.duty_officer")

    assert str(alert_of(drowning).ref) not in shown(client, DISTRICT)
    assert str(alert_of(drowning).ref) not in rows(client, DISTRICT, alert_of(drowning))


def test_the_worst_grade_comes_first_then_the_newest(city, client):
    now = timezone.now()
    old_blue = city.make_incident(hazard="FIRE", flags={}, at=now - timedelta(minutes=9))
    orange = city.make_incident(
        hazard="DROWN", people="counted", missing=1, at=now - timedelta(minutes=7)
    )
    new_blue = city.make_incident(hazard="FIRE", at=now - timedelta(minutes=5))
    city.sign_in(client, "county.duty_officer")

    page = shown(client, COUNTY)

    places = [page.index(f'id="alert-{alert_of(i).ref}"') for i in (orange, new_blue, old_blue)]
    assert places == sorted(places)


def test_a_closed_alert_leaves_the_board(city, client, drowning):
    alert = alert_of(drowning)
    Alert.objects.filter(pk=alert.pk).update(closed_at=timezone.now())
    city.sign_in(client, "county.duty_officer")

    assert str(alert.ref) not in shown(client, COUNTY)
    assert str(alert.ref) not in rows(client, COUNTY, alert)


def test_two_sections_of_which_one_is_silent_read_one_of_two(city, client):
    """A private school has two business sections, and so two sections owe in one cell."""
    incident = city.make_incident(school="private", hazard="DROWN", people="counted", missing=1)
    row = owed(incident, DISTRICT, "LINE_SECTION")
    city.sign_in(client, "district.duty_officer")
    before = shown(client, DISTRICT)

    acknowledge(obligations=[row], answer=Answer(by=row.person))

    after = shown(client, DISTRICT)
    assert before.count("1/4") == 0
    assert after.count("1/4") == 1


def test_what_was_entered_after_a_call_and_who_is_overdue_have_their_signs(city, client, drowning):
    row = owed(drowning, COUNTY, "PARTY_CHIEF")
    duty = city.sign_in(client, "county.duty_officer")
    before = shown(client, COUNTY)
    client.post(f"/obligations/{row.ref}/record/", {"ref": str(row.ref), "phone": "1"})

    after = shown(client, COUNTY)

    assert before.count("line-proxy") == 0
    assert after.count("line-proxy") == 1
    assert after.count("line-overdue") > 0
    assert duty.name in after


def test_a_message_that_never_went_out_is_our_fault_not_silence(city, client, drowning):
    office = city.person("county.safety_deputy")
    StreamRow.objects.filter(stream__owner=office.pk, stream__kind="person").delete()
    city.sign_in(client, "county.duty_officer")

    page = shown(client, COUNTY)

    assert page.count("cell-fault") == 1


def test_a_vacant_post_that_a_superior_takes_up_is_marked(city, client):
    city.vacate("county.party_chief")
    city.make_incident(hazard="DROWN", people="counted", missing=1)
    city.sign_in(client, "county.duty_officer")

    assert "#arrow-up" in shown(client, COUNTY).split("board-legend")[0]


def test_nothing_is_green_without_a_fresh_beat_of_the_dispatcher(city, client, drowning):
    city.sign_in(client, "county.duty_officer")
    assert "data-dispatcher" in shown(client, COUNTY)
    assert 'badge-red" data-dispatcher' in shown(client, COUNTY)

    now = timezone.now()
    Beat.objects.create(name="dispatcher", owner="x", at=now, until=now + timedelta(seconds=15))
    assert 'badge-green" data-dispatcher' in shown(client, COUNTY)

    with time_machine.travel(now + timedelta(seconds=31)):
        assert 'badge-red" data-dispatcher' in shown(client, COUNTY)


def test_the_head_counts_what_is_open_late_and_new(city, client, drowning):
    city.make_incident(hazard="INJ")
    city.sign_in(client, "county.duty_officer")

    page = shown(client, COUNTY)

    assert 'data-open="2"' in page
    assert 'data-late="1"' in page
    assert "10" in page


def test_it_says_who_is_on_duty(city, client):
    city.sign_in(client, "county.chief")

    page = shown(client, COUNTY)

    assert city.person("county.duty_officer").name in page
    assert city.person("county.duty_leader").name in page


def test_the_officers_own_capacities_are_answered_on_the_board_by_one_button(
    city, client, drowning
):
    row = owed(drowning, COUNTY, "DUTY_OFFICER")
    city.sign_in(client, "county.duty_officer")
    assert str(row.ref) in shown(client, COUNTY)

    answer = client.post(
        "/obligations/acknowledge/", {"ref": str(row.ref), "next": f"/boards/{COUNTY}/"}
    )

    assert answer["Location"] == f"/boards/{COUNTY}/"
    row.refresh_from_db()
    assert not row.is_open
    assert f'name="ref" value="{row.ref}"' not in shown(client, COUNTY)


def test_next_comes_the_own_answer_then_the_check_then_the_silent(city, client, drowning):
    row = owed(drowning, COUNTY, "DUTY_OFFICER")
    city.sign_in(client, "county.duty_officer")
    own = step(shown(client, COUNTY))
    client.post("/obligations/acknowledge/", {"ref": str(row.ref)})
    check = step(shown(client, COUNTY))
    client.post(f"/incidents/{drowning.ref}/verified/", {"kind": "verified"})
    call = step(shown(client, COUNTY))

    assert "签收" in own or "Acknowledge" in own
    assert "电话核实" in check or "Verify" in check
    assert "电话" in call or "Call" in call
    assert len({own, check, call}) == 3


def test_the_check_names_the_reporter_with_number_but_not_on_a_wall(city, client, drowning):
    reporter = drowning.reporter
    reporter.phone = "13900001234"
    reporter.save()
    row = owed(drowning, COUNTY, "DUTY_OFFICER")
    city.sign_in(client, "county.duty_officer")
    client.post("/obligations/acknowledge/", {"ref": str(row.ref)})

    page = shown(client, COUNTY)

    assert reporter.name in step(page)
    assert f'href="tel:{reporter.phone}"' in page
    assert reporter.phone not in shown(client, COUNTY, wall="1")


def test_who_may_not_know_the_school_is_not_told_who_reported(city, client):
    incident = city.make_incident(hazard="BULLY", people="counted", injured=1)
    alert = alert_of(incident)
    alert.obligations.filter(capacity__startswith="DUTY").delete()
    assert alert.privacy == Alert.Privacy.GUARDED
    city.sign_in(client, "city.duty_officer")

    page = shown(client, CITY)

    assert incident.reporter.name not in page
    assert f"tel:{incident.reporter.phone}" not in page


def test_a_call_without_a_script_comes_back_to_the_board(city, client, drowning):
    city.sign_in(client, "county.duty_officer")

    page = shown(client, COUNTY)

    links = [part.split('"')[0] for part in page.split('href="/obligations/')[1:]]
    assert links
    assert all(link.endswith(f"/record/?next=/boards/{COUNTY}/") for link in links)


def step(page: str) -> str:
    return page.split('class="next-step"')[1].split("</p>", maxsplit=1)[0]


def test_it_says_to_whom_the_bureau_reports_and_links_to_the_form(city, client, drowning):
    city.sign_in(client, "county.duty_officer")

    page = shown(client, COUNTY)

    assert "市教育局值班室" in page
    assert f"/incidents/{drowning.ref}/upward/" in page


def test_a_reporting_office_sees_each_receiver_by_itself(city, client, drowning):
    city.sign_in(client, "city.duty_officer")

    page = shown(client, CITY)

    assert "市委值班室" in page
    assert "市委值班室、市政府总值班室" not in page


def test_on_the_wall_stand_posts_and_no_person_no_number_no_button(city, client, drowning):
    city.sign_in(client, "county.duty_officer")
    people = [o.person for o in alert_of(drowning).obligations.select_related("person")]

    page = shown(client, COUNTY, wall="1").split('<div class="board"')[1]
    page = page.split("data-part-dialog")[0]

    assert "溺水" in page
    for person in people:
        assert person.name not in page
        assert person.phone not in page
    for forbidden in ("tel:", "<form", "/record/", "/obligations/", "/mine/"):
        assert forbidden not in page


def test_one_row_is_fetched_as_the_page_has_it(city, client, drowning):
    other = city.make_incident(hazard="INJ")
    city.sign_in(client, "county.duty_officer")

    part = rows(client, COUNTY, alert_of(drowning))

    assert "<html" not in part
    assert f'id="alert-{alert_of(drowning).ref}"' in part
    assert str(alert_of(other).ref) not in part
    assert "data-board-head" in part


def test_the_page_knows_where_its_stream_stood_before_it_was_read(city, client, drowning):
    stream = Stream.objects.get(kind="board", owner=city.unit("county").pk)
    city.sign_in(client, "county.duty_officer")

    page = shown(client, COUNTY)

    assert f'data-cursor="{stream.head}"' in page
    assert f'data-epoch="{stream.epoch}"' in page


def test_without_a_script_everything_on_it_is_a_link_or_a_form(city, client, drowning):
    city.sign_in(client, "county.duty_officer")

    page = shown(client, COUNTY)

    assert '<noscript><meta http-equiv="refresh"' in page
    assert "/record/" in page
    assert 'href="/calls/new/"' in page
    for forbidden in (" style=", "onclick", "<script>"):
        assert forbidden not in page


@pytest.mark.parametrize("address", [f"/boards/{CITY}/", f"/boards/{CITY}/?wall=1"])
def test_twenty_alerts_ask_as_few_questions_as_one(
    city, client, drowning, address, django_assert_num_queries, django_assert_max_num_queries
):
    city.sign_in(client, "city.duty_officer")
    client.get(address)
    with django_assert_max_num_queries(60) as asked:
        client.get(address)
    number = len(asked)

    for hazard in ("DROWN", "FIRE", "INJ", "FOOD", "BULLY") * 4:
        city.make_incident(school="private", hazard=hazard)

    with django_assert_num_queries(number):
        page = client.get(address).content.decode()
    assert page.count("data-alert=") == 21
