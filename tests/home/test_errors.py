"""What goes wrong is answered with words, a remedy and the telephone, or with JSON."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError
from django.test import Client, RequestFactory
from django.urls import reverse

from safety.home import errors

JSON = {"accept": "application/json"}
PHONE = 'href="tel:085100000000"'


@pytest.fixture(autouse=True)
def duty_phones(settings):
    settings.DUTY_PHONES = ["值班室:0851-00000000"]


def test_nothing_here_and_nothing_you_may_see_are_the_same_page(city, client):
    city.sign_in(client, "school.class_teacher")

    nowhere = client.get("/no-such-page/")
    hidden = client.get(reverse("home:people"))

    for page in (nowhere, hidden):
        assert page.status_code == 404
        assert "没有这个页面,或者您无权查看。" in page.content.decode()
        assert PHONE in page.content.decode()


def test_an_old_page_that_is_sent_says_so_and_saves_nothing(city):
    strict = Client(enforce_csrf_checks=True)

    page = strict.post(reverse("account_login"), {"login": "a", "password": "b"})

    assert page.status_code == 403
    assert "本次内容没有保存" in page.content.decode()
    assert PHONE in page.content.decode()


def test_too_much_is_413_and_says_how_much_is_possible(city, client):
    page = client.post(
        reverse("account_login"),
        "x" * (1024 * 1024 + 1),
        content_type="application/x-www-form-urlencoded",
    )

    assert page.status_code == 413
    assert "1 MB" in page.content.decode()


def test_too_many_attempts_are_429_with_the_telephone(city, client):
    page = errors.too_many(client.get(reverse("account_login")).wsgi_request)

    assert page.status_code == 429
    assert "请直接打电话" in page.content.decode()
    assert PHONE in page.content.decode()


@pytest.mark.parametrize(
    ("handler", "error", "status"),
    [
        (errors.bad_request, SuspiciousOperation(), 400),
        (errors.bad_request, RequestDataTooBig(), 413),
        (errors.forbidden, PermissionDenied(), 403),
        (errors.missing, Exception(), 404),
    ],
)
def test_programs_get_json(handler, error, status):
    answer = handler(RequestFactory().get("/api/v1/incidents", headers=JSON), error)

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/json"
    assert b'"remedy"' in answer.content


def test_a_failure_is_answered_without_the_database(settings, monkeypatch):
    settings.BUREAU_NAME = "示范市教育局"

    def away() -> list[dict[str, str]]:
        raise DatabaseError

    monkeypatch.setattr(errors, "duty_phones", away)

    page = errors.server_error(RequestFactory().get("/"))

    assert page.status_code == 500
    assert "示范市教育局" in page.content.decode()
    assert "110" in page.content.decode()


def test_a_failure_shows_the_phones_of_the_settings():
    page = errors.server_error(RequestFactory().get("/"))
    answer = errors.server_error(RequestFactory().get("/api/v1/incidents"))

    assert PHONE in page.content.decode()
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/json")


def test_a_view_that_breaks_answers_500_through_the_whole_stack(city, monkeypatch):
    def broken(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("safety.home.views.rights_of", broken)
    client = Client(raise_request_exception=False)
    city.sign_in(client, "city.chief")

    page = client.get(reverse("home:home"))

    assert page.status_code == 500
    assert "系统暂时无法响应" in page.content.decode()
    assert PHONE in page.content.decode()
