"""Documentation is part of the program: what has no line in docs/ fails here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[1]
OPERATORS = ROOT / "docs" / "operators"
FLOORS = ("safety", "incidents", "risk", "notifications")
# Written by people for people: read for broken links.
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def sources() -> Iterator[Path]:
    for floor in FLOORS:
        yield from (ROOT / floor).rglob("*.py")


def commands() -> list[str]:
    return sorted(
        path.stem
        for path in sources()
        if path.parent.name == "commands" and not path.stem.startswith("_")
    )


def variables() -> set[str]:
    read = r'(?:env_\w+|is_set|database)\(\s*"(SAFETY_\w+)"'
    text = (ROOT / "safety" / "settings.py").read_text()
    return set(re.findall(read, text))


def check_codes() -> set[str]:
    text = (ROOT / "safety" / "checks.py").read_text()
    numbers = re.findall(r"_error\(\s*(\d+),", text)
    return {f"safety.E{int(n):03d}" for n in numbers} | set(re.findall(r"safety\.W\d+", text))


def addresses() -> list[str]:
    found = set()
    for pattern in get_resolver().url_patterns:
        assert isinstance(pattern, URLPattern | URLResolver)
        for route in _routes(pattern):
            found.add("/" + "/".join(route.split("/")[:1]))
    return sorted(found)


def _routes(pattern: URLPattern | URLResolver) -> list[str]:
    route = str(pattern.pattern)
    if route or isinstance(pattern, URLPattern):
        return [route]
    return [found for inner in pattern.url_patterns for found in _routes(inner)]


def scripts() -> list[str]:
    return sorted(path.name for path in (ROOT / "script").iterdir() if path.is_file())


def test_every_command_is_documented():
    page = (OPERATORS / "commands.md").read_text()

    documented = set(re.findall(r"^\| `(\w+)", page, re.MULTILINE))

    assert set(commands()) - documented == set()


def test_every_documented_command_exists():
    page = (OPERATORS / "commands.md").read_text()
    named = set(re.findall(r"^\| `(\w+)", page, re.MULTILINE)) - {"script"}

    assert named - set(commands()) == set()


def test_every_script_is_documented():
    page = (OPERATORS / "commands.md").read_text()

    assert [name for name in scripts() if f"| `script/{name}`" not in page] == []


def test_settings_and_their_page_name_the_same_variables():
    page = (OPERATORS / "settings.md").read_text()

    assert set(re.findall(r"^\| `(SAFETY_\w+)`", page, re.MULTILINE)) == variables()


def test_every_refusal_at_start_is_documented():
    page = (OPERATORS / "settings.md").read_text()

    assert set(re.findall(r"^\| (safety\.\w+) \|", page, re.MULTILINE)) == check_codes()


def test_every_top_level_address_is_documented():
    page = (OPERATORS / "addresses.md").read_text()
    documented = set(re.findall(r"`(/[\w-]*)", page))

    assert [address for address in addresses() if address not in documented] == []


@pytest.mark.parametrize("sheet", PAGES, ids=lambda sheet: str(sheet.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(sheet):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", sheet.read_text())

    assert [link for link in links if not (sheet.parent / link).exists()] == []


def test_the_catalogue_of_what_is_documented_is_not_empty():
    """If a pattern above stopped matching, its test would pass for nothing."""
    assert {"publish_rules", "verify_ledger", "create_token"} <= set(commands())
    assert {"SAFETY_SECRET_KEY", "SAFETY_DATABASE_URL", "SAFETY_DEBUG"} <= variables()
    assert {"safety.E001", "safety.W002"} <= check_codes()
    assert {"/accounts", "/api"} <= set(addresses())
    assert {"server", "test", "install"} <= set(scripts())
