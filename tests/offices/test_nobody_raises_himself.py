"""Whoever says who holds a post gives himself no right by it, on whichever page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from safety.home.offices.models import Adjustment
from safety.people.models import User
from safety.posts.access import reach
from safety.posts.models import Holding, Leave
from tests.city import give, person, post, sign_in
from tests.offices.desk import apply, appoint, keep, problems_on, row_of

ADMIN = "county.administrator"


def holds(who: str, post_name: str) -> bool:
    return Holding.objects.filter(post=post(post_name), person=person(who)).exists()


@pytest.mark.parametrize("target", ["county.safety_deputy", "school.principal"])
def test_a_sheet_does_not_give_its_author_confidential_reading(city, client, target):
    user = sign_in(client, ADMIN)
    sheet = keep(client, row_of(target, ADMIN))

    [(line, message)] = problems_on(client, sheet)
    assert line == 2
    assert "保密" in message
    assert apply(client, sheet).status_code == 422

    assert not holds(ADMIN, target)
    assert reach(user, "view_restricted") == ()
    sheet.refresh_from_db()
    assert sheet.state == Adjustment.State.DRAFT


def test_what_came_up_since_the_preview_is_judged_when_the_sheet_is_applied(city, client):
    """The preview was right; then somebody named the author as stand-in of the one it moves."""
    user = sign_in(client, ADMIN)
    sheet = keep(client, row_of("school.principal", "school.doctor"))
    assert problems_on(client, sheet) == []
    digest = client.get(reverse("offices:sheet", args=[sheet.ref])).context["plan"].digest
    now = timezone.now()
    Leave.objects.create(
        person=person("school.doctor"), delegate=user, starts_at=now, ends_at=now + timedelta(9)
    )

    answer = client.post(reverse("offices:apply", args=[sheet.ref]), {"digest": digest})

    assert answer.status_code in (409, 422)
    assert not holds("school.doctor", "school.principal")
    assert len(problems_on(client, sheet)) == 1


def test_undoing_a_sheet_gives_nothing_back_that_its_author_may_not_give_himself(city, client):
    user = sign_in(client, ADMIN)
    give("school.principal", ADMIN, kind="acting")
    sheet = keep(client, row_of("school.principal", "school.doctor"))
    assert apply(client, sheet).status_code in (200, 302)
    assert reach(user, "view_restricted") == ()

    answer = client.post(reverse("offices:undo", args=[sheet.ref]), {"why": "填错了"})

    assert answer.status_code == 422
    assert reach(user, "view_restricted") == ()
    sheet.refresh_from_db()
    assert sheet.state == Adjustment.State.APPLIED


def test_an_office_that_has_ended_is_not_opened_again_by_whoever_held_it(city, client):
    user = sign_in(client, ADMIN)
    ended = timezone.now() - timedelta(days=20)
    old = give("school.principal", ADMIN, kind="acting", ends_at=ended)

    answer = client.post(
        reverse("offices:end", args=[old.pk]), {"ends_at": "", "seen": ended.isoformat()}
    )

    assert answer.status_code == 422
    old.refresh_from_db()
    assert old.ends_at == ended
    assert reach(user, "view_restricted") == ()


@pytest.mark.parametrize("target", ["county.administrator", "county.deputy_basic"])
def test_whoever_manages_people_does_not_come_to_keep_the_rules(city, client, target):
    """The safety office manages people; the rule book is the administrator's."""
    user = sign_in(client, "county.safety_office")
    before = reach(user, "manage_rules")

    answer = appoint(client, target, who="county.safety_office", kind="acting")

    may = target == "county.deputy_basic"  # a post without rights of its own
    assert answer.status_code == (302 if may else 422)
    assert holds("county.safety_office", target) is may
    assert reach(user, "manage_rules") == before == ()


def test_a_sheet_does_not_give_its_author_the_rules_either(city, client):
    user = sign_in(client, "county.safety_office")
    User.objects.filter(pk=user.pk).update(name="示范科长")  # without the brackets of the cast

    sheet = keep(client, row_of("county.administrator", "county.safety_office", "代理,兼"))

    [(_line, message)] = problems_on(client, sheet)
    assert "权限" in message
    assert apply(client, sheet).status_code == 422
    assert not holds("county.safety_office", "county.administrator")


def test_an_ordinary_post_below_may_be_ones_own(city, client):
    sign_in(client, ADMIN)

    assert appoint(client, "school.doctor", who=ADMIN).status_code == 302
    sheet = keep(client, row_of("boarding.doctor", ADMIN, "增补,兼"))
    assert problems_on(client, sheet) == []
    assert apply(client, sheet).status_code == 302

    assert holds(ADMIN, "school.doctor")
    assert holds(ADMIN, "boarding.doctor")


def test_rights_for_a_while_are_no_ground_to_keep_them(city, client):
    """A stand-in reads as much as the absent one; it does not become an office of his own."""
    user = person(ADMIN)
    now = timezone.now()
    Leave.objects.create(
        person=person("county.safety_office"),
        delegate=user,
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(hours=5),
    )
    assert reach(user, "view_restricted")
    sign_in(client, ADMIN)

    answer = appoint(client, "school.principal", who=ADMIN, kind="acting")

    assert answer.status_code == 422
    assert not holds(ADMIN, "school.principal")
