"""The frame of the pages in a real browser: questions, menus, clocks, and room for a finger."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.city import PASSWORD

ADMIN = "county.administrator"
TARGET_PX = 44
ROLES = {
    "school.safety_staff": ("/report/", "/mine/", "/incidents/"),
    "county.duty_officer": ("/boards/520121/", "/mine/", "/incidents/"),
    ADMIN: ("/people/", "/people/devices/", "/accounts/password/change/"),
}
# What a finger must hit: everything to press, but links in running text may be as low as a line.
TOO_SMALL = """
min => [...document.querySelectorAll(
  'a.btn, button, summary, select, textarea, .bottom-bar a, .tabs a, .phones a, input:not([type])'
)].filter(one => {
  const box = one.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && box.height < min - 0.5;
}).map(one => one.outerHTML.slice(0, 120))
"""


def row(page: Page, user_name: str):
    return page.locator("tr", has=page.get_by_text(user_name, exact=True))


def press(page: Page, user_name: str, name: str) -> None:
    """Press what stands in the menu of the row."""
    here = row(page, user_name)
    here.locator("summary").click()
    here.get_by_role("button", name=name).click()


def test_a_serious_step_is_asked_about_and_no_means_no(windows):
    page = windows.open_for(ADMIN)
    page.goto("/people/?q=school.lab")

    press(page, "school.lab", "停用")
    question = page.locator("dialog#confirm")
    expect(question).to_contain_text("停用“")
    question.get_by_role("button", name="取消").click()
    expect(question).to_be_hidden()
    expect(row(page, "school.lab")).to_contain_text("可登录")

    press(page, "school.lab", "停用")
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    expect(row(page, "school.lab")).to_contain_text("可登录")

    press(page, "school.lab", "停用")
    question.get_by_role("button", name="停用").click()
    expect(row(page, "school.lab")).to_contain_text("已停用")
    expect(page.locator(".toast")).to_contain_text("已停用")
    assert page.url.endswith("/people/?q=school.lab")

    press(page, "school.lab", "恢复登录")
    expect(row(page, "school.lab")).to_contain_text("可登录")


def test_everything_works_without_scripts(windows):
    page = windows.open_for(java_script_enabled=False)
    page.goto("/accounts/login/?next=/people/?q=school.gate")
    page.fill("input[name=login]", ADMIN)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button")

    press(page, "school.gate", "停用")

    expect(row(page, "school.gate")).to_contain_text("已停用")
    press(page, "school.gate", "恢复登录")
    expect(row(page, "school.gate")).to_contain_text("可登录")
    page.get_by_label("我的账号").click()
    expect(page.get_by_role("button", name="退出登录")).to_be_visible()


def test_a_menu_opens_by_keyboard_and_closes_by_escape_and_elsewhere(windows):
    page = windows.open_for(ADMIN)
    page.goto("/people/")
    menu = page.get_by_label("我的账号")
    leave = page.get_by_role("button", name="退出登录")

    menu.focus()
    page.keyboard.press("Enter")
    expect(leave).to_be_visible()
    page.keyboard.press("Escape")
    expect(leave).to_be_hidden()
    expect(menu).to_be_focused()

    menu.click()
    expect(leave).to_be_visible()
    page.locator("h1").click()
    expect(leave).to_be_hidden()


def test_the_first_key_leads_past_the_navigation(windows):
    page = windows.open_for(ADMIN)
    page.goto("/people/")

    page.keyboard.press("Tab")

    expect(page.get_by_text("跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_language_is_switched_where_one_is_and_stays(windows):
    page = windows.open_for(ADMIN, **PHONE)
    page.goto("/people/?q=school.gate")

    page.get_by_label("我的账号").click()
    page.get_by_role("button", name="English").click()

    expect(page.locator("h1")).to_have_text("People and devices")
    assert page.url.endswith("/people/?q=school.gate")
    page.goto("/mine/")
    expect(page.locator("h1")).to_have_text("My two responsibilities")


def test_clocks_follow_the_server_when_the_clock_of_the_phone_is_wrong(windows, home):
    page = windows.open_for("county.duty_officer", **PHONE)
    page.clock.install(time="2020-01-01T00:00:00Z")
    page.goto("/boards/520121/")

    seconds = page.evaluate(
        """async () => {
          const clock = await import(document.querySelector('script[src*="/clock."]').src);
          return (clock.serverNow() - Date.parse(
            document.getElementById("clock-words").dataset.now)) / 1000;
        }"""
    )
    words = page.evaluate(
        """async () => {
          const clock = await import(document.querySelector('script[src*="/clock."]').src);
          const now = clock.serverNow();
          return [90, 5, -1, -3, -2881].map(m => clock.face(now + m * 60000 + 500));
        }"""
    )

    assert 0 <= seconds < 30
    assert [(face["state"], face["text"]) for face in words] == [
        ("clock-open", "剩余 1 小时 30 分"),
        ("clock-open", "剩余 5 分"),
        ("clock-over", "超时 0 分"),
        ("clock-over", "超时 2 分"),
        ("clock-over", "逾期 2 天"),
    ]


def test_a_form_is_sent_once_however_often_it_is_pressed(windows):
    page = windows.open_for(ADMIN)
    page.goto("/accounts/password/change/")
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    for name in ("oldpassword", "password1", "password2"):
        page.fill(f"input[name={name}]", "x")

    page.evaluate(
        "() => { const b = document.querySelector('main form button'); b.click(); b.click(); }"
    )
    page.wait_for_selector(".error-summary")

    assert len(sent) == 1
    expect(page.locator(".error-summary")).to_be_focused()


@pytest.mark.parametrize("name", ROLES)
def test_a_phone_needs_no_sideways_scrolling_and_every_button_fits_a_finger(windows, name):
    page = windows.open_for(name, **PHONE)
    for path in ROLES[name]:
        page.goto(path)
        page.wait_for_load_state()

        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{path} is {wide} px too wide"
        assert page.evaluate(TOO_SMALL, TARGET_PX) == [], path


def test_what_is_printed_has_no_controls(windows):
    page = windows.open_for("county.duty_officer")
    page.goto("/incidents/")
    page.emulate_media(media="print")

    for part in (".top-bar", ".filters", ".foot"):
        expect(page.locator(part).first).to_be_hidden()
    expect(page.locator(".watermark")).to_be_visible()
    assert re.search(r"county\.duty_officer", page.locator(".watermark").text_content() or "")
