"""Administrators mend sign-ins and hand out devices, each only below their own bureau."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from incidents.cases.devices import bind, devices_of, make_device_link
from incidents.cases.models import FilingDevice
from safety.ledger.models import Event
from safety.people.models import User
from safety.units.models import UnitGroupObjectPermission

ADMIN = "county.administrator"


def names(page) -> set[str]:
    return {row["person"].username for row in page.context["rows"]}


def found(client: Client, words: str) -> set[str]:
    return names(client.get(reverse("home:people"), {"q": words}))


def test_the_list_ends_at_the_border_of_the_bureau(city, client):
    city.sign_in(client, ADMIN)

    assert "school.safety_staff" in found(client, "school.safety_staff")
    assert found(client, "primary.safety_staff") == set()  # a school of another district
    assert found(client, "city.") == set()
    assert found(client, ADMIN) == set()  # nobody mends their own sign-in


def test_whoever_also_holds_a_post_above_is_out_of_reach(city, client):
    city.give("city.office", "school.safety_staff")
    person = city.person("school.safety_staff")
    city.sign_in(client, ADMIN)

    assert found(client, "school.safety_staff") == set()
    assert client.post(reverse("home:reset", args=[person.pk])).status_code == 404


def _later() -> dict[str, object]:
    return {"starts_at": timezone.now() + timedelta(days=30)}


BEYOND = {
    "stands in for a leader above": lambda city: city.send_away(
        "city.chief", delegate="school.class_teacher"
    ),
    "will stand in from next month": lambda city: city.send_away(
        "city.chief",
        delegate="school.class_teacher",
        **_later(),
        ends_at=timezone.now() + timedelta(days=40),
    ),
    "takes office above next month": lambda city: city.give(
        "city.office", "school.class_teacher", **_later()
    ),
    "is the deputy above": lambda city: city.give(
        "city.office", "school.class_teacher", kind="deputy"
    ),
    "has a post with a right beside": lambda city: UnitGroupObjectPermission.objects.create(
        group=city.post("school.class_teacher").group,
        content_object=city.unit("district"),
        permission=Permission.objects.get(codename="view_incidents"),
    ),
}


@pytest.mark.parametrize("make", BEYOND.values(), ids=BEYOND)
def test_whoever_reaches_beyond_now_or_later_is_out_of_reach(city, client, make):
    """Else the one-time password of a stand-in would open the whole city."""
    target = city.person("school.class_teacher")
    city.sign_in(client, ADMIN)
    assert "school.class_teacher" in found(client, "school.class_teacher")

    make(city)

    assert found(client, "school.class_teacher") == set()
    for name in ("reset", "switch", "device"):
        data = {"active": "0", "school": city.unit("school").code}
        assert client.post(reverse(f"home:{name}", args=[target.pk]), data).status_code == 404
    assert User.objects.get(pk=target.pk).password == target.password
    assert client.login(username=target.username, password=city.PASSWORD)


def test_standing_in_is_over_with_the_leave(city, client):
    ended = timezone.now() - timedelta(hours=1)
    city.send_away(
        "city.chief",
        delegate="school.class_teacher",
        starts_at=ended - timedelta(days=1),
        ends_at=ended,
    )
    city.sign_in(client, ADMIN)

    assert "school.class_teacher" in found(client, "school.class_teacher")


READERS = {
    "reads confidential cases": ("school.principal", lambda _city: None),
    "stands in for a reader": (
        "school.class_teacher",
        lambda city: city.send_away("county.section_moral", delegate="school.class_teacher"),
    ),
    "will read from next month": (
        "school.class_teacher",
        lambda city: city.give("school.principal", "school.class_teacher", **_later()),
    ),
}


@pytest.mark.parametrize(("who", "make"), READERS.values(), ids=READERS)
def test_a_reader_of_sealed_cases_is_reset_only_by_such_a_reader(city, client, who, make):
    make(city)
    target = city.person(who)
    city.sign_in(client, ADMIN)
    page = client.get(reverse("home:people"), {"q": who})

    answer = client.post(reverse("home:reset", args=[target.pk]), follow=True)

    office = str(city.post("county.safety_office"))
    assert reverse("home:reset", args=[target.pk]) not in page.content.decode()
    assert office in page.content.decode()
    [said] = [str(message) for message in answer.context["messages"]]
    assert said.startswith(target.name)
    assert office in said
    assert User.objects.get(pk=target.pk).password == target.password

    city.sign_in(client, "county.safety_office")
    page = client.get(reverse("home:people"), {"q": who})
    assert reverse("home:reset", args=[target.pk]) in page.content.decode()
    assert "password" in client.post(reverse("home:reset", args=[target.pk])).context


def test_people_are_found_by_name_unit_and_post(city, client):
    person = city.person("small.principal")
    city.sign_in(client, ADMIN)

    assert "small.principal" in found(client, person.name)
    assert "small.principal" in found(client, "山坡小学")
    assert "small.principal" in found(client, city.post("small.principal").name)
    page = client.get(reverse("home:people"), {"q": "没有这个人"})
    assert "没有找到人员" in page.content.decode()


def test_whoever_holds_several_posts_is_marked_and_acts_lie_in_one_menu(city, client):
    person = city.person("school.class_teacher")
    city.give("school.grade_leader", "school.class_teacher")
    city.sign_in(client, ADMIN)

    several = client.get(reverse("home:people"), {"q": "school.class_teacher"}).content.decode()
    one = client.get(reverse("home:people"), {"q": "school.doctor"}).content.decode()

    assert f"{person.name}(兼)" in several
    assert "(兼)" not in one
    menu = several.partition("<tbody>")[2].partition("<details")[2].partition("</details>")[0]
    for act in ("home:reset", "home:switch", "home:device"):
        assert f'action="{reverse(act, args=[person.pk])}"' in menu


def test_a_long_list_has_pages_and_costs_no_query_per_row(
    city, client, django_assert_max_num_queries
):
    city.sign_in(client, ADMIN)
    client.get(reverse("home:people"))

    with django_assert_max_num_queries(30):
        page = client.get(reverse("home:people"))

    assert len(page.context["rows"]) == 20
    assert page.context["page"].paginator.num_pages > 1
    assert 'rel="next"' in page.content.decode()


@pytest.mark.parametrize("who", ["school.safety_staff", "county.duty_officer", "city.chief"])
@pytest.mark.parametrize("name", ["reset", "switch", "device"])
def test_without_the_right_nothing_is_there_and_nothing_changes(city, client, who, name):
    target = city.person("school.class_teacher")
    city.sign_in(client, who)
    kept = target.password

    assert client.get(reverse("home:people")).status_code == 404
    assert client.get(reverse("home:devices")).status_code == 404
    data = {"active": "0", "school": city.unit("school").code}
    assert client.post(reverse(f"home:{name}", args=[target.pk]), data).status_code == 404

    target.refresh_from_db()
    assert (target.password, target.is_active) == (kept, True)
    assert FilingDevice.objects.count() == 0


def test_a_reset_is_shown_once_works_once_and_is_on_record(city, client):
    target = city.person("school.safety_staff")
    elsewhere = Client()
    city.sign_in(elsewhere, "school.safety_staff")
    admin = city.sign_in(client, ADMIN)

    page = client.post(reverse("home:reset", args=[target.pk]))

    password = page.context["password"]
    assert password in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    target.refresh_from_db()
    assert target.check_password(password)
    assert target.must_change_password
    assert elsewhere.get(reverse("home:home")).url.startswith(reverse("account_login"))
    event = Event.objects.get(verb="password.reset", subject_ref=str(target.pk))
    assert event.actor_ref == str(admin.pk)
    assert password not in str(event.body)


def test_after_a_reset_the_phones_of_the_person_are_offered_for_taking_back(city, client):
    own = make_device(city, "school", "school.safety_staff")
    other = make_device(city, "school", "school.principal")
    city.sign_in(client, ADMIN)

    page = client.post(reverse("home:reset", args=[own.reporter_id]))

    said = page.content.decode()
    assert reverse("home:revoke", args=[own.pk]) in said
    assert reverse("home:revoke", args=[other.pk]) not in said


def test_shutting_out_ends_every_session_and_can_be_taken_back(city, client):
    target = city.person("school.safety_staff")
    elsewhere = Client()
    city.sign_in(elsewhere, "school.safety_staff")
    city.sign_in(client, ADMIN)
    here = f"{reverse('home:people')}?q=school.safety_staff"

    answer = client.post(reverse("home:switch", args=[target.pk]), {"active": "0", "next": here})

    assert answer.url == here
    assert not User.objects.get(pk=target.pk).is_active
    assert elsewhere.get(reverse("filing:report")).status_code == 302
    assert "已停用" in client.get(here).content.decode()

    client.post(reverse("home:switch", args=[target.pk]), {"active": "1"})

    assert User.objects.get(pk=target.pk).is_active


def test_the_way_back_never_leaves_the_house(city, client):
    target = city.person("school.safety_staff")
    city.sign_in(client, ADMIN)

    answer = client.post(
        reverse("home:switch", args=[target.pk]),
        {"active": "1", "next": "https://elsewhere.example/"},
    )

    assert answer.url == reverse("home:people")


def test_a_device_link_binds_one_phone_once(city, client):
    target = city.person("school.safety_staff")
    city.sign_in(client, ADMIN)

    page = client.post(
        reverse("home:device", args=[target.pk]), {"school": city.unit("school").code}
    )

    secret = re.search(r"/bind/([\w-]+)/", page.content.decode())[1]
    bound = bind(secret=secret)
    assert bound.device.reporter == target
    assert bound.device.school == city.unit("school")
    assert "no-store" in page["Cache-Control"]


def test_a_device_files_only_for_a_school_where_its_person_has_a_post(city, client):
    target = city.person("school.safety_staff")
    city.sign_in(client, ADMIN)

    for school in ("small", "primary", "county"):
        answer = client.post(
            reverse("home:device", args=[target.pk]), {"school": city.unit(school).code}
        )
        assert answer.status_code == 404
    assert FilingDevice.objects.count() == 0


def make_device(city, school: str, who: str) -> FilingDevice:
    make_device_link(
        school=city.unit(school),
        reporter=city.person(who),
        label=f"phone of {who}",
        made_by=city.person("city.administrator"),
    )
    return FilingDevice.objects.latest("pk")


def test_devices_are_listed_searched_and_taken_back(city, client):
    own = make_device(city, "school", "school.safety_staff")
    foreign = make_device(city, "primary", "primary.safety_staff")
    city.sign_in(client, ADMIN)

    page = client.get(reverse("home:devices"))
    assert list(page.context["page"].object_list) == [own]
    assert "链接未打开" in page.content.decode()
    assert list(client.get(reverse("home:devices"), {"q": "没有"}).context["page"]) == []

    assert client.post(reverse("home:revoke", args=[foreign.pk])).status_code == 404
    answer = client.post(reverse("home:revoke", args=[own.pk]))

    assert answer.url == reverse("home:devices")
    assert list(devices_of(("/",))) == [foreign]


def test_the_people_pages_answer_no_one_who_is_not_signed_in(city, client):
    target = city.person("school.safety_staff")

    for name, args in (("people", []), ("devices", []), ("reset", [target.pk])):
        url = reverse(f"home:{name}", args=args)
        answer = client.post(url) if args else client.get(url)
        assert answer.url.startswith(reverse("account_login"))
