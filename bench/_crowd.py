"""A crowd of open sockets that costs as little as possible, in a process of its own.

Speaks one JSON document per line: ``open`` some sockets at once, tell what has
``arrived``, ``close`` them. Every message that contains the token is noted with the
moment it was read (the monotonic clock, which all processes of a machine share).
"""

from __future__ import annotations

import json
import os
import select
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import Any

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
SMALL, MEDIUM, LARGE = 126, 126, 127
UPGRADED = b" 101 "
TOGETHER = 1 << 18


def client_frame(opcode: int, body: bytes) -> bytes:
    """A masked frame; the mask is zero, so the body stays as it is."""
    size = len(body)
    if size < SMALL:
        head = bytes((0x80 | opcode, 0x80 | size))
    else:
        head = bytes((0x80 | opcode, 0x80 | MEDIUM)) + size.to_bytes(2, "big")
    return head + b"\0\0\0\0" + body


@dataclass
class Watcher:
    """One socket: what it sends first, what it still has to parse, what it has seen."""

    raw: socket.socket
    request: bytes
    hello: bytes
    upgraded: bool = False
    rest: bytes = b""
    arrivals: list[int] = field(default_factory=list)
    error: str = ""


class Crowd:
    def __init__(self) -> None:
        self.poll = select.epoll()
        self.poll.register(0, select.EPOLLIN)
        self.watchers: dict[int, Watcher] = {}
        self.token = b""

    def open(self, order: dict[str, Any]) -> dict[str, Any]:
        """Connect all at once and say hello; answers when each has heard ``first`` or failed."""
        self.token = order["token"].encode()
        address = ("127.0.0.1", order["port"])
        began = time.monotonic_ns()
        for number in range(order["count"]):
            raw = socket.socket()
            raw.setblocking(False)  # noqa: FBT003 - the library's own parameter
            raw.connect_ex(address)
            cookies = order.get("cookies") or [""]
            watcher = Watcher(
                raw=raw,
                request=_upgrade(order, cookies[number % len(cookies)]),
                hello=client_frame(TEXT, order["hello"].encode()) if order.get("hello") else b"",
            )
            self.watchers[raw.fileno()] = watcher
            self.poll.register(raw.fileno(), select.EPOLLIN | select.EPOLLOUT)
        wanted, ends = order.get("until", 0), time.monotonic() + order["within_s"]
        while time.monotonic() < ends and not all(
            w.upgraded and len(w.arrivals) >= wanted for w in self.watchers.values()
        ):
            self.turn(0.05)
        ready = [w for w in self.watchers.values() if w.upgraded and len(w.arrivals) >= wanted]
        errors = {w.error for w in self.watchers.values() if w.error}
        took_ms = (time.monotonic_ns() - began) / 1e6
        return {"ready": len(ready), "took_ms": took_ms, "errors": sorted(errors)[:3]}

    def arrived(self, order: dict[str, Any]) -> dict[str, Any]:
        """For each message (the first, the second …) the moments at which sockets had it."""
        wanted, ends = order["count"], time.monotonic() + order["within_s"]
        while time.monotonic() < ends and any(
            len(w.arrivals) < wanted for w in self.watchers.values()
        ):
            self.turn(0.05)
        rows = [w.arrivals for w in self.watchers.values()]
        moments = [sorted(r[n] for r in rows if len(r) > n) for n in range(wanted)]
        for watcher in self.watchers.values():
            watcher.arrivals = []
        return {"moments": moments, "closed": sum(bool(w.error) for w in self.watchers.values())}

    def close(self, _order: dict[str, Any]) -> dict[str, Any]:
        for fd, watcher in self.watchers.items():
            if not watcher.error:
                self.poll.unregister(fd)
            watcher.raw.close()
        self.watchers.clear()
        return {}

    def turn(self, wait_s: float) -> bool:
        """Read what there is; whether an order is waiting."""
        asked = False
        for fd, event in self.poll.poll(wait_s):
            if fd == 0:
                asked = True
            elif event & select.EPOLLOUT:
                watcher = self.watchers[fd]
                self.poll.modify(fd, select.EPOLLIN)
                self._guard(watcher, lambda w=watcher: w.raw.send(w.request))
            else:
                self._guard(self.watchers[fd], lambda w=self.watchers[fd]: self._read(w))
        return asked

    def _guard(self, watcher: Watcher, work: Any) -> None:
        try:
            work()
        except OSError as error:
            watcher.error = str(error)
            self.poll.unregister(watcher.raw.fileno())

    def _read(self, watcher: Watcher) -> None:
        read = watcher.raw.recv(TOGETHER)
        now = time.monotonic_ns()
        if not read:
            raise ConnectionResetError("closed")
        buffer = watcher.rest + read if watcher.rest else read
        if not watcher.upgraded:
            head, end, buffer = buffer.partition(b"\r\n\r\n")
            if not end:
                watcher.rest = head
                return
            if UPGRADED not in head:
                raise ConnectionRefusedError(head[:60].decode())
            watcher.upgraded = True
            watcher.raw.send(watcher.hello)
        watcher.rest = self._frames(watcher, buffer, now)

    def _frames(self, watcher: Watcher, buffer: bytes, now: int) -> bytes:
        place, end = 0, len(buffer)
        while end - place >= 2:
            size, start = buffer[place + 1], place + 2
            if size == MEDIUM:
                size, start = int.from_bytes(buffer[start : start + 2], "big"), start + 2
            elif size == LARGE:
                size, start = int.from_bytes(buffer[start : start + 8], "big"), start + 8
            if end < start + size:
                break
            opcode = buffer[place] & 0xF
            if opcode == PING:
                watcher.raw.send(client_frame(PONG, buffer[start : start + size]))
            elif opcode == CLOSE:
                raise ConnectionResetError(f"closed {buffer[start : start + 2].hex()}")
            else:
                found = buffer.count(self.token, start, start + size)
                watcher.arrivals.extend([now] * found)
            place = start + size
        return buffer[place:]


def _upgrade(order: dict[str, Any], cookie: str) -> bytes:
    lines = [
        f"GET {order['path']} HTTP/1.1",
        f"Host: 127.0.0.1:{order['port']}",
        f"Origin: http://127.0.0.1:{order['port']}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
    ]
    if cookie:
        lines.append(f"Cookie: sessionid={cookie}")
    return "\r\n".join([*lines, "", ""]).encode()


def main() -> None:
    crowd = Crowd()
    waiting = b""
    while True:
        if not crowd.turn(1.0):
            continue
        read = os.read(0, 1 << 20)
        if not read:
            return
        *lines, waiting = (waiting + read).split(b"\n")
        for line in lines:
            order = json.loads(line)
            answer = getattr(crowd, order.pop("do"))(order)
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
