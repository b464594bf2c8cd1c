"""Filing: one transaction, one number, one answer per key."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from types import ModuleType
from uuid import uuid4

import pytest
from django.utils import timezone

from incidents.cases import actions
from incidents.cases.actions import report_incident
from incidents.cases.models import (
    DailyNumber,
    FilingKey,
    Incident,
    IncidentSchool,
    Report,
)
from incidents.cases.numbers import SEALED_NUMBERS
from notifications.models import Alert, Obligation, Stream, StreamRow
from safety.errors import Conflict, Refused
from safety.ledger.models import Event
from safety.units.models import Unit

WRITTEN = (
    Incident,
    IncidentSchool,
    Report,
    FilingKey,
    DailyNumber,
    Alert,
    Obligation,
    StreamRow,
    Event,
)


def written() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in WRITTEN} | {
        "heads": sum(Stream.objects.values_list("head", flat=True))
    }


def test_it_writes_the_incident_its_report_and_everything_that_follows(city: ModuleType) -> None:
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1, summary="下水未上来")

    assert incident.grade == "G2"
    assert incident.grade_rule == "g2-drowning"
    assert incident.dead is None, "what was not told is unknown, not zero"
    first = incident.reports.get()
    assert (first.kind, first.number, first.body["missing"]) == (Report.Kind.FIRST, 1, 1)
    alert = Alert.objects.get(subject_ref=str(incident.ref))
    assert alert.grade == "G2"
    assert alert.plan_hash
    assert alert.obligations.filter(kind=Obligation.Kind.ACKNOWLEDGE).count() > 10
    verbs = Event.objects.filter(subject_ref=str(incident.ref)).values_list("verb", flat=True)
    assert "incident.reported" in verbs
    assert StreamRow.objects.filter(alert=alert, stream__kind="person").exists()
    assert StreamRow.objects.filter(alert=alert, stream__kind="board").exists()


def test_e9_a_child_missing_in_the_water_reaches_whom_a_death_reaches(
    city: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "_is_second", lambda *_given: False)
    missing = city.make_incident(hazard="DROWN", people="counted", missing=1)
    dead = city.make_incident(hazard="DROWN", people="counted", dead=1)

    def addressed(incident: Incident) -> set[tuple[str, str, int | None, str]]:
        alert = Alert.objects.get(subject_ref=str(incident.ref))
        rows = alert.obligations.exclude(kind=Obligation.Kind.REPORT_UPWARD)
        return set(rows.values_list("level", "capacity", "post", "owed"))

    assert addressed(missing) == addressed(dead)


def test_the_same_key_again_gives_the_same_incident_and_writes_nothing(city: ModuleType) -> None:
    report, reporter, key = city.first_report(), city.person("school.safety_staff"), str(uuid4())
    first = report_incident(report=report, reporter=reporter, via="web", key=key)
    before = written()

    again = report_incident(report=report, reporter=reporter, via="device", key=key)

    assert again.repeated
    assert again.incident == first.incident
    assert written() == before


def test_the_same_key_for_another_report_is_refused(city: ModuleType) -> None:
    reporter, key = city.person("school.safety_staff"), str(uuid4())
    now = timezone.now()
    report_incident(report=city.first_report(aware_at=now), reporter=reporter, via="web", key=key)
    before = written()

    with pytest.raises(Conflict):
        report_incident(
            report=city.first_report(aware_at=now, people="unknown"),
            reporter=reporter,
            via="web",
            key=key,
        )

    assert written() == before


def test_two_people_may_use_the_same_key(city: ModuleType) -> None:
    key, report = str(uuid4()), city.first_report()
    one = report_incident(
        report=report, reporter=city.person("school.safety_staff"), via="web", key=key
    )
    two = report_incident(
        report=report, reporter=city.person("school.principal"), via="web", key=key
    )

    assert not two.repeated
    assert one.incident != two.incident


def test_a_failure_while_the_alert_is_raised_leaves_nothing(
    city: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = written()

    def break_down(*_given: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("notifications.obligations.raising.append", break_down)
    with pytest.raises(RuntimeError):
        city.make_incident(hazard="DROWN", people="counted", missing=1)

    assert written() == before


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"aware_at": timedelta(hours=1)}, "aware_at"),
        ({"aware_at": timedelta(days=-20_000)}, "aware_at"),
        ({"occurred_at": timedelta(minutes=30)}, "occurred_at"),
        ({"hazard": "UFO"}, "hazard"),
        ({"hazard": "DROWN\x00"}, "hazard"),
        ({"people": "counted", "injured": -1}, "injured"),
        ({"people": "counted", "dead": 100_001}, "dead"),
        ({"people": "counted"}, "people"),
        ({"people": "counted", "dead": 0, "injured": 0}, "people"),
        ({"people": ""}, "people"),
        ({"people": "none", "injured": 1}, "people"),
        ({"people": "unknown", "missing": 2}, "people"),
        ({"people": "counted", "injured": 1, "critical": 2}, "critical"),
        ({"summary": "字" * 201}, "summary"),
        ({"place": "字" * 201}, "place"),
        ({"summary": "a\x00b"}, "summary"),
        ({"place": "half \ud800"}, "place"),
        ({"flags": {"unheard_of": True}}, "flags"),
        ({"school": "closed"}, "school"),
        ({"school": "county"}, "school"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(
    city: ModuleType, over: dict[str, object], field: str
) -> None:
    moments = {k: timezone.now() + v for k, v in over.items() if isinstance(v, timedelta)}
    report = city.first_report(**{**over, **moments})
    before = written()

    with pytest.raises(Refused) as refusal:
        report_incident(
            report=report, reporter=city.person("school.safety_staff"), via="web", key=str(uuid4())
        )

    problems = {problem.field: problem for problem in refusal.value.problems}
    assert field in problems
    assert problems[field].message
    assert problems[field].remedy
    assert written() == before


def test_all_problems_are_told_at_once(city: ModuleType) -> None:
    report = city.first_report(
        hazard="UFO", people="", aware_at=timezone.now() + timedelta(days=1), summary="字" * 500
    )

    with pytest.raises(Refused) as refusal:
        report_incident(
            report=report, reporter=city.person("school.safety_staff"), via="web", key="k" * 8
        )

    assert {p.field for p in refusal.value.problems} >= {"hazard", "people", "aware_at", "summary"}


def test_a_phone_whose_clock_runs_ahead_a_little_may_file(city: ModuleType) -> None:
    incident = city.make_incident(aware_at=timezone.now() + timedelta(seconds=90))

    assert incident.aware_at <= incident.filed_at


def test_a_late_report_is_taken_and_keeps_all_three_times(city: ModuleType) -> None:
    known = timezone.now() - timedelta(hours=5)

    incident = city.make_incident(aware_at=known, occurred_at=known - timedelta(hours=1))

    incident.refresh_from_db()
    assert incident.aware_at == known
    assert incident.occurred_at < incident.aware_at < incident.filed_at


def test_numbers_of_a_day_are_contiguous_and_sealed_ones_count_apart(city: ModuleType) -> None:
    day = datetime(2026, 6, 14, 10, tzinfo=timezone.get_current_timezone())
    numbers = [
        city.make_incident(hazard=hazard, people="unknown", at=day).number
        for hazard in ("INJ", "SEXA", "INJ", "PSY", "INJ")
    ]

    assert numbers[::2] == ["2026-0614-0001", "2026-0614-0002", "2026-0614-0003"]
    assert all(number.startswith("2026-0614-B") for number in numbers[1::2])


def test_a_number_that_was_not_used_is_given_again(
    city: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = city.make_incident()

    def break_down(**_given: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(actions, "raise_alert", break_down)
        with pytest.raises(RuntimeError):
            city.make_incident()
    second = city.make_incident()

    assert int(second.number[-4:]) == int(first.number[-4:]) + 1


def test_the_second_of_a_kind_within_a_year_is_raised(city: ModuleType) -> None:
    first = city.make_incident(hazard="FIRE", people="none")
    second = city.make_incident(hazard="FIRE", people="none")
    elsewhere = city.make_incident(school="boarding", hazard="FIRE", people="none")

    assert (first.grade, first.grade_uplift) == ("G4", [])
    assert (second.grade, second.grade_uplift) == ("G3", ["second_in_12_months"])
    assert elsewhere.grade == "G4"


def test_several_schools_each_have_their_rows(city: ModuleType) -> None:
    incident = city.make_incident(schools=("school", "boarding"), hazard="FOOD", people="unknown")

    levels = Obligation.objects.filter(subject_ref=str(incident.ref), level="school")
    assert set(levels.values_list("unit__code", flat=True)) == {
        city.unit("school").code,
        city.unit("boarding").code,
    }
    assert "several_schools" in incident.grade_uplift


def test_a_teaching_point_is_answered_by_its_central_school(city: ModuleType) -> None:
    incident = city.make_incident(school="point", hazard="INJ", people="counted", injured=1)

    posts = Obligation.objects.filter(subject_ref=str(incident.ref), level="school")
    assert Unit.objects.filter(pk__in=posts.values("post__unit")).get() == city.unit("central")


def test_live_references_are_drawn_by_lot_and_seeded_ones_follow(city) -> None:
    live = city.make_incident(hazard="SEXA", people="none")
    past = timezone.now() - timedelta(days=40)
    seeded = city.make_incident(hazard="SEXA", people="none", at=past)

    drawn, followed = (Alert.objects.get(subject_ref=str(i.ref)) for i in (live, seeded))
    assert (drawn.ref.version, followed.ref.version) == (4, 5)
    for alert in (drawn, followed):
        assert {o.ref.version for o in alert.obligations.all()} == {alert.ref.version}
    lot = Random(seeded.ref.int).randrange(SEALED_NUMBERS)
    assert seeded.number == f"{timezone.localdate(past):%Y-%m%d}-B{lot:05d}"
