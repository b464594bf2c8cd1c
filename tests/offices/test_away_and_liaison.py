"""外出 in one tap, hand-over notes, and the 联络员 who enters with both names."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from notifications.handing.models import HandOver, LiaisonEntry
from notifications.models import Obligation, StreamRow
from notifications.obligations.handing_over import settle
from safety.ledger.actions import SYSTEM
from safety.ledger.models import Event
from safety.posts.absence import name_liaison
from safety.posts.models import Holding, Leave, Liaison
from tests.city import give, make_incident, person, post, sign_in, vacate

LEADER = "county.deputy_basic"
LIAISON = "county.office"


def until(hours: float = 5) -> str:
    return (timezone.localtime() + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def linked(city):
    name_liaison(
        leader=person(LEADER), person=person(LIAISON), starts_at=timezone.now(), actor=SYSTEM
    )


def away_url(name: str) -> str:
    return reverse("offices:away", args=[person(name).pk])


def test_one_tap_sends_a_leader_away_and_another_brings_him_back(city, client):
    sign_in(client, LEADER)
    assert away_url(LEADER) in client.get(reverse("notifications:mine")).content.decode()

    client.post(away_url(LEADER), {"ends_at": until()})

    leave = Leave.objects.get(person=person(LEADER))
    assert leave.delegate is None
    assert "外出至" in client.get(reverse("notifications:mine")).content.decode()
    client.post(reverse("offices:back", args=[leave.pk]))
    leave.refresh_from_db()
    assert leave.ends_at <= timezone.now()
    assert Leave.versions.filter(version_of=leave).count() == 1


def test_an_absence_twice_at_once_is_refused(city, client):
    sign_in(client, LEADER)
    client.post(away_url(LEADER), {"ends_at": until()})

    assert client.post(away_url(LEADER), {"ends_at": until(9)}).status_code == 422
    assert Leave.objects.count() == 1


def test_the_liaison_sends_the_leader_away_and_a_stranger_does_not(linked, client):
    sign_in(client, LIAISON)
    assert client.post(away_url(LEADER), {"ends_at": until()}).status_code == 302
    sign_in(client, "county.section_basic")

    assert client.post(away_url(LEADER), {"ends_at": until()}).status_code == 404


def test_the_liaison_enters_what_was_read_and_the_leader_sees_it(linked, client):
    make_incident(hazard="DROWN", people="counted", missing=1)
    owed = Obligation.objects.open().filter(post=post(LEADER), kind="acknowledge")
    ref = owed.get().ref
    sign_in(client, LIAISON)
    assert str(ref) in client.get(reverse("offices:liaison")).content.decode()

    enter = reverse("offices:enter", args=[person(LEADER).pk])
    client.post(enter, {"ref": [str(ref)], "verb": "", "phone": person(LEADER).phone})

    done = Obligation.objects.get(ref=ref)
    assert (done.state, done.met_how, done.met_by) == ("met", "phone", person(LIAISON))
    assert done.person == person(LEADER)
    sign_in(client, LEADER)
    mine = client.get(reverse("notifications:mine")).content.decode()
    assert person(LIAISON).name in mine
    assert "已替您代录" in mine
    client.post(reverse("offices:seen"))
    assert LiaisonEntry.objects.get().seen_at is not None
    assert "已替您代录" not in client.get(reverse("notifications:mine")).content.decode()
    assert Event.objects.filter(verb="liaison.entries_seen").count() == 1


def test_an_instruction_needs_the_leaders_words(linked, client):
    make_incident(hazard="DROWN", people="counted", missing=1)
    rows = Obligation.objects.open().filter(post=post(LEADER))
    refs = [str(o.ref) for o in rows]
    sign_in(client, LIAISON)
    enter = reverse("offices:enter", args=[person(LEADER).pk])

    assert client.post(enter, {"ref": refs, "verb": "phone_instruction"}).status_code == 422
    assert rows.count() == len(refs)
    client.post(enter, {"ref": refs, "verb": "phone_instruction", "note": "立即组织搜救"})

    assert not rows.exclude(kind="read").exists()


def test_sealed_matters_are_no_business_of_a_liaison(linked, client):
    make_incident(hazard="SEXA", people="none")
    sign_in(client, LIAISON)
    sealed = Obligation.objects.open().filter(alert__privacy="sealed", post=post(LEADER))

    page = client.get(reverse("offices:liaison")).content.decode()

    for obligation in sealed:
        assert str(obligation.ref) not in page
    enter = reverse("offices:enter", args=[person(LEADER).pk])
    for obligation in sealed:
        assert client.post(enter, {"ref": [str(obligation.ref)]}).status_code == 404
    assert sealed.exists()


def test_whoever_is_no_liaison_finds_nothing(linked, client):
    sign_in(client, "county.section_basic")

    assert client.get(reverse("offices:liaison")).status_code == 404
    assert client.post(reverse("offices:enter", args=[person(LEADER).pk])).status_code == 404


def test_a_leader_names_and_ends_a_liaison(city, client):
    sign_in(client, LEADER)
    name = reverse("offices:name_liaison", args=[person(LEADER).pk])

    client.post(name, {"person": str(person(LIAISON).pk)})
    link = Liaison.objects.get()
    assert (link.leader, link.person) == (person(LEADER), person(LIAISON))
    client.post(reverse("offices:end_liaison", args=[link.pk]))

    link.refresh_from_db()
    assert link.ends_at is not None
    sign_in(client, "county.section_basic")
    assert client.post(name, {"person": str(person(LIAISON).pk)}).status_code == 404


def test_both_confirm_a_hand_over_and_nobody_else(city, client):
    make_incident(hazard="DROWN", people="counted", missing=1)
    vacate("county.section_basic")
    give("county.section_basic", "county.exams", starts_at=timezone.now() - timedelta(minutes=1))
    [note] = [n for n in settle() if n.post == post("county.section_basic")]
    url = reverse("offices:note", args=[note.ref])

    for who in ("county.section_basic", "county.exams"):
        sign_in(client, who)
        if who == "county.exams":
            assert url in client.get(reverse("notifications:mine")).content.decode()
        assert client.post(url, {"note": f"{who}确认"}).status_code == 302
        assert client.post(url, {"note": ""}).status_code == 409

    note.refresh_from_db()
    assert note.giver_confirmed_at
    assert note.taker_confirmed_at
    assert note.taker_note == "county.exams确认"
    sign_in(client, "county.section_moral")
    assert client.get(url).status_code == 404
    sign_in(client, "county.administrator")
    assert client.get(url).status_code == 200
    assert client.post(url, {"note": "x"}).status_code == 404


def test_a_note_tells_nothing_of_a_sealed_matter(city, client):
    make_incident(hazard="SEXA", people="none", summary="机密文字一二三")
    vacate("county.section_moral")
    give("county.section_moral", "county.exams", starts_at=timezone.now() - timedelta(minutes=1))
    notes = [n for n in settle() if n.taker == person("county.exams")]
    assert notes
    sign_in(client, "county.exams")

    for note in notes:
        page = client.get(reverse("offices:note", args=[note.ref])).content.decode()
        assert "机密文字" not in page
        assert "侵害" not in page
        assert "丁县一中" not in page.split("<main")[1]


def test_a_persons_page_shows_the_own_posts_only_to_those_who_may(city, client):
    sign_in(client, "county.administrator")
    assert (
        client.get(reverse("offices:person", args=[person("school.doctor").pk])).status_code == 200
    )
    other = reverse("offices:person", args=[person("primary.principal").pk])
    assert client.get(other).status_code == 404
    assert HandOver.objects.count() == 0
    assert Holding.objects.filter(person=person("school.doctor")).count() == 1


def test_the_liaison_gets_a_copy_of_open_alerts_only(linked):
    opened = make_incident(hazard="DROWN", people="counted", missing=1)
    make_incident(hazard="SEXA", people="none")

    copies = StreamRow.objects.filter(kind="alert.copied", stream__owner=person(LIAISON).pk)

    assert [row.alert.subject_ref for row in copies] == [str(opened.ref)]


def test_whoever_manages_people_learns_of_no_sealed_matter(city, client):
    sign_in(client, "county.administrator")
    page = reverse("offices:post", args=[post("county.section_moral").pk])
    before = client.get(page).context["page"]
    make_incident(hazard="SEXA", people="none")
    sealed = Obligation.objects.open().filter(post=post("county.section_moral"))
    assert sealed.filter(alert__privacy="sealed").exists()
    vacate("county.section_moral")
    give("county.section_moral", "county.exams", starts_at=timezone.now() - timedelta(minutes=1))
    [note] = [n for n in settle() if n.taker == person("county.exams")]

    after = client.get(page).context["page"]

    assert (after.open, after.waiting, after.notes) == (before.open, before.waiting, before.notes)
    assert client.get(reverse("offices:note", args=[note.ref])).status_code == 404
    Holding.objects.filter(post__unit__code="520121").update(ends_at=timezone.now())
    give(
        "county.administrator",
        "county.administrator",
        starts_at=timezone.now() - timedelta(hours=1),
    )
    settle()
    assert client.get(reverse("offices:list")).context["waiting"] == 0


def test_a_manager_does_not_make_himself_a_liaison(city, client):
    user = sign_in(client, "county.administrator")
    name = reverse("offices:name_liaison", args=[person(LEADER).pk])

    assert client.post(name, {"person": str(user.pk)}).status_code == 404
    assert not Liaison.objects.exists()


@pytest.mark.parametrize("case", ["left", "leader left", "moved"])
def test_the_link_ends_with_the_common_bureau(linked, client, case):
    """The liaison leaves, the leader leaves, or the liaison serves in a school from now on."""
    vacate(LEADER if case == "leader left" else LIAISON)
    if case == "moved":
        give("school.office", LIAISON)
    make_incident(hazard="DROWN", people="counted", missing=1)
    owed = Obligation.objects.open().filter(kind="acknowledge").earliest("id")
    sign_in(client, LIAISON)

    assert client.get(reverse("offices:liaison")).status_code == 404
    enter = reverse("offices:enter", args=[person(LEADER).pk])
    assert client.post(enter, {"ref": [str(owed.ref)], "verb": ""}).status_code == 404
    assert client.post(away_url(LEADER), {"ends_at": until()}).status_code == 404
    copies = StreamRow.objects.filter(kind="alert.copied", stream__owner=person(LIAISON).pk)
    assert not copies.exists()
