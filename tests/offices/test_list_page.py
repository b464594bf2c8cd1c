"""Who holds which post: every reader sees the own units, nothing beyond, and what is vacant."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.city import post, send_away, sign_in, vacate

LIST = "/offices/"


def test_a_district_sees_its_own_posts_only(city, client):
    sign_in(client, "county.administrator")

    page = client.get(LIST, {"q": "校长"}).content.decode()

    assert "丁县一中" in page
    assert "甲区" not in page
    assert (
        client.get(reverse("offices:post", args=[post("primary.principal").pk])).status_code == 404
    )


def test_vacant_posts_are_found(city, client):
    vacate("school.principal")
    sign_in(client, "county.administrator")

    page = client.get(LIST, {"vacant": "1"}).content.decode()

    assert reverse("offices:post", args=[post("school.principal").pk]) in page
    assert reverse("offices:post", args=[post("boarding.principal").pk]) not in page


def test_who_is_away_is_shown_with_the_stand_in(city, client):
    send_away("school.principal", delegate="school.safety_deputy")
    sign_in(client, "county.administrator")

    page = client.get(reverse("offices:post", args=[post("school.principal").pk])).content.decode()

    assert "外出至" in page
    assert "代丁县一中" in page


def test_a_principal_reads_the_own_school_and_no_other(city, client):
    sign_in(client, "school.principal")

    assert client.get(reverse("offices:post", args=[post("school.doctor").pk])).status_code == 200
    assert (
        client.get(reverse("offices:post", args=[post("boarding.principal").pk])).status_code == 404
    )


@pytest.mark.parametrize("who", ["school.class_teacher", "county.section_basic"])
def test_whoever_neither_leads_nor_manages_finds_nothing(city, client, who):
    sign_in(client, who)

    assert client.get(LIST).status_code == 404
    assert (
        client.get(reverse("offices:post", args=[post("school.principal").pk])).status_code == 404
    )


def test_the_list_asks_few_questions_whatever_its_length(
    city, client, django_assert_max_num_queries
):
    sign_in(client, "city.administrator")

    with django_assert_max_num_queries(25):
        client.get(LIST)
