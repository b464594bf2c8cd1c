"""Windows of a real Chromium onto a real server with the cast in its database.

Every window is watched: a violation of the content policy, a request to another
origin or an error in a script fails the test that opened it. After a failure
each open window leaves a picture in var/browser/.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from tests.city import PASSWORD
from tests.house import House, house
from tests.servers import ROOT, Server, serving

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1440, "height": 900}}
PICTURES = ROOT / "var" / "browser"
TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`POLICY ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""

expect.set_options(timeout=10_000)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed")
    return {**browser_type_launch_args, "executable_path": chromium, "args": ["--no-sandbox"]}


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("browser")) as made:
        made.manage("collectstatic", "--noinput")
        yield made


@pytest.fixture(scope="session")
def server(home: House) -> Iterator[Server]:
    with serving(home) as running:
        yield running


@dataclass
class Windows:
    """Opens windows for people, and remembers what went wrong in any of them."""

    browser: Browser
    server: Server
    states: dict[str, Any]
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open_for(self, name: str = "", **options: Any) -> Page:
        """A window of its own, signed in as ``name`` (by the form, once per run)."""
        if name and name not in self.states:
            self.states[name] = self._sign_in(name)
        return self._context(storage_state=self.states.get(name), **options).new_page()

    def _context(self, **options: Any) -> BrowserContext:
        context = self.browser.new_context(
            base_url=self.server.url, **{"locale": "zh-CN", **DESK, **options}
        )
        context.add_init_script(TELL_VIOLATIONS)
        context.on("request", self._check_origin)
        context.on("console", self._check_console)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        self.contexts.append(context)
        return context

    def _sign_in(self, name: str) -> Any:
        context = self._context()
        page = context.new_page()
        page.goto("/accounts/login/")
        page.fill("input[name=login]", name)
        page.fill("input[name=password]", PASSWORD)
        page.click("form button.btn-primary")
        page.wait_for_url(lambda url: "/accounts/login/" not in url)
        state = context.storage_state()
        context.close()
        self.contexts.remove(context)
        return state

    def _check_origin(self, request: Request) -> None:
        if not request.url.startswith((self.server.url, "data:", "blob:")):
            self.complaints.append(f"foreign origin: {request.url}")

    def _check_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(f"console: {message.text}")


@pytest.fixture(scope="session")
def states() -> dict[str, Any]:
    """Who is signed in already, by name."""
    return {}


@pytest.fixture
def windows(
    browser: Browser, server: Server, states: dict[str, Any], request: pytest.FixtureRequest
) -> Iterator[Windows]:
    opened = Windows(browser=browser, server=server, states=states)
    yield opened
    if request.node.stash.get(FAILED, False) or opened.complaints:
        take_pictures(opened, request.node.name)
    for context in opened.contexts:
        context.close()
    assert opened.complaints == []


FAILED: pytest.StashKey[bool] = pytest.StashKey()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.when == "call" and report.failed:
        item.stash[FAILED] = True
    return report


def take_pictures(opened: Windows, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    plain = re.sub(r"[^\w-]+", "-", name)
    pages = [page for context in opened.contexts for page in context.pages]
    for number, page in enumerate(pages):
        page.screenshot(path=PICTURES / f"{plain}-{number}.png", full_page=True)
