"""警情链路测试: who was reached, what is dead; in no statistic; leaders only by invitation."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from notifications.access import silent_colleagues
from notifications.board import board, boards
from notifications.chaintest import rulebook
from notifications.chaintest.actions import (
    Monthly,
    end_test,
    next_time,
    save_schedule,
    start_test,
)
from notifications.chaintest.chores import run_portion
from notifications.chaintest.models import ChainTest, TestSchedule
from notifications.chaintest.rules import check
from notifications.chaintest.selectors import missed_test, open_tests, outcome
from notifications.live.receipts import write_receipts
from notifications.mine import mine, waiting
from notifications.models import Alert, Entry, Obligation, Stream
from notifications.obligations.answering import Answer, acknowledge, record_answer
from notifications.records.answered import counts
from notifications.records.quarters import Quarter
from notifications.snapshot import current_table
from notifications.table.publishing import NewEntry, publish_table
from notifications.words import capacity_words
from safety.errors import Conflict, Refused
from safety.ledger.actions import SYSTEM
from safety.people.models import User
from safety.rules.actions import default_content

OFFICES = ("DUTY_OFFICER", "SAFETY_OFFICE", "LINE_SECTION")


def start(city, unit="county", **over):
    said = {"below": False, "capacities": OFFICES, "person": None, **over}
    return start_test(unit=city.unit(unit), **said)


def row(city, test, who):
    return Obligation.objects.get(alert=test.alert, post=city.post(who))


def result(city, test, who):
    found = outcome(test)
    every = [*found.results, *found.invited]
    return next(r for r in every if r.obligation.post == city.post(who))


def arrive(test, person):
    stream = Stream.objects.get(kind=Stream.Kind.PERSON, owner=person.pk)
    write_receipts({stream.pk: stream.head})


def test_each_chosen_post_owes_an_answer_and_nobody_else(city):
    test = start(city)

    rows = Obligation.objects.filter(alert=test.alert)
    assert set(rows.values_list("capacity", flat=True)) == set(OFFICES)
    assert {o.unit for o in rows} == {city.unit("county")}
    assert {(o.kind, o.basis) for o in rows} == {("acknowledge", "reminder")}
    assert test.alert.status == Alert.Status.TEST
    assert test.ends_at - test.started_at == timedelta(minutes=15)


def test_it_tells_who_was_reached_on_which_channel_and_how_fast(city):
    began = timezone.now()
    with time_machine.travel(began, tick=False):
        test = start(city)
    live, page, silent = (
        city.person(f"county.{role}")
        for role in ("safety_office", "section_basic", "section_health")
    )
    with time_machine.travel(began + timedelta(seconds=4), tick=False):
        arrive(test, live)
    with time_machine.travel(began + timedelta(seconds=30), tick=False):
        acknowledge(obligations=[row(city, test, "county.safety_office")], answer=Answer(by=live))
        acknowledge(obligations=[row(city, test, "county.section_basic")], answer=Answer(by=page))
    with time_machine.travel(began + timedelta(seconds=90), tick=False):
        record_answer(
            obligations=[row(city, test, "county.section_moral")],
            answer=Answer(by=city.person("county.duty_officer"), how="phone", phone="0851-1"),
        )

    with time_machine.travel(began + timedelta(minutes=2), tick=False):
        one = result(city, test, "county.safety_office")
        assert (one.state, one.reached_s, one.answered_s) == ("answered", 4, 30)
        two = result(city, test, "county.section_basic")
        assert (two.state, two.reached_s, two.answered_s) == ("answered", None, 30)
        three = result(city, test, "county.section_moral")
        assert (three.answered_s, three.obligation.met_how) == (90, "phone")
        assert len({one.channel, two.channel, three.channel} - {""}) == 3
        assert result(city, test, "county.section_health").obligation.person == silent
        found = outcome(test)
        assert (found.answered, found.reached, found.median_s) == (3, 3, 30)


def test_what_is_dead_is_named(city):
    city.vacate("county.section_moral")
    known = city.person("county.section_basic")
    User.objects.filter(pk=known.pk).update(last_login=timezone.now())
    User.objects.filter(username="county.section_health").update(phone="")
    test = start(city)

    vacant = result(city, test, "county.section_moral")
    assert (vacant.state, len(vacant.dead)) == ("dead", 1)
    never = result(city, test, "county.section_health")
    assert len(never.dead) == 3
    assert len(result(city, test, "county.section_basic").dead) == 1
    arrive(test, known)
    reached = result(city, test, "county.section_basic")
    assert (reached.state, list(reached.dead)) == ("reached", [])


def test_a_stand_in_is_tested_for_whoever_is_away(city):
    city.send_away("county.section_basic", delegate="county.section_moral")

    test = start(city)

    assert row(city, test, "county.section_basic").person == city.person("county.section_moral")


def test_boards_show_it_apart_and_count_it_nowhere(city, client):
    watcher = city.sign_in(client, "county.duty_officer")
    code = city.unit("county").code
    test = start(city)

    shown = board(watcher, code)

    assert (shown.rows, shown.head.open, shown.head.late, shown.head.recent) == ([], 0, 0, 0)
    assert [link.open for link in boards(watcher)] == [0] * len(boards(watcher))
    assert [(t.alert, t.answered) for t in shown.head.tests] == [(test.alert, 0)]
    page = unescape(client.get(f"/boards/{code}/").content.decode())
    assert "测试(非真实)" in page
    assert "测试(非真实)" in unescape(client.get(f"/boards/{code}/?wall=1").content.decode())
    end_test(test=test, actor=SYSTEM)
    assert open_tests(city.unit("county")) == []


def test_it_enters_no_record_of_anybody(city):
    test = start(city)
    person = city.person("county.safety_office")
    acknowledge(obligations=[row(city, test, "county.safety_office")], answer=Answer(by=person))

    quarter = Quarter.of(timezone.localdate())
    assert counts(person, quarter.starts_at, quarter.ends_at, capacity_words()) == []


def test_the_addressee_sees_that_it_is_a_test_and_answers_in_one_tap(city, client):
    test = start(city)
    real = city.make_incident(hazard="DROWN", people="counted", missing=1)
    person = city.sign_in(client, "county.safety_office")

    matters = mine(person).matters
    page = unescape(client.get("/mine/").content.decode())

    assert [m.alert.subject_ref for m in matters] == [str(real.ref), str(test.ref)]
    assert "不是真实事件" in page
    alert = client.get(f"/alerts/{test.alert.ref}/")
    assert alert.status_code == 200
    assert "/chaintests/" not in alert.content.decode()  # closed to whoever only answers
    sent = {"ref": [str(row(city, test, "county.safety_office").ref)]}
    client.post(reverse("notifications:acknowledge"), sent)
    assert result(city, test, "county.safety_office").state == "answered"


def test_when_it_ends_nobody_owes_anything_any_more(city):
    test = start(city)
    person = city.person("county.safety_office")
    assert waiting(person) == 1

    assert end_test(test=test, actor=SYSTEM)
    assert not end_test(test=test, actor=SYSTEM)

    assert waiting(person) == 0
    assert set(Obligation.objects.filter(alert=test.alert).values_list("state", flat=True)) == {
        "lapsed"
    }
    test.alert.refresh_from_db()
    assert test.alert.closed_at is not None


@pytest.mark.parametrize("capacity", ["ADMIN_CHIEF", "LINE_DEPUTY", "SCH_PRINCIPAL", "NOBODY"])
def test_no_list_tests_a_leader(city, capacity):
    with pytest.raises(Refused) as refusal:
        start(city, capacities=(*OFFICES, capacity))
    assert refusal.value.problems[0].value == capacity
    assert not ChainTest.objects.exists()
    with pytest.raises(Refused):
        save_schedule(
            monthly=monthly(city, capacities=(capacity,)), person=city.person("county.chief")
        )


def test_an_invited_leader_owes_nothing_that_could_be_chased_and_is_in_no_figure(city):
    chief = city.post("county.chief")
    test = start(city, invited={chief.pk})

    found = outcome(test)

    assert [r.obligation.post for r in found.invited] == [chief]
    assert row(city, test, "county.chief").kind == "read"
    assert row(city, test, "county.chief").due_at is None
    assert chief not in {r.obligation.post for r in found.results}
    end_test(test=test, actor=SYSTEM)
    assert missed_test(city.person("county.chief")) is None


@pytest.mark.parametrize("over", [{"capacities": ()}, {"capacities": ("SCH_SAFETY_STAFF",)}])
def test_a_test_of_nobody_is_refused(city, over):
    with pytest.raises(Refused):
        start(city, **over)
    assert not Alert.objects.filter(status="test").exists()


def test_one_test_of_a_unit_at_a_time(city):
    start(city)
    with pytest.raises(Conflict):
        start(city)
    start(city, unit="district")


def test_units_below_are_in_it_when_asked(city):
    test = start(city, below=True, capacities=("SCH_SAFETY_STAFF",))

    units = {o.unit for o in Obligation.objects.filter(alert=test.alert)}
    assert city.unit("school") in units
    assert city.unit("primary") not in units


def test_no_answer_suggests_that_one_is_away(city, client):
    test = start(city)
    person = city.sign_in(client, "county.safety_office")
    hint = "没有收到您的应答"
    assert hint not in client.get("/mine/").content.decode()

    end_test(test=test, actor=SYSTEM)

    page = client.get("/mine/").content.decode()
    assert hint in page
    assert reverse("offices:own_away") in page.split(hint)[1].split("</p>")[0]
    city.send_away("county.safety_office")
    assert missed_test(person) is None
    assert hint not in client.get("/mine/").content.decode()


def monthly(city, **over):
    said = {
        "unit": city.unit("county"),
        "below": False,
        "capacities": OFFICES,
        "day": 10,
        "at": time(10, 0),
        **over,
    }
    return Monthly(**said)


def test_a_month_whose_day_is_free_moves_on_to_a_working_day(rules):
    after = datetime(2026, 10, 1, 0, 0, tzinfo=UTC)

    first = timezone.localtime(next_time(day=10, at=time(10, 0), after=after))
    following = timezone.localtime(next_time(day=10, at=time(10, 0), after=first))

    assert first.strftime("%Y-%m-%d %H:%M %a") == "2026-10-12 10:00 Mon"
    assert following.strftime("%Y-%m-%d %H:%M") == "2026-11-10 10:00"


def test_the_dispatcher_starts_and_ends_what_is_scheduled_once(city):
    saved = save_schedule(monthly=monthly(city), person=city.person("county.administrator"))

    with time_machine.travel(saved.next_at + timedelta(seconds=20)):
        run_portion()
        run_portion()
        (test,) = ChainTest.objects.all()
        assert (test.schedule, test.started_by, test.ended_at) == (saved, None, None)
    saved.refresh_from_db()
    assert saved.next_at > test.started_at + timedelta(days=20)
    with time_machine.travel(test.ends_at + timedelta(seconds=1)):
        run_portion()
    test.refresh_from_db()
    assert test.ended_at is not None


def test_a_schedule_that_cannot_start_skips_its_month_and_harms_no_other(city):
    unit = city.unit("county")
    person = city.person("county.administrator")
    bad = save_schedule(monthly=monthly(city, capacities=("SCH_SAFETY_STAFF",)), person=person)
    good = save_schedule(monthly=monthly(city, unit=city.unit("district")), person=person)

    with time_machine.travel(bad.next_at + timedelta(seconds=5)):
        while run_portion():
            pass

    assert [t.unit for t in ChainTest.objects.all()] == [good.unit]
    assert not ChainTest.objects.filter(unit=unit).exists()


def test_a_schedule_out_of_use_starts_nothing(city):
    saved = save_schedule(
        monthly=monthly(city, active=False), person=city.person("county.administrator")
    )
    with time_machine.travel(saved.next_at + timedelta(days=1)):
        run_portion()
    assert not ChainTest.objects.exists()


def test_of_two_who_change_a_schedule_one_wins(city):
    person = city.person("county.administrator")
    saved = save_schedule(monthly=monthly(city), person=person)

    save_schedule(monthly=monthly(city, day=12), person=person, schedule=saved, seen=1)
    with pytest.raises(Conflict):
        save_schedule(monthly=monthly(city, day=20), person=person, schedule=saved, seen=1)

    saved.refresh_from_db()
    assert (saved.day, saved.version) == (12, 2)


def test_the_pages_start_show_and_end_a_test(city, client):
    city.sign_in(client, "county.safety_office")
    page = client.get(reverse("chaintest:new")).content.decode()
    assert "ADMIN_CHIEF" not in page
    invited = city.post("county.chief").pk
    sent = {
        "unit": city.unit("county").pk,
        "capacities": ["DUTY_OFFICER"],
        "invited": [str(invited)],
        "note": "月度测试",
    }

    answer = client.post(reverse("chaintest:new"), sent)

    test = ChainTest.objects.get()
    assert answer["Location"] == reverse("chaintest:test", args=[test.ref])
    shown = client.get(answer["Location"]).content.decode()
    assert "值班员" in shown
    assert client.post(reverse("chaintest:end", args=[test.ref])).status_code == 302
    assert "月度测试" in client.get(reverse("chaintest:tests")).content.decode()
    wrong = client.post(reverse("chaintest:new"), {**sent, "capacities": [], "invited": []})
    assert wrong.status_code == 422


def test_the_page_of_a_schedule_saves_and_changes_it(city, client):
    city.sign_in(client, "county.administrator")
    sent = {
        "unit": city.unit("county").pk,
        "capacities": ["DUTY_OFFICER"],
        "day": "5",
        "at": "09:30",
        "active": "on",
        "version": "0",
    }
    assert client.post(reverse("chaintest:new_schedule"), sent).status_code == 302
    saved = TestSchedule.objects.get()
    url = reverse("chaintest:schedule", args=[saved.ref])
    assert client.get(url).status_code == 200
    assert client.post(url, {**sent, "version": "1", "day": "6"}).status_code == 302
    assert client.post(url, {**sent, "version": "1", "day": "7"}).status_code == 409
    saved.refresh_from_db()
    assert saved.day == 6


def test_only_the_own_units_and_only_with_the_right(city, client):
    test = start(city)
    saved = save_schedule(monthly=monthly(city), person=city.person("county.administrator"))
    pages = [
        reverse("chaintest:test", args=[test.ref]),
        reverse("chaintest:schedule", args=[saved.ref]),
    ]
    for who, status in (
        ("county.safety_office", 200),
        ("city.administrator", 200),
        ("district.administrator", 404),
        ("county.chief", 404),
        ("school.principal", 404),
    ):
        city.sign_in(client, who)
        assert [client.get(url).status_code for url in pages] == [status, status], who
    for who in ("county.chief", "school.safety_staff"):
        city.sign_in(client, who)
        for name in ("chaintest:tests", "chaintest:new", "chaintest:new_schedule"):
            assert client.get(reverse(name)).status_code == 404
    city.sign_in(client, "district.administrator")
    foreign = {"unit": city.unit("county").pk, "capacities": ["DUTY_OFFICER"]}
    assert client.post(reverse("chaintest:new"), foreign).status_code == 422


def test_many_posts_ask_as_few_questions_as_few(city, client):
    few = start(city, capacities=("SAFETY_OFFICE",))
    many = start(city, unit="city", below=True, capacities=(*OFFICES, "SCH_SAFETY_STAFF"))
    city.sign_in(client, "city.administrator")

    def asked(test):
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("chaintest:test", args=[test.ref]))
        return len(found)

    asked(few)
    assert asked(few) == asked(many)


@pytest.mark.parametrize(
    ("name", "value"),
    [("capacities", ["NOBODY"]), ("invited", ["DUTY_OFFICER"]), ("answer_minutes", 0)],
)
def test_a_section_of_the_wrong_shape_is_named(name, value):
    said = rulebook.load()
    said["test"][name] = value
    with pytest.raises(ValueError, match="chaintest"):
        check({**default_content(), "chaintest": said})


def test_the_shipped_section_is_well_formed():
    check({**default_content(), "chaintest": rulebook.load()})


def also(city, name: str, *capacities: str) -> None:
    """The next table: the same rows, and more capacities for one post, which come first."""
    rows = list(Entry.objects.filter(table=current_table()).select_related("post").order_by("id"))
    own = next(row for row in rows if row.post == city.post(name))
    more = [(own, code) for code in capacities]
    publish_table(
        entries=[
            NewEntry(
                post=row.post,
                capacity=code,
                line=row.line,
                scope=row.scope,
                business_duty=row.business_duty,
                safety_duty=row.safety_duty,
            )
            for row, code in [*more, *((row, row.capacity) for row in rows)]
        ],
        note="",
        actor=SYSTEM,
    )


@pytest.mark.parametrize("invites", [False, True])
def test_a_leader_who_also_sits_on_duty_is_tested_by_invitation_only(city, invites):
    """The table may give a leader's post a second capacity: it stays a leader's post."""
    chief = city.post("county.chief")
    also(city, "county.chief", "DUTY_LEADER", "DUTY_OFFICER")

    test = start(
        city,
        capacities=(*OFFICES, "DUTY_LEADER"),
        invited={chief.pk} if invites else set(),
    )

    rows = Obligation.objects.filter(alert=test.alert, post=chief)
    assert list(rows.values_list("kind", "due_at")) == ([("read", None)] if invites else [])
    assert chief not in {one.obligation.post for one in outcome(test).results}
    assert outcome(test).posts > 1


def test_a_test_that_nobody_ends_makes_nobody_late(city):
    began = timezone.now()
    start(city)
    person = city.person("county.safety_office")

    with time_machine.travel(began + timedelta(hours=2), tick=False):
        found = mine(person)
        assert [matter.is_test for matter in found.matters] == [True]
        assert (found.open, found.late) == (1, 0)
        city.make_incident(hazard="DROWN", people="counted", missing=1)
    with time_machine.travel(began + timedelta(hours=4), tick=False):
        assert mine(person).late > 0


def test_nobody_is_asked_to_answer_a_test_for_a_colleague(city):
    also(city, "school.class_teacher", "SCH_SAFETY_STAFF")
    keeper = city.person("school.safety_staff")
    city.make_incident(hazard="DROWN", people="counted", missing=1)
    real = set(silent_colleagues(keeper))

    test = start(city, unit="school", capacities=("SCH_SAFETY_STAFF",))

    assert row(city, test, "school.class_teacher").is_open
    assert real
    assert set(silent_colleagues(keeper)) == real
    assert len(mine(keeper).silent) == 1
