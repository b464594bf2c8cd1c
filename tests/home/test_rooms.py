"""The rooms of whoever keeps the system open by right, and to nobody else."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from safety.posts.roles import GRANTS
from safety.units.models import UnitGroupObjectPermission


def test_an_administrator_sees_one_tile_for_each_room(city, client):
    city.sign_in(client, "county.administrator")

    page = client.get(reverse("home:rooms"), follow=True)

    assert page.status_code == 200
    assert f'href="{reverse("home:people")}"' in page.content.decode()


@pytest.mark.parametrize("who", ["county.duty_officer", "city.chief"])
def test_whoever_watches_the_board_finds_the_way_to_what_would_happen(city, client, who):
    city.sign_in(client, who)
    there = reverse("what_if:suppose")

    assert f'href="{there}"' in client.get(reverse("notifications:mine")).content.decode()
    assert client.get(reverse("home:rooms"))["Location"] == there
    assert client.get(there).status_code == 200


@pytest.mark.parametrize("who", ["school.safety_staff", "county.section_basic"])
def test_whoever_keeps_nothing_finds_nothing_there(city, client, who):
    city.sign_in(client, who)

    assert client.get(reverse("home:rooms")).status_code == 404
    assert reverse("home:rooms") not in client.get(reverse("notifications:mine")).content.decode()


def test_an_older_installation_gets_the_rights_that_a_new_one_has(city):
    new = {"manage_table", "manage_roster", "test_chain", "manage_rules"}
    grants = UnitGroupObjectPermission.objects
    before = set(grants.values_list("group", "content_object", "permission__codename"))
    grants.filter(permission__codename__in=new).delete()

    widen = import_module("safety.posts.migrations.0005_keep_rights").widen
    widen(apps, None)

    after = set(grants.values_list("group", "content_object", "permission__codename"))
    assert after == before
    assert new <= set(GRANTS["ADMINISTRATOR"])
