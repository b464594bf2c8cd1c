"""The background worker: one leads, the others stand by.

The lead is a row with an end (a lease), taken by compare-and-set and by the
database's clock, the one clock all machines share. A worker that is killed
simply stops renewing; four seconds later another one leads.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from datetime import timedelta
from time import monotonic

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now

from notifications.delivery.chores import run_due
from notifications.delivery.selectors import DISPATCHER
from notifications.models import Beat
from notifications.obligations.handing_over import Settler
from safety.ledger.actions import seal

log = logging.getLogger(__name__)

TURN_S = 1.0
LEASE = timedelta(seconds=4)
BATCH = 1000
WHOLE_LOOK_EVERY_S = 5.0
# Short: whoever waits longer than the lease has lost the lead to somebody else.
TROUBLE_S = (1.0, 2.0, 3.0)


def take_lead(owner: str) -> bool:
    """Take or renew the lead for ``owner``; whether it leads now."""
    free = Q(owner=owner) | Q(until__lt=Now())
    won = Beat.objects.filter(free, name=DISPATCHER).update(
        owner=owner, at=Now(), until=Now() + LEASE
    )
    if won:
        return True
    if Beat.objects.filter(name=DISPATCHER).exists():
        return False
    Beat.objects.bulk_create(
        [Beat(name=DISPATCHER, owner=owner, at=Now(), until=Now() + LEASE)], ignore_conflicts=True
    )
    return Beat.objects.filter(name=DISPATCHER, owner=owner).exists()


def give_up_lead(owner: str) -> None:
    """Let the next one lead at once; a worker that ends in order does not make anybody wait."""
    Beat.objects.filter(name=DISPATCHER, owner=owner).update(until=Now())


class Worker:
    """Runs until told to stop. Outlives every error: it logs, waits a little and goes on."""

    def __init__(self) -> None:
        self.owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._end = threading.Event()
        self._thread: threading.Thread | None = None
        self._settler = Settler()
        self._whole_look_at = 0.0

    def start(self) -> None:
        """Run in a thread of its own."""
        self._thread = threading.Thread(target=self.run, name="dispatcher", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask the worker to end, and wait for the turn it is in."""
        self._end.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def run(self) -> None:
        trouble = 0
        while not self._end.is_set():
            try:
                self.turn()
                trouble = 0
                wait_s = TURN_S
                if connection.vendor != "sqlite":
                    connection.close()  # back to the pool
            except Exception:
                log.exception("dispatcher: a turn failed; trying again")
                connection.close()
                wait_s = TROUBLE_S[min(trouble, len(TROUBLE_S) - 1)]
                trouble += 1
            self._end.wait(wait_s)
        self._leave()

    def turn(self) -> bool:
        """One turn: lead or stand by; while leading seal what waits, and hand over what is due."""
        leads = take_lead(self.owner)
        if leads:
            run_due(self.owner)
        while leads and not self._end.is_set() and self._seal() == BATCH:
            leads = take_lead(self.owner)
        if leads:
            self._settler.run()
        return leads

    def _seal(self) -> int:
        whole = monotonic() >= self._whole_look_at
        if whole:
            self._whole_look_at = monotonic() + WHOLE_LOOK_EVERY_S
        return seal(limit=BATCH, whole=whole)

    def _leave(self) -> None:
        try:
            give_up_lead(self.owner)
        except Exception:
            log.warning("dispatcher: could not give up the lead; it ends by itself", exc_info=True)
        connection.close()
