"""The front door leads each person to the page that their posts make the first one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from incidents.cases.devices import make_device_link
from incidents.cases.models import FilingDevice
from notifications.access import own_obligations
from notifications.mine import waiting
from notifications.standing import standing
from safety.home import views
from safety.posts.models import Holding


@pytest.mark.parametrize(
    ("who", "leads_to"),
    [
        ("city.duty_officer", "notifications:boards"),
        ("county.safety_office", "notifications:boards"),
        ("school.safety_staff", "filing:report"),
        ("school.class_teacher", "filing:report"),
        ("school.principal", "notifications:mine"),
        ("city.chief", "notifications:mine"),
        ("city.deputy_basic", "notifications:mine"),
        ("county.administrator", "home:rooms"),
    ],
)
def test_each_role_has_its_first_page(city, client, who, leads_to):
    city.sign_in(client, who)

    answer = client.get(reverse("home:home"))

    assert answer.status_code == 302
    assert answer.url == reverse(leads_to)


def test_a_bound_phone_reports_without_sign_in(city, client):
    county = city.unit("county")
    county.duty_phone = "0851-99990000"
    county.save()
    officer = city.person("school.safety_staff")
    school = city.unit("school")
    secret = make_device_link(school=school, reporter=officer, label="值班手机", made_by=officer)
    client.post(reverse("filing:bind", args=[secret]))

    home, sign_in = client.get(reverse("home:home")), client.get(reverse("account_login"))

    assert home.url == reverse("filing:report")
    page = sign_in.content.decode()
    assert f'href="{reverse("filing:report")}"' in page
    assert school.name in page
    assert 'href="tel:085199990000"' in page
    FilingDevice.objects.update(revoked_at=timezone.now())
    assert client.get(reverse("home:home")).url.startswith(reverse("account_login"))
    assert reverse("filing:report") not in client.get(reverse("account_login")).content.decode()


def test_who_reports_is_reminded_of_what_waits(city, client):
    city.make_incident(aware_at=timezone.now() - timedelta(hours=5))
    officer = city.sign_in(client, "school.safety_staff")
    owed = standing(officer)

    page = client.get(reverse("filing:report"))

    assert owed.open
    assert page.context["standing"] == owed
    assert f"待办 {owed.open}" in page.content.decode()
    assert (
        owed.open
        == waiting(officer)
        == client.get(reverse("notifications:mine")).context["mine"].open
    )
    now = timezone.now()
    own_obligations(officer).update(
        created_at=now - timedelta(hours=6), due_at=now - timedelta(minutes=1)
    )
    assert standing(officer).late == owed.open
    assert f"超时 {owed.open}" in client.get(reverse("filing:report")).content.decode()


def test_without_a_post_nothing_is_open_but_the_telephone(city, client, settings):
    settings.DUTY_PHONES = ["0851-00000000"]
    teacher = city.sign_in(client, "school.class_teacher")
    Holding.objects.filter(person=teacher).delete()

    page = client.get(reverse("home:home"))

    assert page.status_code == 200
    assert next(template.name for template in page.templates) == "home/nothing.html"
    assert 'href="tel:085100000000"' in page.content.decode()
    assert page.context["nav"] == []


def test_a_stranger_is_asked_to_sign_in_and_comes_back(city, client):
    answer = client.get(reverse("notifications:mine"))

    assert answer.status_code == 302
    assert answer.url == f"{reverse('account_login')}?next={reverse('notifications:mine')}"


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("school.safety_staff", ["filing:report", "notifications:mine", "cases:incidents"]),
        ("city.deputy_basic", ["notifications:mine"]),
        (
            "city.duty_officer",
            ["notifications:boards", "notifications:mine", "cases:incidents", "what_if:suppose"],
        ),
        ("county.administrator", ["notifications:mine", "home:rooms"]),
    ],
)
def test_the_navigation_shows_only_what_is_open(city, client, who, sees):
    city.sign_in(client, who)

    page = client.get(reverse("account_change_password"))

    assert [way.url for way in page.context["nav"]] == [reverse(name) for name in sees]


def test_the_way_to_my_duties_counts_what_still_waits(city, client):
    city.make_incident(hazard="DROWN", people="counted", missing=1)
    city.make_incident(hazard="FIRE", people="unknown")
    who = city.sign_in(client, "county.safety_office")

    def counted():
        page = client.get(reverse("account_change_password"))
        return {way.icon: way.count for way in page.context["nav"]}["mine"]

    assert counted() == 2

    own_obligations(who).update(state="met", met_at=timezone.now())

    assert counted() == 0
    city.sign_in(client, "zone.safety_office")
    assert counted() == 0


def test_alive_needs_nothing_and_ready_needs_a_rule_book(empty_house, client):
    assert client.get(reverse("home:healthz")).content == b"ok"
    answer = client.get(reverse("home:readyz"))

    assert (answer.status_code, answer.json()) == (503, {"ready": False})


def test_ready_once_a_rule_book_is_published(city, client):
    answer = client.get(reverse("home:readyz"))

    assert (answer.status_code, answer.json()) == (200, {"ready": True})


class Away:
    """A database that does not answer."""

    def ensure_connection(self) -> None:
        raise DatabaseError


def test_a_database_that_is_away_is_not_ready(city, client, monkeypatch):
    monkeypatch.setattr(views, "connection", Away())

    assert client.get(reverse("home:readyz")).status_code == 503
    assert client.get(reverse("home:healthz")).status_code == 200
