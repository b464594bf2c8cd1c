"""Read the rows of a table: what each one says, and what is wrong in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from safety.units.imports.cells import Cell, text_of
from safety.units.imports.fields import FIELDS, YES_NO, parse
from safety.units.imports.garbled import check_text
from safety.units.imports.known import BUREAU_KINDS, SCHOOL_FIELDS
from safety.units.imports.mapping import Table
from safety.units.imports.problems import CellProblem, Unusable
from safety.units.imports.words import DITTO, EMPTY, FOOTNOTES, TOTALS

NEVER_DITTO = frozenset(("code", "name", "short_name", "latitude", "longitude"))
WRITTEN_NO = frozenset(("无",))  # "none" among words, "no" in a column of yes and no


@dataclass(kw_only=True, slots=True)
class Row:
    """One row: the values it states (an empty cell states nothing) and its problems."""

    table: Table
    number: int
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[CellProblem] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(self.values.get("name", ""))

    @property
    def place(self) -> str:
        return _("%(file)s, row %(number)d") % {
            "file": self.table.sheet.file,
            "number": self.number,
        }

    def refuse(self, code: str, name: str, value: str, message: str, remedy: str) -> None:
        """Note that field ``name`` of this row cannot be used."""
        self.problems.append(
            CellProblem(
                code=code,
                file=self.table.sheet.file,
                row=self.number,
                column=self.table.heading(name),
                field=name,
                value=value,
                message=message,
                remedy=remedy,
            )
        )


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How to read: texts for what the file leaves empty, and odd names known to be right."""

    defaults: Mapping[str, str] = field(default_factory=dict)
    accepted_names: frozenset[str] = frozenset()


def read_rows(table: Table, reading: Reading, skipped: list[int]) -> Iterator[Row]:
    """Every row below the header; numbers of lines that are no rows go to ``skipped``."""
    previous: dict[str, Cell] = {}
    for number, cells in table.sheet.lines():
        if number <= table.header_row:
            continue
        texts = tuple(map(text_of, cells))
        if not any(texts):
            continue
        if _is_no_row(table, texts):
            skipped.append(number)
            continue
        yield _read_row(table, number, cells, reading, previous)


def _is_no_row(table: Table, texts: tuple[str, ...]) -> bool:
    """Footnotes, totals, and the header again (printed at the top of every page)."""
    written = [text for text in texts if text]
    at = table.columns["name"]
    name = texts[at] if at < len(texts) else ""
    if name in TOTALS or (not name and written[0].startswith(FOOTNOTES)):
        return True
    if len(written) == 1 and written[0].startswith(FOOTNOTES):
        return True
    return texts == table.header


def _read_row(
    table: Table,
    number: int,
    cells: Sequence[Cell],
    reading: Reading,
    previous: dict[str, Cell],
) -> Row:
    row = Row(table=table, number=number)
    for name in FIELDS:
        index = table.columns.get(name)
        cell = cells[index] if index is not None and index < len(cells) else ""
        if isinstance(cell, str) and cell.strip() in DITTO and name not in NEVER_DITTO:
            cell = previous.get(name, "")
        text = text_of(cell)
        if not text or (text.lower() in EMPTY and not (name in YES_NO and text in WRITTEN_NO)):
            cell = text = "" if _is_foreign(row, name) else reading.defaults.get(name, "")
        previous[name] = cell
        if text:
            _read_cell(row, name, cell, text, reading)
    if "name" not in row.values and not any(p.field == "name" for p in row.problems):
        row.refuse(
            "no_name",
            "name",
            "",
            _("The row has no name."),
            _("Write the name of the unit, or delete the row."),
        )
    _check_width(row, cells)
    _check_point(row)
    return row


def _is_foreign(row: Row, name: str) -> bool:
    """A default for schools says nothing of a bureau in the same list."""
    return row.values.get("kind") in BUREAU_KINDS and name in SCHOOL_FIELDS


def _read_cell(row: Row, name: str, cell: Cell, text: str, reading: Reading) -> None:
    try:
        if isinstance(cell, str) and not (
            cell.isascii() and cell.isprintable() and "?" not in cell
        ):
            check_text(cell, text)
        row.values[name] = parse(name, cell, text)
    except Unusable as unusable:
        if unusable.code == "implausible_name" and text in reading.accepted_names:
            row.values[name] = text
            return
        row.refuse(unusable.code, name, text, unusable.message, unusable.remedy)


def _check_width(row: Row, cells: Sequence[Cell]) -> None:
    """In a csv file, a comma inside a name pushes all that follows into wrong columns."""
    extra = [text_of(cell) for cell in cells[len(row.table.header) :]]
    if row.table.sheet.encoding and any(extra):
        row.refuse(
            "too_many_cells",
            "row",
            next(filter(None, extra)),
            _("The row has more cells than the header has columns."),
            _("Put values that contain a comma between quotation marks."),
        )


def _check_point(row: Row) -> None:
    """Latitude, longitude and datum belong together."""
    values = row.values
    wrong = {problem.field for problem in row.problems}
    has = [name for name in ("latitude", "longitude") if name in values]
    if len(has) == 1 and not wrong & {"latitude", "longitude"}:
        missing = "longitude" if has == ["latitude"] else "latitude"
        row.refuse(
            "half_a_point",
            missing,
            "",
            _("One coordinate without the other is no place."),
            _("Give both latitude and longitude, or neither."),
        )
    if has and "datum" not in values and "datum" not in wrong:
        row.refuse(
            "no_datum",
            "datum",
            "",
            _("Coordinates without their datum may lie some hundred metres off."),
            _("Add a column with the datum, or --default datum=gcj02."),
        )
    if not has:
        values.pop("datum", None)
