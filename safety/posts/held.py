"""Which posts a person answers for now, kept in memory as long as nothing changes it.

Every page asks several times. The revision that database triggers raise with each change
and the next moment at which something begins or ends say how long an answer holds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

State = Callable[[], tuple[int, datetime | None]]


class KeptPosts:
    """Ids of posts by person, all of one state; another state forgets them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Drop everything: after the database was put back to an earlier state."""
        self._revision = -1
        self._since: datetime | None = None
        self._until: datetime | None = None
        self._posts: dict[int, tuple[int, ...]] = {}

    def of(
        self, person: int, *, revision: int, state: State, read: Callable[[], tuple[int, ...]]
    ) -> tuple[int, ...]:
        """What ``read`` answers for ``person``, asked again only when something changed.

        ``revision`` is the present one, read before; ``state`` tells it with the moment of
        the next change. Not to be asked inside a transaction: what that wrote may be rolled
        back, and the number of its revision given out again.
        """
        found = self._look(person, revision)
        if found is not None:
            return found
        since = timezone.now()
        seen, until = state()  # before the posts: a change in between makes it outdated
        posts = read()
        with self._lock:
            if seen != self._revision or until != self._until:
                self._revision, self._since, self._until, self._posts = seen, since, until, {}
            self._posts[person] = posts
        return posts

    def _look(self, person: int, revision: int) -> tuple[int, ...] | None:
        now = timezone.now()
        with self._lock:
            if revision != self._revision or self._since is None or now < self._since:
                return None
            if self._until is not None and now >= self._until:
                return None
            return self._posts.get(person)


kept_posts = KeptPosts()
