"""Writing to a socket: in order, never waiting, bounded; on every way of writing."""

from __future__ import annotations

import asyncio
import functools
import socket
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from notifications.live.frames import Frame
from notifications.live.outbox import (
    IN_TRANSPORT,
    Outbox,
    WireOutbox,
    daphne_protocol,
    outbox_for,
)


class Sent:
    """An ASGI ``send`` that remembers, and that can be held up."""

    def __init__(self) -> None:
        self.messages: list[Mapping[str, Any]] = []
        self.may_go = asyncio.Event()
        self.may_go.set()

    async def __call__(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "websocket.send":
            await self.may_go.wait()
        self.messages.append(message)

    def texts(self) -> list[str]:
        return [m["text"] for m in self.messages if m["type"] == "websocket.send"]

    def codes(self) -> list[int]:
        return [m["code"] for m in self.messages if m["type"] == "websocket.close"]


class Transport:
    """Twisted's transport as far as we lean on it; it writes only when told to."""

    TLS = False

    def __init__(self, raw: socket.socket | None = None) -> None:
        self.socket = raw
        self.dataBuffer = b""
        self.offset = 0
        self.written: list[bytes] = []

    @property
    def _tempDataLen(self) -> int:  # noqa: N802 - Twisted's name
        return sum(map(len, self.written))

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def flush(self) -> bytes:
        done = b"".join(self.written)
        self.written.clear()
        return done


class Protocol:
    STATE_OPEN = 3
    _perMessageCompress: object = None  # noqa: N815 - autobahn's name
    closeHandshakeTimeout = 1  # noqa: N815 - autobahn's name

    def __init__(self, transport: Any) -> None:
        self.state = self.STATE_OPEN
        self.transport = transport


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.settimeout(2)
    with ours, theirs:
        yield ours, theirs


def frames(*texts: str) -> list[Frame]:
    return [Frame(text) for text in texts]


# The portable way


async def test_frames_leave_in_the_order_they_were_put() -> None:
    sent = Sent()
    outbox = Outbox(sent)

    for frame in frames("1", "2", "3"):
        outbox.put(frame)
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert sent.texts() == ["1", "2", "3"]


async def test_putting_never_waits_for_a_slow_reader_nor_for_his_neighbour() -> None:
    slow, quick = Sent(), Sent()
    slow.may_go.clear()
    boxes = [Outbox(slow), Outbox(quick)]

    for frame in frames("1", "2"):
        for box in boxes:
            box.put(frame)
    await asyncio.sleep(0.01)

    assert (slow.texts(), quick.texts()) == ([], ["1", "2"])
    boxes[0].lost()


async def test_too_much_for_a_slow_reader_closes_with_4008_and_drops_the_rest(
    settings: Any,
) -> None:
    settings.LIVE_OUTBOX_BYTES = 1000
    sent = Sent()
    sent.may_go.clear()
    outbox = Outbox(sent)

    for _ in range(30):
        outbox.put(Frame("x" * 100))
    await asyncio.sleep(0.01)

    assert (sent.texts(), sent.codes(), outbox.closed) == ([], [4008], True)


async def test_one_frame_above_the_bound_is_sent_all_the_same(settings: Any) -> None:
    settings.LIVE_OUTBOX_BYTES = 1000
    sent = Sent()
    outbox = Outbox(sent)

    outbox.put(Frame("x" * 5000))
    await asyncio.sleep(0.01)

    assert (len(sent.texts()), sent.codes()) == (1, [])


async def test_a_long_replay_waits_for_its_own_reader(settings: Any) -> None:
    settings.LIVE_OUTBOX_BYTES = 1000
    sent = Sent()
    sent.may_go.clear()
    outbox = Outbox(sent)
    outbox.put(Frame("x" * 500))

    waiting = asyncio.ensure_future(outbox.room())
    await asyncio.sleep(0.05)
    assert not waiting.done()
    sent.may_go.set()

    await asyncio.wait_for(waiting, 1)
    assert sent.codes() == []


async def test_closing_says_goodbye_after_what_was_put_before() -> None:
    sent = Sent()
    outbox = Outbox(sent)

    outbox.put(Frame("1"))
    outbox.close(4401, reason="signed out")
    outbox.put(Frame("too late"))
    await asyncio.sleep(0.01)

    assert sent.texts() == ["1", '{"type":"bye","reason":"signed out"}']
    assert sent.codes() == [4401]


async def test_a_socket_that_ended_meanwhile_is_no_error() -> None:
    async def broken(_message: Mapping[str, Any]) -> None:
        raise ConnectionError

    outbox = Outbox(broken)

    outbox.put(Frame("1"))
    await asyncio.sleep(0.01)

    assert outbox.closed


# The fast ways


async def test_straight_to_the_kernel_when_nothing_waits(pair: Any) -> None:
    ours, theirs = pair
    transport = Transport(ours)
    outbox = WireOutbox(Sent(), Protocol(transport), direct=True)

    outbox.put(Frame("hello"))

    assert theirs.recv(100) == Frame("hello").wire
    assert transport.written == []


async def test_behind_what_waits_in_the_transport_the_order_is_kept(pair: Any) -> None:
    ours, _theirs = pair
    transport = Transport(ours)
    transport.write(b"pong")
    outbox = WireOutbox(Sent(), Protocol(transport), direct=True)

    outbox.put(Frame("hello"))

    assert transport.flush() == b"pong" + Frame("hello").wire


async def test_what_the_kernel_does_not_take_goes_on_by_the_transport(pair: Any) -> None:
    ours, theirs = pair
    transport = Transport(ours)
    outbox = WireOutbox(Sent(), Protocol(transport), direct=True)
    frame = Frame("x" * 2_000_000)

    outbox.put(frame)

    rest = transport.flush()
    assert 0 < len(rest) < len(frame.wire)
    arrived = b""
    while len(arrived) < len(frame.wire) - len(rest):
        arrived += theirs.recv(1 << 20)
    assert arrived + rest == frame.wire


async def test_without_the_direct_way_the_transport_gets_ready_made_frames() -> None:
    transport = Transport()
    outbox = WireOutbox(Sent(), Protocol(transport), direct=False)

    outbox.put(Frame("hello"))

    assert transport.flush() == Frame("hello").wire


async def test_a_full_transport_is_waited_for_here_and_goes_on_in_order() -> None:
    transport = Transport()
    outbox = WireOutbox(Sent(), Protocol(transport), direct=False)
    big = Frame("x" * (IN_TRANSPORT + 1))

    outbox.put(big)
    for frame in frames("1", "2"):
        outbox.put(frame)

    assert transport.flush() == big.wire
    await asyncio.sleep(0.05)
    assert transport.flush() == b"".join(f.wire for f in frames("1", "2"))


async def test_a_slow_reader_is_closed_with_4008_and_keeps_little_memory(
    settings: Any,
) -> None:
    settings.LIVE_OUTBOX_BYTES = 200_000
    transport, sent = Transport(), Sent()
    protocol = Protocol(transport)
    outbox = WireOutbox(sent, protocol, direct=False)

    for _ in range(40):
        outbox.put(Frame("x" * 10_000))
    await asyncio.sleep(0.01)

    assert sent.codes() == [4008]
    assert len(transport.flush()) < 2 * IN_TRANSPORT
    assert protocol.closeHandshakeTimeout > 1


async def test_a_reader_that_never_moves_is_closed_though_little_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("notifications.live.outbox.STALLED_AFTER_S", 0.05)
    sent = Sent()
    outbox = WireOutbox(sent, Protocol(Transport()), direct=False)

    outbox.put(Frame("x" * (IN_TRANSPORT + 1)))
    outbox.put(Frame("1"))
    await asyncio.sleep(0.2)

    assert sent.codes() == [4008]


async def test_nothing_is_written_after_the_close_has_begun() -> None:
    transport = Transport()
    protocol = Protocol(transport)
    outbox = WireOutbox(Sent(), protocol, direct=False)

    protocol.state = 2
    outbox.put(Frame("too late"))

    assert transport.written == []


# Which way


class Tls(Transport):
    TLS = True


class Compressed(Protocol):
    _perMessageCompress = object()  # noqa: N815 - autobahn's name


def test_the_fastest_known_way_is_chosen(pair: Any, settings: Any) -> None:
    settings.LIVE_SEND = "direct"
    plain = Protocol(Transport(pair[0]))

    ways = {
        "plain": outbox_for(Sent(), plain),
        "tls": outbox_for(Sent(), Protocol(Tls(pair[0]))),
        "compressed": outbox_for(Sent(), Compressed(Transport(pair[0]))),
        "other server": outbox_for(Sent(), None),
        "other transport": outbox_for(Sent(), Protocol(object())),
    }

    def way(outbox: Outbox) -> str:
        if not isinstance(outbox, WireOutbox):
            return "asgi"
        return "transport" if outbox._socket is None else "direct"

    assert {name: way(outbox) for name, outbox in ways.items()} == {
        "plain": "direct",
        "tls": "transport",
        "compressed": "asgi",
        "other server": "asgi",
        "other transport": "asgi",
    }
    settings.LIVE_SEND = "transport"
    assert way(outbox_for(Sent(), plain)) == "transport"
    settings.LIVE_SEND = "asgi"
    assert way(outbox_for(Sent(), plain)) == "asgi"


def test_the_protocol_is_found_behind_daphnes_own_send() -> None:
    async def handle_reply(protocol: object, message: object) -> None: ...

    protocol = object()

    assert daphne_protocol(functools.partial(handle_reply, protocol)) is protocol
    assert daphne_protocol(handle_reply) is None
