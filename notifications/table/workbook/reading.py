"""Find the table in a sheet: which row names the columns, and which column holds what.

Guessed from the headings, shown to the reader, corrected by naming a column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

from notifications.table.workbook.columns import ALIASES, RANKED, address
from notifications.table.workbook.opening import Sheet
from notifications.table.workbook.problems import CellProblem
from safety.errors import Refused
from safety.units.imports.mapping import header_key, letters

SEARCHED = 40
ENOUGH = 2
_SUBJECT = ("post", "post_code", "safety_duty", "business_duty", "people")
_LETTERS = re.compile(r"[A-Za-z]{1,2}")


@dataclass(frozen=True, kw_only=True)
class Found:
    """A sheet whose header row is found: field → index of its column."""

    sheet: Sheet
    header_row: int
    header: tuple[str, ...]
    columns: Mapping[str, int]

    @property
    def unused(self) -> tuple[str, ...]:
        used = set(self.columns.values())
        return tuple(text for i, text in enumerate(self.header) if text and i not in used)

    def heading(self, field: str) -> str:
        """How the reader finds the column: "安全职责 (P)"."""
        index = self.columns[field]
        return f"{self.header[index]} ({letters(index)})".strip()


@dataclass(frozen=True, kw_only=True)
class SheetRow:
    """One row below the header, its texts by field."""

    found: Found
    number: int
    texts: Mapping[str, str]
    filled: int

    def text(self, field: str) -> str:
        return self.texts.get(field, "")

    def cell(self, field: str) -> str:
        index = self.found.columns.get(field)
        return "" if index is None else address(index, self.number)

    def problem(
        self, code: str, field: str, message: str, remedy: str, *, value: str | None = None
    ) -> CellProblem:
        return CellProblem(
            code=code,
            sheet=self.found.sheet.name,
            row=self.number,
            cell=self.cell(field),
            field=field,
            value=self.text(field) if value is None else value,
            message=message,
            remedy=remedy,
        )


def locate(sheet: Sheet, maps: Mapping[str, str] | None = None) -> Found | None:
    """The table in ``sheet``; ``None`` where no row names its columns.

    ``maps`` is field → heading or letter of the column; "" leaves the field out.
    """
    maps = maps or {}
    best = _header(sheet, maps)
    if best is None:
        return None
    number, header = best
    columns = _guess(header)
    for field, column in maps.items():
        columns.pop(field, None)
        if column:
            index = _find(header, column)
            columns = {f: i for f, i in columns.items() if i != index} | {field: index}
    if not any(field in columns for field in _SUBJECT):
        return None
    return Found(sheet=sheet, header_row=number, header=header, columns=columns)


def _header(sheet: Sheet, maps: Mapping[str, str]) -> tuple[int, tuple[str, ...]] | None:
    """Number and texts of the row among the first ones that names most fields.

    Of two equal ones the lower: below a heading that spans columns stand theirs.
    """
    best: tuple[int, int, tuple[str, ...]] | None = None
    first: tuple[int, tuple[str, ...]] | None = None
    for number, texts in islice(sheet.lines(), SEARCHED):
        if first is None and sum(map(bool, texts)) >= ENOUGH:
            first = (number, texts)
        score = len(_guess(texts)) + sum(text in maps.values() for text in texts if text)
        if score >= max(ENOUGH, best[1] if best else 0):
            best = (number, score, texts)
    if best is not None:
        return best[0], best[2]
    by_letter = any(column and _LETTERS.fullmatch(column) for column in maps.values())
    return first if by_letter else None


def _guess(header: Sequence[str]) -> dict[str, int]:
    """Field → column. Where two columns could be one field, the surer name wins."""
    found: dict[str, tuple[int, int]] = {}
    for index, text in enumerate(header):
        if not text or (known := RANKED.get(header_key(text))) is None:
            continue
        field, rank = known
        if field not in found or rank < found[field][0]:
            found[field] = (rank, index)
    return {field: index for field, (_rank, index) in found.items()}


def _find(header: Sequence[str], column: str) -> int:
    places = [i for i, text in enumerate(header) if text == column]
    if len(places) == 1:
        return places[0]
    if not places and _LETTERS.fullmatch(column):
        index = 0
        for letter in column.upper():
            index = index * 26 + ord(letter) - 64
        return index - 1
    raise Refused(
        _("No single column has this name."),
        field="map",
        value=column,
        remedy=_("Name a header exactly, or its letter: %(columns)s.")
        % {"columns": ", ".join(f"{letters(i)} {text}" for i, text in enumerate(header) if text)},
    )


def rows_below(found: Found) -> Iterator[SheetRow]:
    """The rows below the header that hold anything; a header printed again is none."""
    for number, texts in found.sheet.lines():
        if number <= found.header_row or texts == found.header:
            continue
        filled = sum(map(bool, texts))
        if filled:
            by_field = {
                field: texts[index] if index < len(texts) else ""
                for field, index in found.columns.items()
            }
            yield SheetRow(found=found, number=number, texts=by_field, filled=filled)


def parse_maps(pairs: Sequence[str]) -> dict[str, str]:
    """``FIELD=COLUMN`` of a repeated option as a dictionary."""
    maps = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not equals or field not in ALIASES:
            raise Refused(
                _("This does not begin with a field and an equals sign."),
                field="map",
                value=pair,
                remedy=_("Write FIELD=…; the fields are: %(fields)s.")
                % {"fields": ", ".join(ALIASES)},
            )
        maps[field] = column.strip()
    return maps
