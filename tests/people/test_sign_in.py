"""Signing in: what is refused, what is limited, and what a closed door closes."""

from __future__ import annotations

from io import StringIO
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from guardian.shortcuts import get_objects_for_user

from safety import settings as real
from safety.ledger.actions import SYSTEM
from safety.ledger.models import Event
from safety.people.actions import create_token, reset_password, set_active
from safety.people.models import User
from safety.people.selectors import bearer
from safety.posts.access import covers, posts_held, reach, rights_of
from safety.units.models import Unit

WHO = "school.safety_staff"
NEW = "shanpo-xiaoxue-2026"


@pytest.fixture(autouse=True)
def nobody_has_tried_yet(settings):
    """Attempts are counted in the cache; clearing a shared Redis would disturb other workers."""
    backend = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": str(uuid4())}}


def try_to_sign_in(client: Client, name: str, password: str, **more: str):
    data = {"login": name, "password": password, **more}
    return client.post(reverse("account_login"), data)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_user_name_and_password_open_the_house(city, client):
    answer = try_to_sign_in(client, WHO, city.PASSWORD)

    assert answer.url == reverse("home:home")
    assert is_signed_in(client)


def test_signing_in_leads_on_to_the_page_that_was_asked_for(city, client):
    answer = try_to_sign_in(client, WHO, city.PASSWORD, next=reverse("cases:incidents"))

    assert answer.url == reverse("cases:incidents")


def test_signing_in_never_leads_out_of_the_house(city, client):
    answer = try_to_sign_in(client, WHO, city.PASSWORD, next="https://elsewhere.example/")

    assert answer.url == reverse("home:home")


@pytest.mark.parametrize(("name", "password"), [(WHO, "wrong"), ("nobody", "wrong")])
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(city, client, name, password):
    page = try_to_sign_in(client, name, password)

    assert page.status_code == 200
    assert "用户名或密码不正确。" in page.content.decode()
    assert "电话报告" in page.content.decode()
    assert not is_signed_in(client)


def test_after_eight_failures_even_the_right_password_waits(city, client):
    for _ in range(8):
        page = try_to_sign_in(client, WHO, "wrong")

    assert "五分钟" in page.content.decode()
    assert "请直接打电话" in page.content.decode()
    try_to_sign_in(client, WHO, city.PASSWORD)
    assert not is_signed_in(client)


def test_failures_of_one_name_do_not_lock_out_another_at_another_place(city, client):
    for _ in range(8):
        try_to_sign_in(client, WHO, "wrong")

    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    try_to_sign_in(elsewhere, "school.principal", city.PASSWORD)

    assert is_signed_in(elsewhere)


def fail_from_everywhere(times: int) -> None:
    for n in range(times):
        try_to_sign_in(Client(REMOTE_ADDR=f"192.0.2.{n + 1}"), WHO, "wrong")


def test_failures_elsewhere_do_not_lock_out_the_person(city, client):
    fail_from_everywhere(20)
    for _ in range(8):
        try_to_sign_in(Client(REMOTE_ADDR="198.51.100.9"), WHO, "wrong")

    try_to_sign_in(client, WHO, city.PASSWORD)

    assert is_signed_in(client)


def test_one_name_cannot_be_tried_from_everywhere_without_end(city, client):
    fail_from_everywhere(110)

    page = try_to_sign_in(client, WHO, city.PASSWORD)

    assert "请直接打电话" in page.content.decode()
    assert not is_signed_in(client)


def test_right_passwords_use_nothing_up(city, client):
    for _ in range(8):
        here = Client()
        try_to_sign_in(here, WHO, city.PASSWORD)
        assert is_signed_in(here)


@pytest.mark.parametrize("where", ["here", "everywhere"])
def test_a_reset_password_works_at_once_whatever_was_tried_before(city, client, where):
    if where == "everywhere":
        fail_from_everywhere(110)
    for _ in range(6):
        try_to_sign_in(client, WHO, "wrong")

    once = reset_password(user=city.person(WHO), actor=SYSTEM)
    try_to_sign_in(client, WHO, once)

    assert is_signed_in(client)


def test_a_reset_password_withdraws_the_tokens_of_the_person_alone(city):
    token = create_token(user=city.person(WHO), label="test", actor=SYSTEM)
    other = create_token(user=city.person("school.principal"), label="test", actor=SYSTEM)

    reset_password(user=city.person(WHO), actor=SYSTEM)

    assert bearer(token) is None
    assert bearer(other) == city.person("school.principal")
    event = Event.objects.get(verb="token.revoked")
    assert (event.subject_ref, event.body) == (str(city.person(WHO).pk), {"tokens": 1})


def test_tokens_are_withdrawn_by_a_command(city):
    token = create_token(user=city.person(WHO), label="test", actor=SYSTEM)
    out = StringIO()

    call_command("revoke_tokens", WHO, stdout=out)

    assert out.getvalue() == "1\n"
    assert bearer(token) is None
    with pytest.raises(CommandError, match=r"nobody\.here"):
        call_command("revoke_tokens", "nobody.here")


def test_one_address_cannot_try_names_without_end(city, client):
    codes = [try_to_sign_in(client, f"nobody{n}", "wrong").status_code for n in range(40)]

    assert codes[0] == 200
    assert codes[-1] == 429


def test_nobody_signs_up_alone(city, client):
    before = User.objects.count()
    data = {"username": "new", "password1": NEW, "password2": NEW}

    page = client.post(reverse("account_signup"), data)

    assert "不开放自行注册" in page.content.decode()
    assert User.objects.count() == before


def test_passwords_are_kept_with_argon2_and_older_ones_move_to_it(city, client, settings):
    settings.PASSWORD_HASHERS = real.PASSWORD_HASHERS
    person = city.person(WHO)
    person.password = PBKDF2PasswordHasher().encode(city.PASSWORD, "salt", iterations=1000)
    person.save()

    try_to_sign_in(client, WHO, city.PASSWORD)

    person.refresh_from_db()
    assert is_signed_in(client)
    assert person.password.startswith("argon2$")


def test_a_person_who_is_shut_out_cannot_sign_in(city, client):
    set_active(user=city.person(WHO), active=False, actor=SYSTEM)

    page = try_to_sign_in(client, WHO, city.PASSWORD)

    assert "用户名或密码不正确。" in page.content.decode()
    assert not is_signed_in(client)


def test_shutting_a_person_out_takes_every_right_at_once(city, client):
    """Guardian's own shortcut would still answer: only our access functions are asked."""
    person = city.sign_in(client, "county.safety_office")
    token = create_token(user=person, label="test", actor=SYSTEM)
    county = city.unit("county")
    assert covers(reach(person, "view_incidents"), county)

    set_active(user=person, active=False, actor=SYSTEM)
    person = User.objects.get(pk=person.pk)

    assert not covers(reach(person, "view_incidents"), county)
    assert reach(person, "view_incidents", "manage_people") == ()
    assert rights_of(person) == frozenset()
    assert not posts_held(person).exists()
    assert bearer(token) is None
    answer = client.get(reverse("cases:incidents"))
    assert answer.url.startswith(reverse("account_login"))


def test_guardian_alone_would_have_kept_the_right(city):
    """Why access.py does not use it; if this fails guardian has changed and may be used."""
    person = city.person("county.safety_office")
    post = city.post("county.safety_office")
    person.groups.add(post.group)
    person.is_active = False
    person.save()

    kept = get_objects_for_user(person, "units.view_incidents", Unit, accept_global_perms=False)

    assert city.unit("county") in kept


def test_a_one_time_password_opens_only_the_page_where_it_is_replaced(city, client):
    person = city.person(WHO)
    once = reset_password(user=person, actor=SYSTEM)

    try_to_sign_in(client, WHO, once)

    change = reverse("account_change_password")
    assert client.get(reverse("home:home")).url == change
    assert client.get(reverse("cases:incidents")).url == change
    assert "一次性密码" in client.get(change).content.decode()
    assert client.get(reverse("filing:report")).status_code == 200  # a report never waits


def test_choosing_an_own_password_opens_the_rest_and_ends_other_sessions(city, client):
    person = city.person(WHO)
    once = reset_password(user=person, actor=SYSTEM)
    elsewhere = Client()
    try_to_sign_in(elsewhere, WHO, once)
    try_to_sign_in(client, WHO, once)

    data = {"oldpassword": once, "password1": NEW, "password2": NEW}
    client.post(reverse("account_change_password"), data)

    person.refresh_from_db()
    assert not person.must_change_password
    assert person.check_password(NEW)
    assert client.get(reverse("cases:incidents")).status_code == 200
    assert elsewhere.get(reverse("cases:incidents")).url.startswith(reverse("account_login"))
    event = Event.objects.get(verb="password.changed", subject_ref=str(person.pk))
    assert (event.actor_kind, event.actor_ref) == ("person", str(person.pk))


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("2026060614", "密码不能全是数字。"),
        ("short", "密码太短,至少 8 位。"),
        ("password1", "这个密码太常见,容易被猜到。"),
        (WHO, "太接近"),
    ],
)
def test_a_weak_password_is_refused_in_plain_words(city, client, password, says):
    person = city.sign_in(client, WHO)
    data = {"oldpassword": city.PASSWORD, "password1": password, "password2": password}

    page = client.post(reverse("account_change_password"), data)

    assert says in page.content.decode()
    person.refresh_from_db()
    assert person.check_password(city.PASSWORD)


def test_signing_out_needs_a_press_and_ends_the_session(city, client):
    city.sign_in(client, WHO)

    assert "退出登录" in client.get(reverse("account_logout")).content.decode()
    assert is_signed_in(client)
    client.post(reverse("account_logout"))

    assert not is_signed_in(client)


def test_there_is_no_page_for_mail_addresses(city, client):
    city.sign_in(client, WHO)

    for path in ("email/", "confirm-email/", "password/reset/", "password/set/", "login/code/"):
        assert client.get(f"/accounts/{path}").status_code == 404


def test_the_page_for_a_forgotten_password_sends_nothing(city, client, mailoutbox):
    page = client.get(reverse("account_reset_password"))

    assert "管理员" in page.content.decode()
    assert client.post(reverse("account_reset_password")).status_code == 405
    assert mailoutbox == []
