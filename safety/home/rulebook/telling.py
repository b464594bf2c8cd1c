"""Differences of two rule books in the words of their tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from safety.home.rulebook.paths import ORDER, Change, Path, changes
from safety.home.rulebook.sheets import Cell, Content
from safety.home.rulebook.tabs import TABS

CUT = 400


@dataclass(frozen=True, kw_only=True)
class Told:
    """One difference as a line: where it is, and both values as the tables show them."""

    tab: str
    sheet: str
    row: str
    column: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class _Place:
    tab: str
    sheet: str
    row: str
    column: str
    cell: Cell | None = None


def told(before: Content, after: Content) -> list[Told]:
    """Every difference, in the order of the book; nothing is left out."""
    return told_changes(changes(before, after), before, after)


def told_changes(found: Sequence[Change], before: Content, after: Content) -> list[Told]:
    old, new = _places(before), _places(after)
    return [_told(change, old, new) for change in found]


def _told(change: Change, old: Mapping[Path, _Place], new: Mapping[Path, _Place]) -> Told:
    place = _find(change.path, new) or _find(change.path, old)
    return Told(
        tab=place.tab if place else change.path[0],
        sheet=place.sheet if place else "",
        row=place.row if place else " · ".join(change.path[1:]),
        column=_column(change, place),
        before=_text(change.before, old.get(change.path)),
        after=_text(change.after, new.get(change.path)),
    )


def _column(change: Change, place: _Place | None) -> str:
    if change.path[-1] == ORDER:
        return _("order")
    return place.column or _rest(change.path, place) if place else ""


def _rest(path: Path, _place: _Place) -> str:
    return path[-1] if len(path) > 1 else ""


def _places(content: Content) -> dict[Path, _Place]:
    return dict(_all_places(content))


def _all_places(content: Content) -> Iterator[tuple[Path, _Place]]:
    """Each cell by its path; each row and each sheet by theirs, for what has no cell of its own.

    What several tabs show is told by the first of them.
    """
    for tab in reversed(TABS):
        label = str(tab.label)
        for sheet in tab.sheets(content):
            if sheet.path:
                yield sheet.path, _Place(tab=label, sheet=sheet.title, row="", column="")
            for row in sheet.rows:
                if row.path:
                    yield (
                        row.path,
                        _Place(tab=label, sheet=sheet.title, row=row.head, column=""),
                    )
                for cell, column in zip(row.cells, sheet.columns[1:], strict=True):
                    if cell.path:
                        yield (
                            cell.path,
                            _Place(
                                tab=label,
                                sheet=sheet.title,
                                row=row.head,
                                column=column,
                                cell=cell,
                            ),
                        )


def _find(path: Path, places: Mapping[Path, _Place]) -> _Place | None:
    """The place of ``path``, else the nearest one around it."""
    for length in range(len(path), 0, -1):
        if path[:length] in places:
            return places[path[:length]]
    return None


def _text(value: Any, place: _Place | None) -> str:
    if value is None:
        return "—"
    if place is not None and place.cell is not None:
        return place.cell.text or "—"
    text = _plain(value)
    return text if len(text) <= CUT else text[:CUT] + "…"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_plain(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return "、".join(_plain(inner) for inner in value)
    return str(value)
