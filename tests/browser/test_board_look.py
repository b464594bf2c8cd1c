"""The board is read at a glance: nothing covers anything, rows are low, in both languages."""

from __future__ import annotations

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.browser.filing import FirstReport

BOARD, CITY_BOARD = "/boards/520121/", "/boards/520100/"
COUNTY = "county.duty_officer"
WALL = {"viewport": {"width": 1920, "height": 1080}}
# Every line of text, and every box with a border or ground of its own. A box may hold texts.
COVERED = """
() => {
  const board = document.querySelector("[data-board]");
  const shown = [];
  const isFolded = (node) =>
    Boolean(node.closest("details:not([open])")) && !node.closest("summary");
  const add = (node, box, word) => {
    if (box.width > 1 && box.height > 1) shown.push({ node, box, word });
  };
  const walk = document.createTreeWalker(board, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode;
    const parent = text.parentElement;
    if (!text.data.trim() || parent.closest(".sr-only, dialog") || isFolded(parent)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of range.getClientRects()) add(text, box, text.data.trim());
  }
  for (const box of board.querySelectorAll(".grade, .badge, .btn, .cell-call, .clock .icon"))
    if (!isFolded(box)) add(box, box.getBoundingClientRect(), box.textContent.trim());
  const found = [];
  shown.forEach((one, place) => {
    for (const other of shown.slice(place + 1)) {
      if (one.node.contains(other.node) || other.node.contains(one.node)) continue;
      const [a, b] = [one.box, other.box];
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 1 && high > 6) found.push(`${one.word} | ${other.word}`);
    }
  });
  return found;
}
"""


@pytest.fixture(scope="module")
def _filled(home):
    """A missing pupil, an unknown number: the longest words that a row has to hold."""
    home.manage("shell", "-v0", "-c", FILL)


FILL = """
from datetime import timedelta
from django.utils import timezone
from tests import city
ago = lambda minutes: timezone.now() - timedelta(minutes=minutes)
city.make_incident(hazard="DROWN", people="counted", missing=1, place="大坝水库", at=ago(25))
city.make_incident(hazard="FIRE", people="unknown", place="实验楼三层", at=ago(8))
city.make_incident(hazard="FOOD", people="counted", injured=5, place="食堂", at=ago(20))
"""


@pytest.mark.usefixtures("_filled")
@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
@pytest.mark.parametrize(
    ("window", "address", "who"),
    [
        (DESK, BOARD, COUNTY),
        (PHONE, BOARD, COUNTY),
        (WALL, f"{BOARD}?wall=1", COUNTY),
        (DESK, f"{BOARD}?wall=1", COUNTY),
        (DESK, CITY_BOARD, "city.duty_officer"),
        (PHONE, CITY_BOARD, "city.duty_officer"),
    ],
    ids=["desk", "phone", "wall", "small-wall", "city", "city-phone"],
)
def test_nothing_on_the_board_covers_anything_else(windows, window, address, who, language):
    board = windows.open_for(who, locale=language, **window)
    board.goto(address)

    assert board.locator("html").get_attribute("lang") == (
        "en" if language == "en-US" else "zh-hans"
    )
    assert board.locator("[data-alert]").count() >= 2
    assert board.evaluate(COVERED) == []
    board.evaluate("document.querySelectorAll('[data-fold]').forEach(fold => (fold.open = true))")
    assert board.evaluate(COVERED) == []
    assert board.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.usefixtures("_filled")
def test_rows_are_low_enough_for_six_on_a_wall(windows):
    desk = windows.open_for("county.duty_officer")
    desk.goto(BOARD)
    wall = windows.open_for("county.duty_officer", **WALL)
    wall.goto(f"{BOARD}?wall=1")

    height = "rows => Math.max(...rows.map(row => row.getBoundingClientRect().height))"
    drowning = "[data-alert]:has-text('大坝水库')"
    assert desk.locator(drowning).evaluate_all(height) <= 160
    assert wall.locator("[data-alert]").evaluate_all(height) <= 165


def test_a_tap_on_a_phone_dials_and_opens_the_record_behind_the_call(windows):
    FirstReport(windows.open_for("school.safety_staff", **PHONE)).file_drowning("杨树沟")
    board = windows.open_for("county.duty_officer", **PHONE)
    board.goto(BOARD)
    board.evaluate(
        """addEventListener("click", (event) => {
          const link = event.target.closest("a[href^='tel:']");
          if (!link) return;
          event.preventDefault();
          window.dialled = link.href;
        }, true)"""
    )

    board.locator("[data-alert]", has_text="杨树沟").locator("a.cell-call").first.tap()

    dialog = board.locator("dialog[data-part-dialog]")
    dialog.wait_for()
    assert board.evaluate("window.dialled") == dialog.locator(
        "a[href^='tel:']"
    ).first.get_attribute("href")


def test_what_is_unfolded_stays_open_when_the_row_is_fetched_again(windows):
    FirstReport(windows.open_for("school.safety_staff", **PHONE)).file_drowning("芦花荡")
    board = windows.open_for("county.duty_officer")
    board.goto(BOARD)
    row = board.locator("[data-alert]", has_text="芦花荡")
    row.locator("[data-fold=others] summary").click()

    row.locator(".next-own button").click()

    row.locator(".next-own").wait_for(state="detached")
    assert row.locator("[data-fold=others]").evaluate("fold => fold.open")
