"""The hub: one per process, between the database and this process's sockets.

A ring says which streams moved. The hub waits a few milliseconds for others to
join in, reads everything new for all its streams with one query, makes each
frame once and writes it to each socket without waiting for any. Once a second
it looks by itself, so that a ring that was lost only costs that second.

Everything here runs on the event loop, except ``ring``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from time import monotonic

from django.conf import settings
from django.utils import timezone

from notifications.delivery.selectors import STALE_AFTER
from notifications.live import doorbell
from notifications.live.batched import Batched
from notifications.live.carrier import Carrier
from notifications.live.codes import NOT_SIGNED_IN, RESTARTING
from notifications.live.frames import Frame, Row, beat_frame
from notifications.live.gate import Gate
from notifications.live.member import Member
from notifications.live.outbox import Outbox
from notifications.live.reading import CaughtUp, Cursor, Pulse, Wanted, catch_up, pulse, rows_after
from notifications.live.receipts import Receipts
from notifications.live.rights import Rights
from notifications.live.room import Room
from notifications.live.threads import DatabaseThread

log = logging.getLogger(__name__)

COALESCE_S = 0.005
# Without a successful look at the database for this long we send no beat: silence is honest.
BLIND_AFTER_S = 10.0
TROUBLE_S = (0.1, 0.5, 1.0, 2.0)
STREAMS_AT_ONCE = 400
# After a pause of the database a great deal may be new: in portions, so that quick readers,
# who need a moment like everybody, are not taken for slow ones.
ROWS_AT_ONCE = 64
PORTION_EVERY_S = 0.05


class Hub:
    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._room = Room()
        self._moved: set[int] = set()
        self._something = asyncio.Event()
        self._news = DatabaseThread("live-news")
        self._door = DatabaseThread("live-door")
        self._rights = Rights()
        self._looked_at = 0.0
        self._looked = asyncio.Event()
        self._dispatcher: datetime | None = None
        self._carrier = Carrier(self._note)
        self._receipts = Receipts(self._door)
        self._gate = Gate(
            room=self._room, rights=self._rights, thread=self._door, expel=self._turn_out
        )
        self._catch_up = Batched(self._read_missed, at_most=50)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to serve on the running loop."""
        self._loop = asyncio.get_running_loop()
        doorbell.on_ring(self.ring)
        doorbell.on_ring(self._carrier.ring)
        self._carrier.start()
        self._tasks = [
            asyncio.ensure_future(work())
            for work in (self._pass_on_news, self._keep_looking, self._receipts.keep_writing)
        ]

    async def stop(self) -> None:
        """Tell every browser to come back in a moment, and end."""
        if self._loop is None:
            return
        self._loop = None
        doorbell.off_ring(self.ring)
        doorbell.off_ring(self._carrier.ring)
        for member in tuple(self._room.members):
            self.expel(member, RESTARTING, reason="restarting")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._carrier.stop()
        await self._news.stop()
        await self._door.stop()

    # From any thread

    def ring(self, stream_ids: list[int]) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._note, stream_ids)

    def _note(self, stream_ids: Sequence[int]) -> None:
        moved = self._room.watched.keys() & stream_ids
        if moved:
            self._moved |= moved
            self._something.set()

    # Browsers come and go

    async def who(self, session: str) -> int | None:
        """The person behind a session key, if it still opens the door."""
        return await self._gate.who(session)

    def admit(self, *, session: str, person: int, outbox: Outbox) -> Member:
        return self._room.admit(session=session, person=person, outbox=outbox)

    def expel(self, member: Member, code: int, *, reason: str) -> None:
        member.outbox.close(code, reason=reason)
        self._room.forget(member)

    def _turn_out(self, member: Member) -> None:
        self.expel(member, NOT_SIGNED_IN, reason="signed out")

    def leave(self, member: Member) -> None:
        """The socket is gone."""
        member.outbox.lost()
        self._room.forget(member)

    async def join(self, member: Member, wanted: Wanted) -> None:
        """Replay what ``member`` misses of a stream, then keep it up to date, without a gap.

        The last look and the subscription happen in the same turn of the loop.
        A stream that is not there for this person ends with a bye, whatever the reason.
        """
        while member in self._room.members:
            version = self._gate.version
            caught = await self._catch_up.ask(wanted)
            if member not in self._room.members:
                return
            if caught is None:
                self._room.end_stream(member, wanted.name)
                return
            if version != self._gate.version:
                continue  # somebody's rights changed meanwhile: ask again
            for frame in caught.frames:
                await member.outbox.room()
                member.outbox.put(frame)
            watched = self._room.watched.get(caught.stream)
            if watched is None or watched.head <= caught.seq:
                if self._room.subscribe(member, wanted.name, caught):
                    self._note([caught.stream])  # it may have rung while nobody here listened
                return
            wanted = Wanted(
                person=wanted.person, name=wanted.name, cursor=caught.seq, epoch=caught.epoch
            )

    def received(self, member: Member, name: str, seq: int) -> None:
        """The browser has everything up to ``seq``; more than was sent is not believed."""
        watched = member.streams.get(name)
        if watched is None:
            return
        place = watched.members[member]
        seq = min(seq, place.sent)
        if seq > place.received:
            place.received = seq
            self._receipts.note(watched, seq)

    async def greet(self, member: Member) -> None:
        """The first beat: the page knows at once whether somebody is at work behind it."""
        await self._looked.wait()
        member.outbox.put(self._beat_for(member))

    # News

    async def _pass_on_news(self) -> None:
        trouble = 0
        while True:
            await self._something.wait()
            self._something.clear()
            moved, self._moved = self._moved, set()
            try:
                await self._pass_on(sorted(moved))
                trouble = 0
            except Exception:
                log.exception("hub: cannot read what is new; trying again")
                await asyncio.sleep(TROUBLE_S[min(trouble, len(TROUBLE_S) - 1)])
                trouble += 1
                self._note(list(moved))
            await asyncio.sleep(COALESCE_S)

    async def _pass_on(self, stream_ids: Sequence[int]) -> None:
        for start in range(0, len(stream_ids), STREAMS_AT_ONCE):
            cursors = {
                (watched.id, watched.head)
                for pk in stream_ids[start : start + STREAMS_AT_ONCE]
                if (watched := self._room.watched.get(pk)) is not None
            }
            found, version = await self._news.run(self._read_news, cursors)
            await self._gate.heed_rights(version)
            for (pk, head), rows in found.items():
                watched = self._room.watched.get(pk)
                if watched is not None and watched.head == head:
                    watched.pass_on(rows)
                else:  # it was reset meanwhile
                    self._note([pk])
            if sum(map(len, found.values())) == ROWS_AT_ONCE:
                self._note([pk for pk, _head in cursors])
                await asyncio.sleep(PORTION_EVERY_S)

    def _read_news(self, cursors: set[Cursor]) -> tuple[Mapping[Cursor, list[Row]], int]:
        """In a thread: the rows, and whether anybody's rights have changed since the last ones."""
        news = rows_after(cursors, at_most=ROWS_AT_ONCE)
        version = self._rights.version(revision=news.revision) if news.rows else self._gate.version
        return news.rows, version

    # Once a second

    async def _keep_looking(self) -> None:
        while True:
            try:
                await self._look()
                self._looked_at = monotonic()
                self._looked.set()
            except Exception:
                log.exception("hub: cannot look at the database; trying again")
            self._beat()
            await asyncio.sleep(settings.LIVE_POLL_SECONDS)

    async def _look(self) -> None:
        found, version = await self._news.run(self._read_pulse, sorted(self._room.watched))
        await self._gate.heed_rights(version)
        for pk, (head, epoch) in found.streams.items():
            watched = self._room.watched.get(pk)
            if watched is None:
                continue
            if epoch != watched.epoch:
                watched.reset(epoch=epoch, head=head)
            elif head > watched.head:
                self._note([pk])
        await self._gate.check_those_due()
        self._heed_dispatcher(found.dispatcher)

    def _read_pulse(self, stream_ids: Sequence[int]) -> tuple[Pulse, int]:
        return pulse(stream_ids), self._rights.version()

    def _heed_dispatcher(self, beat: datetime | None) -> None:
        """Tell everybody at once when the dispatcher falls silent or comes back."""
        changed = _fresh(beat) != _fresh(self._dispatcher)
        self._dispatcher = beat
        if changed:
            for member in self._room.members:
                member.beat_due = 0.0

    def _beat(self) -> None:
        now = monotonic()
        if now - self._looked_at > BLIND_AFTER_S:
            return
        made: dict[tuple[int, ...], Frame] = {}  # pages that show the same get the same bytes
        for member in self._room.members:
            if member.beat_due <= now:
                member.beat_due = now + settings.LIVE_BEAT_SECONDS
                shown = tuple(watched.id for watched in member.streams.values())
                if shown not in made:
                    made[shown] = self._beat_for(member)
                member.outbox.put(made[shown])

    def _beat_for(self, member: Member) -> Frame:
        heads = {name: watched.head for name, watched in member.streams.items()}
        return beat_frame(now=timezone.now(), heads=heads, dispatcher=self._dispatcher)

    async def _read_missed(self, asked: Sequence[Wanted]) -> list[CaughtUp | None]:
        return await self._door.run(partial(catch_up, asked, self._rights))


def _fresh(beat: datetime | None) -> bool:
    return beat is not None and timezone.now() - beat < STALE_AFTER
