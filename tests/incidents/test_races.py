"""Many at once: one incident per key, numbers unique and without a gap, one tap counts."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from types import ModuleType
from typing import TypeVar
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from incidents.cases.actions import report_incident
from incidents.cases.devices import bind, make_device_link
from incidents.cases.models import FilingDevice, Incident, UpwardReport
from incidents.cases.recording import Upward, open_upward, record_measure, record_upward
from notifications.models import Alert, Obligation, Stream, StreamRow
from safety.errors import Hidden
from safety.ledger.models import Event

T = TypeVar("T")


def at_once(jobs: list[Callable[[], T]]) -> list[T]:
    """Run every job in a thread of its own, all starting together; raise what they raise."""
    start = Barrier(len(jobs))

    def run(job: Callable[[], T]) -> T:
        start.wait(timeout=30)
        try:
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result(timeout=120) for future in [pool.submit(run, job) for job in jobs]]


def test_the_same_key_twice_at_once_is_one_incident(city_committed: ModuleType) -> None:
    city = city_committed
    reporter = city.person("school.safety_staff")
    report = city.first_report(hazard="DROWN", people="counted", missing=1)
    key = str(uuid4())

    filed = at_once(
        [
            lambda: report_incident(report=report, reporter=reporter, via="web", key=key)
            for _ in range(4)
        ]
    )

    assert len({one.incident.pk for one in filed}) == 1
    assert sorted(one.repeated for one in filed) == [False, True, True, True]
    assert (Incident.objects.count(), Alert.objects.count()) == (1, 1)
    assert Event.objects.filter(verb="incident.reported").count() == 1


def test_twenty_at_once_get_numbers_without_a_gap(city_committed: ModuleType) -> None:
    city = city_committed
    reporter = city.person("school.safety_staff")
    now = timezone.now() - timedelta(minutes=1)
    reports = [city.first_report(aware_at=now, summary=f"第{n}件") for n in range(20)]

    filed = at_once(
        [
            partial(report_incident, report=report, reporter=reporter, via="api", key=str(uuid4()))
            for report in reports
        ]
    )

    numbers = sorted(int(one.incident.number.rpartition("-")[2]) for one in filed)
    assert numbers == list(range(1, 21))
    for stream in Stream.objects.all():
        seqs = list(stream.rows.order_by("seq").values_list("seq", flat=True))
        assert seqs == list(range(1, stream.head + 1))
    alerts = StreamRow.objects.filter(kind="alert.raised").values("alert").distinct()
    assert alerts.count() == 20


def test_two_taps_at_once_are_one_measure(city_committed: ModuleType) -> None:
    city = city_committed
    incident = city.make_incident()
    by = city.person("school.safety_staff")

    new = at_once([lambda: record_measure(incident=incident, kind="110", by=by) for _ in range(3)])

    assert sorted(new) == [False, False, True]
    assert incident.measures.count() == 1
    assert Event.objects.filter(verb="measure.recorded").count() == 1


def test_two_receivers_told_at_once_discharge_what_names_both(city_committed: ModuleType) -> None:
    city = city_committed
    incident = city.make_incident(hazard="DROWN", people="counted", missing=1)
    unit, by = city.unit("city"), city.person("city.duty_officer")
    (owed,) = open_upward(incident, unit)
    sent = [
        Upward(receiver=name, received_by="", how="phone", sent_at=timezone.now())
        for name in ("市委值班室", "市政府总值班室")
    ]

    at_once(
        [
            partial(record_upward, incident=incident, unit=unit, upward=upward, by=by)
            for upward in sent
        ]
    )

    owed.refresh_from_db()
    assert owed.state == Obligation.State.MET
    assert UpwardReport.objects.count() == 2
    assert Event.objects.filter(verb="obligation.met").count() == 1


def test_a_link_binds_one_phone_whoever_is_faster(city_committed: ModuleType) -> None:
    city = city_committed
    secret = make_device_link(
        school=city.unit("school"),
        reporter=city.person("school.safety_staff"),
        label="",
        made_by=city.person("county.administrator"),
    )

    def tap() -> bool:
        try:
            bind(secret=secret)
        except Hidden:
            return False
        return True

    assert sorted(at_once([tap] * 4)) == [False, False, False, True]
    assert FilingDevice.objects.filter(bound_at__isnull=False).count() == 1
