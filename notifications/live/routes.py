"""Where sockets lead. One address; everything else is refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast

from channels.routing import URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from channels.sessions import CookieMiddleware
from django.urls import path, re_path

from notifications.live.consumer import InboxConsumer
from notifications.live.outbox import daphne_protocol

Scope = MutableMapping[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]


async def refuse(_scope: Scope, _receive: Any, send: Any) -> None:
    await send({"type": "websocket.close"})


def reach_for_the_wire(application: Application) -> Application:
    """Keep the server's own end of the socket for the hub, before anybody wraps ``send``."""

    async def with_wire(scope: Scope, receive: Any, send: Any) -> None:
        await application({**scope, "live.protocol": daphne_protocol(send)}, receive, send)

    return with_wire


def sockets() -> Application:
    """The socket application. Pages of other origins are turned away before anything else."""
    # Django's types only know views here.
    router = URLRouter(
        [path("ws/inbox/", InboxConsumer.as_asgi()), re_path("", cast("Any", refuse))]
    )
    return reach_for_the_wire(AllowedHostsOriginValidator(CookieMiddleware(router)))
