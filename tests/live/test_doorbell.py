"""A ring may fail in any way; the write it tells of is never disturbed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from django.db import transaction

from notifications.delivery.streams import NewRow, append
from notifications.live import doorbell
from notifications.live.carrier import Carrier, crosses_processes
from notifications.live.outpost import Outpost
from notifications.models import Stream, StreamRow
from tests.live.browsers import db, numbers, tell
from tests.live.conftest import Open
from tests.servers import free_port, has_redis, private_redis

needs_redis = pytest.mark.skipif(not has_redis(), reason="redis-server is not installed")


def layer(url: str) -> dict[str, Any]:
    return {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [{"address": url, "socket_timeout": None}]},
        }
    }


@pytest.fixture
def heard() -> Iterator[list[list[int]]]:
    rings: list[list[int]] = []
    doorbell.on_ring(rings.append)
    yield rings
    doorbell.off_ring(rings.append)


def test_the_bell_rings_once_after_the_commit(
    city_committed: ModuleType, heard: list[list[int]]
) -> None:
    with transaction.atomic():
        append([NewRow(stream="person", owner=one, kind="k", payload={}) for one in (1, 2, 1)])
        assert heard == []

    assert heard == [sorted(Stream.objects.values_list("pk", flat=True))]


def test_a_rolled_back_write_does_not_ring(
    city_committed: ModuleType, heard: list[list[int]]
) -> None:
    with transaction.atomic():
        append([NewRow(stream="person", owner=1, kind="k", payload={})])
        transaction.set_rollback(True)

    assert heard == []


def test_a_ringer_that_fails_disturbs_neither_the_writer_nor_the_next_ringer(
    city_committed: ModuleType, heard: list[list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_streams: list[int]) -> None:
        raise ConnectionError

    monkeypatch.setattr(doorbell, "_ringers", [broken, heard.append])

    tell("person", 1)

    assert StreamRow.objects.count() == 1
    assert len(heard) == 1


async def test_filing_succeeds_and_pages_learn_of_it_while_redis_is_down(
    open_page: Open, city_committed: ModuleType, settings: Any
) -> None:
    settings.CHANNEL_LAYERS = layer(f"redis://127.0.0.1:{free_port()}/0")
    page = await open_page("county.duty_officer")
    await page.hello(boards={"520121": None})
    await page.hear("beat")

    incident = await db(city_committed.make_incident)

    assert incident.number
    assert numbers(await page.hear("rows")) == [1]


@needs_redis
async def test_a_ring_reaches_another_process_and_comes_back_after_redis_did(
    settings: Any,
) -> None:
    with private_redis() as redis:
        settings.CHANNEL_LAYERS = layer(redis.url)
        assert crosses_processes()
        rings: asyncio.Queue[list[int]] = asyncio.Queue()
        carrier = Carrier(rings.put_nowait)
        carrier.start()
        other = Outpost()
        await asyncio.to_thread(other.start)
        await asyncio.sleep(0.3)  # the subscription is on its way

        await asyncio.to_thread(doorbell.ring, [7, 8])
        assert await asyncio.wait_for(rings.get(), 5) == [7, 8]

        redis.kill()
        await asyncio.to_thread(doorbell.ring, [9])
        redis.start()
        async with asyncio.timeout(20):
            while rings.empty():
                await asyncio.to_thread(doorbell.ring, [10])
                await asyncio.sleep(0.2)
        assert await rings.get() == [10]

        await asyncio.to_thread(other.stop)
        await carrier.stop()


@needs_redis
async def test_nobody_hears_his_own_ring_twice(settings: Any) -> None:
    with private_redis() as redis:
        settings.CHANNEL_LAYERS = layer(redis.url)
        rings: list[list[int]] = []
        carrier = Carrier(rings.append)
        carrier.start()
        await asyncio.sleep(0.3)

        carrier.ring([1])
        await asyncio.sleep(0.3)

        assert rings == []
        await carrier.stop()


def test_in_memory_nothing_is_carried(settings: Any) -> None:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

    assert not crosses_processes()
