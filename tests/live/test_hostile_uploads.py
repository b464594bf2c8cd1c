"""The running server answers hostile files and goes on: no file ends the process of everybody."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from django.conf import settings

from tests.house import House, house
from tests.servers import clerk, serving
from tests.units.hostile import HOSTILE

pytestmark = pytest.mark.servers

KEEPER = "city.administrator"
PAGES = {
    "/offices/sheets/": {"title": "八月调整"},
    "/roster/units/520121/import/": {"pattern": "halves"},
    "/table/workbook/": {},
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("house")) as made:
        made.redis_url = ""
        made.manage("collectstatic", "--noinput")
        yield made


@pytest.fixture(scope="module")
def session(home: House) -> str:
    with clerk(home) as desk:
        return desk.run(
            "from tests import city\n"
            "from tests.live.browsers import sign_in\n"
            f"print(sign_in(city.person({KEEPER!r})))"
        ).strip()


def test_the_server_outlives_every_hostile_file(home: House, session: str) -> None:
    cookies = {settings.SESSION_COOKIE_NAME: session}
    with (
        serving(home) as server,
        httpx.Client(base_url=server.url, cookies=cookies, timeout=90) as browser,
    ):
        for page, told in PAGES.items():
            assert browser.get(page).status_code == 200
            for make in HOSTILE.values():
                answer = browser.post(
                    page + ("send/" if page.startswith("/table/") else ""),
                    data=told,
                    files={"file": ("名单.xlsx", make())},
                    headers={"X-CSRFToken": browser.cookies[settings.CSRF_COOKIE_NAME]},
                )
                assert answer.status_code == 422
        assert browser.get("/healthz").text == "ok"
        assert server.process.poll() is None
        assert "Traceback" not in server.said()
