"""Without Redis there may be only one serving process: refuse the second one where we can see it.

The in-memory layer never leaves its process, so a ring in one server would reach
the sockets of another only by its poll. Two machines cannot be told apart this
way; the operator's guide says so.
"""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from notifications.live.carrier import crosses_processes


class ManyOnMemory(Exception):  # noqa: N818 - it is an answer to the operator
    """Another process already serves this database without Redis."""


@contextmanager
def alone_on_memory() -> Iterator[None]:
    """Hold a lock on "serving this database" for as long as the layer is in memory.

    The kernel lets go of it when the process ends, however it ends.
    """
    if crosses_processes():
        yield
        return
    place = settings.DATABASES["default"]
    name = hashlib.sha256(f"{place.get('HOST')}:{place.get('PORT')}:{place['NAME']}".encode())
    path = settings.VAR_DIR / f"serve-{name.hexdigest()[:12]}.lock"
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ManyOnMemory(
                "Another process already serves this database without Redis, and live messages "
                "would not reach its sockets. Stop it, or set SAFETY_REDIS_URL for all of them."
            ) from error
        yield
