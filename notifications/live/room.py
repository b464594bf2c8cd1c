"""Who is here and who watches what. Plain bookkeeping on the loop; nothing here waits."""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic

from django.conf import settings

from notifications.live.frames import bye_frame
from notifications.live.member import Member, Subscription, Watched
from notifications.live.outbox import Outbox
from notifications.live.reading import BOARD, CaughtUp

# A session is asked about again after this long, and at every message of its browser.
CHECK_EVERY_S = 10.0


class Room:
    def __init__(self) -> None:
        self.members: set[Member] = set()
        self.watched: dict[int, Watched] = {}

    def admit(self, *, session: str, person: int, outbox: Outbox) -> Member:
        now = monotonic()
        # Not all beats at the same moment, however many browsers came at once.
        early = len(self.members) % 16 / 32 * settings.LIVE_BEAT_SECONDS
        member = Member(
            session=session,
            person=person,
            outbox=outbox,
            check_due=now + CHECK_EVERY_S,
            beat_due=now + settings.LIVE_BEAT_SECONDS - early,
        )
        self.members.add(member)
        return member

    def forget(self, member: Member) -> None:
        self.members.discard(member)
        for name in tuple(member.streams):
            self.unsubscribe(member, name)

    def subscribe(self, member: Member, name: str, caught: CaughtUp) -> bool:
        """Let ``member`` follow from where it was caught up; whether the stream is new here."""
        watched = self.watched.get(caught.stream)
        new = watched is None
        if watched is None:
            watched = self.watched[caught.stream] = Watched(
                id=caught.stream, key=caught.key, name=name, epoch=caught.epoch, head=caught.seq
            )
        watched.members[member] = Subscription(sent=caught.seq, received=0)
        member.streams[name] = watched
        return new

    def unsubscribe(self, member: Member, name: str) -> None:
        watched = member.streams.pop(name, None)
        if watched is not None:
            watched.members.pop(member, None)
            if not watched.members:
                self.watched.pop(watched.id, None)

    def end_stream(self, member: Member, name: str) -> None:
        """Stop a stream and say so; the browser never learns whether it exists."""
        self.unsubscribe(member, name)
        member.outbox.put(bye_frame(reason="not available", stream=name))

    def board_watchers(self) -> set[int]:
        """The people who watch at least one board from here."""
        return {member.person for member in self.members if any(boards_in(member.streams))}

    def keep_only(self, boards: dict[int, dict[str, int]]) -> None:
        """End every board stream whose watcher may not watch it (any more)."""
        for member in self.members:
            for name in list(boards_in(member.streams)):
                if name.removeprefix(BOARD) not in boards[member.person]:
                    self.end_stream(member, name)


def boards_in(names: Iterable[str]) -> Iterable[str]:
    return (name for name in names if name.startswith(BOARD))
