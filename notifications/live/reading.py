"""What the live part reads: few queries for many readers. Called in threads, never on the loop."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection

from notifications.delivery.selectors import dispatcher_beat
from notifications.live.frames import Frame, Row, reset_frame, rows_frames
from notifications.live.rights import Rights
from notifications.models import Stream

PERSON = "person"
BOARD = "board:"

# Whoever is further behind reloads the page: quicker than replaying a whole night.
REPLAY_AT_MOST = 1000

Key = tuple[str, int]
Cursor = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A stream that ``person`` asks for: "person" or "board:<code>", and from where.

    Without a cursor the reader knows nothing yet.
    """

    person: int
    name: str
    cursor: int | None = None
    epoch: str = ""


@dataclass(frozen=True, kw_only=True)
class CaughtUp:
    """Everything a reader misses, as frames; afterwards the reader stands at ``seq``."""

    key: Key
    stream: int
    epoch: str
    seq: int
    frames: tuple[Frame, ...]


@dataclass(frozen=True, kw_only=True)
class Pulse:
    """Where things stand: the head and history of each stream, the dispatcher's last beat."""

    streams: Mapping[int, tuple[int, str]]
    dispatcher: datetime | None


@dataclass(frozen=True, kw_only=True)
class News:
    """New rows of each (stream id, number), and the rights' revision of the same moment."""

    rows: Mapping[Cursor, list[Row]]
    revision: int | None = None


def rows_after(cursors: Collection[Cursor], *, at_most: int | None = None) -> News:
    """The rows behind each (stream id, number), oldest first; one query for all of them.

    ``at_most`` bounds the rows of all streams together; each stream's are still
    the ones that follow its number.
    Payloads stay JSON text as the database wrote it: nothing is decoded on the way.
    """
    if not cursors:
        return News(rows={})
    values = ",".join(["(%s,%s)"] * len(cursors))
    # Only placeholders are put together here; the numbers travel as parameters.
    sql = (
        f"WITH cursors(stream_id, seq) AS (VALUES {values}) "  # noqa: S608
        "SELECT c.stream_id, c.seq, r.seq, r.kind, r.created_at, r.payload, "
        "(SELECT MAX(number) FROM posts_holdingsrevision) "
        "FROM cursors c JOIN notifications_streamrow r "
        "ON r.stream_id = c.stream_id AND r.seq > c.seq "
        "ORDER BY c.stream_id, c.seq, r.seq"
    )
    if at_most is not None:
        sql += f" LIMIT {int(at_most)}"
    found: dict[Cursor, list[Row]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(sql, [number for pair in cursors for number in pair])
        read = cursor.fetchall()
    for stream, after, seq, kind, at, payload, _revision in read:
        found[stream, after].append(Row(seq=seq, kind=kind, at=_aware(at), payload=payload))
    return News(rows=dict(found), revision=read[0][-1] if read else None)


def _aware(moment: datetime) -> datetime:
    """SQLite keeps UTC without saying so."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def pulse(stream_ids: Collection[int]) -> Pulse:
    found = Stream.objects.filter(pk__in=stream_ids).values_list("pk", "head", "epoch")
    return Pulse(
        streams={pk: (head, str(epoch)) for pk, head, epoch in found},
        dispatcher=dispatcher_beat().at,
    )


def catch_up(asked: Sequence[Wanted], rights: Rights) -> list[CaughtUp | None]:
    """Bring each reader up to date; ``None`` for a stream that is not there for that person.

    Rights are looked at before the rows. A cursor of another history, from the
    future or too far behind is answered with a reset.
    """
    keys = _keys(asked, rights)
    streams = ensure_streams({key for key in keys if key is not None})
    found = [streams[key] if key is not None else None for key in keys]
    rows = rows_after(
        {
            (stream.pk, wanted.cursor)
            for wanted, stream in zip(asked, found, strict=True)
            if stream is not None and wanted.cursor is not None and _usable(wanted, stream)
        }
    ).rows
    made: dict[tuple[Key, int | None], CaughtUp] = {}
    answers: list[CaughtUp | None] = []
    for wanted, stream in zip(asked, found, strict=True):
        if stream is None:
            answers.append(None)
            continue
        cursor = wanted.cursor if _usable(wanted, stream) else None
        place = ((stream.kind, stream.owner), cursor)
        if place not in made:
            made[place] = _caught_up(wanted.name, stream, cursor, rows)
        answers.append(made[place])
    return answers


def _keys(asked: Sequence[Wanted], rights: Rights) -> list[Key | None]:
    watchers = {wanted.person for wanted in asked if wanted.name.startswith(BOARD)}
    boards = rights.boards_of(watchers) if watchers else {}
    keys: list[Key | None] = []
    for wanted in asked:
        if wanted.name == PERSON:
            keys.append((Stream.Kind.PERSON, wanted.person))
            continue
        unit = boards.get(wanted.person, {}).get(wanted.name.removeprefix(BOARD))
        keys.append(None if unit is None else (Stream.Kind.BOARD, unit))
    return keys


def ensure_streams(keys: Collection[Key]) -> dict[Key, Stream]:
    """The streams of ``keys``; one that nobody has written to yet is made, so that it has a name.

    Without it a reader of an empty stream could not recognise its first ring.
    """
    found = _streams(keys)
    missing = sorted(set(keys) - found.keys())
    if missing:
        Stream.objects.bulk_create(
            [Stream(kind=kind, owner=owner) for kind, owner in missing], ignore_conflicts=True
        )
        found |= _streams(missing)
    return found


def _streams(keys: Collection[Key]) -> dict[Key, Stream]:
    found: dict[Key, Stream] = {}
    for kind in {kind for kind, _owner in keys}:
        owners = [owner for one, owner in keys if one == kind]
        for stream in Stream.objects.filter(kind=kind, owner__in=owners):
            found[stream.kind, stream.owner] = stream
    return found


def _usable(wanted: Wanted, stream: Stream) -> bool:
    """Whether the missing rows can be replayed from the reader's cursor."""
    if wanted.cursor is None:
        return stream.head == 0
    if wanted.epoch != str(stream.epoch):
        return False
    return 0 <= stream.head - wanted.cursor <= REPLAY_AT_MOST


def _caught_up(
    name: str, stream: Stream, cursor: int | None, rows: Mapping[Cursor, Sequence[Row]]
) -> CaughtUp:
    missed = rows.get((stream.pk, cursor), ()) if cursor is not None else ()
    epoch = str(stream.epoch)
    frames: tuple[Frame, ...]
    if (cursor is None and stream.head > 0) or (missed and not follows(missed, cursor or 0)):
        seq = max(stream.head, missed[-1].seq if missed else 0)
        frames = (reset_frame(stream=name, epoch=epoch, head=seq),)
    else:
        seq = missed[-1].seq if missed else (cursor or 0)
        frames = rows_frames(stream=name, epoch=epoch, rows=missed)
    return CaughtUp(
        key=(stream.kind, stream.owner), stream=stream.pk, epoch=epoch, seq=seq, frames=frames
    )


def follows(rows: Sequence[Row], cursor: int) -> bool:
    """Whether ``rows`` go on from ``cursor`` without a hole (old rows may have been archived)."""
    return rows[0].seq == cursor + 1 and rows[-1].seq - rows[0].seq == len(rows) - 1


def cursor_of(kind: str, owner: int) -> dict[str, str | int]:
    """Where a page stands that is about to be read: ask *before* reading its content.

    What is written in between then comes twice, which does no harm, and never not at all.
    """
    stream = ensure_streams({(kind, owner)})[kind, owner]
    return {"cursor": stream.head, "epoch": str(stream.epoch)}
