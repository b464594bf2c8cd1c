"""Every change of who may do what raises one number, whichever way it is written."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.utils import timezone

from notifications.models import Alert
from safety.ledger.actions import SYSTEM
from safety.people.models import User
from safety.posts.access import rights_revision
from safety.posts.models import Holding, Leave, Post
from safety.units.actions import UnitChange, update_units
from safety.units.models import UnitGroupObjectPermission
from tests.city import give, make_incident, person, post, send_away, unit

MOVED = UnitChange(code="5201210001", parent="520102")  # the junior school, to the other district


def _end_a_holding() -> None:
    Holding.objects.filter(post=post("county.exams")).update(ends_at=timezone.now())


def _rename_a_post() -> None:
    Post.objects.filter(pk=post("county.exams").pk).update(name="考务办")


def _delete_a_holding() -> None:
    Holding.objects.filter(post=post("county.exams")).delete()


def _take_a_right_away() -> None:
    UnitGroupObjectPermission.objects.filter(group__post=post("county.office")).delete()


def _change_a_right() -> None:
    rows = UnitGroupObjectPermission.objects.filter(group__post=post("county.office"))
    rows.update(content_object=post("city.office").unit)


def _move_a_unit() -> None:
    update_units(changes=[MOVED], actor=SYSTEM)


def _by_hand() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE posts_holding SET rank = 1")


CHANGES = {
    "a holding begins": lambda: give("county.exams", "county.office"),
    "a holding ends": _end_a_holding,
    "a holding is deleted": _delete_a_holding,
    "a leave begins": lambda: send_away("county.exams"),
    "a post changes": _rename_a_post,
    "somebody is shut out": lambda: User.objects.filter(pk=person("county.exams").pk).update(
        is_active=False
    ),
    "a right is taken away": _take_a_right_away,
    "a right moves": _change_a_right,
    "a unit moves": _move_a_unit,
    "somebody writes past the program": _by_hand,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_number_rises(city, change):
    before = rights_revision()

    change()

    assert rights_revision() > before


def test_the_number_rises_when_leave_is_changed_or_deleted(city):
    leave = send_away("county.exams")
    made = rights_revision()

    Leave.objects.filter(pk=leave.pk).update(delegate=person("county.office"))
    changed = rights_revision()
    leave.delete()

    assert made < changed < rights_revision()


def test_the_number_rises_when_a_post_is_made_and_deleted(city):
    group = post("county.exams").group
    Holding.objects.filter(post__group=group).delete()
    before = rights_revision()

    made = Post.objects.create(
        unit=post("county.exams").unit,
        code="X",
        kind="X",
        name="x",
        group=Group.objects.create(name="x"),
    )
    after_making = rights_revision()
    made.delete()

    assert before < after_making < rights_revision()


def test_the_number_rests_when_somebody_signs_in_or_changes_a_telephone_number(city):
    before = rights_revision()

    User.objects.filter(username="county.exams").update(
        last_login=timezone.now(), phone="16400000000", name="x"
    )

    assert rights_revision() == before


def test_who_reads_sealed_cases_of_a_school_moves_with_it(city_committed):
    """Committed, because only then a process keeps grants in memory."""

    def redacted() -> set[tuple[str, bool]]:
        alert = Alert.objects.get(subject_ref=str(make_incident(hazard="SEXA").ref))
        rows = alert.obligations.filter(unit=unit("school"))
        return set(rows.values_list("capacity", "redacted"))

    before = redacted()
    assert ("SCH_PRINCIPAL", False) in before

    _move_a_unit()

    assert redacted() == before
