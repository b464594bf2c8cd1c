"""The live socket: who gets in, what is replayed, what arrives, and when it ends."""

from __future__ import annotations

import asyncio
import threading
import time
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction

from notifications.delivery.streams import NewRow, append
from notifications.live.reading import cursor_of, rows_after
from notifications.live.rights import Rights
from notifications.models import Receipt, Stream
from safety.ledger.actions import SYSTEM
from safety.people.actions import set_active
from tests.live.browsers import Browser, db, numbers, sign_in, tell
from tests.live.conftest import Open

OFFICER = "county.duty_officer"
PRINCIPAL = "school.principal"


async def pk(city: ModuleType, name: str) -> int:
    return int(await db(lambda: city.person(name).pk))


async def board(city: ModuleType, key: str) -> tuple[str, int]:
    unit = await db(lambda: city.unit(key))
    return unit.code, unit.pk


async def test_a_stranger_is_let_in_only_to_be_told_4401(open_page: Open) -> None:
    stranger = await open_page(session="no-such-session")

    assert (await stranger.hear("bye"))["reason"] == "not signed in"
    assert await stranger.closed_with() == 4401


async def test_pages_of_other_sites_are_refused(
    open_page: Open, city_committed: ModuleType
) -> None:
    session = await db(lambda: sign_in(city_committed.person(PRINCIPAL)))

    assert await Browser(session, origin="https://elsewhere.example").is_refused()
    await open_page(session=session)


async def test_who_must_still_choose_a_password_is_a_stranger(
    open_page: Open, city_committed: ModuleType
) -> None:
    def newcomer() -> str:
        user = city_committed.person(PRINCIPAL)
        user.must_change_password = True
        user.save()
        return sign_in(user)

    page = await open_page(session=await db(newcomer))

    assert await page.closed_with() == 4401


async def test_an_empty_inbox_says_that_the_page_is_up_to_date(open_page: Open) -> None:
    page = await open_page(PRINCIPAL)

    await page.hello(person=None)

    frame = await page.hear()
    assert (frame["type"], frame["stream"], frame["rows"]) == ("rows", "person", [])
    assert (await page.hear("beat"))["heads"] == {"person": 0}


async def test_new_rows_arrive_with_everything_they_carry(
    open_page: Open, city_committed: ModuleType
) -> None:
    page = await open_page(PRINCIPAL)
    await page.hello(person=None)
    await page.hear("beat")

    await db(tell, Stream.Kind.PERSON, await pk(city_committed, PRINCIPAL))

    (row,) = (await page.hear())["rows"]
    assert (row["seq"], row["kind"]) == (1, "alert.raised")
    assert row["payload"] == {"alert": "alert-1", "words": {"hazard_zh": "溺水"}}
    assert row["at"].endswith("+00:00")


async def test_nobody_hears_another_persons_inbox(
    open_page: Open, city_committed: ModuleType
) -> None:
    page = await open_page(PRINCIPAL)
    await page.hello(person=None)
    await page.hear("beat")

    await db(tell, Stream.Kind.PERSON, await pk(city_committed, OFFICER))

    assert await page.hears_nothing(within_s=0.3)


async def test_what_was_missed_is_replayed_in_order_and_exactly(
    open_page: Open, city_committed: ModuleType
) -> None:
    owner = await pk(city_committed, PRINCIPAL)
    await db(tell, Stream.Kind.PERSON, owner, times=5)
    place = await db(cursor_of, Stream.Kind.PERSON, owner)
    await db(tell, Stream.Kind.PERSON, owner, times=450, start=6)
    page = await open_page(PRINCIPAL)

    await page.hello(person=place)

    frames = [await page.hear() for _ in range(3)]
    assert [len(frame["rows"]) for frame in frames] == [200, 200, 50]
    assert [seq for frame in frames for seq in numbers(frame)] == list(range(6, 456))


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda place: None, id="no cursor"),
        pytest.param(lambda place: place | {"epoch": str(uuid4())}, id="another history"),
        pytest.param(lambda place: place | {"cursor": 99}, id="from the future"),
    ],
)
async def test_a_useless_cursor_is_answered_with_a_reset(
    open_page: Open, city_committed: ModuleType, spoil: Any
) -> None:
    owner = await pk(city_committed, PRINCIPAL)
    await db(tell, Stream.Kind.PERSON, owner, times=3)
    place = await db(cursor_of, Stream.Kind.PERSON, owner)
    page = await open_page(PRINCIPAL)

    await page.hello(person=spoil(place))

    assert await page.hear() == {
        "type": "reset",
        "stream": "person",
        "epoch": place["epoch"],
        "head": 3,
    }
    await db(tell, Stream.Kind.PERSON, owner, start=4)
    assert numbers(await page.hear()) == [4]


async def test_a_reader_too_far_behind_starts_anew(
    open_page: Open, city_committed: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.live.reading.REPLAY_AT_MOST", 4)
    owner = await pk(city_committed, PRINCIPAL)
    place = await db(cursor_of, Stream.Kind.PERSON, owner)
    await db(tell, Stream.Kind.PERSON, owner, times=5)
    page = await open_page(PRINCIPAL)

    await page.hello(person=place)

    assert (await page.hear())["head"] == 5


async def test_joining_while_rows_are_written_misses_none_and_doubles_none(
    open_page: Open, city_committed: ModuleType
) -> None:
    owner = await pk(city_committed, PRINCIPAL)
    place = await db(cursor_of, Stream.Kind.PERSON, owner)
    writing = asyncio.ensure_future(db(tell, Stream.Kind.PERSON, owner, times=60))
    pages = []
    for _ in range(6):
        page = await open_page(PRINCIPAL)
        await page.hello(person=place)
        pages.append(page)
    await writing

    for page in pages:
        heard: list[int] = []
        while not heard or heard[-1] < 60:
            heard += numbers(await page.hear("rows"))
        assert heard == list(range(1, 61))


async def test_every_watcher_of_a_board_gets_the_same_bytes(
    open_page: Open, city_committed: ModuleType
) -> None:
    code, unit = await board(city_committed, "county")
    pages = [await open_page(name) for name in (OFFICER, "city.duty_officer")]
    for page in pages:
        await page.hello(boards={code: None})
        await page.hear("beat")

    await db(tell, Stream.Kind.BOARD, unit)

    first, second = [await page.hear() for page in pages]
    assert first == second
    assert first["stream"] == f"board:{code}"


async def test_foreign_and_unknown_boards_get_the_same_answer(
    open_page: Open, city_committed: ModuleType
) -> None:
    code, unit = await board(city_committed, "district")
    page = await open_page(OFFICER)

    await page.hello(boards={code: None, "000000": None})

    answers = [await page.hear(), await page.hear()]
    assert {frame.pop("stream") for frame in answers} == {f"board:{code}", "board:000000"}
    assert answers[0] == answers[1] == {"type": "bye", "reason": "not available"}
    await db(tell, Stream.Kind.BOARD, unit)
    assert await page.hears_nothing(within_s=0.3)


async def test_a_school_has_no_board(open_page: Open, city_committed: ModuleType) -> None:
    code, _unit = await board(city_committed, "school")
    page = await open_page(OFFICER)

    await page.hello(boards={code: None})

    assert (await page.hear())["type"] == "bye"


async def test_a_sealed_case_leaves_only_masked_words_on_a_board(
    open_page: Open, city_committed: ModuleType
) -> None:
    code, _unit = await board(city_committed, "county")
    page = await open_page(OFFICER)
    await page.hello(boards={code: None})
    await page.hear("beat")

    incident = await db(lambda: city_committed.make_incident(hazard="SEXA", summary="不该出现的字"))

    frame = await page.hear("rows")
    text = str(frame)
    assert "受限事件" in text
    for secret in ("不该出现的字", "丁县一中", "丁县第一初级中学", "SEXA", incident.number):
        assert secret not in text


async def test_a_right_that_ends_ends_the_stream_before_the_next_row(
    open_page: Open, city_committed: ModuleType
) -> None:
    code, unit = await board(city_committed, "county")
    page = await open_page(OFFICER)
    await page.hello(person=None, boards={code: None})
    await page.hear("beat")

    await db(city_committed.vacate, OFFICER)
    await db(tell, Stream.Kind.BOARD, unit)

    assert await page.hear() == {
        "type": "bye",
        "reason": "not available",
        "stream": f"board:{code}",
    }
    await db(tell, Stream.Kind.PERSON, await pk(city_committed, OFFICER))
    assert (await page.hear())["stream"] == "person"


async def test_a_deactivated_person_is_closed_out_within_the_poll(
    open_page: Open, city_committed: ModuleType
) -> None:
    page = await open_page(PRINCIPAL)
    await page.hello(person=None)
    await page.hear("beat")

    await db(lambda: set_active(user=city_committed.person(PRINCIPAL), active=False, actor=SYSTEM))

    assert await page.closed_with(within_s=3) == 4401


async def test_signing_out_closes_the_socket_at_its_next_message(
    open_page: Open, city_committed: ModuleType
) -> None:
    page = await open_page(PRINCIPAL)
    await page.hello(person=None)
    await page.hear("beat")

    await db(Session.objects.all().delete)
    await page.say({"type": "recv", "stream": "person", "seq": 1})

    assert await page.closed_with() == 4401


async def test_signing_out_closes_a_silent_socket_too(
    open_page: Open, city_committed: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in ("room", "gate"):
        monkeypatch.setattr(f"notifications.live.{room}.CHECK_EVERY_S", 0.5)
    page = await open_page(PRINCIPAL)
    await page.hello(person=None)
    await page.hear("beat")

    await db(Session.objects.all().delete)

    assert await page.closed_with() == 4401


@pytest.mark.parametrize(
    "nonsense",
    [
        "not json",
        "[]",
        '{"type": "hello"}',
        '{"type": "hello", "streams": {"person": {"cursor": "1", "epoch": ""}}}',
        '{"type": "hello", "streams": {"person": {"cursor": -1, "epoch": ""}}}',
        '{"type": "hello", "streams": {"person": {"cursor": 1, "epoch": "x"}}}',
        '{"type": "hello", "streams": {"boards": []}}',
        '{"type": "recv", "stream": "person", "seq": 0}',
        "x" * 20_000,
    ],
)
async def test_nonsense_closes_the_socket_with_4400(open_page: Open, nonsense: str) -> None:
    page = await open_page(PRINCIPAL)

    await page.say(nonsense)

    assert await page.closed_with() == 4400


async def test_a_receipt_is_kept_once_and_never_beyond_what_was_sent(
    open_page: Open, city_committed: ModuleType
) -> None:
    owner = await pk(city_committed, PRINCIPAL)
    page, other_tab = await open_page(PRINCIPAL), await open_page(PRINCIPAL)
    for one in (page, other_tab):
        await one.hello(person=None)
        await one.hear("beat")
    await db(tell, Stream.Kind.PERSON, owner, times=2)
    for one in (page, other_tab):
        heard: list[int] = []
        while heard != [1, 2]:
            heard += numbers(await one.hear())

    await page.say({"type": "recv", "stream": "person", "seq": 1})
    await page.say({"type": "recv", "stream": "person", "seq": 99})
    await other_tab.say({"type": "recv", "stream": "person", "seq": 2})
    await asyncio.sleep(0.8)

    kept = await db(lambda: list(Receipt.objects.values_list("stream__owner", "seq")))
    assert kept == [(owner, 2)]


async def test_a_new_history_resets_open_pages(open_page: Open, city_committed: ModuleType) -> None:
    owner = await pk(city_committed, PRINCIPAL)
    await db(tell, Stream.Kind.PERSON, owner)
    place = await db(cursor_of, Stream.Kind.PERSON, owner)
    page = await open_page(PRINCIPAL)
    await page.hello(person=place)
    await page.hear("beat")
    epoch = uuid4()

    await db(lambda: Stream.objects.filter(owner=owner).update(epoch=epoch))

    assert await page.hear(within_s=3) == {
        "type": "reset",
        "stream": "person",
        "epoch": str(epoch),
        "head": 1,
    }


async def test_a_lost_ring_costs_a_second_and_nothing_else(
    open_page: Open, city_committed: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await open_page(PRINCIPAL)
    await page.hello(person=None)
    await page.hear("beat")
    monkeypatch.setattr("notifications.live.doorbell._ringers", [])

    await db(tell, Stream.Kind.PERSON, await pk(city_committed, PRINCIPAL))

    assert numbers(await page.hear(within_s=3)) == [1]
    monkeypatch.undo()


async def test_one_ring_costs_one_query_for_all_streams_and_sockets(
    open_page: Open, city_committed: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [PRINCIPAL, OFFICER, "school.safety_staff"]
    owners = [await pk(city_committed, name) for name in names]
    pages = [await open_page(name) for name in names * 2]
    for page in pages:
        await page.hello(person=None)
        await page.hear("beat")
    await asyncio.sleep(0.2)
    asked: list[int] = []

    def counting(cursors: Any, **bounds: Any) -> Any:
        asked.append(len(cursors))
        return rows_after(cursors, **bounds)

    monkeypatch.setattr("notifications.live.hub.rows_after", counting)

    await db(tell_all, owners)

    assert [numbers(await page.hear()) for page in pages] == [[1]] * 6
    assert asked == [3]


def tell_all(people: list[int]) -> None:
    with transaction.atomic():
        append([NewRow(stream="person", owner=one, kind="k", payload={}) for one in people])


async def test_who_joins_while_rights_are_asked_again_keeps_the_board(
    open_page: Open, city_committed: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, unit = await board(city_committed, "county")
    pages = [await open_page(OFFICER)]
    await pages[0].hello(boards={code: None})
    await pages[0].hear("beat")
    answer = Rights.boards_of
    asked = threading.Event()

    def slowly(self: Rights, people: Any) -> Any:
        asked.set()
        found = answer(self, people)
        time.sleep(0.3)
        return found

    monkeypatch.setattr(Rights, "boards_of", slowly)
    await db(city_committed.vacate, "district.section_basic")  # rights that nobody here has
    await asyncio.to_thread(asked.wait, 5)
    pages.append(await open_page("county.safety_deputy"))
    await pages[1].hello(boards={code: None})
    await pages[1].hear("beat")
    await asyncio.sleep(0.5)

    await db(tell, Stream.Kind.BOARD, unit)

    assert [(await page.hear())["type"] for page in pages] == ["rows", "rows"]
