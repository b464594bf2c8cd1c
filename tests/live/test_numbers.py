"""Numbers of a stream are contiguous and in commit order, however many write at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

import pytest
from django.db import connection, transaction

from notifications.delivery.streams import NewRow, append
from notifications.models import Stream, StreamRow

WRITERS = 8
EACH = 12
OWNERS = (1, 2, 3)


def write(writer: int, start: threading.Barrier) -> None:
    """Append to the three streams, in an order of the writer's own."""
    start.wait()
    try:
        for turn in range(EACH):
            owners = OWNERS if (writer + turn) % 2 else tuple(reversed(OWNERS))
            with transaction.atomic():
                append(
                    [
                        NewRow(
                            stream=Stream.Kind.BOARD,
                            owner=owner,
                            kind="k",
                            payload={"writer": writer, "turn": turn},
                        )
                        for owner in owners
                    ]
                )
    finally:
        connection.close()


def test_eight_writers_leave_no_hole_no_double_and_no_deadlock(
    city_committed: ModuleType,
) -> None:
    start = threading.Barrier(WRITERS)

    with ThreadPoolExecutor(WRITERS) as pool:
        for done in [pool.submit(write, writer, start) for writer in range(WRITERS)]:
            done.result(timeout=60)

    orders = []
    for owner in OWNERS:
        stream = Stream.objects.get(kind=Stream.Kind.BOARD, owner=owner)
        rows = list(StreamRow.objects.filter(stream=stream).order_by("seq"))
        assert [row.seq for row in rows] == list(range(1, WRITERS * EACH + 1))
        assert stream.head == WRITERS * EACH
        orders.append([(row.payload["writer"], row.payload["turn"]) for row in rows])
    # One transaction takes one place in all streams: the order is that of the commits.
    assert orders[0] == orders[1] == orders[2]
    for writer in range(WRITERS):
        assert [turn for who, turn in orders[0] if who == writer] == list(range(EACH))


def test_a_reader_never_sees_a_number_before_a_smaller_one(city_committed: ModuleType) -> None:
    start = threading.Barrier(4)
    ended = threading.Event()
    holes: list[list[int]] = []

    def watch() -> None:
        try:
            while not ended.is_set():
                seen = list(
                    StreamRow.objects.filter(stream__owner=1)
                    .order_by("seq")
                    .values_list("seq", flat=True)
                )
                if seen != list(range(1, len(seen) + 1)):
                    holes.append(seen)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        watching = pool.submit(watch)
        for done in [pool.submit(write, writer, start) for writer in range(4)]:
            done.result(timeout=60)
        ended.set()
        watching.result(timeout=10)

    assert holes == []


def test_a_rolled_back_writer_leaves_no_hole(city_committed: ModuleType) -> None:
    row = NewRow(stream=Stream.Kind.PERSON, owner=1, kind="k", payload={})
    with transaction.atomic():
        append([row])

    with transaction.atomic():
        append([row])
        transaction.set_rollback(True)
    with transaction.atomic():
        append([row])

    assert list(StreamRow.objects.values_list("seq", flat=True)) == [1, 2]


def test_appending_outside_a_transaction_is_a_mistake(city_committed: ModuleType) -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        append([NewRow(stream=Stream.Kind.PERSON, owner=1, kind="k", payload={})])
