"""An applied sheet is its maker's only as long as he manages the units of what it changed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from safety.home.offices.models import Adjustment
from safety.posts.models import Holding
from tests.city import give, post, sign_in, vacate
from tests.offices.desk import apply, keep, row_of

MAKER = "city.administrator"


@pytest.fixture
def moved(city, client) -> Adjustment:
    """Applied for a school of the county by somebody who manages another district since."""
    sign_in(client, MAKER)
    sheet = keep(client, row_of("school.doctor", "school.office"))
    assert apply(client, sheet).status_code == 302
    vacate(MAKER)
    give("district.administrator", MAKER)
    return sheet


@pytest.mark.parametrize("name", ["sheet", "print"])
def test_it_is_not_shown_any_more(moved, client, name):
    assert client.get(reverse(f"offices:{name}", args=[moved.ref])).status_code == 404


def test_it_is_not_undone_any_more(moved, client):
    answer = client.post(reverse("offices:undo", args=[moved.ref]), {"why": "填错了"})

    assert answer.status_code == 404
    moved.refresh_from_db()
    assert moved.state == Adjustment.State.APPLIED
    assert Holding.objects.filter(post=post("school.doctor"), ends_at=None).count() == 1


def test_it_is_not_listed_any_more_but_what_lies_within_reach_is(moved, client):
    own = keep(client, row_of("primary.doctor", "primary.office"))
    apply(client, own)

    page = client.get(reverse("offices:sheets"))

    assert page.context["sheets"] == [own]
    assert client.get(reverse("offices:sheet", args=[own.ref])).status_code == 200
