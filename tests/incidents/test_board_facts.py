"""What the board learns of an incident beside its alert."""

from __future__ import annotations

from datetime import timedelta
from types import ModuleType

from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from incidents.cases.board_facts import board_facts
from incidents.cases.recording import Upward, record_measure, record_upward
from notifications.subjects import SubjectFacts, facts_of


def test_measures_checks_and_upward_reports_are_told(city: ModuleType) -> None:
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    officer = city.person("county.duty_officer")
    for kind in ("120", "verified"):
        record_measure(incident=incident, kind=kind, by=officer)
    sent = Upward(
        receiver="市教育局值班室", received_by="赵某", how="phone", sent_at=timezone.now()
    )
    record_upward(incident=incident, unit=city.unit("county"), upward=sent, by=officer)

    facts = facts_of([("incident", str(incident.ref))])[("incident", str(incident.ref))]

    assert facts.reported_at == incident.filed_at
    assert facts.verified_at == incident.measures.get(kind="verified").at
    assert [done.at for done in facts.done] == [incident.measures.get(kind="120").at]
    (told,) = facts.sent
    assert (told.unit, told.receiver, told.received_by) == (
        city.unit("county").pk,
        "市教育局值班室",
        "赵某",
    )
    assert facts.upward_url == f"/incidents/{incident.ref}/upward/"
    assert facts.verify_url == f"/incidents/{incident.ref}/verified/"


def test_in_time_and_late_are_told_apart(city: ModuleType) -> None:
    in_time = city.make_incident(aware_at=timezone.now() - timedelta(minutes=1))
    late = city.make_incident(aware_at=timezone.now() - timedelta(days=3))

    facts = board_facts([str(in_time.ref), str(late.ref)])

    assert facts[str(in_time.ref)].on_time is True
    assert facts[str(late.ref)].on_time is False


def test_of_a_sealed_one_only_what_its_duty_room_sent_up(city: ModuleType) -> None:
    incident = city.make_incident(hazard="PSY", people="none")
    record_measure(incident=incident, kind="120", by=city.person("school.principal"))
    for unit, who in (("school", "school.principal"), ("county", "county.duty_officer")):
        sent = Upward(receiver=unit, received_by="", how="phone", sent_at=timezone.now())
        record_upward(incident=incident, unit=city.unit(unit), upward=sent, by=city.person(who))

    facts = board_facts([str(incident.ref)])[str(incident.ref)]

    assert [told.receiver for told in facts.sent] == ["county"]
    nothing = SubjectFacts(sent=facts.sent, upward_url=facts.upward_url)
    assert facts == nothing


def test_twenty_are_asked_for_as_often_as_one(
    city: ModuleType, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    refs = [str(city.make_incident().ref) for _ in range(20)]

    with django_assert_num_queries(3):
        board_facts(refs)
