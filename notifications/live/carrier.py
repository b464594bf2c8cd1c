"""Carry the doorbell from process to process. The only file that knows the channel layer.

One group for everything, messages without content. The layer may be down, slow
or forgetful: then the other processes notice a second later, by their poll.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from channels.layers import InMemoryChannelLayer, get_channel_layer

log = logging.getLogger(__name__)

GROUP = "doorbell"
SEND_WITHIN_S = 2.0
RETRY_AFTER_S = (0.5, 1.0, 2.0, 5.0)


def crosses_processes() -> bool:
    """Whether the configured layer reaches other processes at all."""
    layer = get_channel_layer()
    return layer is not None and not isinstance(layer, InMemoryChannelLayer)


class Carrier:
    """Both ends of the wire in one process: sends our rings, hears those of the others."""

    def __init__(self, on_ring: Callable[[list[int]], None]) -> None:
        self._on_ring = on_ring
        self._me = secrets.token_hex(8)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: set[int] = set()
        self._something = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin on the running loop; does nothing when there is no other process to reach."""
        if crosses_processes():
            self._loop = asyncio.get_running_loop()
            self._tasks = [asyncio.ensure_future(self._send()), asyncio.ensure_future(self._hear())]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._loop is not None:
            await _hang_up()
        self._loop = None

    def ring(self, stream_ids: list[int]) -> None:
        """Send a ring; may be called from any thread and never waits."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._note, stream_ids)

    def _note(self, stream_ids: list[int]) -> None:
        self._waiting.update(stream_ids)
        self._something.set()

    async def _send(self) -> None:
        """One message at a time; what rings meanwhile goes together in the next."""
        while True:
            await self._something.wait()
            self._something.clear()
            streams, self._waiting = sorted(self._waiting), set()
            message = {"type": "doorbell.ring", "streams": streams, "from": self._me}
            try:
                async with asyncio.timeout(SEND_WITHIN_S):
                    await get_channel_layer().group_send(GROUP, message)
            except Exception as error:  # noqa: BLE001 - the poll of the others repairs it
                log.warning("doorbell: the channel layer is not reachable: %s", error)

    async def _hear(self) -> None:
        attempt = 0
        while True:
            try:
                layer = get_channel_layer()
                channel = await layer.new_channel()
                await layer.group_add(GROUP, channel)
                attempt = 0
                while True:
                    self._heard(await layer.receive(channel))
            except Exception as error:  # noqa: BLE001 - keep trying for as long as we live
                log.warning("doorbell: cannot listen to the channel layer: %s", error)
                await _hang_up()
                await asyncio.sleep(RETRY_AFTER_S[min(attempt, len(RETRY_AFTER_S) - 1)])
                attempt += 1

    def _heard(self, message: dict[str, Any]) -> None:
        if message.get("from") != self._me:
            self._on_ring([int(stream) for stream in message.get("streams", ())])


async def _hang_up() -> None:
    """Forget the layer's connections; half a subscription must not stay behind."""
    with suppress(Exception):  # closing a wire that is already down
        async with asyncio.timeout(SEND_WITHIN_S):
            await get_channel_layer().flush()
