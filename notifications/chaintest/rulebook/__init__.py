"""The shipped section ``chaintest`` of the rule book."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


def load() -> dict[str, Any]:
    return tomllib.loads((HERE / "chaintest.toml").read_text(encoding="utf-8"))
