"""The doorbell: a wake-up without content.

After a commit it names the streams that have something new. Who hears it reads
the database; who misses it reads a moment later (the hub's repair poll). Losing,
doubling or reordering a ring is therefore harmless.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import partial

from django.db import transaction

log = logging.getLogger(__name__)

Ringer = Callable[[list[int]], None]
_ringers: list[Ringer] = []


def on_ring(ringer: Ringer) -> None:
    """Register what carries a ring (the hub of this process, the channel layer)."""
    _ringers.append(ringer)


def off_ring(ringer: Ringer) -> None:
    _ringers.remove(ringer)


def ring_after_commit(stream_ids: Iterable[int]) -> None:
    transaction.on_commit(partial(ring, sorted(set(stream_ids))), robust=True)


def ring(stream_ids: list[int]) -> None:
    """Wake every listener; a ringer that fails is logged and never disturbs the writer."""
    for ringer in tuple(_ringers):
        try:
            ringer(stream_ids)
        except Exception:
            log.warning("doorbell: a ringer failed", exc_info=True)
