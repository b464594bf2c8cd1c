"""The pages of coverage: who sees what, and that every number opens to its rows."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.coverage.models import AcceptedGap
from notifications.models import ResponsibilityTable
from notifications.table.drafts import start_draft

HOME = reverse("coverage:coverage")


def body(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def code(city: ModuleType, key: str) -> str:
    return str(city.UNITS[key][0])


def unit_page(city: ModuleType, key: str) -> str:
    return reverse("coverage:unit", args=[code(city, key)])


def accept_page(city: ModuleType, key: str, capacity: str, post_type: str) -> str:
    url = reverse("coverage:accept", args=[code(city, key)])
    return f"{url}?capacity={capacity}&post_type={post_type}"


GONE = [
    HOME,
    reverse("coverage:gaps"),
    reverse("coverage:accepted"),
    reverse("coverage:rule"),
    reverse("coverage:unit", args=["5201210001"]),
    reverse("coverage:unit", args=["nothing"]),
]


@pytest.mark.parametrize("url", GONE)
@pytest.mark.parametrize("who", ["school.principal", "county.duty_officer", "city.chief"])
def test_whoever_keeps_no_table_finds_nothing(
    city: ModuleType, client: Client, who: str, url: str
) -> None:
    city.sign_in(client, who)

    assert client.get(url).status_code == 404


@pytest.mark.parametrize("url", [HOME, reverse("coverage:gaps")])
def test_it_asks_for_a_sign_in(city: ModuleType, client: Client, url: str) -> None:
    assert client.get(url).status_code == 302


def test_another_district_does_not_exist(city: ModuleType, client: Client) -> None:
    city.vacate("primary.safety_staff")
    city.sign_in(client, "county.safety_office")

    for url in (unit_page(city, "primary"), unit_page(city, "city"), f"{HOME}?unit=520102"):
        assert client.get(url).status_code == 404
    for url in (HOME, reverse("coverage:gaps")):
        assert "甲区" not in body(client, url)
    url = accept_page(city, "primary", "SCH_SAFETY_STAFF", "SCH_SAFETY_STAFF")
    assert client.get(url).status_code == 404


def test_a_city_in_order_says_so(city: ModuleType, client: Client) -> None:
    city.sign_in(client, "city.administrator")

    page = body(client, HOME)

    assert "可以发布" in page
    assert "heat-now" not in page.split("heat-legend")[0]
    assert "没有空缺" in body(client, reverse("coverage:gaps"))


@pytest.mark.parametrize("by", ["", "hazard"])
@pytest.mark.parametrize("unit", ["", "520121"])
def test_every_number_of_the_grid_opens_to_so_many_rows(
    city: ModuleType, client: Client, by: str, unit: str
) -> None:
    _spoil(city)
    city.sign_in(client, "city.administrator")
    page = body(client, f"{HOME}?by={by}&unit={unit}")
    cells = re.findall(
        r'<td class="heat heat-\w+"><a href="([^"]+)">.*?<strong class="num">(\d+)</strong>',
        page,
        flags=re.DOTALL,
    )

    assert cells
    for url, number in cells:
        rows = body(client, unescape(url))
        assert rows.count('<th scope="row">') == int(number), url


def test_the_figures_open_to_their_rows(city: ModuleType, client: Client) -> None:
    _spoil(city)
    city.sign_in(client, "city.administrator")
    page = body(client, HOME)
    figures = re.findall(
        r'<a class="figure" href="([^"]+)"><span class="figure-number">(\d+)', page
    )

    assert [int(number) > 0 for _, number in figures] == [True, True, True]
    for url, number in figures:
        assert body(client, unescape(url)).count('<th scope="row">') == int(number)


def _spoil(city: ModuleType) -> None:
    city.vacate("district.safety_deputy")
    city.vacate("county.section_moral", at=timezone.now() + timedelta(days=12))
    city.vacate("school.doctor")
    city.vacate("small.canteen")
    city.vacate("primary.safety_staff")
    city.send_away("boarding.principal")
    city.vacate("county.section_health")
    city.give("county.section_health", "county.section_basic", kind="deputy")
    AcceptedGap.objects.create(
        unit=city.unit("primary"),
        capacity="SCH_SAFETY_STAFF",
        reason="由校长兼管",
        ends_on=timezone.localdate() + timedelta(days=5),
        accepted_at=timezone.now(),
        accepted_by=city.person("district.administrator"),
    )


def test_a_unit_shows_its_gap_who_answers_and_where_to_mend_it(
    city: ModuleType, client: Client
) -> None:
    city.vacate("county.section_moral", at=timezone.now() + timedelta(days=12))
    city.sign_in(client, "county.safety_office")

    page = body(client, unit_page(city, "county"))

    assert reverse("offices:post", args=[city.post("county.section_moral").pk]) in page
    assert "将空缺" in page
    assert city.person("county.deputy_basic").name in page
    assert city.person("county.duty_officer").name in page


def test_a_teaching_point_leads_to_the_post_of_its_central_school(
    city: ModuleType, client: Client
) -> None:
    city.vacate("central.principal")
    city.sign_in(client, "county.administrator")

    page = body(client, unit_page(city, "point"))

    assert reverse("offices:post", args=[city.post("central.principal").pk]) in page
    assert city.person("central.secretary").name in page


def test_accepting_from_the_page(city: ModuleType, client: Client) -> None:
    city.vacate("school.safety_staff")
    city.sign_in(client, "county.administrator")
    url = accept_page(city, "school", "SCH_SAFETY_STAFF", "SCH_SAFETY_STAFF")
    assert url in unescape(body(client, unit_page(city, "school")))
    said = {"reason": "新人下周到岗", "ends_on": f"{timezone.localdate() + timedelta(days=9)}"}

    answer = client.post(url, said, follow=True)

    assert answer.redirect_chain == [(unit_page(city, "school"), 302)]
    assert "新人下周到岗" in answer.content.decode()
    accepted = AcceptedGap.objects.get()
    assert accepted.accepted_by == city.person("county.administrator")
    shown = body(client, reverse("coverage:accepted"))
    assert "生效中" in shown
    assert "state=accepted" in shown
    client.post(reverse("coverage:withdraw", args=[accepted.ref]))
    assert AcceptedGap.objects.standing().count() == 0
    assert "已收回" in body(client, reverse("coverage:accepted"))


@pytest.mark.parametrize(
    "said", [{}, {"reason": "有", "ends_on": "2020-01-01"}, {"reason": "", "ends_on": "2030-01-01"}]
)
def test_a_wrong_form_says_why_and_writes_nothing(
    city: ModuleType, client: Client, said: dict[str, Any]
) -> None:
    city.vacate("school.safety_staff")
    city.sign_in(client, "county.administrator")

    url = accept_page(city, "school", "SCH_SAFETY_STAFF", "SCH_SAFETY_STAFF")
    answer = client.post(url, said)

    assert answer.status_code == 200
    assert "error-summary" in answer.content.decode()
    assert not AcceptedGap.objects.exists()


def test_what_is_no_gap_cannot_be_accepted(city: ModuleType, client: Client) -> None:
    city.sign_in(client, "county.administrator")

    url = accept_page(city, "school", "SCH_SAFETY_STAFF", "SCH_SAFETY_STAFF")

    assert client.get(url).status_code == 404
    assert client.post(url, {"reason": "有", "ends_on": "2027-01-01"}).status_code == 404


def test_accepting_by_rule_from_the_page(city: ModuleType, client: Client) -> None:
    city.vacate("small.safety_staff")
    city.sign_in(client, "county.administrator")
    said = {
        "unit": code(city, "county"),
        "capacity": "SCH_SAFETY_STAFF",
        "post_type": "",
        "kinds": ["school", "teaching_point"],
        "staff_max": "12",
        "reason": "小规模学校由校长兼管",
        "ends_on": f"{timezone.localdate() + timedelta(days=200)}",
    }

    answer = client.post(reverse("coverage:rule"), said, follow=True)

    assert "小规模学校由校长兼管" in answer.content.decode()
    accepted = AcceptedGap.objects.get()
    assert (accepted.by_rule, accepted.staff_max) == (True, 12)


def test_a_rule_for_another_district_is_not_in_reach(city: ModuleType, client: Client) -> None:
    city.sign_in(client, "county.administrator")
    said = {
        "unit": code(city, "district"),
        "capacity": "SCH_SAFETY_STAFF",
        "kinds": ["school"],
        "reason": "有",
        "ends_on": f"{timezone.localdate()}",
    }

    assert client.post(reverse("coverage:rule"), said).status_code == 404
    assert not AcceptedGap.objects.exists()


def test_only_who_keeps_the_unit_takes_an_acceptance_back(city: ModuleType, client: Client) -> None:
    _spoil(city)
    accepted = AcceptedGap.objects.get()
    url = reverse("coverage:withdraw", args=[accepted.ref])
    city.sign_in(client, "county.administrator")

    assert client.post(url).status_code == 404
    assert client.get(url).status_code == 405
    accepted.refresh_from_db()
    assert accepted.withdrawn_at is None


def test_a_draft_is_looked_at_by_whoever_may_see_it(city: ModuleType, client: Client) -> None:
    draft = start_draft(by=city.person("city.administrator"))
    draft.entries.filter(post=city.post("county.section_moral")).delete()
    city.sign_in(client, "city.administrator")

    assert "heat-now" in body(client, f"{HOME}?table={draft.ref}").split("heat-legend")[0]
    assert "heat-now" not in body(client, HOME).split("heat-legend")[0]
    city.sign_in(client, "county.safety_office")
    assert client.get(f"{HOME}?table={draft.ref}").status_code == 404
    assert client.get(f"{HOME}?table=x").status_code == 404


@pytest.mark.parametrize(
    "url", [HOME, reverse("coverage:gaps"), reverse("coverage:accepted"), GONE[4]]
)
def test_before_the_first_table_it_says_what_to_do(
    city: ModuleType, client: Client, url: str
) -> None:
    ResponsibilityTable.objects.filter(state="published").update(state="superseded")
    city.sign_in(client, "city.administrator")

    page = body(client, url)

    assert "尚未发布责任表" in page
    assert reverse("table:versions") in page


@pytest.mark.parametrize("schools", [1, 6])
def test_more_gaps_cost_no_more_queries(
    city: ModuleType, client: Client, django_assert_max_num_queries: Any, schools: int
) -> None:
    for key in list(city.SCHOOLS)[:schools]:
        if key not in ("point", "closed"):
            city.vacate(f"{key}.safety_staff")
    city.sign_in(client, "city.administrator")
    client.get(HOME)

    with django_assert_max_num_queries(45):
        client.get(reverse("coverage:gaps"))
