"""Which boards each person may watch, remembered for as long as nobody's rights change."""

from __future__ import annotations

import threading
from collections.abc import Collection
from datetime import datetime

from django.utils import timezone

from notifications.access import board_units
from safety.people.models import User
from safety.posts.access import rights_revision, rights_state


class Rights:
    """A cache that knows when it has grown old: a revision, and the next holding's begin or end.

    Asked from the hub's threads; ``version`` rises whenever answers may differ.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._revision = -1
        self._until: datetime | None = None
        self._boards: dict[int, dict[str, int]] = {}
        self._version = 0

    def version(self, *, revision: int | None = None) -> int:
        """Look at the database; one small query while nothing has changed.

        Without any query when the caller has just read the ``revision``.
        """
        with self._lock:
            return self._look(revision)

    def boards_of(self, people: Collection[int]) -> dict[int, dict[str, int]]:
        """For each person, the boards that may be watched now: unit code → unit id."""
        with self._lock:
            self._look()
            unknown = set(people) - self._boards.keys()
            for user in User.objects.filter(pk__in=unknown) if unknown else ():
                self._boards[user.pk] = dict(board_units(user).values_list("code", "pk"))
            return {person: self._boards.get(person, {}) for person in people}

    def _look(self, revision: int | None = None) -> int:
        old = self._until is not None and timezone.now() >= self._until
        if old or (rights_revision() if revision is None else revision) != self._revision:
            self._revision, self._until = rights_state()
            self._boards.clear()
            self._version += 1
        return self._version
