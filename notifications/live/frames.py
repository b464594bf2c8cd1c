"""What travels to a browser: JSON text, and the WebSocket frame around it.

Pure. A frame is made once for a stream and then shared by every socket that
watches it; the payload is inserted as the database wrote it, never decoded.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

# A frame is cut at whichever comes first, so that no reader needs long for one of them.
ROWS_PER_FRAME = 200
CHARACTERS_PER_FRAME = 128 * 1024

TEXT_FINAL = 0x81
SMALL = 126
MEDIUM = 1 << 16


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of a stream as it is sent; ``payload`` is JSON text."""

    seq: int
    kind: str
    at: datetime
    payload: str

    def as_json(self) -> str:
        at = self.at.isoformat(timespec="milliseconds")
        return (
            f'{{"seq":{self.seq},"kind":{json.dumps(self.kind)},"at":"{at}",'
            f'"payload":{self.payload}}}'
        )


@dataclass(frozen=True)
class Frame:
    """One message to a browser; ``wire`` is built at most once, whatever the number of sockets."""

    text: str

    @cached_property
    def wire(self) -> bytes:
        """The message as one unmasked, uncompressed WebSocket text frame (RFC 6455, 5.2)."""
        body = self.text.encode()
        size = len(body)
        if size < SMALL:
            head = bytes((TEXT_FINAL, size))
        elif size < MEDIUM:
            head = bytes((TEXT_FINAL, 126)) + size.to_bytes(2, "big")
        else:
            head = bytes((TEXT_FINAL, 127)) + size.to_bytes(8, "big")
        return head + body


def rows_frames(*, stream: str, epoch: str, rows: Iterable[Row]) -> tuple[Frame, ...]:
    """New rows of a stream, oldest first; a frame without rows says "you are up to date"."""
    head = f'{{"type":"rows","stream":{json.dumps(stream)},"epoch":"{epoch}","rows":['
    return tuple(Frame(f"{head}{','.join(page)}]}}") for page in _pages(rows))


def _pages(rows: Iterable[Row]) -> Iterable[list[str]]:
    page: list[str] = []
    size = 0
    for row in rows:
        text = row.as_json()
        if page and (len(page) == ROWS_PER_FRAME or size + len(text) > CHARACTERS_PER_FRAME):
            yield page
            page, size = [], 0
        page.append(text)
        size += len(text)
    yield page


def reset_frame(*, stream: str, epoch: str, head: int) -> Frame:
    """The reader's cursor is of no use: reload the part of the page, go on from ``head``."""
    return _frame({"type": "reset", "stream": stream, "epoch": epoch, "head": head})


def beat_frame(*, now: datetime, heads: Mapping[str, int], dispatcher: datetime | None) -> Frame:
    """A sign of life: the server's clock, the newest numbers, the dispatcher's last beat."""
    return _frame(
        {
            "type": "beat",
            "now": now.isoformat(timespec="milliseconds"),
            "heads": dict(heads),
            "dispatcher": dispatcher.isoformat(timespec="milliseconds") if dispatcher else None,
        }
    )


def bye_frame(*, reason: str, stream: str | None = None) -> Frame:
    """The end of one stream (``stream`` named) or of the whole connection."""
    content = {"type": "bye", "reason": reason}
    if stream is not None:
        content["stream"] = stream
    return _frame(content)


def _frame(content: Mapping[str, object]) -> Frame:
    return Frame(json.dumps(content, ensure_ascii=False, separators=(",", ":")))
