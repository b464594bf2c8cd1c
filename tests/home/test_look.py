"""The colours can be read, and the pages stay light."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "safety" / "static"
TOKENS = dict(
    re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", (STATIC / "css" / "tokens.css").read_text())
)
READ_ON = [
    ("ink", "paper"),
    ("ink", "ground"),
    ("ink-2", "paper"),
    ("ink-2", "ground"),
    ("ink-2", "raised"),
    ("ink-on-dark", "blue-700"),
    ("ink-on-dark", "blue-900"),
    ("blue-600", "paper"),
    ("blue-600", "blue-50"),
    ("blue-700", "ground"),
    ("red", "paper"),
    ("red", "red-soft"),
    ("orange", "paper"),
    ("amber", "amber-soft"),
    ("green", "paper"),
    ("green", "green-soft"),
    ("grey", "paper"),
    ("grey", "ground"),
    *((f"g{n}-ink", f"g{n}") for n in range(1, 6)),
]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("text", "ground"), READ_ON)
def test_text_can_be_read_in_sunlight(text, ground):
    lighter, darker = sorted((luminance(TOKENS[text]), luminance(TOKENS[ground])), reverse=True)

    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_the_frame_of_a_page_weighs_under_40_kb_on_the_wire():
    base = (STATIC.parents[1] / "templates" / "base.html").read_text(encoding="utf-8")
    named = re.findall(r"{% static '([^']+\.(?:css|js))' %}", base)
    files = [STATIC / name for name in (*named, "img/icons.svg")]
    assert len(named) > 8

    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in files) < 40 * 1024


def test_stylesheets_use_nothing_that_a_phone_of_2017_ignores():
    for path in (STATIC / "css").glob("*.css"):
        text = path.read_text(encoding="utf-8")
        for young in ("oklch(", "color-mix(", "@layer", ":has(", ":is(", "@container"):
            assert young not in text, f"{path.name} uses {young}"
