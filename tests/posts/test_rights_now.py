"""What a person may do follows from the posts held at this moment, and from nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from guardian.shortcuts import assign_perm, get_objects_for_user

from safety.ledger.actions import SYSTEM
from safety.people.actions import set_active
from safety.posts.access import (
    covers,
    people_below,
    posts_held,
    reach,
    rights_of,
    rights_state,
    units_with,
)
from safety.posts.models import Holding, Leave, Post
from safety.units.models import Unit
from tests.city import give, person, post, send_away, unit, vacate

NOON = datetime(2026, 6, 14, 4, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def _held(name: str, *, at: datetime | None = None) -> set[str]:
    return {f"{p.unit.code} {p.kind}" for p in posts_held(person(name), at=at)}


def test_rights_begin_with_the_first_instant_of_a_holding_and_end_with_its_last(city):
    vacate("county.duty_officer")
    Holding.objects.create(
        post=post("county.duty_officer"),
        person=person("county.office"),
        starts_at=NOON,
        ends_at=NOON + timedelta(hours=8),
    )
    officer, county = person("county.office"), unit("county")

    def taking_calls(at: datetime) -> bool:
        return covers(reach(officer, "take_calls", at=at), county)

    assert not taking_calls(NOON - TICK)
    assert taking_calls(NOON)
    assert taking_calls(NOON + timedelta(hours=8) - TICK)
    assert not taking_calls(NOON + timedelta(hours=8))


def test_a_right_on_a_bureau_reaches_everything_below_and_nothing_beside(city):
    officer = person("county.duty_officer")

    assert covers(reach(officer, "view_incidents"), unit("county"))
    assert covers(reach(officer, "view_incidents"), unit("school"))
    assert covers(reach(officer, "view_incidents"), unit("point"))
    assert not covers(reach(officer, "view_incidents"), unit("city"))
    assert not covers(reach(officer, "view_incidents"), unit("primary"))
    assert not covers(reach(officer, "view_incidents"), unit("vocational"))


def test_filing_belongs_to_the_schools_own_posts(city):
    officer = person("school.safety_staff")

    assert set(units_with(officer, "file_incident")) == {unit("school")}
    assert not units_with(person("county.duty_officer"), "file_incident").exists()
    assert not covers(reach(officer, "file_incident"), unit("boarding"))


@pytest.mark.parametrize("kind", ["acting", "deputy"])
def test_acting_and_deputy_holders_may_what_the_holder_may(city, kind):
    give("county.safety_office", "county.exams", kind=kind)

    assert rights_of(person("county.exams")) == rights_of(person("county.safety_office"))


def test_a_named_stand_in_answers_only_while_the_other_is_away(city):
    send_away("county.safety_deputy", delegate="county.deputy_basic", hours=2)
    leave = Leave.objects.get()

    during = _held("county.deputy_basic", at=leave.starts_at)
    assert during == {"520121 B03", "520121 B04"}
    assert _held("county.deputy_basic", at=leave.starts_at - TICK) == {"520121 B04"}
    assert _held("county.deputy_basic", at=leave.ends_at) == {"520121 B04"}


def test_who_is_away_keeps_the_post(city):
    send_away("county.safety_deputy", delegate="county.deputy_basic")

    assert _held("county.safety_deputy") == {"520121 B03"}


def test_a_stand_in_does_not_inherit_what_the_absent_only_deputised(city):
    give("county.safety_office", "county.exams", kind="deputy")
    send_away("county.exams", delegate="county.office")

    assert _held("county.office") == {"520121 B21", "520121 B23"}


def test_standing_in_does_not_pass_on(city):
    send_away("county.safety_deputy", delegate="county.deputy_basic")
    send_away("county.deputy_basic", delegate="county.deputy_health")

    assert _held("county.deputy_health") == {"520121 B04", "520121 B07"}


def test_leave_without_a_stand_in_gives_nobody_anything(city):
    send_away("county.safety_deputy")

    assert _held("county.deputy_basic") == {"520121 B04"}


def test_an_abolished_post_gives_nothing(city):
    officer = person("county.duty_officer")
    Post.objects.filter(pk=post("county.duty_officer").pk).update(abolished_at=timezone.now())

    assert not posts_held(officer).exists()
    assert reach(officer, "watch_board") == ()


def test_shutting_somebody_out_ends_every_right_at_once(city):
    officer = person("county.duty_officer")
    assert rights_of(officer)

    set_active(user=officer, active=False, actor=SYSTEM)
    officer.refresh_from_db()

    assert not posts_held(officer).exists()
    assert rights_of(officer) == frozenset()
    assert reach(officer, "watch_board", "view_incidents") == ()
    assert not covers(reach(officer, "view_incidents"), unit("county"))


def test_guardians_own_shortcut_would_still_let_an_inactive_person_in(city):
    """Why ``access`` asks its own question: the library's answer ignores ``is_active``."""
    officer = person("county.duty_officer")
    assign_perm("units.view_incidents", officer, unit("county"))
    officer.groups.add(post("county.duty_officer").group)
    set_active(user=officer, active=False, actor=SYSTEM)
    officer.refresh_from_db()

    assert unit("county") in get_objects_for_user(officer, "units.view_incidents", klass=Unit)
    assert reach(officer, "view_incidents") == ()


def test_membership_of_a_posts_group_gives_nothing_without_the_post(city):
    stranger = person("county.exams")
    stranger.groups.add(post("county.duty_officer").group)
    stranger.is_superuser = True
    stranger.save()

    assert rights_of(stranger) == frozenset()
    assert reach(stranger, "view_incidents") == ()


def test_a_visitor_without_sign_in_holds_nothing(city):
    assert not posts_held(AnonymousUser()).exists()
    assert reach(AnonymousUser(), "watch_board") == ()


def test_two_posts_reach_as_far_as_both(city):
    give("zone.duty_officer", "county.duty_officer")

    paths = reach(person("county.duty_officer"), "watch_board")

    assert set(paths) == {unit("county").path, unit("zone").path}
    assert covers(paths, unit("kindergarten"))
    assert not covers(paths, unit("primary"))


def test_a_post_above_makes_a_post_below_it_redundant(city):
    give("city.duty_officer", "county.duty_officer")

    assert reach(person("county.duty_officer"), "watch_board") == (unit("city").path,)


def test_people_below_are_those_all_of_whose_posts_lie_there(city):
    county = (unit("county").path,)
    assert person("school.principal") in people_below(county)
    assert person("primary.principal") not in people_below(county)

    give("primary.secretary", "school.principal")

    assert person("school.principal") not in people_below(county)
    assert person("school.principal") in people_below((unit("city").path,))


def test_people_below_forgets_who_has_left_and_finds_nobody_without_paths(city):
    vacate("school.principal")

    assert person("school.principal") not in people_below((unit("county").path,))
    assert not people_below(()).exists()


def test_the_state_of_rights_names_the_next_moment_at_which_something_changes(city):
    soon = timezone.now() + timedelta(hours=1)
    later = soon + timedelta(hours=1)
    give("county.exams", "county.office", starts_at=later)
    Leave.objects.create(person=person("county.office"), starts_at=soon, ends_at=later)

    revision, moment = rights_state()

    assert moment == soon
    give("county.exams", "county.supervision")
    assert rights_state() == (revision + 1, soon)
