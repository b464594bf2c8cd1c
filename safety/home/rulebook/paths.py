"""Where a value of the rule book stands, by names that survive when rows come and go.

A path is ("clocks", "acknowledge", "DUTY_OFFICER", "minutes", "G3"): keys of tables, and
in the lists below the name that a row has by its own content. Pure.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Path = tuple[str, ...]
ORDER = "#order"
# list -> the keys by which its rows are told apart
NAMED = {
    "hazard": ("code",),
    "post": ("code",),
    "rule": ("id",),
    "uplift": ("id",),
    "stat": ("id",),
    "tile": ("hazard",),
    "sealed_tile": ("hazard",),
    "acknowledge": ("capacities",),
    "first_report_clock": ("grades",),
    "upward_clock": ("level", "grades", "hazards"),
    "pair": ("id",),
    "text": ("id",),
    "year": ("year",),
    "pattern": ("code",),
}


@dataclass(frozen=True, kw_only=True)
class Change:
    """What differs at one place; ``None`` where it is missing altogether."""

    path: Path
    before: Any
    after: Any


def names_of(list_name: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The name of each row, a second one of the same name with a number."""
    seen: Counter[str] = Counter()
    names = []
    for row in rows:
        parts = (_plain(row.get(key, "")) for key in NAMED[list_name])
        name = " ".join(part for part in parts if part)
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} #{seen[name]}")
    return names


def _plain(value: Any) -> str:
    return "+".join(map(str, value)) if isinstance(value, list) else str(value)


def value_at(content: Mapping[str, Any], path: Path) -> Any:
    """What stands at ``path``; ``None`` when nothing does."""
    here: Any = content
    for number, key in enumerate(path):
        here = _child(here, key, path[number - 1] if number else "")
        if here is None:
            return None
    return here


def _child(here: Any, key: str, list_name: str) -> Any:
    if isinstance(here, Mapping):
        return here.get(key)
    if isinstance(here, list):
        index = _index(here, key, list_name)
        return here[index] if index is not None else None
    return None


def _index(rows: list[Any], key: str, list_name: str) -> int | None:
    if list_name in NAMED:
        names = names_of(list_name, rows)
        return names.index(key) if key in names else None
    return int(key) if key.isdecimal() and int(key) < len(rows) else None


def put(content: dict[str, Any], path: Path, value: Any) -> None:
    """Set (or with ``None`` remove) what stands at ``path``. Raises ``KeyError`` if it cannot."""
    *above, key = path
    here = value_at(content, tuple(above)) if above else content
    if key == ORDER and isinstance(here, list):
        _reorder(here, above[-1], value)
    elif isinstance(here, dict):
        if value is None:
            here.pop(key, None)
        else:
            here[key] = copy.deepcopy(value)
    elif isinstance(here, list):
        _put_row(here, key, above[-1], value)
    else:
        raise KeyError("/".join(path))


def _put_row(rows: list[Any], key: str, list_name: str, value: Any) -> None:
    index = _index(rows, key, list_name)
    if index is None:
        if value is not None:
            rows.append(copy.deepcopy(value))
    elif value is None:
        del rows[index]
    else:
        rows[index] = copy.deepcopy(value)


def _reorder(rows: list[Any], list_name: str, wanted: Sequence[str]) -> None:
    named = dict(zip(names_of(list_name, rows), list(rows), strict=True))
    rest = [name for name in named if name not in wanted]
    rows[:] = [named[name] for name in [*wanted, *rest] if name in named]


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Every place at which ``after`` differs, in the order of the book."""
    return list(_changes(before, after, ()))


def _changes(before: Any, after: Any, path: Path) -> Iterator[Change]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys([*before, *after]):
            yield from _changes(before.get(key), after.get(key), (*path, key))
    elif _are_rows(before) and _are_rows(after):
        yield from _changed_rows(before, after, path)
    else:
        yield Change(path=path, before=before, after=after)


def _are_rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, Mapping) for row in value)


def _changed_rows(before: list[Any], after: list[Any], path: Path) -> Iterator[Change]:
    list_name = path[-1]
    if list_name not in NAMED:
        if len(before) == len(after):
            for number, (old, new) in enumerate(zip(before, after, strict=True)):
                yield from _changes(old, new, (*path, str(number)))
        else:
            yield Change(path=path, before=before, after=after)
        return
    olds = dict(zip(names_of(list_name, before), before, strict=True))
    news = dict(zip(names_of(list_name, after), after, strict=True))
    for name in dict.fromkeys([*olds, *news]):
        yield from _changes(olds.get(name), news.get(name), (*path, name))
    kept_before = [name for name in olds if name in news]
    kept_after = [name for name in news if name in olds]
    if kept_before != kept_after:
        yield Change(path=(*path, ORDER), before=kept_before, after=kept_after)


@dataclass(frozen=True, kw_only=True)
class Carried:
    """The changes of a draft on top of a newer version; ``clashes`` were changed by both."""

    content: Mapping[str, Any]
    clashes: Sequence[Change]


def carry(
    *, base: Mapping[str, Any], draft: Mapping[str, Any], newer: Mapping[str, Any]
) -> Carried:
    """Apply what ``draft`` changed in ``base`` to ``newer``; what both changed stays ``newer``'s.

    A clash tells what ``newer`` says and what the draft wanted.
    """
    content = copy.deepcopy(dict(newer))
    theirs = {change.path: change for change in changes(base, newer)}
    clashes = []
    for change in changes(base, draft):
        touched = [path for path in theirs if _overlap(path, change.path)]
        now = value_at(newer, change.path) if change.path[-1] != ORDER else None
        if now == change.after:
            continue
        if touched:
            clashes.append(Change(path=change.path, before=now, after=change.after))
        else:
            put(content, change.path, change.after)
    return Carried(content=content, clashes=clashes)


def _overlap(one: Path, other: Path) -> bool:
    """Whether one of two places lies within the other."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]
