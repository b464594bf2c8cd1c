"""Taking office, leaving it, going away: each is one action, and the ledger knows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from safety.errors import Conflict, Refused
from safety.ledger.actions import Actor
from safety.ledger.models import Event
from safety.posts.absence import take_leave
from safety.posts.access import posts_held
from safety.posts.models import Holding, Leave
from safety.posts.roles import GRANTS, RESTRICTED, grant
from safety.posts.tenure import appoint, leave_office
from safety.units.models import UnitGroupObjectPermission
from tests.city import person, post, unit, vacate

ADMINISTRATOR = Actor(kind="person", ref="1")


def _events(verb: str):
    return Event.objects.filter(verb=verb)


def test_an_appointment_gives_the_post_and_is_recorded(city):
    newcomer = person("county.exams")

    appoint(
        post=post("county.office"), person=newcomer, actor=ADMINISTRATOR, starts_at=timezone.now()
    )

    assert post("county.office") in posts_held(newcomer)
    event = _events("holding.began").latest("pk")
    assert (event.body["person"], event.body["kind"]) == (newcomer.pk, "principal")
    assert (event.actor_kind, event.actor_ref) == ("person", "1")


def test_an_appointment_that_ends_before_it_begins_is_refused(city):
    now = timezone.now()
    before = Holding.objects.count()

    with pytest.raises(Refused) as refused:
        appoint(
            post=post("county.office"),
            person=person("county.exams"),
            actor=ADMINISTRATOR,
            starts_at=now,
            ends_at=now,
        )

    assert refused.value.problems[0].field == "ends_at"
    assert Holding.objects.count() == before
    assert not _events("holding.began").exists()


def test_leaving_office_ends_it_once(city):
    holding = Holding.objects.get(post=post("county.office"))
    now = timezone.now()

    leave_office(holding=holding, ends_at=now, actor=ADMINISTRATOR)

    assert not posts_held(person("county.office")).exists()
    with pytest.raises(Conflict):
        leave_office(holding=holding, ends_at=now + timedelta(days=1), actor=ADMINISTRATOR)
    holding.refresh_from_db()
    assert holding.ends_at == now
    assert _events("holding.ended").count() == 1


def test_going_away_names_a_stand_in_and_is_recorded(city):
    now = timezone.now()

    take_leave(
        person=person("county.safety_deputy"),
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(days=2),
        delegate=person("county.deputy_basic"),
        actor=ADMINISTRATOR,
    )

    assert post("county.safety_deputy") in posts_held(person("county.deputy_basic"))
    assert _events("leave.taken").get().body["delegate"] == person("county.deputy_basic").pk


def test_nobody_stands_in_for_himself(city):
    somebody, now = person("county.safety_deputy"), timezone.now()

    with pytest.raises(Refused) as refused:
        take_leave(
            person=somebody,
            starts_at=now,
            ends_at=now + timedelta(days=1),
            delegate=somebody,
            actor=ADMINISTRATOR,
        )

    assert refused.value.problems[0].field == "delegate"
    assert not Leave.objects.exists()


def test_the_database_itself_refuses_impossible_dates_and_doubles(city):
    now = timezone.now()
    impossible = (
        Holding(
            post=post("county.office"), person=person("county.exams"), starts_at=now, ends_at=now
        ),
        Leave(person=person("county.exams"), starts_at=now, ends_at=now),
        Leave(
            person=person("county.exams"),
            delegate=person("county.exams"),
            starts_at=now,
            ends_at=now + timedelta(days=1),
        ),
    )
    for row in impossible:
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_each_role_grants_exactly_its_rights_on_its_own_unit(city):
    vacate("county.exams")
    exams = post("county.exams")
    UnitGroupObjectPermission.objects.filter(group=exams.group).delete()

    for role, rights in GRANTS.items():
        grant(roles=[(exams, role), (exams, role)])

        rows = UnitGroupObjectPermission.objects.filter(group=exams.group)
        assert set(rows.values_list("permission__codename", flat=True)) == set(rights), role
        assert rows.count() == len(rights), role
        assert not rows.exclude(content_object=unit("county")).exists()
        rows.delete()


def test_reading_sealed_text_comes_with_no_capacity(city):
    for role, rights in GRANTS.items():
        assert ("view_restricted" in rights) == (role == RESTRICTED)
