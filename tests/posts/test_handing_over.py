"""What a post owes follows whoever holds it: successor, B角, superior, and back again."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from notifications.access import own_obligations
from notifications.handing.models import HandOver
from notifications.models import Obligation, StreamRow
from notifications.obligations.handing_over import Settler, settle, unanswerable
from safety.ledger.actions import SYSTEM
from safety.ledger.models import Event
from safety.posts.absence import take_leave
from safety.posts.fitting import Beginning
from safety.posts.models import Holding
from safety.posts.tenure import NewEnd, appoint, change_holdings, leave_office
from tests.city import make_incident, person, post, vacate

Why = HandOver.Why


def holding_of(name: str) -> Holding:
    return Holding.objects.get(post=post(name), ends_at=None)


def replace(name: str, newcomer: str, **over) -> None:
    now = timezone.now()
    change_holdings(
        ends=[NewEnd(holding=holding_of(name), ends_at=now)],
        beginnings=[Beginning(post=post(name), person=person(newcomer), starts_at=now, **over)],
        actor=SYSTEM,
    )


def owed(name: str):
    return Obligation.objects.open().filter(post=post(name))


@pytest.fixture
def drowning(city):
    return make_incident(hazard="DROWN", people="counted", missing=1)


def test_the_successor_gets_everything_open_with_a_note(drowning):
    before = set(owed("county.section_basic").values_list("pk", flat=True))
    assert before
    replace("county.section_basic", "county.exams")

    [note] = settle()

    assert note.why == Why.SUCCESSOR
    assert (note.giver, note.taker) == (person("county.section_basic"), person("county.exams"))
    assert {item.obligation_id for item in note.items.all()} == before
    assert {o.person for o in owed("county.section_basic")} == {person("county.exams")}
    event = Event.objects.get(verb="obligations.handed_over")
    assert event.body["giver"] == person("county.section_basic").pk
    told = StreamRow.objects.filter(kind="obligations.handed_over")
    assert {row.stream.owner for row in told} == {note.giver_id, note.taker_id}
    assert settle() == []


def test_a_person_who_still_holds_the_post_keeps_what_is_open(drowning):
    appoint(
        post=post("county.section_basic"),
        person=person("county.exams"),
        actor=SYSTEM,
        starts_at=timezone.now(),
    )

    assert settle() == []


def test_a_vacant_section_climbs_to_its_deputy_and_comes_back(drowning):
    rows = list(owed("county.section_basic"))
    leave_office(holding=holding_of("county.section_basic"), ends_at=timezone.now(), actor=SYSTEM)

    [up] = settle()

    assert (up.why, up.to_post) == (Why.CLIMBED, post("county.deputy_basic"))
    moved = Obligation.objects.get(pk=rows[0].pk)
    assert moved.person == person("county.deputy_basic")
    assert moved.climbed_from == "LINE_SECTION:B12:vacant"
    assert moved in own_obligations(person("county.deputy_basic"))

    appoint(
        post=post("county.section_basic"),
        person=person("county.exams"),
        actor=SYSTEM,
        starts_at=timezone.now(),
    )
    [back] = settle()

    assert back.why == Why.RETURNED
    moved.refresh_from_db()
    assert (moved.post, moved.person) == (post("county.section_basic"), person("county.exams"))
    assert moved.climbed_from == ""
    assert settle() == []


def test_a_school_without_principal_and_secretary_climbs_to_its_bureau(drowning):
    vacate("school.principal")
    vacate("school.secretary")

    settle()

    rows = Obligation.objects.open().filter(capacity="SCH_PRINCIPAL")
    assert {o.post for o in rows} == {post("county.safety_office")}


def test_a_chief_is_not_replaced_by_a_deputy_where_the_duty_is_not_delegable(drowning):
    Holding.objects.create(
        post=post("county.chief"),
        person=person("county.exams"),
        kind=Holding.Kind.DEPUTY,
        starts_at=timezone.now() - timedelta(days=1),
    )
    vacate("county.chief")

    settle()

    rows = Obligation.objects.open().filter(capacity="ADMIN_CHIEF", unit=post("county.chief").unit)
    assert rows.exists()
    assert not rows.filter(person=person("county.exams"), post=post("county.party_chief")).exists()


def test_who_is_away_keeps_it_and_the_stand_in_may_answer(drowning):
    now = timezone.now()
    take_leave(
        person=person("county.section_basic"),
        starts_at=now,
        ends_at=now + timedelta(days=2),
        delegate=person("county.exams"),
        actor=SYSTEM,
    )

    assert settle() == []
    mine = own_obligations(person("county.exams")).filter(post=post("county.section_basic"))
    assert mine.open().exists()


def test_who_is_shut_out_counts_as_gone(drowning):
    user = person("county.section_basic")
    user.is_active = False
    user.save()

    [note] = settle()

    assert note.why == Why.CLIMBED


def test_a_whole_bureau_that_is_gone_leaves_a_finding(drowning):
    inside = Holding.objects.filter(post__unit__path__startswith="/520100/")
    inside.update(ends_at=timezone.now())

    notes = settle()

    assert {note.why for note in notes} == {Why.NOBODY}
    waiting = unanswerable(timezone.now())
    assert waiting.count() == Obligation.objects.open().count() > 0
    assert not waiting.exclude(person=None).exists()
    assert settle() == []


def test_what_is_done_stays_with_who_did_it(drowning):
    done = owed("county.section_basic").first()
    Obligation.objects.filter(pk=done.pk).update(
        state="met", met_at=timezone.now(), met_by=done.person, met_how="self"
    )
    replace("county.section_basic", "county.exams")

    settle()

    done.refresh_from_db()
    assert done.person == person("county.section_basic")


def test_only_the_posts_that_changed_are_looked_at(drowning):
    replace("county.section_basic", "county.exams")
    vacate("county.safety_deputy")

    settle(posts=[post("county.section_basic").pk])

    assert owed("county.safety_deputy").exists()
    assert {o.person for o in owed("county.section_basic")} == {person("county.exams")}


def test_settling_asks_few_questions_whatever_the_number_of_rows(
    drowning, django_assert_max_num_queries
):
    with django_assert_max_num_queries(15):
        settle()


def test_the_dispatcher_hands_over_when_a_holding_begins_by_the_clock(drowning):
    later = timezone.now() + timedelta(hours=2)
    change_holdings(
        ends=[NewEnd(holding=holding_of("county.section_basic"), ends_at=later)],
        beginnings=[
            Beginning(
                post=post("county.section_basic"), person=person("county.exams"), starts_at=later
            )
        ],
        actor=SYSTEM,
    )
    settler = Settler()
    assert settler.run() == []

    with time_machine.travel(later + timedelta(seconds=1)):
        [note] = settler.run()
        assert settler.run() == []

    assert note.taker == person("county.exams")
