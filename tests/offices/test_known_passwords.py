"""Whoever gave somebody a password has no way in once that person reads confidential cases."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from safety.ledger.actions import SYSTEM
from safety.ledger.models import Event
from safety.people.actions import change_password, create_token
from safety.people.models import ApiToken, User
from safety.posts.models import Holding, Leave
from tests.city import give, person, post, sign_in
from tests.offices.desk import apply, appoint, in_days, keep, plan_on, problems_on, send_away

ADMIN, READER = "county.administrator", "county.safety_office"
PHONE = "16499990001"


def newcomer(client, post_name: str = "school.doctor") -> tuple[User, str]:
    """Somebody whose one-time password the administrator was shown."""
    [account] = appoint(client, post_name).context["accounts"]
    assert account.password
    return User.objects.get(username=PHONE), account.password


def promote(client, post_name: str = "school.principal", **over):
    return appoint(client, post_name, kind="acting", **over)


def enter(user: str, password: str) -> bool:
    """Whether the front door opens."""
    client = Client()
    client.post("/accounts/login/", {"login": user, "password": password})
    return "_auth_user_id" in client.session


def test_the_first_password_opens_nothing_after_a_promotion(city, client):
    sign_in(client, ADMIN)
    user, password = newcomer(client)
    assert enter(PHONE, password)

    answer = promote(client)

    user.refresh_from_db()
    assert not user.has_usable_password()
    assert not enter(PHONE, password)
    page = answer.content.decode()
    assert "已作废" in page
    assert str(post(READER)) in page  # who gives the next one
    assert Event.objects.filter(verb="password.withdrawn", subject_ref=str(user.pk)).count() == 1


def test_a_password_that_its_giver_chose_himself_meanwhile_opens_nothing_either(city, client):
    """He signs in as the newcomer, chooses a password, makes a key, and promotes him then."""
    sign_in(client, ADMIN)
    user, password = newcomer(client)
    inside = Client()
    inside.post("/accounts/login/", {"login": PHONE, "password": password})
    inside.post(
        reverse("account_change_password"),
        {"oldpassword": password, "password1": "eigen-wort-4711", "password2": "eigen-wort-4711"},
    )
    user.refresh_from_db()
    assert not user.must_change_password
    assert inside.get(reverse("notifications:mine")).status_code == 200
    create_token(user=user, label="mine", actor=SYSTEM)

    promote(client)

    assert inside.get(reverse("notifications:mine")).status_code == 302
    assert not enter(PHONE, "eigen-wort-4711")
    assert not ApiToken.objects.filter(user=user, revoked_at=None).exists()


@pytest.mark.parametrize("way", ["sheet", "acting", "deputy", "later"])
def test_every_way_into_such_a_post_counts(city, client, way):
    sign_in(client, ADMIN)
    user, _password = newcomer(client)

    if way == "sheet":
        row = f"丁县一中\t校长\t{user.name}\t{PHONE}\t2026-09-01\t兼\n"
        sheet = keep(client, row)
        assert "密码" in " ".join(plan_on(client, sheet).rows[0].says)  # told before
        answer = apply(client, sheet)
        assert [a.user for a in answer.context["accounts"] if a.is_shut] == [user]
    elif way == "later":
        promote(client, starts_at=in_days(20))
    else:
        appoint(client, "school.principal", kind=way)

    user.refresh_from_db()
    assert not user.has_usable_password()


def test_a_reset_just_before_counts_and_one_after_is_refused(city, client):
    sign_in(client, ADMIN)
    user = person("school.doctor")
    reset = client.post(reverse("home:reset", args=[user.pk])).context["password"]

    assert promote(client, name=user.name, phone=user.phone).status_code == 200

    assert not enter("school.doctor", reset)
    again = client.post(reverse("home:reset", args=[user.pk]))
    assert again.status_code == 302
    user.refresh_from_db()
    assert not user.has_usable_password()


def test_whoever_reads_as_much_gives_the_next_and_it_stays(city, client):
    sign_in(client, ADMIN)
    user, _password = newcomer(client)
    promote(client, starts_at=in_days(20))
    sign_in(client, READER)
    given = client.post(reverse("home:reset", args=[user.pk])).context["password"]
    assert enter(PHONE, given)
    change_password(user=User.objects.get(pk=user.pk), password="selbst-4711-gewaehlt")
    sign_in(client, ADMIN)

    answer = promote(client, "boarding.principal", name=user.name, phone=PHONE)

    assert answer.status_code == 302
    assert enter(PHONE, "selbst-4711-gewaehlt")


def test_a_post_that_reads_nothing_shuts_nobody_out(city, client):
    sign_in(client, ADMIN)
    _user, password = newcomer(client)

    assert appoint(client, "boarding.doctor").status_code == 302

    assert enter(PHONE, password)


def test_a_stand_in_whose_password_is_known_is_named_by_the_person_himself_only(city, client):
    sign_in(client, ADMIN)
    user, _password = newcomer(client)
    leader = "school.principal"

    answer = send_away(client, leader, delegate=PHONE)

    assert answer.status_code == 422
    assert not Leave.objects.exists()
    sign_in(client, leader)
    assert send_away(client, leader, delegate=PHONE).status_code == 302
    assert Leave.objects.get().delegate == user


def test_the_stand_in_of_whoever_is_promoted_is_looked_at_too(city, client):
    sign_in(client, ADMIN)
    user, _password = newcomer(client)
    assert send_away(client, "school.office", delegate=PHONE).status_code == 302

    promote(client, name=person("school.office").name, phone=person("school.office").phone)

    user.refresh_from_db()
    assert not user.has_usable_password()
    assert person("school.office").has_usable_password()


def test_an_end_moved_and_a_sheet_undone_are_promotions_too(city, client):
    sign_in(client, ADMIN)
    held = Holding.objects.get(post=post("school.principal"))
    give("school.doctor", "school.principal")
    row = "丁县一中\t校长\t空缺\t\t2025-09-01\t退休\n"
    sheet = keep(client, row)
    assert problems_on(client, sheet) == []
    apply(client, sheet)
    user = person("school.principal")
    reset = client.post(reverse("home:reset", args=[user.pk])).context["password"]
    held.refresh_from_db()

    answer = client.post(reverse("offices:undo", args=[sheet.ref]), {"why": "填错了"}, follow=True)

    assert "已作废" in answer.content.decode()
    assert not enter("school.principal", reset)


RULES_KEEPER, MANAGER = "city.administrator", "city.safety_office"


def test_the_rules_of_the_city_are_not_had_by_the_sign_in_of_who_keeps_them(city, client):
    """Whoever manages people without keeping the rules makes no puppet of who does."""
    sign_in(client, MANAGER)
    user, password = newcomer(client, "city.office")

    appoint(client, RULES_KEEPER, kind="acting")
    again = client.post(reverse("home:reset", args=[user.pk]), follow=True)

    assert not enter(PHONE, password)
    assert str(post(RULES_KEEPER)) in str(next(iter(again.context["messages"])))
    keeper = person(RULES_KEEPER)
    assert client.post(reverse("home:reset", args=[keeper.pk])).status_code == 302
    keeper.refresh_from_db()
    assert not keeper.must_change_password
    listed = client.get(reverse("home:people"), {"q": PHONE}).content.decode()
    assert reverse("home:reset", args=[user.pk]) not in listed
    [account] = appoint(
        client, RULES_KEEPER, kind="acting", name="示范新人乙", phone="16499990002"
    ).context["accounts"]
    assert not account.password
    sign_in(client, RULES_KEEPER)
    assert "password" in client.post(reverse("home:reset", args=[user.pk])).context


def test_the_administrator_of_a_district_is_mended_by_its_safety_office(city, client):
    sign_in(client, READER)

    assert "password" in client.post(reverse("home:reset", args=[person(ADMIN).pk])).context
