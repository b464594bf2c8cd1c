"""live.js in a real browser: nothing missing, nothing twice, whatever happens to the socket."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute

from tests.browser.conftest import Windows
from tests.house import House
from tests.servers import Clerk, clerk

SOCKET = "**/ws/inbox/"
LISTEN = """
async (place) => {
  const { connect } = await import("/static/js/live.js");
  window.seen = [];
  window.resets = [];
  window.states = [];
  connect({
    streams: { person: place },
    onRows: (stream, rows) => {
      seen.push(...rows.map((row) => row.seq));
      if (window.stumble) throw new Error("stumbled");
    },
    onReset: (stream) => resets.push(stream),
    onState: (state) => states.push(state),
  });
}
"""


@pytest.fixture(scope="module")
def desk(home: House) -> Iterator[Clerk]:
    with clerk(home) as opened:
        yield opened


class Inbox:
    """The inbox of one person of the cast, seen from the database."""

    def __init__(self, desk: Clerk, name: str) -> None:
        self._desk = desk
        self._owner = f"city.person({name!r}).pk"

    def _ask(self, code: str) -> Any:
        head = (
            "import json\nfrom tests import city\n"
            "from notifications.live.reading import cursor_of\n"
            "from notifications.models import Receipt, Stream\n"
            "from tests.live.browsers import tell\n"
            f"owner = {self._owner}\n"
        )
        return json.loads(self._desk.run(head + code) or "null")

    def place(self) -> dict[str, Any]:
        found: dict[str, Any] = self._ask("print(json.dumps(cursor_of('person', owner)))")
        return found

    def tell(self, times: int = 1) -> None:
        self._ask(f"tell('person', owner, times={times})")

    def receipt(self) -> int:
        return int(
            self._ask(
                "last = Receipt.objects.filter(stream__owner=owner, stream__kind='person').last()\n"
                "print(last.seq if last else 0)"
            )
        )

    def new_history(self) -> None:
        self._ask(
            "import uuid\n"
            "Stream.objects.filter(owner=owner, kind='person').update(epoch=uuid.uuid4())"
        )

    def sign_out(self) -> None:
        self._ask(
            "from django.contrib.sessions.models import Session\n"
            "for one in Session.objects.all():\n"
            "    if one.get_decoded().get('_auth_user_id') == str(owner): one.delete()"
        )


def listen(windows: Windows, name: str, place: dict[str, Any] | None) -> Page:
    page = windows.open_for(name)
    page.goto("/healthz")
    page.evaluate(LISTEN, place)
    return page


def wait_for(page: Page, what: str, *, within_s: float = 15) -> None:
    """Wait until ``what`` is true; asked from here, because the page's policy forbids eval."""
    end = time.monotonic() + within_s
    while not page.evaluate(what):
        assert time.monotonic() < end, page.evaluate("JSON.stringify([seen, resets, states])")
        page.wait_for_timeout(50)


def seen(page: Page, count: int) -> list[int]:
    wait_for(page, f"seen.length >= {count}")
    found: list[int] = page.evaluate("seen")
    return found


def mode(wanted: str) -> str:
    return f'states.some((state) => state.mode === "{wanted}")'


def test_rows_arrive_and_their_receipt_is_kept(windows: Windows, desk: Clerk) -> None:
    inbox = Inbox(desk, "school.safety_staff")
    place = inbox.place()
    first = place["cursor"] + 1
    page = listen(windows, "school.safety_staff", place)
    wait_for(page, mode("socket"))
    wait_for(
        page, "states.length && states.at(-1).dispatcherOk && states.at(-1).staleSeconds === 0"
    )

    inbox.tell(3)

    assert seen(page, 3) == [first, first + 1, first + 2]
    page.wait_for_timeout(1500)
    assert inbox.receipt() == first + 2


def test_a_socket_that_breaks_comes_back_with_exactly_what_was_missed(
    windows: Windows, desk: Clerk
) -> None:
    inbox = Inbox(desk, "school.principal")
    place = inbox.place()
    page = windows.open_for("school.principal")
    opened: list[WebSocketRoute] = []

    def pass_on(route: WebSocketRoute) -> None:
        route.connect_to_server()
        opened.append(route)

    page.route_web_socket(SOCKET, pass_on)
    page.goto("/healthz")
    page.evaluate(LISTEN, place)
    wait_for(page, mode("socket"))

    for code in (4012, 4008, 4013):
        opened[-1].close(code=code)
        inbox.tell(5)
        wait_for(page, f"seen.length >= {5 * (len(opened))}")
    first = place["cursor"] + 1
    assert seen(page, 15) == list(range(first, first + 15))
    assert len(opened) == 4


def test_where_sockets_are_blocked_the_page_asks_instead(windows: Windows, desk: Clerk) -> None:
    inbox = Inbox(desk, "school.safety_deputy")
    place = inbox.place()
    page = windows.open_for("school.safety_deputy")
    page.route_web_socket(SOCKET, lambda route: route.close(code=4013))
    page.goto("/healthz")
    page.evaluate(LISTEN, place)
    wait_for(page, mode("polling"))

    inbox.tell(2)

    first = place["cursor"] + 1
    assert seen(page, 2) == [first, first + 1]
    assert page.evaluate("states.at(-1).mode") == "polling"
    assert page.evaluate("Boolean(states.at(-1).dispatcher)")


def test_a_page_that_stumbles_over_a_row_goes_on_with_the_next(
    windows: Windows, desk: Clerk
) -> None:
    inbox = Inbox(desk, "boarding.safety_staff")
    place = inbox.place()
    page = listen(windows, "boarding.safety_staff", place)
    wait_for(page, mode("socket"))
    page.evaluate("window.stumble = true")

    inbox.tell(1)
    seen(page, 1)
    page.evaluate("window.stumble = false")
    inbox.tell(1)

    first = place["cursor"] + 1
    assert seen(page, 2) == [first, first + 1]
    stumbles = [text for text in windows.complaints if "stumbled" in text]
    assert len(stumbles) == 1
    windows.complaints.remove(stumbles[0])


def test_another_history_is_read_anew_and_followed(windows: Windows, desk: Clerk) -> None:
    inbox = Inbox(desk, "boarding.principal")
    inbox.tell(2)
    place = inbox.place()
    page = listen(windows, "boarding.principal", place)
    wait_for(page, mode("socket"))

    inbox.new_history()
    wait_for(page, "resets.length === 1")
    inbox.tell(1)

    assert seen(page, 1) == [place["cursor"] + 1]


def test_a_page_without_a_place_goes_on_from_where_the_tab_was(
    windows: Windows, desk: Clerk
) -> None:
    inbox = Inbox(desk, "small.safety_staff")
    page = listen(windows, "small.safety_staff", inbox.place())
    inbox.tell(1)
    seen(page, 1)
    page.goto("/healthz?again")
    inbox.tell(2)

    page.evaluate(LISTEN, None)

    assert len(seen(page, 2)) == 2
    assert page.evaluate("resets") == []


def test_whoever_is_signed_out_is_told_so_and_asks_no_more(
    windows: Windows, desk: Clerk, states: dict[str, Any]
) -> None:
    inbox = Inbox(desk, "zone.duty_officer")
    page = listen(windows, "zone.duty_officer", inbox.place())
    wait_for(page, mode("socket"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    inbox.sign_out()
    states.pop("zone.duty_officer")

    wait_for(page, mode("signed_out"), within_s=20)
    asked.clear()
    page.wait_for_timeout(3000)
    assert asked == []
