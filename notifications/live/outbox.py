"""Write to one socket without ever waiting for it.

Three ways, from portable to fast: the ASGI ``send``; a ready-made frame on
Daphne's transport; the same frame straight to the kernel. The fast ones touch
insides of Daphne and Twisted, so they are used only when everything looks
exactly as expected (``outbox_for``), and ``SAFETY_LIVE_SEND`` can turn them off.

Each way keeps what a slow reader has not taken in a queue of bounded size;
beyond it the socket is closed with 4008: come back with your cursor.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from time import monotonic
from typing import Any

from django.conf import settings

from notifications.live.codes import RESUME_FROM_CURSOR
from notifications.live.frames import Frame, bye_frame

log = logging.getLogger(__name__)

Send = Callable[[Mapping[str, Any]], Awaitable[None]]

STALLED_AFTER_S = 30.0
DRAIN_EVERY_S = 0.005
# What may wait inside the transport; the rest waits here, where it can be dropped.
IN_TRANSPORT = 128 * 1024
CLOSING_PATIENCE_S = 5.0


class Outbox:
    """The portable way: a queue and, while it is not empty, one task that sends from it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._queue: deque[Frame] = deque()
        self._waiting_bytes = 0
        self._task: asyncio.Task[None] | None = None
        self.closed = False

    def put(self, frame: Frame) -> None:
        """Send ``frame`` after everything put before it; never waits."""
        if self.closed:
            return
        self._queue.append(frame)
        self._waiting_bytes += len(frame.text)
        if self._waiting_bytes > settings.LIVE_OUTBOX_BYTES and len(self._queue) > 1:
            self.close(RESUME_FROM_CURSOR, reason="resume from cursor")
        else:
            self._keep_sending()

    async def room(self) -> None:
        """Wait until this reader has taken most of what it was given: for long replays."""
        while (  # noqa: ASYNC110 - rare, and an event would cost every frame something
            not self.closed and self._waiting_bytes > settings.LIVE_OUTBOX_BYTES // 4
        ):
            await asyncio.sleep(DRAIN_EVERY_S)

    def close(self, code: int, *, reason: str) -> None:
        """Say goodbye and close; what a slow reader has not taken is dropped."""
        if self.closed:
            return
        self.closed = True
        if code == RESUME_FROM_CURSOR:
            self._queue.clear()
        if self._task is not None and code == RESUME_FROM_CURSOR:
            self._task.cancel()
        self._task = asyncio.ensure_future(self._farewell(code, reason, self._task))

    def lost(self) -> None:
        """The other side is gone: forget everything."""
        self.closed = True
        self._queue.clear()
        if self._task is not None:
            self._task.cancel()

    def _keep_sending(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._sending())

    async def _sending(self) -> None:
        try:
            while self._queue:
                frame = self._queue.popleft()
                await self._send({"type": "websocket.send", "text": frame.text})
                self._waiting_bytes -= len(frame.text)
        except Exception:
            log.debug("a socket ended while something was sent", exc_info=True)
            self.closed = True
            self._queue.clear()

    async def _farewell(self, code: int, reason: str, sending: asyncio.Task[None] | None) -> None:
        if sending is not None:
            with suppress(asyncio.CancelledError):
                await sending
        with suppress(Exception):  # the server may have noticed the end before us
            if code != RESUME_FROM_CURSOR:
                await self._send({"type": "websocket.send", "text": bye_frame(reason=reason).text})
            await self._send({"type": "websocket.close", "code": code})


class WireOutbox(Outbox):
    """The fast way: ready-made frames on Daphne's transport, straight to the kernel if it can.

    Daphne tells nobody how full a transport is, so the queue lives here: only a
    little is handed over at a time, and a timer brings the rest when it has left.
    """

    def __init__(self, send: Send, protocol: Any, *, direct: bool) -> None:
        super().__init__(send)
        self._protocol = protocol
        self._transport = protocol.transport
        self._socket: socket.socket | None = self._transport.socket if direct else None
        self._timer: asyncio.TimerHandle | None = None
        self._moved_at = 0.0
        protocol.closeHandshakeTimeout = CLOSING_PATIENCE_S

    def put(self, frame: Frame) -> None:
        if self.closed:
            return
        if self._queue:
            self._wait(frame)
            return
        waiting = in_transport(self._transport)
        if waiting > IN_TRANSPORT:
            self._moved_at = monotonic()
            self._wait(frame)
        else:
            self._write(frame.wire, straight=not waiting)

    def close(self, code: int, *, reason: str) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._queue.clear()
        super().close(code, reason=reason)

    def lost(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        super().lost()

    def _write(self, wire: bytes, *, straight: bool) -> None:
        if self._protocol.state != self._protocol.STATE_OPEN:
            return
        if straight and self._socket is not None:
            try:
                sent = self._socket.send(wire)
            except BlockingIOError:
                sent = 0
            except OSError:
                return  # broken: the reactor finds out by itself and ends the connection
            if sent == len(wire):
                return
            wire = wire[sent:]
        self._transport.write(wire)

    def _wait(self, frame: Frame) -> None:
        self._queue.append(frame)
        self._waiting_bytes += len(frame.wire)
        if self._waiting_bytes > settings.LIVE_OUTBOX_BYTES and len(self._queue) > 1:
            self.close(RESUME_FROM_CURSOR, reason="resume from cursor")
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(DRAIN_EVERY_S, self._drain)

    def _drain(self) -> None:
        self._timer = None
        while self._queue and in_transport(self._transport) <= IN_TRANSPORT:
            frame = self._queue.popleft()
            self._waiting_bytes -= len(frame.wire)
            self._moved_at = monotonic()
            self._write(frame.wire, straight=False)
        if not self._queue:
            return
        if monotonic() - self._moved_at > STALLED_AFTER_S:
            self.close(RESUME_FROM_CURSOR, reason="resume from cursor")
        else:
            self._timer = asyncio.get_running_loop().call_later(DRAIN_EVERY_S, self._drain)


def in_transport(transport: Any) -> int:
    """Bytes that a Twisted transport still holds."""
    return int(len(transport.dataBuffer) - transport.offset + transport._tempDataLen)  # noqa: SLF001 - Twisted offers no public measure


def outbox_for(send: Send, protocol: Any) -> Outbox:
    """The fastest way of writing that this server is known to support."""
    way = settings.LIVE_SEND
    if way == "asgi" or not _measurable(protocol):
        return Outbox(send)
    return WireOutbox(send, protocol, direct=way == "direct" and _plain_socket(protocol.transport))


def daphne_protocol(send: Any) -> Any:
    """Daphne's protocol behind its own ``send`` (a partial), or ``None`` on other servers."""
    arguments: tuple[Any, ...] = getattr(send, "args", ())
    return arguments[0] if len(arguments) == 1 else None


def _measurable(protocol: Any) -> bool:
    """Whether frames may bypass ASGI: an uncompressed connection with a buffer we can measure."""
    transport = getattr(protocol, "transport", None)
    expected = ("dataBuffer", "offset", "_tempDataLen", "write")
    return (
        hasattr(protocol, "STATE_OPEN")
        and getattr(protocol, "_perMessageCompress", True) is None
        and all(hasattr(transport, name) for name in expected)
    )


def _plain_socket(transport: Any) -> bool:
    """Whether the transport is a plain non-blocking TCP or Unix socket, not TLS."""
    raw = getattr(transport, "socket", None)
    return (
        isinstance(raw, socket.socket)
        and raw.gettimeout() == 0
        and not getattr(transport, "TLS", False)
    )
