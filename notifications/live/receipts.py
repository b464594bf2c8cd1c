"""Write down what browsers say has arrived: in small batches, and never in anybody's way."""

from __future__ import annotations

import asyncio
import logging

from django.utils import timezone

from notifications.live.member import Watched
from notifications.live.threads import DatabaseThread
from notifications.models import Receipt, Stream

log = logging.getLogger(__name__)

WRITE_EVERY_S = 0.25


def write_receipts(seqs: dict[int, int]) -> None:
    """One row per stream and number; what another tab said before stays."""
    now = timezone.now()
    Receipt.objects.bulk_create(
        [Receipt(stream_id=stream, seq=seq, at=now) for stream, seq in sorted(seqs.items())],
        ignore_conflicts=True,
    )


class Receipts:
    """Collects receipts of inboxes (a board has no addressee) until the next batch."""

    def __init__(self, thread: DatabaseThread) -> None:
        self._thread = thread
        self._waiting: dict[int, int] = {}

    def note(self, watched: Watched, seq: int) -> None:
        if watched.key[0] == Stream.Kind.PERSON:
            self._waiting[watched.id] = max(seq, self._waiting.get(watched.id, 0))

    async def keep_writing(self) -> None:
        while True:
            await asyncio.sleep(WRITE_EVERY_S)
            if not self._waiting:
                continue
            batch, self._waiting = self._waiting, {}
            try:
                await self._thread.run(write_receipts, batch)
            except Exception:
                log.exception("hub: cannot write receipts; trying again")
                self._waiting = {**batch, **self._waiting}
                await asyncio.sleep(1)
