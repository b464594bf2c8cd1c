"""A sealed case leaves no trace for those without the right, in any channel of this room."""

from __future__ import annotations

import json
import re
from types import ModuleType

import pytest
from django.test import Client

from incidents.cases.board_facts import board_facts
from incidents.cases.models import Incident, IncidentUserObjectPermission
from notifications.models import Alert, StreamRow
from safety.ledger.actions import SYSTEM
from safety.ledger.models import Event
from safety.people.actions import create_token
from safety.posts.models import Holding

# What must never reach a stranger: kind, criterion, free text, place, caller.
SECRETS = (
    "SEXA",
    "侵害",
    "assault",
    "某教师",
    "宿舍三楼",
    "李四来电",
    "staff_involved",
    "g2-staff",
)
CASTS = {
    "named": ["school.principal", "county.safety_office", "county.safety_deputy"],
    "addressed, not named": ["county.duty_officer", "city.duty_officer", "county.chief"],
    "reporter": ["school.safety_staff"],
    "sees others here": ["city.supervision", "school.secretary"],
    "strangers": ["boarding.principal", "district.duty_officer", "district.safety_office"],
    "nobody's business": ["county.administrator", "county.exams", "primary.principal"],
}
BLIND = [(group, who) for group, cast in CASTS.items() if group != "named" for who in cast]


@pytest.fixture
def sealed(city: ModuleType) -> Incident:
    incident: Incident = city.make_incident(
        hazard="SEXA",
        people="unknown",
        flags={"staff_involved": True},
        summary="某教师",
        place_kind="on_campus",
        place="宿舍三楼",
        caller="李四来电",
        reporter="school.safety_staff",
    )
    return incident


def test_the_named_read_it(city: ModuleType, sealed: Incident, client: Client) -> None:
    named = IncidentUserObjectPermission.objects.values_list("user__username", flat=True)
    assert set(CASTS["named"]) <= set(named)
    for who in CASTS["named"]:
        city.sign_in(client, who)
        page = client.get(f"/incidents/{sealed.ref}/")
        assert page.status_code == 200
        assert "某教师" in page.content.decode()
        assert sealed.number in client.get("/incidents/").content.decode()


@pytest.mark.parametrize(("group", "who"), BLIND)
def test_nobody_else_finds_a_trace(
    city: ModuleType, sealed: Incident, client: Client, group: str, who: str
) -> None:
    city.sign_in(client, who)
    paths = [
        "/incidents/",
        "/incidents/?hazard=SEXA",
        "/incidents/?grade=G2",
        f"/incidents/?q={sealed.number}",
        "/incidents/?q=丁县第一初级中学",
        "/incidents/?q=某教师",
    ]

    for path in paths:
        page = client.get(path).content.decode()
        rows = page.partition("<main")[2].partition("</form>")[2]
        assert str(sealed.ref) not in page
        assert sealed.number not in rows
        assert 'class="empty"' in rows, "not even a count"
    assert client.get(f"/incidents/{sealed.ref}/").status_code == 404
    for action in ("measures", "verified"):
        answer = client.post(f"/incidents/{sealed.ref}/{action}/", {"kind": "110"})
        assert answer.status_code == 404
    token = create_token(user=city.person(who), label="t", actor=SYSTEM)
    receipt = client.get(
        f"/api/v1/incidents/{sealed.ref}/receipt", headers={"Authorization": f"Bearer {token}"}
    )
    assert receipt.status_code == (200 if group == "reporter" else 404)
    own = client.get(f"/report/{sealed.ref}/")
    assert own.status_code == (200 if group == "reporter" else 404)
    shown = receipt.content.decode() + own.content.decode()
    assert not [secret for secret in SECRETS if secret in shown]


def test_a_reader_whose_right_ended_reads_no_more(
    city: ModuleType, sealed: Incident, client: Client
) -> None:
    city.sign_in(client, "county.safety_office")
    assert client.get(f"/incidents/{sealed.ref}/").status_code == 200

    city.vacate("county.safety_office")

    assert client.get(f"/incidents/{sealed.ref}/").status_code == 404


@pytest.mark.parametrize("how", ["successor", "deputy", "stand-in"])
def test_who_answers_for_the_post_later_is_not_named_on_old_cases(
    city: ModuleType, sealed: Incident, client: Client, how: str
) -> None:
    if how == "stand-in":
        city.send_away("county.safety_office", delegate="county.exams")
    else:
        kind = Holding.Kind.DEPUTY if how == "deputy" else Holding.Kind.PRINCIPAL
        city.give("county.safety_office", "county.exams", kind=kind)
    city.sign_in(client, "county.exams")

    assert client.get(f"/incidents/{sealed.ref}/").status_code == 404


def test_a_co_holder_who_was_told_is_named_too(city: ModuleType, client: Client) -> None:
    city.give("county.safety_office", "county.exams")
    incident = city.make_incident(hazard="SEXA", people="unknown", summary="某教师")
    city.sign_in(client, "county.exams")

    for address in (f"/incidents/{incident.ref}/", f"/alerts/{alert_ref(incident)}/"):
        assert "某教师" in client.get(address).content.decode()


def alert_ref(incident: Incident) -> object:
    return Alert.objects.get(subject_ref=str(incident.ref)).ref


def test_neither_ledger_nor_board_nor_inbox_holds_a_word_of_it(
    city: ModuleType, sealed: Incident
) -> None:
    alert = Alert.objects.get(subject_ref=str(sealed.ref))
    ledger = list(Event.objects.values_list("body", flat=True))
    boards = list(StreamRow.objects.filter(stream__kind="board").values_list("payload", flat=True))
    facts = [repr(fact) for fact in board_facts([str(sealed.ref)]).values()]

    for said in (ledger, boards, alert.masked_words, facts):
        text = json.dumps(said, ensure_ascii=False)
        assert not [secret for secret in SECRETS if secret in text]
    assert boards
    inboxes = list(
        StreamRow.objects.filter(stream__kind="person").values_list("payload", flat=True)
    )
    text = json.dumps(inboxes, ensure_ascii=False)
    assert not [secret for secret in (*SECRETS, "丁县第一初级中学") if secret in text]


def test_its_number_betrays_nothing_in_the_open_series(city: ModuleType) -> None:
    before = city.make_incident()
    city.make_incident(hazard="PSY", people="none")
    after = city.make_incident()

    assert int(after.number[-4:]) == int(before.number[-4:]) + 1


def test_its_number_does_not_count_the_sealed_cases_of_the_day(city: ModuleType) -> None:
    numbers = [city.make_incident(hazard="PSY", people="none").number for _ in range(6)]

    assert all(re.fullmatch(r"\d{4}-\d{4}-B\d{5}", number) for number in numbers)
    last = [int(number[-5:]) for number in numbers]
    assert len(set(last)) == len(last)
    assert last != sorted(last) or last[-1] - last[0] > len(last)


def test_a_second_sealed_case_does_not_say_that_there_was_a_first(
    city: ModuleType, client: Client
) -> None:
    city.make_incident(hazard="PSY", people="none")
    second = city.make_incident(hazard="PSY", people="none")
    assert "second_in_12_months" in second.grade_uplift, "it is raised all the same"
    city.sign_in(client, "school.principal")

    page = client.get(f"/incidents/{second.ref}/").content.decode()

    assert second.number in page
    assert "12个月" not in page


def test_the_receipt_for_a_program_tells_no_grade_of_a_sealed_case(
    city: ModuleType, client: Client
) -> None:
    answers = {}
    for who in ("school.safety_staff", "school.principal"):
        incident = city.make_incident(hazard="PSY", people="none", reporter=who)
        token = create_token(user=city.person(who), label="t", actor=SYSTEM)
        answers[who] = client.get(
            f"/api/v1/incidents/{incident.ref}/receipt",
            headers={"Authorization": f"Bearer {token}"},
        ).json()

    told = ("grade", "provisional", "due_at")
    assert [answers["school.safety_staff"][name] for name in told] == [None, None, None]
    assert answers["school.principal"]["grade"] is not None


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        ("school.principal", True),
        ("county.safety_office", True),
        ("county.section_moral", True),
        ("school.safety_staff", False),
        ("county.duty_officer", False),
        ("county.chief", False),
    ],
)
def test_the_text_of_a_guarded_case_is_for_named_readers(
    city: ModuleType, client: Client, who: str, reads: bool
) -> None:
    incident = city.make_incident(
        hazard="BULLY",
        people="counted",
        injured=1,
        flags={"serious": True},
        summary="某学生被打",
        place="三楼厕所",
        caller_phone="19912345678",
    )
    city.sign_in(client, who)

    page = client.get(f"/incidents/{incident.ref}/").content.decode()

    assert incident.number in page
    for words in ("某学生被打", "三楼厕所", "19912345678"):
        assert (words in page) == reads


def test_search_does_not_find_by_text_that_may_not_be_read(
    city: ModuleType, client: Client
) -> None:
    city.make_incident(hazard="BULLY", people="none", summary="某学生被打")
    for who in ("school.safety_staff", "school.principal"):
        city.sign_in(client, who)
        page = client.get("/incidents/?q=某学生被打").content.decode()
        assert 'class="empty"' in page
