"""What went up: a record that discharges what was owed, in the name of one unit."""

from __future__ import annotations

from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from incidents.cases.models import Incident, UpwardReport
from incidents.cases.recording import Upward, open_upward, record_upward
from notifications.models import Obligation, StreamRow
from notifications.obligations.upward import receivers_of
from safety.errors import Refused
from safety.ledger.models import Event

PARTY, GOVERNMENT = "市委值班室", "市政府总值班室"


def sent(**over: Any) -> dict[str, Any]:
    now = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    return {
        "receiver": PARTY,
        "how": "phone",
        "sent_at": now,
        "received_by": "值班员赵某",
        **over,
    }


def upward(receiver: str, **over: Any) -> Upward:
    values = {"received_by": "", "how": "phone", "sent_at": timezone.now(), **over}
    return Upward(receiver=receiver, **values)


@pytest.fixture
def drowning(city: ModuleType) -> Incident:
    incident: Incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    return incident


def test_the_city_owes_two_receivers_and_is_done_when_both_have_it(
    city: ModuleType, drowning: Incident
) -> None:
    unit, officer = city.unit("city"), city.person("city.duty_officer")
    (owed,) = open_upward(drowning, unit)
    assert receivers_of(owed) == (PARTY, GOVERNMENT)

    record_upward(incident=drowning, unit=unit, upward=upward(PARTY), by=officer)
    owed.refresh_from_db()
    assert owed.is_open

    second = upward(GOVERNMENT, received_by="李某")
    record_upward(incident=drowning, unit=unit, upward=second, by=officer)
    owed.refresh_from_db()
    assert (owed.state, owed.met_how, owed.met_by) == ("met", Obligation.How.RECORDED, officer)
    assert owed.met_at == second.sent_at
    verbs = Event.objects.filter(subject_ref=str(drowning.ref)).values_list("verb", flat=True)
    assert list(verbs).count("incident.reported_upward") == 2
    assert list(verbs).count("obligation.met") == 1
    kinds = StreamRow.objects.filter(alert=owed.alert, stream__kind="board")
    assert kinds.filter(kind="alert.noted").exists()
    assert kinds.filter(kind="alert.answered").exists()


def test_the_district_owes_the_city_and_only_its_own_is_met(
    city: ModuleType, drowning: Incident
) -> None:
    unit = city.unit("county")
    (owed,) = open_upward(drowning, unit)

    record_upward(
        incident=drowning,
        unit=unit,
        upward=upward(receivers_of(owed)[0]),
        by=city.person("county.duty_officer"),
    )

    assert open_upward(drowning, unit) == []
    assert len(open_upward(drowning, city.unit("city"))) == 1


def test_the_same_report_twice_is_one_record(city: ModuleType, drowning: Incident) -> None:
    told = upward(PARTY)
    for _ in range(2):
        record_upward(
            incident=drowning,
            unit=city.unit("city"),
            upward=told,
            by=city.person("city.duty_officer"),
        )

    assert UpwardReport.objects.count() == 1
    assert Event.objects.filter(verb="incident.reported_upward").count() == 1


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"receiver": ""}, "receiver"),
        ({"receiver": "字" * 81}, "receiver"),
        ({"received_by": "字" * 81}, "received_by"),
        ({"how": "pigeon"}, "how"),
        ({"sent_at": timedelta(hours=1)}, "sent_at"),
        ({"sent_at": timedelta(days=-20_000)}, "sent_at"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    city: ModuleType, drowning: Incident, over: dict[str, Any], field: str
) -> None:
    moments = {k: timezone.now() + v for k, v in over.items() if isinstance(v, timedelta)}
    values = {"receiver": PARTY, **over, **moments}
    before = (Event.objects.count(), StreamRow.objects.count())

    with pytest.raises(Refused) as refusal:
        record_upward(
            incident=drowning,
            unit=city.unit("city"),
            upward=upward(values.pop("receiver"), **values),
            by=city.person("city.duty_officer"),
        )

    assert field in [problem.field for problem in refusal.value.problems]
    assert UpwardReport.objects.count() == 0
    assert (Event.objects.count(), StreamRow.objects.count()) == before


def test_the_page_offers_whom_it_is_still_owed(
    city: ModuleType, client: Client, drowning: Incident
) -> None:
    city.sign_in(client, "city.duty_officer")
    address = f"/incidents/{drowning.ref}/upward/"

    before = client.get(address).content.decode()
    response = client.post(address, sent(), follow=True)

    page = response.content.decode()
    assert f'value="{PARTY}"' in before
    assert f'value="{GOVERNMENT}"' in before
    assert f'value="{PARTY}"' not in page
    assert "值班员赵某" in page
    report = UpwardReport.objects.get()
    assert (report.unit, report.recorded_by) == (
        city.unit("city"),
        city.person("city.duty_officer"),
    )


def test_another_receiver_may_be_typed(
    city: ModuleType, client: Client, drowning: Incident
) -> None:
    city.sign_in(client, "city.duty_officer")

    client.post(
        f"/incidents/{drowning.ref}/upward/", sent(receiver="", other_receiver="省教育厅值班室")
    )

    assert UpwardReport.objects.get().receiver == "省教育厅值班室"


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"receiver": "", "other_receiver": ""}, "receiver"),
        ({"receiver": "陌生单位"}, "receiver"),
        ({"how": "pigeon"}, "how"),
        ({"sent_at": ""}, "sent_at"),
        ({"sent_at": "2099-01-01T00:00"}, "sent_at"),
        ({"received_by": "字" * 81}, "received_by"),
    ],
)
def test_the_page_says_what_is_wrong_and_keeps_the_words(
    city: ModuleType, client: Client, drowning: Incident, over: dict[str, str], field: str
) -> None:
    city.sign_in(client, "city.duty_officer")

    response = client.post(f"/incidents/{drowning.ref}/upward/", sent(**over))

    page = response.content.decode()
    assert response.status_code == 422
    assert f'href="#id_{field}"' in page
    assert UpwardReport.objects.count() == 0


@pytest.mark.parametrize(
    "who",
    [
        "district.duty_officer",
        "boarding.safety_staff",
        "county.chief",
        "county.section_basic",
        "county.administrator",
        "city.supervision",
    ],
)
def test_strangers_find_nothing(
    city: ModuleType, client: Client, drowning: Incident, who: str
) -> None:
    city.sign_in(client, who)

    assert client.get(f"/incidents/{drowning.ref}/upward/").status_code == 404
    assert client.post(f"/incidents/{drowning.ref}/upward/", sent()).status_code == 404
    assert UpwardReport.objects.count() == 0


def test_nobody_writes_in_the_name_of_another_unit(
    city: ModuleType, client: Client, drowning: Incident
) -> None:
    city.sign_in(client, "county.duty_officer")
    address = f"/incidents/{drowning.ref}/upward/?unit={city.unit('city').code}"

    assert client.post(address, sent()).status_code == 404
    assert UpwardReport.objects.count() == 0


def test_the_school_notes_what_the_school_owes(city: ModuleType, client: Client) -> None:
    incident = city.make_incident(hazard="FOOD", people="counted", injured=12)
    school = city.unit("school")
    (owed,) = open_upward(incident, school)
    assert owed.basis == Obligation.Basis.STATUTORY
    city.sign_in(client, "school.safety_staff")

    client.post(
        f"/incidents/{incident.ref}/upward/", sent(receiver=receivers_of(owed)[0], how="phone")
    )

    owed.refresh_from_db()
    assert owed.state == "met"
    assert UpwardReport.objects.get().unit == school


def test_of_a_sealed_case_the_duty_room_notes_the_report_and_sees_no_word(
    city: ModuleType, client: Client
) -> None:
    incident = city.make_incident(
        hazard="SEXA", people="unknown", flags={"staff_involved": True}, summary="某教师"
    )
    city.sign_in(client, "county.duty_officer")
    address = f"/incidents/{incident.ref}/upward/"

    page = client.get(address).content.decode()
    receiver = receivers_of(open_upward(incident, city.unit("county"))[0])[0]
    response = client.post(address, sent(receiver=receiver))

    assert response.status_code == 302
    assert UpwardReport.objects.get().receiver == receiver
    for word in (
        "某教师",
        "侵害",
        "SEXA",
        "丁县第一初级中学",
        "丁县一中",
        f'/incidents/{incident.ref}/"',
    ):
        assert word not in page
    assert not StreamRow.objects.filter(kind="alert.noted").exists()


@pytest.mark.parametrize("who", ["county.duty_officer", "city.duty_officer"])
def test_the_page_says_at_its_top_what_it_is_about(
    city: ModuleType, client: Client, who: str
) -> None:
    incident = city.make_incident(
        hazard="DROWN",
        people="counted",
        missing=1,
        summary="一名学生下水未上岸",
        place_kind="off_campus",
        place="大坝水库",
    )
    city.sign_in(client, who)

    top = (
        client.get(f"/incidents/{incident.ref}/upward/")
        .content.decode()
        .partition("<h1")[2]
        .partition("<form")[0]
    )

    for word in (
        "溺水",
        "失联1人",
        "丁县第一初级中学",
        "大坝水库",
        "一名学生下水未上岸",
        "grade-g2",
    ):
        assert word in top, word


def test_of_a_guarded_case_it_says_no_free_text(city: ModuleType, client: Client) -> None:
    incident = city.make_incident(
        hazard="BULLY",
        people="counted",
        injured=2,
        flags={"serious": True},
        summary="某学生被打",
        place_kind="on_campus",
        place="三楼厕所",
    )
    for who, reads in (("county.duty_officer", False), ("county.safety_office", True)):
        city.sign_in(client, who)
        page = client.get(f"/incidents/{incident.ref}/upward/").content.decode()

        assert "丁县第一初级中学" in page
        assert ("某学生被打" in page) == ("三楼厕所" in page) == reads, who


def test_of_a_sealed_case_it_says_district_and_nothing_else(
    city: ModuleType, client: Client
) -> None:
    incident = city.make_incident(hazard="PSY", people="counted", injured=1, summary="某学生")
    for who, reads in (("county.duty_officer", False), ("county.safety_office", True)):
        city.sign_in(client, who)
        page = client.get(f"/incidents/{incident.ref}/upward/").content.decode()

        assert "丁县" in page
        assert "受限事件" in page or reads
        for word in ("某学生", "受伤1人", "丁县第一初级中学", "grade-g"):
            assert (word in page) == reads, (who, word)


def test_a_school_that_owes_nothing_upward_is_not_offered_the_page(
    city: ModuleType, client: Client, drowning: Incident
) -> None:
    city.sign_in(client, "school.safety_staff")
    address = f"/incidents/{drowning.ref}/upward/"

    assert f'href="{address}"' not in client.get(f"/incidents/{drowning.ref}/").content.decode()
    assert client.get(address).status_code == 404
    assert client.post(address, sent()).status_code == 404
    assert not UpwardReport.objects.exists()


def test_what_a_teaching_point_owes_its_central_school_notes(
    city: ModuleType, client: Client
) -> None:
    incident = city.make_incident(
        school="point", hazard="FOOD", people="counted", injured=12, reporter="central.safety_staff"
    )
    (owed,) = Obligation.objects.filter(
        kind="report_upward", subject_ref=str(incident.ref), level="school"
    )
    city.sign_in(client, "central.safety_staff")

    page = client.get(f"/incidents/{incident.ref}/upward/").content.decode()
    client.post(f"/incidents/{incident.ref}/upward/", sent(receiver=receivers_of(owed)[0]))

    owed.refresh_from_db()
    assert f'value="{receivers_of(owed)[0]}"' in page
    assert owed.state == "met"
