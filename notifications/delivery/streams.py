"""Append to streams: contiguous numbers, in commit order.

The only writer of ``Stream.head`` and ``StreamRow``. Call it last in a
transaction: the row locks taken here are held until the commit, and a short
hold is what lets many filings run side by side.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from notifications.live.doorbell import ring_after_commit
from notifications.models import Alert, Stream, StreamRow
from safety.bulk import insert

Key = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class NewRow:
    """A row that has no number yet. ``owner`` is a user id or a unit id, after ``stream``."""

    stream: str
    owner: int
    kind: str
    payload: Mapping[str, Any]
    alert: Alert | None = None

    @property
    def key(self) -> Key:
        return (self.stream, self.owner)


def append(rows: Sequence[NewRow]) -> None:
    """Number and write ``rows``, then ring the doorbell after the commit.

    Streams are locked in id order, and missing ones made in key order before, so
    two writers never wait for each other in a circle.
    """
    if not rows:
        return
    if not connection.in_atomic_block:
        raise RuntimeError("append() belongs inside the transaction it tells of")
    wanted = Counter(row.key for row in rows)
    raised = _raise_heads(wanted)
    now = timezone.now()
    written = []
    for row in rows:
        stream = raised[row.key]
        stream.last += 1
        written.append(
            StreamRow(
                stream_id=stream.pk,
                seq=stream.last,
                kind=row.kind,
                alert=row.alert,
                payload=dict(row.payload),
                created_at=now,
            )
        )
    insert(written)
    ring_after_commit(stream.pk for stream in raised.values())


@dataclass
class _Raised:
    """A stream whose head was raised; ``last`` is the number given out last."""

    pk: int
    last: int


def _raise_heads(wanted: Mapping[Key, int]) -> dict[Key, _Raised]:
    """Make room for ``wanted`` rows in each stream and hold its lock until the commit."""
    _make_missing(wanted)
    return {
        (kind, owner): _Raised(pk=pk, last=head - wanted[kind, owner])
        for pk, kind, owner, head in _ask(RAISE, wanted)
    }


def _make_missing(wanted: Mapping[Key, int]) -> None:
    missing = sorted((kind, owner) for kind, owner in _ask(MISSING, wanted))
    if missing:
        Stream.objects.bulk_create(
            [Stream(kind=kind, owner=owner) for kind, owner in missing], ignore_conflicts=True
        )


WANTED = "WITH wanted (kind, owner, more) AS (VALUES {rows})"
MISSING = """
SELECT w.kind, w.owner FROM wanted AS w
LEFT JOIN notifications_stream AS s ON s.kind = w.kind AND s.owner = w.owner
WHERE s.id IS NULL
"""
# The inner query locks in id order, the outer one changes what is locked by then. SQLite
# has one writer and knows no row locks.
RAISE = """
, locked AS (
    SELECT s.id, w.more FROM wanted AS w
    JOIN notifications_stream AS s ON s.kind = w.kind AND s.owner = w.owner
    ORDER BY s.id {lock}
)
UPDATE notifications_stream SET head = head + locked.more
FROM locked WHERE locked.id = notifications_stream.id
RETURNING notifications_stream.id, kind, owner, head
"""


def _ask(query: str, wanted: Mapping[Key, int]) -> list[tuple[Any, ...]]:
    rows = ", ".join(["(%s, %s, %s)"] * len(wanted))
    lock = "FOR UPDATE OF s" if connection.features.has_select_for_update_of else ""
    values = [part for key, more in sorted(wanted.items()) for part in (*key, more)]
    with connection.cursor() as cursor:
        cursor.execute((WANTED + query).format(rows=rows, lock=lock), values)
        return list(cursor.fetchall())
