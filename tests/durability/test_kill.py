"""D1, D2, D5, D7: kill a real server between a report and its answer, fifty times."""

from __future__ import annotations

import json
import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPException
from typing import Any

import pytest
from django.utils import timezone

from tests.house import House, file_incident, house
from tests.servers import ROOT, answers, free_port, wait_until

KILLS = 50
CLIENTS = 2
SEED = 20261125
REPORTER = "school.safety_staff"
SCHOOL = "5201210001"
# A drowning alerts everybody, an injury the school, a sealed case counts in a series of its own.
KINDS = (
    {"hazard": "DROWN", "people": "counted", "missing": 1, "place_kind": "off_campus"},
    {"hazard": "INJ", "people": "counted", "injured": 1},
    {"hazard": "FIRE", "people": "unknown"},
    {"hazard": "SEXA", "people": "counted", "injured": 1},
)
Answer = tuple[int, Any, bool]


class Nursery:
    """Starts servers of one house quickly and kills them without warning."""

    def __init__(self, home: House) -> None:
        self.home = home
        self.log = (home.var / "kill.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.durability.nursery"],
            cwd=ROOT,
            env=home.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        self.child = 0

    def start(self) -> int:
        port = free_port()
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{port}\n")
        self.process.stdin.flush()
        self.child = int(self.process.stdout.readline())
        wait_until(lambda: answers(port), what="the server does not listen")
        return port

    def kill(self, port: int) -> None:
        os.kill(self.child, signal.SIGKILL)
        self.child = 0
        wait_until(lambda: not answers(port), what="the killed server still listens")

    def close(self) -> None:
        if self.child:
            os.kill(self.child, signal.SIGKILL)
        self.process.kill()
        self.process.communicate()
        self.log.close()


@pytest.fixture
def home(tmp_path) -> Iterator[House]:
    with house(tmp_path) as made:
        yield made


@pytest.fixture
def nursery(home) -> Iterator[Nursery]:
    made = Nursery(home)
    yield made
    made.close()


def reports(round_: int) -> dict[str, dict[str, Any]]:
    """The reports of one round, by key."""
    aware_at = timezone.now().isoformat()
    return {
        f"kill-{round_:02d}-{client}": {
            "school": SCHOOL,
            "aware_at": aware_at,
            **KINDS[(round_ + client) % len(KINDS)],
        }
        for client in range(CLIENTS)
    }


def send(
    port: int,
    token: str,
    wanted: dict[str, dict[str, Any]],
    meanwhile: Callable[[], None],
    *,
    lost: str = "",
) -> dict[str, Answer]:
    """File all at once from a thread each, while ``meanwhile`` runs; what was answered, by key.

    The answer to the key ``lost`` gets lost on its way, as on a bad line.
    """
    answered: dict[str, Answer] = {}
    together = threading.Barrier(len(wanted) + 1)

    def client(key: str, body: dict[str, Any]) -> None:
        together.wait()
        try:
            answer = file_incident(port, token, key, body)
            if key != lost:
                answered[key] = answer
        except (OSError, HTTPException, ValueError):
            return  # killed before the answer was whole: nobody may count on it

    threads = [threading.Thread(target=client, args=pair) for pair in wanted.items()]
    for thread in threads:
        thread.start()
    together.wait()
    meanwhile()
    for thread in threads:
        thread.join(timeout=30)
    return answered


def usual_wait_s(port: int, token: str, kept: dict[str, str]) -> float:
    """How long an answer takes here, so that kills fall before, into and after the commit."""
    took = []
    for number in range(5):
        began = time.monotonic()
        answered = send(port, token, reports(90 + number), lambda: None)
        took.append(time.monotonic() - began)
        kept |= {key: answer[1]["ref"] for key, answer in answered.items()}
    return statistics.median(took)


@pytest.mark.servers
def test_killing_the_server_loses_nothing_and_doubles_nothing(home, nursery):
    token, chance = home.tokens[REPORTER], random.Random(SEED)
    kept: dict[str, str] = {}
    unanswered = finished_unseen = 0
    port = nursery.start()
    wait_s = usual_wait_s(port, token, kept)
    for round_ in range(KILLS):
        wanted, victim = reports(round_), port

        def strike(victim: int = victim) -> None:
            time.sleep(chance.triangular(0, 1.6 * wait_s, wait_s))
            nursery.kill(victim)

        answered = send(port, token, wanted, strike, lost=f"kill-{round_:02d}-1")
        assert {answer[0] for answer in answered.values()} <= {201}, answered

        port = nursery.start()
        again = {key: file_incident(port, token, key, body) for key, body in wanted.items()}

        assert {key: answer[0] for key, answer in again.items()} == dict.fromkeys(wanted, 201)
        for key, (_status, receipt, repeated) in again.items():
            if key in answered:
                assert (receipt, repeated) == (answered[key][1], True)
            else:
                unanswered += 1
                finished_unseen += repeated
            kept[key] = receipt["ref"]
    nursery.kill(port)

    assert proof(home, kept) == []
    # The kills must have fallen where they could hurt, or nothing was proved.
    assert 0 < finished_unseen < unanswered < KILLS * CLIENTS
    print(f"{KILLS} kills: {unanswered} unanswered, {finished_unseen} of them committed")  # noqa: T201


def proof(home: House, kept: dict[str, str]) -> list[str]:
    said = home.run_python(
        "import json\nfrom tests.durability.proof import violations\n"
        f"print(json.dumps(list(violations({kept!r}))))"
    )
    found: list[str] = json.loads(said.splitlines()[-1])
    return found
