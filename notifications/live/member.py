"""One browser at the hub, and the streams it watches."""

from __future__ import annotations

from dataclasses import dataclass, field

from notifications.live.frames import Frame, Row, reset_frame, rows_frames
from notifications.live.outbox import Outbox
from notifications.live.reading import Key, follows


@dataclass(kw_only=True)
class Subscription:
    """How far one member has come in one stream: sent by us, received as it says."""

    sent: int
    received: int


@dataclass(eq=False, kw_only=True)
class Member:
    """A signed-in socket. Lives on the hub's loop only."""

    session: str
    person: int
    outbox: Outbox
    check_due: float
    beat_due: float
    streams: dict[str, Watched] = field(default_factory=dict)


@dataclass(eq=False, kw_only=True)
class Watched:
    """A stream that somebody here watches; ``head`` is the last number that was passed on."""

    id: int
    key: Key
    name: str
    epoch: str
    head: int
    members: dict[Member, Subscription] = field(default_factory=dict)

    def pass_on(self, rows: list[Row]) -> None:
        """Give ``rows`` (the ones after ``head``) to every member, each frame encoded once."""
        if not follows(rows, self.head):
            self.reset(epoch=self.epoch, head=rows[-1].seq)
            return
        last = rows[-1].seq
        made: dict[int, tuple[Frame, ...]] = {}
        for member, place in self.members.items():
            if place.sent >= last:
                continue
            frames = made.get(place.sent)
            if frames is None:
                frames = made[place.sent] = self._frames_after(place.sent, rows)
            for frame in frames:
                member.outbox.put(frame)
            place.sent = last
        self.head = last

    def _frames_after(self, seq: int, rows: list[Row]) -> tuple[Frame, ...]:
        """Who joined a moment ago may already have the first of the rows."""
        return rows_frames(
            stream=self.name, epoch=self.epoch, rows=(row for row in rows if row.seq > seq)
        )

    def reset(self, *, epoch: str, head: int) -> None:
        """Make every member start anew: the history is another one, or has a hole."""
        self.epoch, self.head = epoch, head
        frame = reset_frame(stream=self.name, epoch=epoch, head=head)
        for member, place in self.members.items():
            member.outbox.put(frame)
            place.sent = head
            place.received = head
