"""Run Daphne in this process, with the hub on its loop and the dispatcher beside it.

Daphne has no lifespan events, so that what must start with the server and end
with it is started and ended here.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, cast

from channels.routing import get_default_application
from daphne.server import Server
from twisted.internet import defer
from twisted.internet import reactor as twisted_reactor

from notifications.delivery.worker import Worker
from notifications.live.alone import ManyOnMemory, alone_on_memory
from notifications.live.bodies import CappedFactory
from notifications.live.process import running_hub, stop_hub
from notifications.table.runner import Runner

__all__ = ["CannotListen", "ManyOnMemory", "serve"]

# All browsers come back at the same moment after a restart; a short queue would make
# most of them wait for the kernel's retries, seconds later.
BACKLOG = 4096
PING_EVERY_S = 20
PING_TIMEOUT_S = 30
FAREWELL_S = 0.2


class CannotListen(Exception):  # noqa: N818 - it is an answer to the operator
    """The address cannot be used; the message says which and what to do."""


class LiveServer(Server):
    """Daphne's server, which says when it cannot listen instead of ending quietly."""

    listen_failure = ""

    @property  # type: ignore[override]
    def http_factory(self) -> CappedFactory:
        return self._capped

    @http_factory.setter
    def http_factory(self, _daphnes_own: Any) -> None:
        """Daphne sets its own one just before it listens; ours takes the place."""
        self._capped = CappedFactory(self)

    def listen_error(self, failure: Any) -> None:
        self.listen_failure = failure.getErrorMessage()
        self.stop()

    def kill_all_applications(self) -> Any:
        """First let the hub say goodbye to its sockets, then end what is still running."""
        farewell = defer.Deferred.fromFuture(asyncio.ensure_future(self._farewell()))
        return farewell.addCallback(lambda _: self._kill_applications())

    async def _farewell(self) -> None:
        await stop_hub()
        await asyncio.sleep(FAREWELL_S)

    def _kill_applications(self) -> Any:
        """As Daphne's own, but applications that have ended already are no error."""
        running = [
            task
            for details in self.connections.values()
            if (task := details.get("application_instance")) is not None and not task.done()
        ]
        for task in running:
            task.cancel()
        ended = asyncio.gather(*running, return_exceptions=True)
        return defer.Deferred.fromFuture(asyncio.ensure_future(_wait(ended)))


async def _wait(ended: Any) -> None:
    await ended


def serve(*, host: str, port: int, dispatch: bool, say: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT. Raises ``CannotListen`` and ``ManyOnMemory``."""
    with ExitStack() as stack:
        stack.enter_context(alone_on_memory())
        server = LiveServer(
            application=get_default_application(),
            endpoints=[_endpoint(host, port)],
            ping_interval=PING_EVERY_S,
            ping_timeout=PING_TIMEOUT_S,
            server_name="safety",
        )
        worker, runner = Worker(), Runner()

        def ready() -> None:
            cast("Any", twisted_reactor).callLater(0, running_hub)
            if dispatch:
                worker.start()
                stack.callback(worker.stop)
                runner.start()
                stack.callback(runner.stop)
            _calm_the_collector()
            for address, number in server.listening_addresses:
                say(f"listening on http://{_bracketed(address)}:{number}/")

        server.ready_callable = ready
        server.run()
    if server.listen_failure:
        raise CannotListen(
            f"Cannot listen on {host}:{port}: {server.listen_failure} "
            "Stop what uses the port, or choose another one with --port."
        )
    say("stopped")


def _endpoint(host: str, port: int) -> str:
    interface = host.replace(":", r"\:")
    return f"tcp:port={port}:interface={interface}:backlog={BACKLOG}"


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _calm_the_collector() -> None:
    """Keep full collections rare: with a thousand sockets each one stops the loop for 0.1 s."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 1000)
    # Threads of requests hand the interpreter to the loop sooner than every 5 ms.
    sys.setswitchinterval(0.001)
