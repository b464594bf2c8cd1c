"""Browsers for tests: in this process through the ASGI application, or on a real server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, Self, TypeVar

from channels.testing import WebsocketCommunicator
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction

from notifications.delivery.streams import NewRow, append
from notifications.live.routes import sockets
from safety.people.models import User

P = ParamSpec("P")
R = TypeVar("R")

ORIGIN = "http://testserver"
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


async def db(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Do database work in a thread that keeps no connection."""

    def done() -> R:
        try:
            return work(*args, **kwargs)
        finally:
            connection.close()

    return await asyncio.to_thread(done)


def sign_in(user: User) -> str:
    """A session as the sign-in page makes it; returns its key."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = MODEL_BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def tell(kind: str, owner: int, *, times: int = 1, start: int = 1) -> None:
    """Append ``times`` rows to one stream, each in its own transaction."""
    for number in range(start, start + times):
        with transaction.atomic():
            payload = {"alert": f"alert-{number}", "words": {"hazard_zh": "溺水"}}
            append([NewRow(stream=kind, owner=owner, kind="alert.raised", payload=payload)])


class Browser:
    """A page with a socket, inside this process."""

    def __init__(self, session: str = "", *, origin: str = ORIGIN) -> None:
        headers = [(b"origin", origin.encode()), (b"host", b"testserver")]
        if session:
            headers.append((b"cookie", f"sessionid={session}".encode()))
        self._socket = WebsocketCommunicator(sockets(), "/ws/inbox/", headers=headers)

    async def connect(self) -> Self:
        connected, _protocol = await self._socket.connect(timeout=5)
        assert connected
        return self

    async def is_refused(self) -> bool:
        connected, _code = await self._socket.connect(timeout=5)
        return not connected

    async def say(self, message: Mapping[str, Any] | str) -> None:
        text = message if isinstance(message, str) else json.dumps(message)
        await self._socket.send_to(text_data=text)

    async def hello(self, **streams: Any) -> None:
        await self.say({"type": "hello", "streams": streams})

    async def hear(self, *kinds: str, within_s: float = 5) -> dict[str, Any]:
        """The next frame of one of ``kinds`` ("rows", "reset", "bye", "beat")."""
        async with asyncio.timeout(within_s):
            while True:
                said = await self._socket.receive_output(timeout=within_s)
                assert said["type"] == "websocket.send", said
                frame: dict[str, Any] = json.loads(said["text"])
                if frame["type"] in (kinds or ("rows", "reset", "bye")):
                    return frame

    async def closed_with(self, within_s: float = 5) -> int:
        """The code with which the server closes, whatever it says before."""
        async with asyncio.timeout(within_s):
            while True:
                said = await self._socket.receive_output(timeout=within_s)
                if said["type"] == "websocket.close":
                    return int(said["code"])

    async def hears_nothing(self, within_s: float) -> bool:
        """Whether no frame but beats comes for a while."""
        try:
            await self.hear(within_s=within_s)
        except TimeoutError:
            return True
        return False

    async def leave(self) -> None:
        await self._socket.disconnect(timeout=5)


def numbers(frame: Mapping[str, Any]) -> list[int]:
    return [row["seq"] for row in frame["rows"]]
