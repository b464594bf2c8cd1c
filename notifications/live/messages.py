"""What a browser may say. Pure; everything else is unreadable."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from notifications.live.reading import BOARD, PERSON, Wanted

BOARDS_AT_MOST = 50
TEXT_AT_MOST = 16 * 1024


class Unreadable(Exception):  # noqa: N818 - it is an answer to the browser
    """The message is not one of ours; says what was expected."""


@dataclass(frozen=True, kw_only=True)
class Hello:
    """Which streams the page shows, and where it stands in each."""

    streams: tuple[Wanted, ...]


@dataclass(frozen=True, kw_only=True)
class Received:
    """Everything of ``stream`` up to ``seq`` has arrived."""

    stream: str
    seq: int


def parse(text: str, *, person: int) -> Hello | Received:
    if len(text) > TEXT_AT_MOST:
        raise Unreadable("a message has at most 16 kB")
    try:
        content = json.loads(text)
    except ValueError as error:
        raise Unreadable("a message is JSON") from error
    match content:
        case {"type": "hello", "streams": dict() as streams}:
            return Hello(streams=tuple(_streams(streams, person)))
        case {"type": "recv", "stream": str() as stream, "seq": int() as seq} if seq > 0:
            return Received(stream=stream, seq=seq)
    raise Unreadable("a message is a hello or a recv")


def _streams(streams: Mapping[str, Any], person: int) -> list[Wanted]:
    boards = streams.get("boards", {})
    if not isinstance(boards, dict) or len(boards) > BOARDS_AT_MOST:
        raise Unreadable(f"boards maps at most {BOARDS_AT_MOST} unit codes to cursors")
    wanted = [wanted_stream(f"{BOARD}{code}", place, person) for code, place in boards.items()]
    if PERSON in streams:
        wanted.insert(0, wanted_stream(PERSON, streams[PERSON], person))
    return wanted


def wanted_stream(name: str, place: Any, person: int) -> Wanted:
    """A stream and its cursor; ``None`` where the page knows nothing yet."""
    match place:
        case None:
            return Wanted(person=person, name=name)
        case {"cursor": int() as cursor, "epoch": str() as epoch} if 0 <= cursor < 1 << 62:
            return Wanted(person=person, name=name, cursor=cursor, epoch=_uuid(epoch))
    raise Unreadable("a place in a stream is a cursor and an epoch, or null")


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError as error:
        raise Unreadable("an epoch is a UUID") from error
