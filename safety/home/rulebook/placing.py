"""At which changed cell a problem lies that a check of the whole section found. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from safety.errors import Problem
from safety.home.rulebook.paths import Path
from safety.home.rulebook.sheets import Cell

ANY = "*"  # a list that the message does not name
# As checks say it: "grades: rule 'g1-deaths' has no condition", "responsibility: matrix.city.X: …",
# "posts: B16: scope.hazards: …".
_ROW = re.compile(r"(\w+): (\w+) '([^']+)'")
_CODE = re.compile(r"(\w+): (\w+)(?:: (\w+)\.\w+:|: | has )")
_KEYS = re.compile(r"(\w+): (\w+(?:\.\w+)+)")


def at_cells(problems: Iterable[Problem], changed: Sequence[Cell]) -> dict[str, Problem]:
    """Name of a cell → what is wrong there. Where no cell was changed, nothing is said."""
    found: dict[str, Problem] = {}
    for problem in problems:
        place = _place(problem.message)
        cell = next((cell for cell in changed if place and _lies_in(cell.path, place)), None)
        if cell is not None:
            found.setdefault(cell.name, problem)
    return found


def _place(text: str) -> Path:
    if row := _ROW.match(text):
        return (row[1], row[2], row[3])
    if keys := _KEYS.match(text):
        return (keys[1], *keys[2].split("."))
    if code := _CODE.match(text):
        return (code[1], ANY, *filter(None, (code[2], code[3])))
    return ()


def _lies_in(path: Path, place: Path) -> bool:
    return len(path) >= len(place) and all(
        name in (ANY, key) for key, name in zip(path, place, strict=False)
    )
