"""What came from elsewhere is exactly what was recorded, and the icons we name exist."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "safety" / "static"
RECORD = json.loads((STATIC / "vendor" / "VENDORED.json").read_text(encoding="utf-8"))
SYMBOLS = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "img" / "icons.svg").read_text()))


@pytest.mark.parametrize("entry", RECORD, ids=lambda entry: entry["file"])
def test_a_vendored_file_is_the_recorded_one(entry):
    content = (STATIC / entry["file"]).read_bytes()

    assert base64.b64encode(hashlib.sha384(content).digest()).decode() == entry["sha384"]
    assert len(entry["licence_text"]) > 100


def test_nothing_is_vendored_without_a_record():
    recorded = {entry["file"] for entry in RECORD}
    there = {p.relative_to(STATIC).as_posix() for p in (STATIC / "vendor").iterdir()}

    assert there - {"vendor/VENDORED.json"} <= recorded


def test_versions_are_pinned_exactly_and_are_those_recorded():
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]

    assert wanted == {entry["package"]: entry["version"] for entry in RECORD}
    for package, version in wanted.items():
        assert locked[f"node_modules/{package}"]["version"] == version


def test_every_icon_that_a_template_names_is_drawn():
    used = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'{% icon "([\w-]+)"', path.read_text(encoding="utf-8"))
    }

    assert len(used) > 10
    assert used <= SYMBOLS


def test_every_tile_and_way_has_its_icon():
    filing = tomllib.loads((ROOT / "incidents/cases/rulebook/filing.toml").read_text())
    ways = {"report", "board", "mine", "incidents", "people"}

    assert len(filing["tile"]) == 12
    assert {tile["icon"] for tile in filing["tile"]} | ways <= SYMBOLS


def test_the_house_loads_nothing_from_elsewhere():
    files = [
        p
        for folder in (ROOT / "templates", STATIC / "css", STATIC / "js", STATIC / "img")
        for p in folder.rglob("*.*")
    ]
    foreign = {
        str(path): address
        for path in files
        for address in re.findall(r"https?://[\w.-]+", path.read_text(encoding="utf-8"))
        if address != "http://www.w3.org"
    }

    assert foreign == {}
