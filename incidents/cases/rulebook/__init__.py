"""The sections of the rule book that belong to incidents: grades and filing."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


def load(name: str) -> dict[str, Any]:
    """The shipped document ``name`` ("grades", "filing")."""
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))
