"""The real server, its real sockets, and what happens when something beside it dies."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.house import House, file_incident, house
from tests.live.browsers import numbers
from tests.servers import Clerk, Server, clerk, has_redis, private_redis, serving

pytestmark = pytest.mark.servers
needs_redis = pytest.mark.skipif(not has_redis(), reason="redis-server is not installed")

OFFICER = "county.duty_officer"
BOARD = "520121"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house without Redis."""
    with house(tmp_path_factory.mktemp("house")) as made:
        made.redis_url = ""
        yield made


@pytest.fixture(scope="module")
def desk(home: House) -> Iterator[Clerk]:
    """A process of the house whose rings reach nobody."""
    with clerk(home) as opened:
        yield opened


@pytest.fixture(scope="module")
def session(desk: Clerk) -> str:
    return desk.run(
        "from tests import city\n"
        "from tests.live.browsers import sign_in\n"
        f"print(sign_in(city.person({OFFICER!r})))"
    ).strip()


@pytest.fixture
def place(desk: Clerk) -> dict[str, Any]:
    """Where the county's board stands before the test."""
    found: dict[str, Any] = json.loads(
        desk.run(
            "import json\n"
            "from notifications.live.reading import cursor_of\n"
            "from tests import city\n"
            "print(json.dumps(cursor_of('board', city.unit('county').pk)))"
        )
    )
    return found


def tell_board(desk: Clerk, *, times: int, size: int = 10) -> None:
    desk.run(
        "from django.db import transaction\n"
        "from notifications.delivery.streams import NewRow, append\n"
        "from tests import city\n"
        "unit = city.unit('county').pk\n"
        f"payload = {{'text': 'x' * {size}}}\n"
        "row = NewRow(stream='board', owner=unit, kind='k', payload=payload)\n"
        f"for start in range(0, {times}, 20):\n"
        "    with transaction.atomic():\n"
        f"        append([row] * min(20, {times} - start))\n"
    )


def sending(home: House, way: str) -> House:
    """The same house, with another way of writing to sockets."""
    return replace(home, extra={**home.extra, "SAFETY_LIVE_SEND": way})


@asynccontextmanager
async def page(
    server: Server, session: str, place: dict[str, Any] | None, **options: Any
) -> AsyncIterator[ClientConnection]:
    """A signed-in page that watches the county's board."""
    async with connect(
        server.socket_url,
        additional_headers={"Cookie": f"sessionid={session}"},
        **{"origin": server.origin, "compression": None, "max_size": None, **options},
    ) as opened:
        await opened.send(json.dumps({"type": "hello", "streams": {"boards": {BOARD: place}}}))
        yield opened


async def hear(opened: ClientConnection, *kinds: str, within_s: float = 15) -> dict[str, Any]:
    async with asyncio.timeout(within_s):
        while True:
            frame: dict[str, Any] = json.loads(await opened.recv())
            if frame["type"] in (kinds or ("rows", "reset", "bye")):
                return frame


async def hear_rows(opened: ClientConnection, count: int, within_s: float = 30) -> list[int]:
    heard: list[int] = []
    async with asyncio.timeout(within_s):
        while len(heard) < count:
            heard += numbers(await hear(opened, "rows", within_s=within_s))
    return heard


async def closing_code(opened: ClientConnection, within_s: float = 10) -> int | None:
    async with asyncio.timeout(within_s):
        try:
            while True:
                await opened.recv()
        except ConnectionClosed:
            return opened.close_code


def read(url: str) -> bytes:
    with urlopen(url) as answer:
        return bytes(answer.read())


# Starting and stopping


async def test_it_serves_pages_and_sockets_and_leaves_in_order(home: House, session: str) -> None:
    with serving(home) as server:
        assert await asyncio.to_thread(read, f"{server.url}/healthz") == b"ok"
        # A second one would not hear the first one's rings: refused while there is no Redis.
        second = await asyncio.to_thread(home.manage, "serve", "--port", "0", check=False)
        assert second.returncode != 0
        assert "SAFETY_REDIS_URL" in second.stderr
        with pytest.raises(InvalidStatus, match="403"):
            async with page(server, session, None, origin="https://elsewhere.example"):
                pass
        async with page(server, session, None) as opened:
            beat = await hear(opened, "beat")
            while beat["dispatcher"] is None:  # the first turn comes within a second
                beat = await hear(opened, "beat")

            stopping = asyncio.ensure_future(asyncio.to_thread(server.stop))
            assert await closing_code(opened) == 4012
            assert await stopping == 0

        assert "stopped" in server.said()
        assert "Traceback" not in server.said()


async def test_without_the_dispatcher_nothing_looks_fine(
    home: House, desk: Clerk, session: str
) -> None:
    desk.run("from notifications.models import Beat; Beat.objects.all().delete()")
    with serving(home, "--no-dispatch") as server:
        async with page(server, session, None) as opened:
            assert (await hear(opened, "beat"))["dispatcher"] is None
        server.kill()  # and a killed server leaves no lock behind

    with serving(home, "--no-dispatch") as again:
        assert again.process.poll() is None


def test_a_port_in_use_is_named_and_ends_the_start(home: House) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        done = home.manage("serve", "--port", str(port), check=False)

    assert done.returncode != 0
    assert f"Cannot listen on 127.0.0.1:{port}" in done.stderr
    assert "--port" in done.stderr


# Nothing is lost


@needs_redis
async def test_a_socket_away_for_300_alerts_gets_exactly_those_300_though_redis_died(
    home: House, desk: Clerk, session: str, place: dict[str, Any]
) -> None:
    first = int(place["cursor"]) + 1
    with private_redis() as redis, serving(replace(home, redis_url=redis.url)) as server:
        async with page(server, session, place) as opened:
            await hear(opened, "beat")
            await asyncio.sleep(12)  # idle for longer than redis clients wait by themselves
            tell_board(desk, times=3)
            assert await hear_rows(opened, 3) == [first, first + 1, first + 2]
        assert "Traceback" not in server.said()
        place["cursor"] = first + 2

        redis.kill()
        tell_board(desk, times=300)

        async with page(server, session, place) as opened:
            assert await hear_rows(opened, 300) == list(range(first + 3, first + 303))
            tell_board(desk, times=1)
            assert await hear_rows(opened, 1) == [first + 303]


@needs_redis
async def test_filing_at_one_server_reaches_a_page_of_another_before_the_poll_would(
    home: House, session: str, place: dict[str, Any]
) -> None:
    with private_redis() as redis:
        shared = replace(home, redis_url=redis.url)
        with serving(shared) as here, serving(shared, "--no-dispatch") as there:
            async with page(there, session, place) as opened:
                await hear(opened, "beat")
                took_s = [await file_and_hear(home, here, opened) for _ in range(9)]

    assert statistics.median(took_s) < 0.35  # the poll alone: half a second on average


async def file_and_hear(home: House, server: Server, opened: ClientConnection) -> float:
    body = {
        "school": "5201210001",
        "hazard": "INJ",
        "people": "none",
        "aware_at": datetime.now(UTC).isoformat(),
    }
    token, key = home.tokens["school.safety_staff"], f"filed-{time.monotonic_ns()}"
    status, _answer, _repeated = await asyncio.to_thread(
        file_incident, server.port, token, key, body
    )
    answered = time.monotonic()
    assert status == 201
    await hear(opened, "rows")
    return max(0.0, time.monotonic() - answered)


# Every way of writing


@pytest.mark.parametrize("way", ["direct", "transport", "asgi"])
async def test_each_way_of_writing_delivers_to_all_and_never_waits_for_a_slow_one(
    home: House, desk: Clerk, session: str, place: dict[str, Any], way: str
) -> None:
    first = int(place["cursor"]) + 1
    everything = list(range(first, first + 2000))
    with serving(sending(home, way)) as server, narrow_socket(server.port) as narrow:
        async with (
            page(server, session, place) as one,
            page(server, session, place) as two,
            page(server, session, place, sock=narrow, max_queue=1) as slow,
        ):
            for opened in (one, two):
                await hear(opened, "beat")

            readers = [asyncio.ensure_future(hear_rows(o, 2000, within_s=60)) for o in (one, two)]
            await asyncio.to_thread(tell_board, desk, times=1, size=300_000)
            await asyncio.to_thread(tell_board, desk, times=1999, size=5000)

            for reader in readers:
                assert await reader == everything
            if way == "asgi":  # Daphne keeps for ASGI whatever is sent: nothing to bound
                return
            assert await closing_code(slow) in (4008, 1006)
        place["cursor"] += 1100  # and it comes back with its cursor
        async with page(server, session, place) as again:
            assert await hear_rows(again, 900) == everything[1100:]


@contextmanager
def narrow_socket(port: int) -> Iterator[socket.socket]:
    """A connection whose kernel keeps little for a reader who does not read."""
    with socket.socket() as narrow:
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        narrow.connect(("127.0.0.1", port))
        narrow.setblocking(False)
        yield narrow


# ---- what is refused while it arrives ----


def pour(port: int, head: str, block: bytes, times: int) -> bytes:
    """Send a head and a body; return what was answered before the server hung up."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
        start = "POST /report/ HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
        wire.sendall(f"{start}{head}\r\n\r\n".encode())
        try:
            for _ in range(times):
                wire.sendall(block)
        except OSError:
            return b"hung up"
        try:
            return wire.recv(200)
        except OSError:
            return b"hung up"


def most_memory(server: Server) -> int:
    """The most that the process ever held, in MB."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) // 1024  # type: ignore[index]


def test_a_huge_body_is_refused_before_it_is_kept(home: House) -> None:
    mb = b"x" * 2**20
    with serving(home) as server:
        before = most_memory(server)

        announced = pour(server.port, f"Content-Length: {200 * 2**20}", mb, 200)
        chunk = b"100000\r\n" + mb + b"\r\n"
        chunked = pour(server.port, "Transfer-Encoding: chunked", chunk, 200)

        for answer in (announced, chunked):
            assert answer == b"hung up" or b" 413 " in answer
        assert most_memory(server) - before < 40
        form = "Content-Type: application/x-www-form-urlencoded\r\n"
        explained = pour(server.port, f"{form}Content-Length: {2 * 2**20}", mb, 2)
        assert b" 413 " in explained
        assert b"application/json" in explained
        only_head = pour(server.port, f"Content-Length: {2**40}", b"", 0)
        assert b" 413 " in only_head
        assert urlopen(f"{server.url}/healthz", timeout=10).status == 200


def test_what_a_command_writes_is_for_its_user_only(tmp_path: Path) -> None:
    var = tmp_path / "var"
    fresh = House(var=var, database_url=f"sqlite:///{var / 'db.sqlite3'}")
    fresh.extra = {"SAFETY_SECRET_KEY": ""}

    fresh.manage("migrate", "ledger")

    modes = {path.name: path.stat().st_mode & 0o077 for path in (var, *var.iterdir())}
    assert set(modes.values()) == {0}, modes
    assert {"var", "db.sqlite3", "secret_key"} <= set(modes)
