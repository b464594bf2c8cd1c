"""Walk every page that each role can reach: policy, origins, scripts, status, accessibility."""

from __future__ import annotations

import re
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils.timezone import now
from playwright.sync_api import Page

from tests.house import file_incident

ROLES = [
    "school.safety_staff",
    "county.duty_officer",
    "county.safety_office",
    "county.chief",
    "county.administrator",
    "city.duty_officer",
    "city.administrator",
]
PAGES_MAX = 40
REPORTS = (
    {"hazard": "DROWN", "people": "counted", "missing": 1, "place": "walk"},
    {"hazard": "BULLY", "people": "counted", "injured": 1},
    {"hazard": "SEXA", "people": "unknown"},
)


@pytest.fixture(scope="module", autouse=True)
def reports(home, server):
    """Something to see on each page."""
    for report in REPORTS:
        body = {"school": "5201210001", "aware_at": now().isoformat(), **report}
        status, said, _ = file_incident(
            server.port, home.tokens["school.safety_staff"], str(uuid4()), body
        )
        assert status == 201, said


@pytest.fixture(scope="module")
def examined() -> set[str]:
    """The kinds of page whose accessibility was examined already."""
    return set()


def kind_of(path: str) -> str:
    return re.sub(r"[0-9a-f-]{36}|\d+", "…", path)


def links(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        "a[href]:not([download])", "all => all.map(a => a.href)"
    )
    return found


def serious(page: Page) -> list[str]:
    result = Axe().run(page)
    return [
        f"{urlsplit(page.url).path} {found['id']}: {node['html'][:160]}"
        for found in result.response["violations"]
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"]
    ]


@pytest.mark.parametrize("name", ROLES)
def test_every_page_of_a_role_keeps_the_policy_and_can_be_used_by_all(
    windows, server, examined, name
):
    page = windows.open_for(name)
    waiting, seen, kinds, wrong = ["/"], set(), {}, []
    while waiting and len(seen) < PAGES_MAX:
        path = waiting.pop(0)
        answer = page.goto(path)
        assert answer is not None
        if answer.status >= 400:
            wrong.append(f"{path} answers {answer.status}")
            continue
        kind = kind_of(urlsplit(page.url).path)
        if kind not in examined:
            examined.add(kind)
            wrong += serious(page)
        for link in links(page):
            parts = urlsplit(link)
            if not link.startswith(server.url) or "logout" in parts.path:
                continue
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            # Three pages of each kind are enough: a list of a thousand cases is one kind.
            if target not in seen and kinds.setdefault(kind_of(parts.path), 0) < 3:
                kinds[kind_of(parts.path)] += 1
                seen.add(target)
                waiting.append(target)

    assert wrong == []
    assert len(seen) > 2


def test_pages_for_everybody_keep_the_policy_and_can_be_used_by_all(windows):
    page = windows.open_for()
    wrong = []
    for path in ("/accounts/login/", "/accounts/password/forgotten/", "/nowhere/"):
        page.goto(path)
        wrong += serious(page)

    assert wrong == []
