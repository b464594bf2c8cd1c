"""The hub of this process."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from notifications.live.hub import Hub

_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def running_hub() -> Hub:
    """The hub on the running loop, started now if nobody did before.

    ``manage.py serve`` starts it early; under another ASGI server the first
    socket does.
    """
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = Hub()
        hub.start()
    return hub


async def stop_hub() -> None:
    hub = _hubs.pop(asyncio.get_running_loop(), None)
    if hub is not None:
        with suppress(asyncio.CancelledError):
            await hub.stop()
