"""An alarm that never rang may be broken: break each import contract in a copy of the house."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ("safety", "incidents", "risk", "notifications")
BREACHES = [
    ("safety/ledger/models.py", "import safety.units.models", "never up"),
    ("notifications/access.py", "import incidents.cases.models", "never up"),
    ("safety/people/models.py", "import safety.posts.models", "never up"),
    ("notifications/responsibility/plan.py", "from django.db import models", "resolver knows"),
    ("notifications/responsibility/plan.py", "import notifications.models", "resolver knows"),
    ("risk/estimators/shrink.py", "import django", "Estimators know"),
    ("risk/estimators/shrink.py", "import safety.units.models", "Estimators know"),
    ("incidents/cases/selectors.py", "import guardian.shortcuts", "ask guardian"),
]


@pytest.fixture
def house(tmp_path):
    """A copy of our source that a test may break, and its contracts."""
    for floor in FLOORS:
        shutil.copytree(ROOT / floor, tmp_path / floor, ignore=_no_sources)
    estimators = tmp_path / "risk" / "estimators"
    estimators.mkdir(exist_ok=True)
    (estimators / "__init__.py").touch()
    (estimators / "shrink.py").touch()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def _no_sources(folder: str, names: list[str]) -> list[str]:
    return [n for n in names if (Path(folder) / n).is_file() and not n.endswith(".py")]


def verdict(house: Path) -> tuple[bool, str]:
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [command, "--no-cache"], cwd=house, capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("file", "line", "contract"), BREACHES)
def test_a_broken_contract_is_noticed(house, file, line, contract):
    broken = house / file
    broken.write_text(f"{line}\n{broken.read_text()}")

    kept, said = verdict(house)

    assert not kept
    assert any(contract in row and "BROKEN" in row for row in said.splitlines()), said


def test_the_house_as_it_stands_keeps_every_contract(house):
    kept, said = verdict(house)

    assert kept, said
