"""Holdings over time: what fits, what is taken back, and what was believed when."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from safety.errors import Conflict, Refused
from safety.ledger.actions import SYSTEM
from safety.ledger.models import Event
from safety.posts.access import posts_held
from safety.posts.fitting import Beginning
from safety.posts.models import Holding
from safety.posts.selectors import holders_at
from safety.posts.tenure import NewEnd, appoint, change_holdings, leave_office, withdraw
from tests.city import SINCE, person, post, vacate

DAY = timedelta(days=1)


def holding(name: str) -> Holding:
    return Holding.objects.get(post=post(name))


def people_at(name: str, moment, **known):
    return [one.person for one in holders_at(post(name), moment, **known)]


def test_one_person_may_hold_several_posts_of_one_tree(city):
    vacate("county.party_chief")

    appoint(
        post=post("county.party_chief"),
        person=person("county.chief"),
        starts_at=timezone.now(),
        actor=SYSTEM,
    )

    held = {p.kind for p in posts_held(person("county.chief"))}
    assert held >= {"B01", "B02"}


def test_one_post_may_have_several_people_unless_the_rule_book_says_no(city):
    now = timezone.now()
    for name in ("school.doctor", "school.class_teacher"):
        appoint(post=post(name), person=person("school.office"), starts_at=now, actor=SYSTEM)

    with pytest.raises(Refused) as refused:
        appoint(
            post=post("school.principal"),
            person=person("school.office"),
            starts_at=now,
            actor=SYSTEM,
        )

    [problem] = refused.value.problems
    assert problem.field == "post"
    assert person("school.principal").name in problem.message


def test_somebody_may_act_beside_the_holder_of_an_exclusive_post(city):
    now = timezone.now()
    appoint(
        post=post("school.principal"),
        person=person("school.secretary"),
        kind="acting",
        starts_at=now,
        actor=SYSTEM,
    )

    assert people_at("school.principal", now) == [
        person("school.principal"),
        person("school.secretary"),
    ]


def test_a_holder_of_another_district_is_refused_with_the_post_he_has(city):
    with pytest.raises(Refused) as refused:
        appoint(
            post=post("school.doctor"),
            person=person("primary.doctor"),
            starts_at=timezone.now(),
            actor=SYSTEM,
        )

    assert "甲区第一小学" in refused.value.problems[0].message


@pytest.mark.parametrize("who", ["city.office", "boarding.doctor", "county.office"])
def test_the_bureau_above_and_its_other_schools_are_the_same_tree(city, who):
    appoint(post=post("school.doctor"), person=person(who), starts_at=timezone.now(), actor=SYSTEM)


def test_all_that_is_wrong_is_told_at_once(city):
    now = timezone.now()
    with pytest.raises(Refused) as refused:
        change_holdings(
            beginnings=[
                Beginning(
                    post=post("school.principal"), person=person("primary.doctor"), starts_at=now
                ),
                Beginning(
                    post=post("school.doctor"), person=person("school.doctor"), starts_at=now
                ),
            ],
            actor=SYSTEM,
        )

    assert [p.field for p in refused.value.problems] == ["post", "person", "person"]


def test_a_change_for_later_does_nothing_today(city):
    later = timezone.now() + 30 * DAY
    change_holdings(
        ends=[NewEnd(holding=holding("school.principal"), ends_at=later)],
        beginnings=[
            Beginning(
                post=post("school.principal"), person=person("school.secretary"), starts_at=later
            )
        ],
        actor=SYSTEM,
    )

    assert people_at("school.principal", timezone.now()) == [person("school.principal")]
    assert people_at("school.principal", later) == [person("school.secretary")]


def test_what_is_taken_back_counts_no_more_and_stays_readable(city):
    taken = appoint(
        post=post("school.doctor"),
        person=person("school.office"),
        starts_at=timezone.now() - 10 * DAY,
        actor=SYSTEM,
    )
    believed_at = timezone.now()
    withdraw(holdings=[taken], why="同名的另一人", actor=SYSTEM)

    moment = timezone.now() - 5 * DAY
    assert person("school.office") not in people_at("school.doctor", moment)
    assert person("school.office") in people_at("school.doctor", moment, known_at=believed_at)
    assert post("school.doctor") not in posts_held(person("school.office"))
    assert Event.objects.get(verb="holding.withdrawn").body["why"] == "同名的另一人"
    with pytest.raises(Conflict):
        withdraw(holdings=[taken], why="twice", actor=SYSTEM)


def test_taking_back_needs_a_reason(city):
    with pytest.raises(Refused):
        withdraw(holdings=[holding("school.doctor")], why=" ", actor=SYSTEM)

    assert Holding.objects.filter(post=post("school.doctor")).exists()


def test_a_moved_end_keeps_what_was_believed_before(city):
    end = timezone.now() - 3 * DAY
    before = timezone.now()
    leave_office(holding=holding("school.doctor"), ends_at=end, actor=SYSTEM)

    yesterday = timezone.now() - DAY
    assert people_at("school.doctor", yesterday) == []
    assert people_at("school.doctor", yesterday, known_at=before) == [person("school.doctor")]
    assert people_at("school.doctor", SINCE + DAY, known_at=before) == [person("school.doctor")]


def test_a_holding_that_ended_by_mistake_is_opened_again_if_nobody_came(city):
    held = holding("school.principal")
    leave_office(holding=held, ends_at=timezone.now(), actor=SYSTEM)
    change_holdings(ends=[NewEnd(holding=held, ends_at=None)], actor=SYSTEM)
    assert people_at("school.principal", timezone.now()) == [person("school.principal")]

    leave_office(holding=held, ends_at=timezone.now(), actor=SYSTEM)
    vacant = post("school.principal")
    appoint(post=vacant, person=person("school.secretary"), starts_at=timezone.now(), actor=SYSTEM)
    with pytest.raises(Refused):
        change_holdings(ends=[NewEnd(holding=held, ends_at=None)], actor=SYSTEM)


def test_a_holding_before_its_notes_counts_as_always_known(city):
    Holding.objects.filter(post=post("school.doctor")).update(recorded_at=None)

    moment = SINCE + DAY

    assert people_at("school.doctor", moment, known_at=moment) == [person("school.doctor")]


def test_two_appointments_at_once_to_an_exclusive_post_end_with_one(city_committed):
    vacate("school.principal")
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def try_to(name: str) -> None:
        who, of = person(name), post("school.principal")
        start.wait()
        try:
            appoint(post=of, person=who, starts_at=timezone.now(), actor=SYSTEM)
            outcomes.append("done")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=try_to, args=(name,))
        for name in ("school.secretary", "school.safety_deputy")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["done", "refused"]
    assert Holding.objects.at(timezone.now()).filter(post=post("school.principal")).count() == 1
