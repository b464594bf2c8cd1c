"""What goes over the wire is readable by somebody else's WebSocket implementation."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from websockets.frames import Opcode
from websockets.streams import StreamReader

from notifications.live.frames import Frame, Row, beat_frame, bye_frame, rows_frames


def parse(wire: bytes) -> tuple[int, bool, str]:
    """Let the ``websockets`` library read one frame sent by a server."""
    from websockets.frames import Frame as Theirs  # noqa: PLC0415 - same name as ours

    reader = StreamReader()
    reader.feed_data(wire)
    parsing = Theirs.parse(reader.read_exact, mask=False)
    try:
        while True:
            next(parsing)
    except StopIteration as done:
        frame: Theirs = done.value
    reader.feed_eof()
    assert reader.buffer == b""
    return frame.opcode, frame.fin, bytes(frame.data).decode()


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
def test_the_frame_of_any_size_is_one_final_text_frame(size: int) -> None:
    text = "x" * size

    assert parse(Frame(text).wire) == (Opcode.TEXT, True, text)


def test_lengths_count_bytes_and_not_characters() -> None:
    text = "溺水" * 40  # 80 characters, 240 bytes

    assert parse(Frame(text).wire)[2] == text


def test_a_payload_is_inserted_as_the_database_wrote_it() -> None:
    at = datetime(2026, 6, 14, 12, 14, 5, 120_000, tzinfo=UTC)
    rows = [Row(seq=7, kind="alert.raised", at=at, payload='{"a":  1}')]

    (frame,) = rows_frames(stream="board:520121", epoch="e", rows=rows)

    assert '"payload":{"a":  1}' in frame.text
    assert json.loads(frame.text) == {
        "type": "rows",
        "stream": "board:520121",
        "epoch": "e",
        "rows": [
            {
                "seq": 7,
                "kind": "alert.raised",
                "at": "2026-06-14T12:14:05.120+00:00",
                "payload": {"a": 1},
            }
        ],
    }


def test_the_wire_form_is_built_once() -> None:
    frame = Frame("x")

    assert frame.wire is frame.wire


def test_a_beat_without_a_dispatcher_says_null() -> None:
    at = datetime(2026, 6, 14, tzinfo=UTC)

    assert json.loads(beat_frame(now=at, heads={"person": 3}, dispatcher=None).text) == {
        "type": "beat",
        "now": "2026-06-14T00:00:00.000+00:00",
        "heads": {"person": 3},
        "dispatcher": None,
    }


def test_a_bye_names_its_stream_only_when_one_stream_ends() -> None:
    assert json.loads(bye_frame(reason="r").text) == {"type": "bye", "reason": "r"}
    assert json.loads(bye_frame(reason="r", stream="person").text)["stream"] == "person"


def test_many_or_large_rows_are_cut_into_frames_and_none_is_lost() -> None:
    at = datetime(2026, 6, 14, tzinfo=UTC)
    small = [Row(seq=n, kind="k", at=at, payload="{}") for n in range(450)]
    large = [Row(seq=n, kind="k", at=at, payload=f'"{"x" * 100_000}"') for n in range(3)]

    def seqs(rows: list[Row]) -> list[list[int]]:
        frames = rows_frames(stream="person", epoch="e", rows=rows)
        return [[row["seq"] for row in json.loads(frame.text)["rows"]] for frame in frames]

    assert list(map(len, seqs(small))) == [200, 200, 50]
    assert [seq for frame in seqs(small) for seq in frame] == list(range(450))
    assert seqs(large) == [[0], [1], [2]]
    assert seqs([]) == [[]]
