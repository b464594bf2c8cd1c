"""The thread that does long jobs, beside the dispatcher, whose turns must stay short."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading

from django.db import connection

from notifications.table.jobs import work

log = logging.getLogger(__name__)

TURN_S = 1.0
TROUBLE_S = 3.0


class Runner:
    """Looks for a job each second until told to stop. Outlives every error."""

    def __init__(self) -> None:
        self.owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._end = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Run in a thread of its own."""
        self._thread = threading.Thread(target=self.run, name="table jobs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end. A job under way is left to whoever takes it up again."""
        self._end.set()
        if self._thread is not None:
            self._thread.join(timeout=2)

    def run(self) -> None:
        while not self._end.is_set():
            wait_s = TURN_S
            try:
                while not self._end.is_set() and work(self.owner):
                    pass
                if connection.vendor != "sqlite":
                    connection.close()  # back to the pool
            except Exception:
                log.exception("table jobs: a turn failed; trying again")
                connection.close()
                wait_s = TROUBLE_S
            self._end.wait(wait_s)
        connection.close()
