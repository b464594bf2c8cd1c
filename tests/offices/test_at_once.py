"""What two administrators do at the same moment: one of them waits, looks again, and is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, identify_hasher
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import reverse

from safety.people.models import User
from safety.posts.access import reach
from safety.posts.models import Holding, Leave
from tests.city import person, post, sign_in
from tests.offices.desk import apply, appoint, keep, plan_on, send_away

PHONE = "16499990001"
Request = Callable[[], Any]


def client_of(name: str) -> Client:
    client = Client()
    sign_in(client, name)
    return client


def while_open(first: Request, second: Request) -> tuple[int, int]:
    """The answers to ``first``, and to ``second`` sent before the first is committed."""
    answers: list[int] = []

    def send() -> None:
        try:
            answers.append(second().status_code)
        finally:
            connection.close()

    thread = threading.Thread(target=send)
    with transaction.atomic():
        one = first().status_code
        thread.start()
        time.sleep(0.4)  # it has come to where it must wait, or has gone through wrongly
    thread.join()
    return one, answers[0]


def ready(client: Client, row: str) -> Request:
    """A sheet that was looked at and is about to be applied."""
    sheet = keep(client, row)
    plan = plan_on(client, sheet)
    assert plan.may_be_applied
    url = reverse("offices:apply", args=[sheet.ref])
    return lambda: client.post(url, {"digest": plan.digest})


def test_two_sheets_with_the_same_newcomer_make_one_account(city_committed):
    first = ready(
        client_of("county.administrator"), f"丁县一中\t校医\t示范新人\t{PHONE}\t2026-09-01\t增补\n"
    )
    second = ready(
        client_of("city.administrator"), f"丁县一中\t班主任\t示范新人\t{PHONE}\t2026-09-01\t增补\n"
    )

    assert while_open(first, second) in [(200, 409), (200, 422)]

    assert User.objects.filter(username=PHONE).count() == 1
    assert Holding.objects.filter(person__username=PHONE).count() == 1


def test_two_districts_do_not_appoint_the_same_person_at_once(city_committed):
    User.objects.create_user("nobody", name="示范待岗", phone=PHONE)
    row = "{}\t校医\t示范待岗\t" + PHONE + "\t2026-09-01\t增补\n"
    first = ready(client_of("county.administrator"), row.format("丁县一中"))
    second = ready(client_of("district.administrator"), row.format("甲区第一小学"))

    assert while_open(first, second) in [(302, 409), (302, 422)]

    assert [h.post for h in Holding.objects.filter(person__username="nobody")] == [
        post("school.doctor")
    ]


def test_standing_in_and_promoting_at_once_is_no_way_to_rise(city_committed):
    """Each alone is allowed; both at once would open confidential cases."""
    who, admin = "county.exams", "county.administrator"
    one, other = client_of(admin), client_of(admin)

    answers = while_open(
        lambda: send_away(one, who, delegate=admin),
        lambda: appoint(other, "county.section_moral", who=who, kind="acting"),
    )

    assert answers == (302, 422)
    assert Leave.objects.count() == 1
    assert reach(person(admin), "view_restricted") == ()


def test_a_reset_waits_for_a_promotion_under_way(city_committed):
    who, admin = "school.doctor", "county.administrator"
    one, other = client_of(admin), client_of(admin)
    url = reverse("home:reset", args=[person(who).pk])

    answers = while_open(
        lambda: appoint(one, "school.principal", who=who, kind="acting"),
        lambda: other.post(url),
    )

    assert answers == (302, 302)  # both lead back; the second without a password
    assert not person(who).must_change_password


def test_an_absence_is_entered_once_by_two_at_once(city_committed):
    who = "county.exams"
    one, other = client_of("county.administrator"), client_of(who)

    answers = while_open(lambda: send_away(one, who), lambda: send_away(other, who))

    assert answers == (302, 422)
    assert Leave.objects.filter(person=person(who)).count() == 1


@pytest.mark.usefixtures("city")
def test_a_first_password_is_quick_to_make_and_strong_after_the_first_sign_in(client):
    sign_in(client, "county.administrator")
    hasher = "django.contrib.auth.hashers.PBKDF2PasswordHasher"
    with override_settings(PASSWORD_HASHERS=[hasher]):
        rows = f"丁县一中\t校医\t示范新人\t{PHONE}\t2026-09-01\t增补\n"
        [account] = apply(client, keep(client, rows)).context["accounts"]
        first = User.objects.get(username=PHONE).password
        Client().post("/accounts/login/", {"login": PHONE, "password": account.password})
        later = User.objects.get(username=PHONE).password

        rounds = [identify_hasher(one).decode(one)["iterations"] for one in (first, later)]

    assert rounds[0] <= 1_000
    assert rounds[1] == PBKDF2PasswordHasher.iterations
