"""The background worker: one leads, it seals, it outlives trouble, another takes over."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from notifications.delivery import worker as room
from notifications.delivery.selectors import DISPATCHER, dispatcher_beat
from notifications.delivery.worker import Worker, give_up_lead, take_lead
from notifications.models import Beat
from safety.ledger.actions import SYSTEM, Fact, record, seal
from safety.ledger.models import Event
from safety.ledger.selectors import verify
from tests.house import house
from tests.servers import dispatching, wait_until


def write_events(count: int) -> None:
    record(
        actor=SYSTEM,
        facts=[
            Fact(verb="tests.wrote", subject_kind="system", subject_ref=str(n))
            for n in range(count)
        ],
    )


def test_the_first_one_leads_and_the_second_stands_by(db: None) -> None:
    assert take_lead("a")
    assert not take_lead("b")
    assert take_lead("a")

    assert Beat.objects.get(name=DISPATCHER).owner == "a"


def test_the_lead_is_free_when_the_lease_is_over(db: None) -> None:
    take_lead("a")
    Beat.objects.update(until=timezone.now() - timedelta(milliseconds=50))

    assert take_lead("b")
    assert not take_lead("a")


def test_who_ends_in_order_lets_the_next_one_lead_at_once(transactional_db: None) -> None:
    take_lead("a")
    give_up_lead("b")
    assert not take_lead("b")

    give_up_lead("a")
    time.sleep(0.01)

    assert take_lead("b")


def test_the_lease_is_renewed_several_times_before_it_ends() -> None:
    assert room.LEASE.total_seconds() >= 3 * room.TURN_S
    assert room.LEASE.total_seconds() + room.TURN_S <= 5


def test_a_turn_seals_everything_that_waits(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "BATCH", 10)
    write_events(35)

    assert Worker().turn()

    assert not Event.objects.filter(seal=None).exists()
    assert verify().ok


def test_who_stands_by_seals_nothing(db: None) -> None:
    take_lead("somebody else")
    write_events(1)
    waiting = Event.objects.filter(seal=None).count()

    assert not Worker().turn()

    assert Event.objects.filter(seal=None).count() == waiting > 0


def test_a_worker_outlives_a_database_that_is_away_for_a_moment(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "TURN_S", 0.01)
    monkeypatch.setattr(room, "TROUBLE_S", (0.01,))
    failures = iter([OperationalError("gone"), OSError("gone"), None])

    def sometimes(*, limit: int, whole: bool) -> int:
        failure = next(failures, None)
        if failure is not None:
            raise failure
        return seal(limit=limit, whole=whole)

    monkeypatch.setattr(room, "seal", sometimes)
    write_events(1)
    worker = Worker()

    worker.start()
    wait_until(lambda: not Event.objects.filter(seal=None).exists(), within_s=10)
    worker.stop()

    assert dispatcher_beat().owner == worker.owner
    assert take_lead("the next one")


@pytest.mark.parametrize(
    ("age_s", "stale"), [(None, True), (0, False), (29, False), (31, True), (4000, True)]
)
def test_a_beat_grows_stale_after_half_a_minute(db: None, age_s: Any, stale: bool) -> None:
    if age_s is not None:
        at = timezone.now() - timedelta(seconds=age_s)
        Beat.objects.create(name=DISPATCHER, owner="a", at=at, until=at)

    beat = dispatcher_beat()

    assert beat.stale is stale
    assert beat.age_s == (None if age_s is None else pytest.approx(age_s, abs=2))


OWNER = """
from notifications.models import Beat
beat = Beat.objects.filter(name="dispatcher").first()
print(beat.owner if beat else "")
"""

# Kills the leader and measures, in one process, so that starting Python is not part of it.
KILL = """
import os, signal, sys, time
from notifications.models import Beat
pid = Beat.objects.get(name="dispatcher").owner.split(":")[1]
os.kill(int(pid), signal.SIGKILL)
killed = time.monotonic()
while time.monotonic() < killed + 15:
    owner = Beat.objects.get(name="dispatcher").owner.split(":")[1]
    if owner != pid:
        break
    time.sleep(0.02)
print(pid, owner, time.monotonic() - killed)
"""


@pytest.mark.servers
def test_another_process_takes_over_within_five_seconds_of_a_kill(tmp_path: Path) -> None:
    with house(tmp_path) as home, dispatching(home) as first, dispatching(home) as second:
        pids = {str(one.process.pid) for one in (first, second)}
        wait_until(lambda: home.run_python(OWNER).strip(), what="nobody leads")

        killed, leads, took_s = home.run_python(KILL).split()

        assert {killed, leads} == pids
        assert float(took_s) <= 5


@pytest.mark.servers
def test_a_dispatcher_stops_in_order(tmp_path: Path) -> None:
    with house(tmp_path) as home, dispatching(home) as one:
        assert one.stop() == 0
        assert "stopped" in one.said()
