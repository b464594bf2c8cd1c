"""The live socket: who is there, what is wanted, what has arrived. The hub does the rest."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from channels.consumer import AsyncConsumer, get_handler_name
from channels.exceptions import StopConsumer
from django.conf import settings

from notifications.live.codes import BAD_MESSAGE, NOT_SIGNED_IN, TRY_AGAIN
from notifications.live.frames import bye_frame
from notifications.live.hub import Hub
from notifications.live.member import Member
from notifications.live.messages import Hello, Unreadable, parse
from notifications.live.outbox import outbox_for
from notifications.live.process import running_hub

log = logging.getLogger(__name__)


class InboxConsumer(AsyncConsumer):
    """One browser. Answers a stranger with 4401, nonsense with 4400, our own trouble with 4013.

    It has no channel of its own: the hub writes to the socket directly.
    """

    channel_layer_alias = "none"

    hub: Hub
    member: Member | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            if self.member is not None:
                self.hub.leave(self.member)

    async def dispatch(self, message: Mapping[str, Any]) -> None:
        """Like the parent's, without a thread hop per message: no database is used here."""
        try:
            await getattr(self, get_handler_name(message))(message)
        except StopConsumer:
            raise
        except Exception:
            log.exception("live: a socket met an error")
            await self._close(TRY_AGAIN, reason="try again")

    async def websocket_connect(self, _message: Mapping[str, Any]) -> None:
        """Accept everybody: only then can a stranger's browser read why it was sent off."""
        self.hub = running_hub()
        session = self.scope.get("cookies", {}).get(settings.SESSION_COOKIE_NAME, "")
        await self.send({"type": "websocket.accept"})
        person = await self.hub.who(session)
        if person is None:
            await self._close(NOT_SIGNED_IN, reason="not signed in")
            return
        outbox = outbox_for(self.base_send, self.scope.get("live.protocol"))
        self.member = self.hub.admit(session=session, person=person, outbox=outbox)

    async def websocket_receive(self, message: Mapping[str, Any]) -> None:
        member = self.member
        if member is None or member.outbox.closed:
            return
        try:
            said = parse(message.get("text") or "", person=member.person)
        except Unreadable as error:
            await self._close(BAD_MESSAGE, reason=str(error))
            return
        if await self.hub.who(member.session) != member.person:
            await self._close(NOT_SIGNED_IN, reason="signed out")
        elif isinstance(said, Hello):
            await asyncio.gather(*(self.hub.join(member, wanted) for wanted in said.streams))
            await self.hub.greet(member)
        else:
            self.hub.received(member, said.stream, said.seq)

    async def websocket_disconnect(self, _message: Mapping[str, Any]) -> None:
        raise StopConsumer

    async def _close(self, code: int, *, reason: str) -> None:
        if self.member is not None:
            self.hub.expel(self.member, code, reason=reason)
        else:
            await self.send({"type": "websocket.send", "text": bye_frame(reason=reason).text})
            await self.send({"type": "websocket.close", "code": code})
