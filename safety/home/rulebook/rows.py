"""Rows of the rule book's lists: a new one as a copy of another under its own name, or none.

A list is one of the document's, or a table of it whose keys are the rows: capacities of the
matrix, circumstances.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.responsibility.checks.reading import is_school_capacity
from notifications.responsibility.words import Level
from notifications.words import in_language
from safety.errors import Hidden, Refused
from safety.home.rulebook.fields import SPLIT
from safety.home.rulebook.paths import NAMED, Path, names_of, value_at
from safety.home.rulebook.sheets import Content, Sheet

# Tab → its lists that may grow and shrink. Years have their own empty row.
LISTS: Mapping[str, tuple[Path, ...]] = {
    "matrix": tuple(("responsibility", "matrix", level.value) for level in Level),
    "clocks": (("clocks", "acknowledge"),),
    "criteria": (("grades", "rule"), ("grades", "uplift"), ("grades", "flags")),
    "owners": (("hazards", "hazard"),),
    "upward": (("filing", "first_report_clock"), ("filing", "upward_clock")),
    "texts": (("filing", "tile"),),
    "posts": (("posts", "post"),),
    "pledges": (("pledges", "pair"), ("pledges", "text")),
    "duty": (("roster", "pattern"),),
}
_WORDS = {
    "capacities": gettext_lazy("Capacities"),
    "capacity": gettext_lazy("Capacity"),
    "code": gettext_lazy("Code"),
    "en": gettext_lazy("English"),
    "grades": gettext_lazy("Grades"),
    "hazard": gettext_lazy("Kind of incident (code)"),
    "hazards": gettext_lazy("Only for these kinds (codes)"),
    "id": gettext_lazy("Code"),
    "level": gettext_lazy("Level (school, district, city)"),
    "zh": gettext_lazy("Chinese"),
}
_LONG = 200
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")


@dataclass(frozen=True, kw_only=True)
class Key:
    """What a new row is asked for: one of ``choices``, or typed where that is ``None``."""

    name: str
    word: str
    choices: Sequence[tuple[str, str]] | None = None
    said: str = ""


@dataclass(frozen=True, kw_only=True)
class RowList:
    """A list as its tab shows it: what its rows are called, and what tells them apart."""

    path: Path
    title: str
    rows: Sequence[tuple[str, str]]
    keys: Sequence[Key]
    like: str = ""

    @property
    def name(self) -> str:
        return "/".join(self.path)

    @property
    def may_grow(self) -> bool:
        return all(key.choices is None or key.choices for key in self.keys)


def row_lists(
    slug: str, sheets: Sequence[Sheet], content: Content, told: Mapping[str, str]
) -> list[RowList]:
    """The lists of a tab. ``sheets`` have the words of their rows; ``told`` was refused."""
    heads = {row.path: (sheet.title, row.head) for sheet in sheets for row in sheet.rows}
    found = []
    for path in LISTS.get(slug, ()):
        rows = value_at(content, path)
        if not rows:
            continue
        said = told if told.get("list") == "/".join(path) else {}
        found.append(
            RowList(
                path=path,
                title=heads.get((*path, _names(path, rows)[0]), ("", ""))[0],
                rows=[
                    (name, heads.get((*path, name), ("", name))[1]) for name in _names(path, rows)
                ],
                keys=[
                    Key(
                        name=key,
                        word=str(_WORDS[key]),
                        choices=_choices(key, path, content),
                        said=said.get(key, ""),
                    )
                    for key in _keys(path)
                ],
                like=said.get("row", ""),
            )
        )
    return found


def _keys(path: Path) -> tuple[str, ...]:
    """What tells the rows apart; of a table the first is the key, the others are its words."""
    if path[-1] in NAMED:
        return NAMED[path[-1]]
    return ("capacity",) if path[1] == "matrix" else ("code", "zh", "en")


def _choices(key: str, path: Path, content: Content) -> list[tuple[str, str]] | None:
    """Of capacities those of the level that its matrix does not have yet."""
    if key != "capacity":
        return None
    said = content["responsibility"]
    taken = said["matrix"][path[-1]]
    return [
        (code, f"{in_language(row)} {code}")
        for code, row in said["capacity"].items()
        if is_school_capacity(code) == (path[-1] == Level.SCHOOL) and code not in taken
    ]


def _names(path: Path, rows: Any) -> list[str]:
    return list(rows) if isinstance(rows, Mapping) else names_of(path[-1], rows)


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
    told = {key: said.get(key, "")[:_LONG].strip() for key in _keys(path)}
    if isinstance(rows, dict):
        _add_key(rows, like, told, path)
        return made
    row = copy.deepcopy(rows[index])
    for key, text in told.items():
        _say(row, key, text)
    [name] = names_of(path[-1], [row])
    _must_be_new(name, names_of(path[-1], rows), path)
    rows.insert(index + 1, row)
    return made


def _add_key(rows: dict[str, Any], like: str, told: Mapping[str, str], path: Path) -> None:
    name, *_others = told.values()
    _must_be_new(name, rows, path)
    if not _CODE.fullmatch(name):
        raise Refused(
            _("This is no code."),
            field="/".join(path),
            value=name,
            remedy=_("Use up to 40 letters, digits and _, a letter first."),
        )
    row = {**copy.deepcopy(rows[like]), **dict(list(told.items())[1:])}
    pairs = list(rows.items())
    pairs.insert(list(rows).index(like) + 1, (name, row))
    rows.clear()
    rows.update(pairs)


def _must_be_new(name: str, names: Collection[str], path: Path) -> None:
    if not name or name in names:
        raise Refused(
            _("There is such a row already.") if name else _("A new row needs its own code."),
            field="/".join(path),
            value=name,
            remedy=_("Say what tells it apart from the others."),
        )


def without(content: Content, path: Path, name: str) -> dict[str, Any]:
    """``content`` without the row ``name``; whether it may be missing, the checks say."""
    made, rows, index = _opened(content, path, name)
    del rows[name if isinstance(rows, dict) else index]
    return made


def _opened(content: Content, path: Path, name: str) -> tuple[dict[str, Any], Any, int]:
    """A copy of ``content``, the list in it, and the place of a row. Raises ``Hidden``."""
    made = copy.deepcopy(dict(content))
    rows = value_at(made, path)
    names = _names(path, rows) if isinstance(rows, list | dict) else []
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
