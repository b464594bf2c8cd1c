"""The way over HTTP gives the same frames as the socket, to the same people."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from django.test import Client

from notifications.live.reading import cursor_of
from notifications.models import Stream
from tests.live.browsers import db, tell
from tests.live.conftest import Open

OFFICER = "county.duty_officer"


def poll(client: Client, *asked: tuple[str, Any, str]) -> list[dict[str, Any]]:
    answer = client.get(
        "/inbox/rows",
        {
            "stream": [name for name, _after, _epoch in asked],
            "after": [after for _name, after, _epoch in asked],
            "epoch": [epoch for _name, _after, epoch in asked],
        },
        headers={"accept": "application/json"},
    )
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/json"
    frames: list[dict[str, Any]] = answer.json()["frames"]
    return frames


@pytest.fixture
def officer(city: ModuleType) -> Client:
    client = Client()
    client.force_login(city.person(OFFICER), backend="django.contrib.auth.backends.ModelBackend")
    return client


async def test_polling_gives_what_the_socket_gives(
    open_page: Open, city_committed: ModuleType
) -> None:
    def prepare() -> tuple[Client, int, int, dict[str, Any], dict[str, Any], str]:
        person, county = city_committed.person(OFFICER), city_committed.unit("county")
        tell("person", person.pk, times=2)
        mine, board = cursor_of("person", person.pk), cursor_of("board", county.pk)
        tell("person", person.pk, times=230, start=3)
        tell("board", county.pk, times=3)
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client, person.pk, county.pk, mine, board, county.code

    client, _person, _county, mine, board, code = await db(prepare)
    page = await open_page(OFFICER)
    await page.hello(person=mine, boards={code: board, "000000": None})
    by_socket = [await page.hear() for _ in range(4)]

    by_polling = await db(
        poll,
        client,
        ("person", mine["cursor"], mine["epoch"]),
        (f"board:{code}", board["cursor"], board["epoch"]),
        ("board:000000", "", ""),
    )

    beat = by_polling.pop()
    assert (beat["type"], beat["heads"]) == ("beat", {"person": 232, f"board:{code}": 3})

    def in_order(frames: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return sorted(frames, key=lambda f: (f["stream"], str(f.get("rows"))))

    assert in_order(by_polling) == in_order(by_socket)


def test_a_poller_without_a_cursor_is_reset_and_goes_on(officer: Client, city: ModuleType) -> None:
    person = city.person(OFFICER)
    tell("person", person.pk, times=3)

    reset, _beat = poll(officer, ("person", "", ""))

    assert (reset["type"], reset["head"]) == ("reset", 3)
    tell("person", person.pk, start=4)
    rows, _beat = poll(officer, ("person", reset["head"], reset["epoch"]))
    assert [row["seq"] for row in rows["rows"]] == [4]


def test_a_poller_gets_no_foreign_board(officer: Client, city: ModuleType) -> None:
    district = city.unit("district")
    tell(Stream.Kind.BOARD, district.pk)
    place = cursor_of(Stream.Kind.BOARD, district.pk)

    bye, beat = poll(officer, (f"board:{district.code}", 0, str(place["epoch"])))

    assert (bye["type"], bye["stream"]) == ("bye", f"board:{district.code}")
    assert beat["heads"] == {}


def test_a_right_that_ended_ends_polling_at_once(officer: Client, city: ModuleType) -> None:
    code = city.unit("county").code
    assert poll(officer, (f"board:{code}", "", ""))[0]["type"] == "rows"

    city.vacate(OFFICER)

    assert poll(officer, (f"board:{code}", "", ""))[0]["type"] == "bye"


def test_a_stranger_gets_401_and_no_page(db: None) -> None:
    answer = Client().get("/inbox/rows?stream=person&after=&epoch=")

    assert answer.status_code == 401
    assert answer.json()["errors"][0]["field"] == "session"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "stream=person",
        "stream=person&after=1&epoch=",
        "stream=person&after=x&epoch=6b1c9a52-6d6d-4c61-9d2e-0c8f9c0c3f11",
        "stream=other&after=&epoch=",
        "&".join(["stream=person&after=&epoch="] * 51),
    ],
)
def test_an_unreadable_question_gets_400(officer: Client, query: str) -> None:
    assert officer.get(f"/inbox/rows?{query}").status_code == 400
