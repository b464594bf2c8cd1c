"""Append to streams: contiguous numbers, in commit order.

The only writer of ``Stream.head`` and ``StreamRow``. Call it last in a
transaction: the row locks taken here are held until the commit, and a short
hold is what lets many filings run side by side.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from notifications.live.doorbell import ring_after_commit
from notifications.models import Alert, Stream, StreamRow


@dataclass(frozen=True, kw_only=True)
class NewRow:
    """A row that has no number yet. ``owner`` is a user id or a unit id, after ``stream``."""

    stream: str
    owner: int
    kind: str
    payload: Mapping[str, Any]
    alert: Alert | None = None

    @property
    def key(self) -> tuple[str, int]:
        return (self.stream, self.owner)


def append(rows: Sequence[NewRow]) -> None:
    """Number and write ``rows``, then ring the doorbell after the commit.

    Streams are locked in id order, and missing ones made in key order before, so
    two writers never wait for each other in a circle.
    """
    if not rows:
        return
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("append() belongs inside the transaction it tells of")
    wanted = Counter(row.key for row in rows)
    streams = _locked(wanted)
    heads = {key: stream.head for key, stream in streams.items()}
    now = timezone.now()
    written = []
    for row in rows:
        heads[row.key] += 1
        written.append(
            StreamRow(
                stream=streams[row.key],
                seq=heads[row.key],
                kind=row.kind,
                alert=row.alert,
                payload=dict(row.payload),
                created_at=now,
            )
        )
    StreamRow.objects.bulk_create(written)
    _raise_heads(streams, wanted)
    ring_after_commit(stream.pk for stream in streams.values())


def _locked(wanted: Counter[tuple[str, int]]) -> dict[tuple[str, int], Stream]:
    """Lock every wanted stream, making those that are missing before any lock is taken."""
    which = _which(wanted)
    found = set(Stream.objects.filter(which).values_list("kind", "owner"))
    missing = [key for key in sorted(wanted) if key not in found]
    if missing:
        Stream.objects.bulk_create(
            [Stream(kind=kind, owner=owner) for kind, owner in missing], ignore_conflicts=True
        )
    locked = Stream.objects.select_for_update().filter(which).order_by("pk")
    return {(stream.kind, stream.owner): stream for stream in locked}


def _which(wanted: Counter[tuple[str, int]]) -> Q:
    owners: dict[str, list[int]] = defaultdict(list)
    for kind, owner in wanted:
        owners[kind].append(owner)
    which = Q(pk__in=[])
    for kind, ids in owners.items():
        which |= Q(kind=kind, owner__in=ids)
    return which


def _raise_heads(
    streams: Mapping[tuple[str, int], Stream], wanted: Counter[tuple[str, int]]
) -> None:
    by_count: dict[int, list[int]] = defaultdict(list)
    for key, count in wanted.items():
        by_count[count].append(streams[key].pk)
    for count, ids in by_count.items():
        Stream.objects.filter(pk__in=ids).update(head=F("head") + count)
