"""The rosters of the demo city: whoever a visitor is has the seat now and later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from safety.demo.actions import build_city
from safety.posts.access import posts_held
from safety.posts.models import Holding, Post, RosterPeriod, Shift
from safety.roster.models import DutyHandOver
from safety.roster.selectors import gaps_ahead
from safety.units.models import Unit

NOON = datetime(2026, 6, 14, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize("hours", [0, 9, 20.4])
def test_visitors_sit_in_a_kept_seat_when_the_city_is_made_and_ever_after(
    empty_house, hours: float
) -> None:
    made = NOON + timedelta(hours=hours)
    build_city(schools=3, seed=7, names="fictional", password="x", now=made, history_days=0)
    bureaus = list(Unit.objects.filter(code__in=["520100", "520102"]).values_list("pk", flat=True))

    for code in ("520100", "520102"):
        for kind in ("B27D", "B27L"):
            seat = Post.objects.get(unit__code=code, kind=kind)
            who = seat.holdings.exclude(kind=Holding.Kind.DEPUTY).get().person
            running = Shift.objects.at(made).get(post=seat)
            assert running.person == who
            assert RosterPeriod.objects.at(made).filter(post=seat).exists()
            for later in (timedelta(), timedelta(hours=7), timedelta(days=3), timedelta(days=90)):
                assert seat in posts_held(who, at=made + later), (code, kind, later)
            last = DutyHandOver.objects.filter(post=seat).first()
            assert last is not None
            assert last.taker == who
            assert last.taken_at is not None
            assert last.taken_at <= made
    with time_machine.travel(made, tick=False):
        assert gaps_ahead(bureaus, made, made + timedelta(days=30)) == []
    others = RosterPeriod.objects.exclude(post__unit__in=bureaus)
    assert others.exists()
    assert not others.filter(ends_at__lt=made + timedelta(days=50)).exists()
