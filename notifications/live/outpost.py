"""The doorbell of a process without sockets: its rings reach the others through the layer."""

from __future__ import annotations

import asyncio
import threading

from notifications.live import doorbell
from notifications.live.carrier import Carrier


class Outpost:
    """A loop in a thread that carries this process's rings; it listens to nobody."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="doorbell", daemon=True)
        self._ready = threading.Event()
        self._end = asyncio.Event()

    def start(self) -> None:
        self._thread.start()
        self._ready.wait(5)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(timeout=5)

    def _run(self) -> None:
        self._loop.run_until_complete(self._carry())
        self._loop.close()

    async def _carry(self) -> None:
        carrier = Carrier(lambda _stream_ids: None)
        carrier.start()
        doorbell.on_ring(carrier.ring)
        self._ready.set()
        await self._end.wait()
        doorbell.off_ring(carrier.ring)
        await carrier.stop()
