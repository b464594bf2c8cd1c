"""Moments beyond any roster are refused in words, on each form that takes one."""

from __future__ import annotations

from types import ModuleType

import pytest
from django.urls import reverse

from safety.posts.models import RosterPeriod, Shift
from safety.roster.models import CallCheck, LogEntry
from tests.city import person, post, sign_in, unit

SEAT = "county.duty_officer"
FAR = ["0001-01-01T00:00", "0001-01-02T00:00", "9999-12-31T23:59", "0020-11-25T08:00"]


@pytest.mark.parametrize("other", ["2026-12-01T08:00", *FAR])
@pytest.mark.parametrize("far", FAR)
def test_a_shift_of_another_age_is_refused(city: ModuleType, client, far: str, other: str) -> None:
    sign_in(client, "county.administrator")
    told = {"seat": post(SEAT).pk, "person": person("county.exams").pk}

    for starts_at, ends_at in ((far, other), (other, far)):
        answer = client.post(
            reverse("roster:plan", args=[unit("county").code]),
            {**told, "starts_at": starts_at, "ends_at": ends_at},
        )
        assert answer.status_code == 422

    assert not Shift.objects.exists()


@pytest.mark.parametrize("far", FAR)
def test_no_roster_is_kept_from_another_age_on(city: ModuleType, client, far: str) -> None:
    sign_in(client, "county.administrator")

    answer = client.post(
        reverse("roster:keep", args=[unit("county").code, post(SEAT).pk]),
        {"do": "keep", "starts_at": far},
    )

    assert answer.status_code == 302
    assert not RosterPeriod.objects.exists()


@pytest.mark.parametrize("far", FAR)
def test_nor_is_the_log_or_a_check_written_in_another_age(
    city: ModuleType, client, far: str
) -> None:
    sign_in(client, "city.duty_officer")
    log = reverse("duty:log", args=[unit("city").code])
    client.post(reverse("duty:ask", args=[unit("city").code]), {"unit": unit("county").name})
    check = reverse("duty:check", args=[CallCheck.objects.get().ref])

    assert client.post(log, {"matter": "停电", "at": far}).status_code == 422
    assert client.post(check, {"name": "某", "at": far}).status_code == 422

    assert not LogEntry.objects.exists()
    assert CallCheck.objects.get().closed_at is None
