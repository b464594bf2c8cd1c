"""Rows of the rule book's lists: a new one as a copy of another under its own name, or none."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safety.errors import Hidden, Refused
from safety.home.rulebook.fields import SPLIT
from safety.home.rulebook.paths import NAMED, Path, names_of, value_at
from safety.home.rulebook.sheets import Content, Sheet

# Tab → its lists that may grow and shrink. Years have their own empty row.
LISTS: Mapping[str, tuple[Path, ...]] = {
    "clocks": (("clocks", "acknowledge"),),
    "criteria": (("grades", "rule"), ("grades", "uplift")),
    "owners": (("hazards", "hazard"),),
    "upward": (("filing", "first_report_clock"), ("filing", "upward_clock")),
    "texts": (("filing", "tile"),),
    "posts": (("posts", "post"),),
    "pledges": (("pledges", "pair"), ("pledges", "text")),
    "duty": (("roster", "pattern"),),
}
_WORDS = {
    "capacities": gettext_lazy("Capacities"),
    "code": gettext_lazy("Code"),
    "grades": gettext_lazy("Grades"),
    "hazard": gettext_lazy("Kind of incident (code)"),
    "hazards": gettext_lazy("Only for these kinds (codes)"),
    "id": gettext_lazy("Code"),
    "level": gettext_lazy("Level (school, district, city)"),
}
_LONG = 200


@dataclass(frozen=True, kw_only=True)
class RowList:
    """A list as its tab shows it: what its rows are called, and what tells them apart."""

    path: Path
    title: str
    rows: Sequence[tuple[str, str]]
    keys: Sequence[tuple[str, str]]

    @property
    def name(self) -> str:
        return "/".join(self.path)


def row_lists(slug: str, sheets: Sequence[Sheet], content: Content) -> list[RowList]:
    """The lists of a tab. ``sheets`` have the words of their rows."""
    heads = {row.path: (sheet.title, row.head) for sheet in sheets for row in sheet.rows}
    found = []
    for path in LISTS.get(slug, ()):
        rows = value_at(content, path)
        if not rows:
            continue
        names = names_of(path[-1], rows)
        found.append(
            RowList(
                path=path,
                title=heads.get((*path, names[0]), ("", ""))[0],
                rows=[(name, heads.get((*path, name), ("", name))[1]) for name in names],
                keys=[(key, str(_WORDS[key])) for key in NAMED[path[-1]]],
            )
        )
    return found


def listed(slug: str, name: str) -> Path:
    """The list ``name`` of a tab. Raises ``Hidden`` for any other place of the book."""
    for path in LISTS.get(slug, ()):
        if "/".join(path) == name:
            return path
    raise Hidden


def with_copy(content: Content, path: Path, like: str, said: Mapping[str, str]) -> dict[str, Any]:
    """``content`` with a row after ``like`` that says the same but for what tells rows apart.

    Raises ``Refused`` when nothing, or nothing new, is said.
    """
    made, rows, index = _opened(content, path, like)
    row = copy.deepcopy(rows[index])
    for key in NAMED[path[-1]]:
        _say(row, key, said.get(key, "")[:_LONG].strip())
    [name] = names_of(path[-1], [row])
    if not name or name in names_of(path[-1], rows):
        raise Refused(
            _("There is such a row already.") if name else _("A new row needs its own code."),
            field="/".join(path),
            value=name,
            remedy=_("Say what tells it apart from the others."),
        )
    rows.insert(index + 1, row)
    return made


def without(content: Content, path: Path, name: str) -> dict[str, Any]:
    """``content`` without the row ``name``; whether it may be missing, the checks say."""
    made, rows, index = _opened(content, path, name)
    del rows[index]
    return made


def _opened(content: Content, path: Path, name: str) -> tuple[dict[str, Any], list[Any], int]:
    """A copy of ``content``, the list in it, and the place of a row. Raises ``Hidden``."""
    made = copy.deepcopy(dict(content))
    rows = value_at(made, path)
    names = names_of(path[-1], rows) if isinstance(rows, list) else []
    if name not in names:
        raise Hidden
    return made, rows, names.index(name)


def _say(row: dict[str, Any], key: str, text: str) -> None:
    """A list where the other rows have one; what may be left out is left out when empty."""
    if isinstance(row.get(key), list) or key in ("capacities", "grades", "hazards"):
        codes = [part for part in SPLIT.split(text) if part]
        if codes or key != "hazards":
            row[key] = codes
        else:
            row.pop(key, None)
    else:
        row[key] = text
