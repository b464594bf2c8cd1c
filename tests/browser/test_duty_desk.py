"""The duty desk: answers and calls without leaving the board, and a board that says it is old."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.filing import FirstReport

BOARD = "/boards/520121/"


def desk(windows, place: str) -> tuple[Page, str]:
    """The county's board with one new drowning on it; the address of its row."""
    FirstReport(windows.open_for("school.safety_staff", **PHONE)).file_drowning(place)
    board = windows.open_for("county.duty_officer")
    board.goto(BOARD)
    row = board.locator("[data-alert]", has_text=place)
    return board, f"#alert-{row.get_attribute('data-alert')}"


def test_a_silent_chief_is_called_and_recorded_without_leaving_the_board(windows):
    board, row = desk(windows, "柳树湾")
    board.evaluate("window.stayed = true")
    chief = board.locator(f"{row} .board-lines tbody tr").nth(1).locator("td").nth(3)

    chief.locator("a.cell-call").click()
    dialog = board.locator("dialog[data-part-dialog]")
    expect(dialog.locator("a[href^='tel:']").first).to_be_visible()
    dialog.locator("button.btn-primary").click()

    expect(chief.locator(".line-proxy")).to_have_count(1)
    expect(dialog).to_be_hidden()
    assert board.evaluate("window.stayed")


def test_a_refused_call_says_why_in_the_dialog_and_stays_open(windows):
    board, row = desk(windows, "芦苇荡")
    chief = board.locator(f"{row} .board-lines tbody tr").nth(1).locator("td").nth(2)

    chief.locator("a.cell-call").click()
    dialog = board.locator("dialog[data-part-dialog]")
    dialog.locator("summary").click()
    dialog.locator("input[name=at]").fill("2031-01-01T00:00")
    dialog.locator("button.btn-primary").click()

    expect(dialog.locator("[data-problems]")).not_to_be_empty()
    expect(dialog).to_be_visible()
    expect(chief.locator(".line-proxy")).to_have_count(0)


def test_the_own_capacity_is_answered_on_the_board_and_the_next_step_follows(windows):
    board, row = desk(windows, "沙石坝")
    step = board.locator(f"{row} .next-step")
    before = step.inner_text()

    board.locator(f"{row} .next-own button").click()

    expect(board.locator(f"{row} .next-own")).to_have_count(0)
    assert step.inner_text() != before
    board.locator(f"{row} form[action$='/verified/'] button").click()
    expect(board.locator(f"{row} form[action$='/verified/']")).to_have_count(0)
    expect(board).to_have_url(re.compile(BOARD))


@pytest.mark.parametrize("address", [BOARD, "/mine/", "/incidents/"])
def test_f2_takes_a_call_from_every_page(windows, address):
    window = windows.open_for("county.duty_officer")
    window.goto(address)

    window.keyboard.press("F2")

    expect(window).to_have_url(re.compile("/calls/new/"))


def test_f2_does_nothing_for_who_takes_no_calls(windows):
    window = windows.open_for("county.section_basic")
    window.goto("/mine/")

    window.keyboard.press("F2")
    window.keyboard.press('"')

    expect(window).to_have_url(re.compile("/mine/"))


def test_a_board_without_news_for_45_seconds_says_so_and_turns_grey(windows):
    board = windows.open_for("county.duty_officer")
    board.clock.install()
    board.context.route_web_socket("**/ws/inbox/", lambda _silent: None)
    board.goto(BOARD)
    expect(board.locator("[data-stale]")).to_be_hidden()
    board.route("**/rows*", lambda route: route.abort("blockedbyclient"))

    board.clock.run_for(50_000)

    expect(board.locator("[data-stale]")).to_be_visible()
    assert re.search(r"00:(4|5)\d", board.locator("[data-stale]").inner_text())
    expect(board.locator("[data-board]")).to_have_class(re.compile("is-stale"))
    assert board.locator(".board-bar .badge-green:visible").count() == 0
    assert re.search(r"00:(4|5)\d", board.locator("[data-freshness]").inner_text())
    dispatcher = board.locator("[data-dispatcher]")
    expect(dispatcher).to_have_text(dispatcher.get_attribute("data-unknown"))


def test_the_clock_runs_on_while_the_data_stand_still(windows):
    board = windows.open_for("county.duty_officer")
    now = datetime.now(UTC)
    board.clock.install(time=now)
    beat = {"type": "beat", "now": now.isoformat(), "heads": {}, "dispatcher": now.isoformat()}
    sent = []

    def one_beat(socket):
        if not sent:
            socket.send(json.dumps(beat))
        sent.append(socket)

    board.context.route_web_socket("**/ws/inbox/", one_beat)
    board.route("**/rows*", lambda route: route.abort("blockedbyclient"))
    board.goto(BOARD)
    board.clock.run_for(5_000)
    before = board.locator("[data-now-clock]").inner_text()

    board.clock.run_for(50_000)

    expect(board.locator("[data-stale]")).to_be_visible()
    assert board.locator("[data-now-clock]").inner_text() > before


def test_a_lost_connection_is_told_before_the_data_are_old(windows):
    board = windows.open_for("county.duty_officer")
    board.clock.install()
    board.context.route_web_socket("**/ws/inbox/", lambda socket: socket.close())
    board.route("**/rows*", lambda route: route.abort("blockedbyclient"))
    board.goto(BOARD)

    board.clock.run_for(12_000)

    lost = board.locator("[data-board]").get_attribute("data-lost-word")
    expect(board.locator("[data-freshness]")).to_have_text(lost)
    expect(board.locator("[data-stale]")).to_be_hidden()
    assert board.locator("[data-freshness].badge-green").count() == 0


def test_duty_starts_with_a_click_and_a_new_alert_rings_and_counts_in_the_title(windows):
    board = windows.open_for("county.duty_officer")
    board.goto(BOARD)
    board.locator("[data-start-duty]").click()
    expect(board.locator("[data-on-duty]")).to_be_visible()
    board.evaluate(
        "Object.defineProperty(document, 'hidden', {configurable: true, get: () => true})"
    )

    FirstReport(windows.open_for("school.safety_staff", **PHONE)).file_drowning("竹林塘")

    expect(board.locator("[data-alert]", has_text="竹林塘")).to_have_class(re.compile("is-new"))
    expect(board).to_have_title(re.compile(r"^\(1\) "))
    expect(board.locator("[data-said]")).not_to_be_empty()
