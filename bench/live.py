"""From a report to every open page: our hub, textbook ``group_send`` and nchan, in one run.

Two questions. How long from the commit of a row until each of 500 and 1,000 sockets has it
(peer: nchan, nginx in C, from the call that publishes: it keeps nothing)? How long from POST
to the last of 500 sockets, real filing included (peer: the same filing with ``group_send``)?
And: a thousand browsers that are 300 alerts behind come back at once.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench.figures import percentile, say, tell
from tests.house import House, file_incident, house
from tests.servers import (
    ROOT,
    Clerk,
    answers,
    clerk,
    free_port,
    private_postgres,
    private_redis,
    serving,
    wait_until,
)

OFFICER, BOARD, SCHOOL = "county.duty_officer", "520121", "5201210001"
SESSIONS = 50
BEHIND = 300
PAUSE_S = 0.25
TOKEN = '"kind":"alert.raised"'
PAYLOAD = {"alert": str(uuid4()), "grade": "G2", "status": "actual", "words": {"where": "x" * 170}}

PREPARE = f"""
import json
from django.db import transaction
from notifications.delivery.streams import NewRow, append
from notifications.live.outpost import Outpost
from notifications.live.reading import cursor_of
from tests import city
from tests.live.browsers import sign_in
import builtins, time
from notifications.live import doorbell
builtins.rings = []
doorbell.on_ring(lambda _streams: rings.append(time.monotonic_ns()))
unit = city.unit("county").pk
builtins.row = NewRow(stream="board", owner=unit, kind="alert.raised", payload={PAYLOAD!r})
builtins.outpost = Outpost()
outpost.start()
print(json.dumps([unit, [sign_in(city.person({OFFICER!r})) for _ in range({SESSIONS})]]))
"""
PUBLISH = """
from django.db import transaction
from notifications.delivery.streams import append
with transaction.atomic():
    append([row])
print(rings[-1])
"""
PLACE = """
import json
from notifications.live.reading import cursor_of
print(json.dumps(cursor_of("board", row.owner)))
"""


class CrowdProcess:
    """The crowd, given orders."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench._crowd"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def order(self, do: str, **more: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"do": do, **more}) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def open(self, **more: Any) -> float:
        """Open sockets; how long it took in ms. Fails when one of them does not come up."""
        answer = self.order("open", within_s=60, **more)
        if answer["ready"] != more["count"]:
            raise RuntimeError(f"only {answer['ready']} of {more['count']}: {answer['errors']}")
        return float(answer["took_ms"])

    def end(self) -> None:
        self.process.communicate()


@dataclass(kw_only=True)
class Spread:
    """How long after its beginning a message was where, in ms."""

    every: list[float]
    last: list[float]

    @classmethod
    def of(cls, began: Sequence[int], moments: Sequence[Sequence[int]], sockets: int) -> Spread:
        short = [len(times) for times in moments if len(times) != sockets]
        if short:
            raise RuntimeError(f"messages that did not reach all {sockets} sockets: {short}")
        return cls(
            every=[(t - b) / 1e6 for b, times in zip(began, moments, strict=True) for t in times],
            last=[(times[-1] - b) / 1e6 for b, times in zip(began, moments, strict=True)],
        )


@dataclass(kw_only=True)
class Bench:
    home: House
    desk: Clerk
    crowd: CrowdProcess
    board: int
    sessions: list[str]
    rounds: int

    def place(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.desk.run(PLACE))
        return found

    def join_board(self, port: int, count: int, place: Any, *, until: int = 0) -> float:
        hello = json.dumps({"type": "hello", "streams": {"boards": {BOARD: place}}})
        return self.crowd.open(
            count=count,
            port=port,
            path="/ws/inbox/",
            token=TOKEN,
            cookies=self.sessions,
            hello=hello,
            until=until,
        )

    def measure(self, publish: Any, sockets: int, *, warm: int = 3) -> Spread:
        """Publish at intervals; the first few only warm things up."""
        time.sleep(1.5)
        began = []
        for _ in range(self.rounds + warm):
            began.append(publish())
            time.sleep(PAUSE_S)
        answer = self.crowd.order("arrived", count=len(began), within_s=20)
        self.crowd.order("close")
        return Spread.of(began[warm:], answer["moments"][warm:], sockets)

    def file(self, port: int) -> int:
        """POST a real first report; when it began."""
        body = {
            "school": SCHOOL,
            "hazard": "DROWN",
            "people": "counted",
            "missing": 1,
            "place_kind": "off_campus",
            "aware_at": datetime.now(UTC).isoformat(),
        }
        token = self.home.tokens["school.safety_staff"]
        began = time.monotonic_ns()
        status, said, _repeated = file_incident(port, token, str(uuid4()), body)
        if status != 201:
            raise RuntimeError(f"filing answered {status}: {said}")
        return began


# The three ways


def hub_published(bench: Bench, port: int, sockets: int) -> Spread:
    bench.join_board(port, sockets, bench.place())
    return bench.measure(lambda: int(bench.desk.run(PUBLISH)), sockets)


def hub_filed(bench: Bench, port: int, sockets: int) -> Spread:
    bench.join_board(port, sockets, bench.place())
    return bench.measure(lambda: bench.file(port), sockets)


def textbook_filed(bench: Bench, sockets: int) -> Spread:
    with daphne(bench, "bench._textbook:application") as port:
        bench.crowd.open(count=sockets, port=port, path="/", token='"mark":')
        return bench.measure(lambda: bench.file(port), sockets)


def nchan_published(bench: Bench, port: int, sockets: int) -> Spread:
    text = json.dumps({"mark": 1, "kind": "alert.raised", "payload": PAYLOAD})
    bench.crowd.open(count=sockets, port=port, path="/sub/board", token='"mark"')
    connection = HTTPConnection("127.0.0.1", port)

    def publish() -> int:
        began = time.monotonic_ns()
        connection.request("POST", "/pub/board", body=text)
        connection.getresponse().read()
        return began

    return bench.measure(publish, sockets)


def come_back(bench: Bench, port: int, sockets: int) -> float:
    """All at once, each 300 alerts behind: ms until the last one has the last alert."""
    place = bench.place()
    bench.desk.run(
        "from django.db import transaction\n"
        "from notifications.delivery.streams import append\n"
        f"with transaction.atomic():\n    append([row] * {BEHIND})\n"
    )
    took_ms = bench.join_board(port, sockets, place, until=BEHIND)
    bench.crowd.order("close")
    return took_ms


# The servers beside ours


@contextmanager
def daphne(bench: Bench, application: str) -> Iterator[int]:
    port = free_port()
    endpoint = f"tcp:port={port}:interface=127.0.0.1:backlog=4096"
    process = subprocess.Popen(
        [sys.executable, "-m", "daphne", "-v", "0", "-e", endpoint, application],
        cwd=ROOT,
        env=bench.home.environment() | {"BENCH_BOARD": str(bench.board)},
        stdout=sys.stderr,
    )
    try:
        wait_until(lambda: answers(port), what="daphne does not start")
        yield port
    finally:
        process.terminate()
        process.wait(20)


NGINX = """
load_module {module};
worker_processes 1;
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 8192; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    keepalive_requests 100000;
    location ~ ^/pub/(.+)$ {{ nchan_publisher; nchan_channel_id $1; }}
    location ~ ^/sub/(.+)$ {{
      nchan_subscriber websocket; nchan_channel_id $1; nchan_subscriber_first_message newest;
    }}
  }}
}}
"""
MODULE = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")


@contextmanager
def nchan() -> Iterator[int | None]:
    """nginx with nchan; ``None`` where it is not installed."""
    if shutil.which("nginx") is None or not MODULE.exists():
        tell("live: nginx with nchan is not installed; its figures are left out")
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="safety-nchan-") as name:
        folder, port = Path(name), free_port()
        folder.chmod(0o755)
        (folder / "conf").write_text(NGINX.format(module=MODULE, folder=folder, port=port))
        process = subprocess.Popen(["nginx", "-c", str(folder / "conf")], stderr=sys.stderr)
        try:
            wait_until(lambda: answers(port), what="nginx does not start")
            yield port
        finally:
            process.terminate()
            process.wait(20)


# The figures


def run(bench: Bench, sizes: Sequence[int]) -> None:
    with serving(bench.home) as ours, nchan() as theirs:
        for sockets in sizes:
            tell(f"live: {sockets} sockets")
            hub = hub_published(bench, ours.port, sockets)
            peer = nchan_published(bench, theirs, sockets) if theirs else None
            name = f"live.commit_to_{sockets}"
            for per_cent in (50, 99):
                theirs_ms = percentile(peer.every, per_cent) if peer else None
                say(
                    f"{name}.p{per_cent}",
                    percentile(hub.every, per_cent),
                    "ms",
                    peer=theirs_ms,
                    note="peer: nchan",
                )
            last = statistics.median(peer.last) if peer else None
            say(f"{name}.last", statistics.median(hub.last), "ms", peer=last, note="peer: nchan")
        size = min(500, sizes[0])
        tell(f"live: filing before {size} sockets")
        filed = hub_filed(bench, ours.port, size)
        back_ms = come_back(bench, ours.port, sizes[-1])
    textbook = textbook_filed(bench, size)
    for per_cent in (50, 99):
        say(
            f"live.filed_to_last_of_{size}.p{per_cent}",
            percentile(filed.last, per_cent),
            "ms",
            peer=percentile(textbook.last, per_cent),
            note="peer: the same filing with group_send",
        )
    say(f"live.{sizes[-1]}_come_back_{BEHIND}_behind", back_ms, "ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few sockets, few rounds")
    quick = parser.parse_args().quick
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with ExitStack() as stack:
        if not os.environ.get("SAFETY_DATABASE_URL"):
            os.environ["SAFETY_DATABASE_URL"] = stack.enter_context(private_postgres())
        if not os.environ.get("SAFETY_REDIS_URL"):
            os.environ["SAFETY_REDIS_URL"] = stack.enter_context(private_redis()).url
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="safety-bench-")))
        home = stack.enter_context(house(folder))
        desk = stack.enter_context(clerk(home))
        crowd = CrowdProcess()
        stack.callback(crowd.end)
        board, sessions = json.loads(desk.run(PREPARE))
        bench = Bench(
            home=home,
            desk=desk,
            crowd=crowd,
            board=board,
            sessions=sessions,
            rounds=8 if quick else 40,
        )
        run(bench, [50, 100] if quick else [500, 1000])


if __name__ == "__main__":
    main()
