from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from types import ModuleType

import pytest

from notifications.live.process import stop_hub
from tests.live.browsers import Browser, db, sign_in

Open = Callable[..., Awaitable[Browser]]


@pytest.fixture
async def open_page(city_committed: ModuleType) -> AsyncIterator[Open]:
    """Open pages for people of the cast: ``await open_page("city.duty_officer")``."""
    opened: list[Browser] = []

    async def open_one(name: str = "", *, session: str = "") -> Browser:
        if name:
            session = await db(lambda: sign_in(city_committed.person(name)))
        page = await Browser(session).connect()
        opened.append(page)
        return page

    yield open_one
    for page in opened:
        with suppress(Exception):  # some were closed by the server, as they should
            await page.leave()
    await stop_hub()
