"""Who may be here, and for how long: sessions and rights, asked again and again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic

from notifications.live.batched import Batched
from notifications.live.member import Member
from notifications.live.rights import Rights
from notifications.live.room import CHECK_EVERY_S, Room
from notifications.live.threads import DatabaseThread
from safety.people.sessions import signed_in

AT_ONCE = 400


class Gate:
    """Lets people in, and calls ``expel`` for those whose session no longer opens the door.

    ``version`` is the state of everybody's rights that all members were last checked against.
    """

    def __init__(
        self,
        *,
        room: Room,
        rights: Rights,
        thread: DatabaseThread,
        expel: Callable[[Member], None],
    ) -> None:
        self._room = room
        self._rights = rights
        self._thread = thread
        self._expel = expel
        self._who = Batched(self._read_who, at_most=200)
        self.version = 0

    async def who(self, session: str) -> int | None:
        """The person behind a session key, if it still opens the door."""
        return await self._who.ask(session) if session else None

    async def heed_rights(self, version: int) -> None:
        """When somebody's rights changed: ask about every session and board before going on."""
        if version == self.version:
            return
        await self._check(list(self._room.members))
        boards: dict[int, dict[str, int]] = {}
        while unasked := self._room.board_watchers() - boards.keys():  # some join meanwhile
            boards |= await self._thread.run(self._rights.boards_of, unasked)
        self._room.keep_only(boards)
        self.version = version

    async def check_those_due(self) -> None:
        now = monotonic()
        await self._check([member for member in self._room.members if member.check_due <= now])

    async def _check(self, members: Sequence[Member]) -> None:
        for start in range(0, len(members), AT_ONCE):
            part = members[start : start + AT_ONCE]
            still = await self._thread.run(signed_in, {member.session for member in part})
            for member in part:
                if still.get(member.session) == member.person:
                    member.check_due = monotonic() + CHECK_EVERY_S
                else:
                    self._expel(member)

    async def _read_who(self, sessions: Sequence[str]) -> list[int | None]:
        found = await self._thread.run(signed_in, set(sessions))
        return [found.get(session) for session in sessions]
