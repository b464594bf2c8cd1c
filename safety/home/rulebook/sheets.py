"""What a page of the rule book consists of: sheets of rows and cells, some of which may change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from safety.home.rulebook.conditions import Facts
from safety.home.rulebook.fields import Holidays, Lines, Turns
from safety.home.rulebook.paths import Path, value_at

Content = Mapping[str, Any]
ROWS_AT_ONCE = 40
_LINES: Mapping[str, Callable[[Any], str]] = {
    "lines": Lines.line,
    "turns": Turns.line,
    "holidays": Holidays.line,
}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """``text`` is how the value reads. With a ``kind`` it may be changed where it stands."""

    text: str
    path: Path = ()
    kind: str = ""
    value: Any = None
    choices: Sequence[tuple[str, str]] = ()
    facts: Facts | None = None

    @property
    def name(self) -> str:
        """The name of its field in a form."""
        return "/".join(self.path)


@dataclass(frozen=True, kw_only=True)
class Row:
    head: str
    note: str = ""
    path: Path = ()
    cells: Sequence[Cell] = ()


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One table. ``columns`` are the heads of the cells, the first one is that of the rows."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Row]
    help: str = ""
    path: Path = ()

    @property
    def lines(self) -> list[tuple[Row, list[tuple[str, Cell]]]]:
        """Each row, and each of its cells with its head: on a phone these stand together."""
        return [(row, list(zip(self.columns[1:], row.cells, strict=True))) for row in self.rows]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Makes cells that read their value from one rule book."""

    content: Content
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def cell(
        self,
        *path: str,
        kind: str,
        text: str | None = None,
        choices: Sequence[tuple[str, str]] = (),
        facts: Facts | None = None,
    ) -> Cell:
        value = value_at(self.content, path)
        shown = text if text is not None else self._text(value, kind, choices)
        return Cell(text=shown, path=path, kind=kind, value=value, choices=choices, facts=facts)

    def _text(self, value: Any, kind: str, choices: Sequence[tuple[str, str]]) -> str:
        if kind in _LINES:
            return "; ".join(_LINES[kind](one) for one in value or ())
        if choices:
            return str(dict(choices).get("" if value is None else value, value))
        if isinstance(value, list):
            return "、".join(map(str, value))
        return "" if value is None else str(value)

    def named(self, kind: str, codes: Sequence[str]) -> str:
        """Codes as words with the code behind: "体育卫生艺术处(B18)"."""
        known = self.words.get(kind, {})
        return "、".join(f"{known[code]} {code}" if code in known else code for code in codes)


def is_long(sheets: Sequence[Sheet]) -> bool:
    """Whether all these rows together make a page without end: then each table is folded."""
    return sum(len(sheet.rows) for sheet in sheets) > ROWS_AT_ONCE


def plain(text: object) -> Cell:
    """A cell that only tells."""
    return Cell(text=str(text))
