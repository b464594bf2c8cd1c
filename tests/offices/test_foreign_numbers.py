"""A number by which alarms reach somebody is changed only where that person is managed wholly."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from safety.people.models import User
from tests.city import give, person, sign_in
from tests.city import send_away as is_away
from tests.offices.desk import apply, keep, plan_on, problems_on

ADMIN = "county.administrator"
NUMBER = "16499990009"


def row(user: User, note: str = "增补,兼") -> str:
    return f"丁县一中\t校医\t{user.name}\t{NUMBER}\t2026-09-01\t{note}\n"


def chosen(client, user: User):
    """A sheet that gives ``user`` another number, with the question who it is answered."""
    sheet = keep(client, row(user))
    [question] = plan_on(client, sheet).rows[0].questions
    url = reverse("offices:sheet", args=[sheet.ref])
    client.post(url, {f"q-{question.key}": str(user.pk)})
    return sheet


def plain(name: str, called: str = "示范领导") -> User:
    """Somebody of the cast under a name without brackets."""
    User.objects.filter(username=name).update(name=called)
    return person(name)


def city_leader_with_a_post_here() -> User:
    give("county.office", "city.deputy_basic")
    return plain("city.deputy_basic")


def stand_in_of_a_leader_above() -> User:
    is_away("city.chief", delegate="county.exams")
    return plain("county.exams")


def leader_above_from_next_month() -> User:
    give("city.office", "county.exams", starts_at=timezone.now() + timedelta(days=30))
    return plain("county.exams")


@pytest.mark.parametrize(
    "make",
    [city_leader_with_a_post_here, stand_in_of_a_leader_above, leader_above_from_next_month],
)
def test_a_district_does_not_change_the_number_of_a_leader_above(city, client, make):
    user = make()
    sign_in(client, ADMIN)

    sheet = chosen(client, user)

    assert 2 in [line for line, message in problems_on(client, sheet) if "手机号" in message]
    assert len(plan_on(client, sheet).rows[0].questions) >= 1  # another choice can still be made
    assert apply(client, sheet).status_code == 422
    assert User.objects.get(pk=user.pk).phone == user.phone


@pytest.mark.parametrize("name", ["county.exams", "nobody"])
def test_own_people_and_those_without_a_post_get_their_new_number(city, client, name):
    if name == "nobody":
        User.objects.create_user("nobody", name="示范待岗")
    user = plain(name)
    sign_in(client, ADMIN)

    sheet = chosen(client, user)
    assert problems_on(client, sheet) == []
    assert apply(client, sheet).status_code == 302

    assert User.objects.get(pk=user.pk).phone == NUMBER


def test_undoing_a_sheet_does_not_change_the_number_of_whoever_rose_since(city, client):
    user = plain("county.exams")
    sign_in(client, ADMIN)
    sheet = chosen(client, user)
    apply(client, sheet)
    give("city.office", "county.exams", starts_at=timezone.now() + timedelta(days=30))

    answer = client.post(reverse("offices:undo", args=[sheet.ref]), {"why": "填错了"})

    assert answer.status_code == 409
    assert User.objects.get(pk=user.pk).phone == NUMBER


def test_one_number_is_not_given_to_two_nor_two_to_one(city, client):
    user = plain("county.exams")
    sign_in(client, ADMIN)
    sheet = keep(
        client,
        row(user)
        + f"丁县一中\t班主任\t示范新人\t{NUMBER}\t2026-09-01\t增补\n"
        + row(user).replace("校医", "班主任").replace(NUMBER, "16499990008"),
    )
    questions = [q for r in plan_on(client, sheet).rows for q in r.questions if "who" in q.key]
    url = reverse("offices:sheet", args=[sheet.ref])
    client.post(url, {f"q-{question.key}": str(user.pk) for question in questions})

    assert [line for line, _message in problems_on(client, sheet)] == [3, 4]
    assert apply(client, sheet).status_code == 422
