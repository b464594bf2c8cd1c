"""Restricted alerts in every channel of this room, for every kind of reader.

One secret is planted in each field; a channel may show only what its reader may
know. Sealed: nothing but district and clocks. Guarded: no free text for
those without the right, and no school for those who merely watch.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from incidents.cases.models import IncidentUserObjectPermission
from notifications.live.reading import cursor_of
from safety.ledger.actions import SYSTEM
from safety.posts.models import Holding, Post
from safety.rules.actions import default_content, publish_rules
from safety.units.models import Unit, UnitGroupObjectPermission
from tests.notifications.asking import CITY, COUNTY, alert_of

TEXT = "秘密经过甲乙丙"
PLACE = "秘密地点丁戊己"
SCHOOL = ("丁县第一初级中学", "丁县一中")
# A grade as words, as a class, and in a frame.
GRADES = (
    *("红·立即报", "橙·紧急报", "黄·及时报", "蓝·按时报", "白·登记"),
    *(f"{where}-g{n}" for where in ("grade", "board") for n in range(1, 6)),
    *(f'"grade": "G{n}"' for n in range(1, 6)),
)

# reader: (guarded, sealed); "full", "masked" (school yes, text no), "board" (neither), "hidden"
READERS = {
    "county.safety_office": ("full", "full"),
    "county.safety_deputy": ("full", "full"),
    "county.section_moral": ("full", "full"),
    "school.principal": ("full", "full"),
    "county.duty_officer": ("masked", "board"),
    "county.section_basic": ("masked", "board"),
    "county.deputy_basic": ("masked", "board"),
    "school.safety_staff": ("masked", "board"),
    "city.duty_officer": ("masked", "board"),
    "county.chief": ("board", "board"),
    "county.party_chief": ("board", "board"),
    "city.party_chief": ("board", "board"),
    "district.duty_officer": ("hidden", "hidden"),
    "district.section_moral": ("hidden", "hidden"),
    "boarding.principal": ("hidden", "hidden"),
    "county.section_health": ("hidden", "hidden"),
    "county.administrator": ("hidden", "hidden"),
}


@pytest.fixture
def guarded(city):
    return city.make_incident(hazard="BULLY", summary=TEXT, place_kind="off_campus", place=PLACE)


@pytest.fixture
def sealed(city):
    return make_sealed(city)


def make_sealed(city):
    return city.make_incident(
        hazard="SEXA",
        people="counted",
        injured=1,
        summary=TEXT,
        place_kind="off_campus",
        place=PLACE,
        flags={"staff_involved": True},
    )


def channels(client, alert) -> dict[str, str]:
    """Everything this room shows the signed-in reader, by name; what is not there is missing."""
    places = {
        "mine": "/mine/",
        "alert": f"/alerts/{alert.ref}/",
        "city board": f"/boards/{CITY}/",
        "county board": f"/boards/{COUNTY}/",
        "city row": f"/boards/{CITY}/rows/?alert={alert.ref}",
        "county row": f"/boards/{COUNTY}/rows/?alert={alert.ref}",
        "wall": f"/boards/{COUNTY}/?wall=1",
        "inbox": "/inbox/rows?stream=person&after=0&epoch="
        + str(_epoch("person", client.session["_auth_user_id"])),
        "city stream": f"/inbox/rows?stream=board:{CITY}&after=0&epoch={_epoch('board', CITY)}",
        "county stream": f"/inbox/rows?stream=board:{COUNTY}&after=0&epoch="
        + str(_epoch("board", COUNTY)),
    }
    found = {}
    for name, address in places.items():
        answer = client.get(address)
        if answer.status_code == 200:
            text = answer.content.decode()
            is_json = answer["Content-Type"].startswith("application/json")
            found[name] = (
                json.dumps(json.loads(text), ensure_ascii=False) if is_json else unescape(text)
            )
    return found


def _epoch(kind: str, owner: str) -> object:
    pk = Unit.objects.get(code=owner).pk if kind == "board" else int(owner)
    return cursor_of(kind, pk)["epoch"]


def shows(text: str, *secrets: str) -> bool:
    return any(secret in text for secret in secrets)


@pytest.mark.parametrize("reader", READERS)
def test_what_a_reader_is_told_of_a_guarded_alert(city, client, guarded, reader):
    right = READERS[reader][0]
    city.sign_in(client, reader)

    found = channels(client, alert_of(guarded))

    assert {"mine", "inbox"} <= found.keys()
    assert ("alert" in found) == (right != "hidden")
    for name, text in found.items():
        personal = name in ("mine", "alert") or ("board" in name or "row" in name)
        may_text = right == "full" and personal
        assert may_text or not shows(text, TEXT, PLACE), name
        if name in ("wall", "inbox") or "stream" in name or right in ("board", "hidden"):
            assert not shows(_without_own_name(text, city.person(reader)), *SCHOOL), name
    if right == "full":
        assert shows(found["alert"], TEXT)
    if right in ("full", "masked"):
        assert shows(found["alert"], *SCHOOL)


@pytest.mark.parametrize("reader", READERS)
def test_what_a_reader_is_told_of_a_sealed_alert(city, client, sealed, reader):
    right = READERS[reader][1]
    city.sign_in(client, reader)
    alert = alert_of(sealed)
    words = (TEXT, PLACE, alert.words["hazard_zh"], sealed.number, "失联", "受伤1")

    found = channels(client, alert)

    assert {"mine", "inbox"} <= found.keys()
    assert ("alert" in found) == (right != "hidden")
    for name, text in found.items():
        seen = _without_own_name(text, city.person(reader))
        if right != "full" or name in ("wall", "inbox") or "stream" in name:
            assert not shows(seen, *words), name
            # Whoever works at the school sees the own school's name in the own posts.
            if not reader.startswith("school."):
                assert not shows(seen, *SCHOOL), name
                assert "公安机关" not in seen, name
            assert not shows(seen, *GRADES), name
    if right == "full":
        assert shows(found["alert"], TEXT)
        assert shows(found["alert"], *GRADES)
        assert shows(found["mine"], *GRADES)


def test_the_place_of_a_sealed_alert_on_a_board_does_not_tell_its_grade(city, client):
    mild = city.make_incident(hazard="PSY", people="none")
    raised = city.make_incident(hazard="PSY", people="none")
    city.make_incident(hazard="DROWN", people="counted", missing=1)
    assert mild.grade > raised.grade, "the second within a year"
    assert alert_of(mild).rank == alert_of(raised).rank
    city.sign_in(client, "county.duty_officer")

    page = client.get(f"/boards/{COUNTY}/").content.decode()

    ranks = re.findall(r'data-alert="([^"]+)" data-grade="([^"]+)"', page)
    order = [ref for ref, _rank in ranks if ref in {str(alert_of(i).ref) for i in (mild, raised)}]
    assert order == [str(alert_of(raised).ref), str(alert_of(mild).ref)], "the newest first"
    assert len({rank for ref, rank in ranks if ref in order}) == 1


def _without_own_name(text: str, person) -> str:
    """The cast's names contain the names of their units; one's own name is no secret."""
    return text.replace(person.name, "").replace(person.username, "")


def test_a_sealed_row_names_no_post_that_would_tell_the_category(city, client, sealed):
    """Personnel and moral education together mean one thing only."""
    city.sign_in(client, "city.duty_officer")
    board = channels(client, alert_of(sealed))["city board"].split('<article class="board-row')[1]

    for name in Post.objects.filter(kind__in=("B17", "B20")).values_list("name", flat=True):
        assert name not in board
    assert "受限事件" in board
    assert "丁县" in board


def test_a_right_to_read_that_is_taken_back_ends_the_reading_at_once(city, client, sealed):
    alert = alert_of(sealed)
    city.sign_in(client, "county.safety_office")
    assert shows(client.get(f"/alerts/{alert.ref}/").content.decode(), TEXT)

    UnitGroupObjectPermission.objects.filter(
        group=city.post("county.safety_office").group, permission__codename="view_restricted"
    ).delete()

    assert not shows(client.get(f"/alerts/{alert.ref}/").content.decode(), TEXT, *SCHOOL)
    assert not shows(client.get("/mine/").content.decode(), TEXT, *SCHOOL)


LATER = {
    "B角": lambda city: city.give(
        "county.safety_office", "county.section_basic", kind=Holding.Kind.DEPUTY
    ),
    "successor": lambda city: (
        city.vacate("county.safety_office"),
        city.give("county.safety_office", "county.section_basic", starts_at=timezone.now()),
    ),
    "co-holder": lambda city: city.give(
        "county.safety_office", "county.section_basic", starts_at=timezone.now()
    ),
    "stand-in": lambda city: city.send_away(
        "county.safety_office", delegate="county.section_basic"
    ),
}


@pytest.mark.parametrize("how", LATER)
def test_who_answers_for_the_post_later_does_not_read_a_sealed_case_that_named_others(
    city, client, sealed, how
):
    LATER[how](city)
    _finds_no_word(city, client, sealed, "county.section_basic")


def test_a_deputy_of_a_post_whose_holder_was_told_reads_nothing(city, client):
    city.give("county.safety_office", "county.exams", kind=Holding.Kind.DEPUTY)
    _finds_no_word(city, client, make_sealed(city), "county.exams")


def test_a_stand_in_who_was_told_reads_it_as_long_as_he_stands_in(city, client):
    leave = city.send_away("county.safety_office", delegate="county.section_basic")
    sealed = make_sealed(city)
    city.sign_in(client, "county.section_basic")
    addresses = (f"/alerts/{alert_of(sealed).ref}/", f"/incidents/{sealed.ref}/")

    assert all(shows(client.get(address).content.decode(), TEXT) for address in addresses)
    leave.ends_at = timezone.now()
    leave.save()

    assert not any(shows(client.get(address).content.decode(), TEXT) for address in addresses)


def _finds_no_word(city, client, sealed, reader):
    """Neither of the two rooms, nor any channel, tells ``reader`` what this is about."""
    user = city.sign_in(client, reader)
    alert = alert_of(sealed)
    hazard = alert.words["hazard_zh"]
    assert shows(client.get("/mine/").content.decode(), str(alert.ref))

    for name, text in channels(client, alert).items():
        seen = _without_own_name(text, user)
        assert not shows(seen, TEXT, PLACE, hazard, sealed.number, *SCHOOL), name
    assert client.get(f"/incidents/{sealed.ref}/").status_code == 404


def test_both_rooms_name_the_same_people(city, sealed):
    told = IncidentUserObjectPermission.objects.filter(content_object=sealed)

    assert sorted(told.values_list("user", flat=True)) == alert_of(sealed).named


@pytest.mark.parametrize("reader", ["county.section_moral", "school.principal"])
@pytest.mark.parametrize("kind", ["guarded", "sealed"])
def test_who_lost_the_post_finds_no_word_in_the_old_messages(city, client, request, reader, kind):
    incident = request.getfixturevalue(kind)
    city.vacate(reader)
    user = city.sign_in(client, reader)

    inbox = _without_own_name(channels(client, alert_of(incident))["inbox"], user)

    assert str(alert_of(incident).ref) in inbox
    assert not shows(inbox, TEXT, PLACE, *SCHOOL)


def test_a_board_stream_holds_no_free_text_of_an_open_incident(city, client):
    incident = city.make_incident(
        hazard="DROWN", people="none", summary=TEXT, place_kind="off_campus", place=PLACE
    )
    city.sign_in(client, "county.duty_officer")

    streams = channels(client, alert_of(incident))

    for name in ("county stream", "inbox"):
        assert not shows(streams[name], TEXT, PLACE)
        assert shows(streams[name], "校外")
        assert shows(streams[name], *SCHOOL)
    assert shows(streams["alert"], TEXT)


@pytest.mark.parametrize("reader", ["school.secretary", "county.safety_deputy"])
def test_the_upward_report_of_a_sealed_case_tells_only_the_named_what_it_is_about(
    city, client, reader
):
    """With nobody at the head of the school its duty climbs to people who may not know."""
    city.vacate("school.principal")
    sealed = make_sealed(city)
    owed = alert_of(sealed).obligations.get(kind="report_upward", level="school")
    assert owed.post == city.post("school.secretary")
    city.sign_in(client, reader)

    found = channels(client, alert_of(sealed))

    for name in ("mine", "alert"):
        assert not shows(found[name], "公安机关", "未成年人保护法"), name
    if reader == "school.secretary":
        assert shows(found["mine"], "上报")
        assert f"/incidents/{sealed.ref}/upward/" not in found["mine"]
        assert client.get(f"/incidents/{sealed.ref}/upward/").status_code == 404
    else:
        assert shows(client.get(f"/incidents/{sealed.ref}/").content.decode(), "公安机关")


def test_with_nobody_named_at_the_head_of_the_school_a_named_reader_notes_its_report(city, client):
    city.vacate("school.principal")
    sealed = make_sealed(city)
    school = city.unit("school")
    address = f"/incidents/{sealed.ref}/upward/?unit={school.code}"
    told = {"receiver": "公安机关", "how": "phone", "sent_at": now_typed(), "received_by": "张警官"}
    for stranger in ("school.secretary", "school.safety_staff", "county.duty_officer"):
        city.sign_in(client, stranger)
        assert client.post(address, told).status_code == 404, stranger
    city.sign_in(client, "county.safety_deputy")

    page = client.get(address).content.decode()
    answer = client.post(address, told)

    assert 'value="公安机关"' in page
    assert answer.status_code == 302
    owed = alert_of(sealed).obligations.get(kind="report_upward", level="school")
    assert (owed.state, owed.met_by) == ("met", city.person("county.safety_deputy"))


def test_while_the_head_of_the_school_is_named_nobody_else_notes_its_report(city, client, sealed):
    school = city.unit("school")
    address = f"/incidents/{sealed.ref}/upward/?unit={school.code}"
    city.sign_in(client, "county.safety_deputy")
    assert client.get(address).status_code == 404

    city.sign_in(client, "school.principal")
    assert client.get(address).status_code == 200
    city.vacate("school.principal")
    assert client.get(address).status_code == 404
    city.sign_in(client, "county.safety_deputy")
    assert client.get(address).status_code == 200, "the head left: a named reader does it"


def now_typed() -> str:
    return timezone.localtime().strftime("%Y-%m-%dT%H:%M")


def test_a_new_principal_of_a_sealed_case_owes_the_report_without_its_words(city, client, sealed):
    city.vacate("school.principal")
    city.give("school.principal", "school.secretary", starts_at=timezone.now())
    city.sign_in(client, "school.secretary")

    found = channels(client, alert_of(sealed))

    for name in ("mine", "alert"):
        assert shows(found[name], "上报")
        assert not shows(found[name], "公安机关", "未成年人保护法", TEXT), name


def test_the_duty_room_of_a_sealed_case_is_told_its_own_receivers_only(city, client):
    """A clock of the bureau that names the kind of incident is not for its duty room."""
    content = default_content()
    content["filing"]["upward_clock"].append(
        {
            "level": "district",
            "hazards": ["SEXA"],
            "grades": ["G1", "G2", "G3", "G4", "G5"],
            "minutes": 30,
            "owed_by": "SAFETY_OFFICE",
            "receiver_zh": "县检察院",
            "receiver_en": "County procuratorate",
            "basis": "bureau",
            "document": "示范文件",
            "article": "第三条",
        }
    )
    publish_rules(content=content, note="", actor=SYSTEM)
    sealed = make_sealed(city)
    upward = f"/incidents/{sealed.ref}/upward/"
    city.sign_in(client, "county.duty_officer")

    pages = {**channels(client, alert_of(sealed)), "upward": client.get(upward).content.decode()}

    for name, text in pages.items():
        assert not shows(text, "检察院", "示范文件"), name
    assert shows(pages["upward"], "市教育局值班室")
    assert shows(pages["county board"], "市教育局值班室")
    city.sign_in(client, "county.safety_office")
    assert shows(client.get("/mine/").content.decode(), "县检察院")


def test_a_holding_that_ended_yesterday_shows_nothing_today(city, client, guarded):
    alert = alert_of(guarded)
    city.sign_in(client, "county.section_moral")
    city.vacate("county.section_moral", at=timezone.now() - timedelta(days=1))

    assert client.get(f"/alerts/{alert.ref}/").status_code == 404
    assert str(alert.ref) not in client.get("/mine/").content.decode()
