"""The shipped rule book of responsibility: readable files, loaded without Django."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
NAMES = ("responsibility", "hazards", "clocks", "posts")


def load(name: str) -> dict[str, Any]:
    """One section as its file says it."""
    with (HERE / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def load_files() -> dict[str, dict[str, Any]]:
    """Every section of this room, by name."""
    return {name: load(name) for name in NAMES}
