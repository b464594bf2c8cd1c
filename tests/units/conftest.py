"""Files to import: real lists where they are at hand, and lists that a test writes."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

REAL = settings.BASE_DIR.parent / "shared" / "data" / "schools_shanghai"


@pytest.fixture(scope="session")
def real_lists() -> SimpleNamespace:
    """Lists of 120 real schools in three districts; not ours to ship, so read where they lie."""
    if not REAL.is_dir():
        reason = f"the real school lists are not at hand ({REAL.name} beside the repository)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    names = ("putuo", "xuhui", "jiading")
    return SimpleNamespace(**{name: REAL / f"{name}_junior_2026.csv" for name in names})


@pytest.fixture
def write_csv(tmp_path: Path) -> Callable[..., Path]:
    """Write rows as a csv file: the first one is the header."""

    def write(*rows: Sequence[object], name: str = "list.csv", encoding: str = "utf-8-sig") -> Path:
        path = tmp_path / name
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows(rows)
        return path

    return write


@pytest.fixture
def run() -> Callable[..., SimpleNamespace]:
    """Call import_units with --json: its document, whether it failed, and its last words."""

    def call(*arguments: object, **options: Any) -> SimpleNamespace:
        out = StringIO()
        failure = ""
        try:
            call_command("import_units", *map(str, arguments), "--json", stdout=out, **options)
        except CommandError as error:
            failure = str(error)
        found = json.loads(out.getvalue())
        return SimpleNamespace(
            **found, failure=failure, codes=[error["code"] for error in found["errors"]]
        )

    return call
