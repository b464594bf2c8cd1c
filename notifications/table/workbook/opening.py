"""Open a workbook that somebody sent: its sheets, row by row, every cell as text."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from string import ascii_uppercase

from django.utils.translation import gettext as _
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
    load_workbook,
)

from notifications.table.workbook.columns import canonical
from safety.errors import Refused
from safety.units.imports.cells import Cell, text_of
from safety.units.imports.guarding import check_sheet, inspect
from safety.units.imports.reader import rows_of
from safety.units.imports.refusals import no_workbook, refused
from safety.units.imports.unpacking import Inspected, column_of

Line = tuple[int, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet. ``lines`` starts anew at each call; rows are counted from 1.

    Merged cells are filled down, a formula is its own text and never a result.
    """

    name: str
    is_visible: bool
    formulas: Mapping[str, str]
    lines: Callable[[], Iterator[Line]]


@dataclass(frozen=True, kw_only=True)
class Opened:
    name: str
    sha256: str
    sheets: tuple[Sheet, ...]

    def sheet(self, name: str) -> Sheet | None:
        return next((sheet for sheet in self.sheets if sheet.name == name), None)


def open_workbook(content: bytes, name: str) -> Opened:
    """The sheets of a workbook (.xlsx, .xls, .et). Raises ``Refused`` when it may not be read."""
    found = inspect(content, name)
    if fault := _fault(found, name):
        raise fault
    try:
        book = load_workbook(io.BytesIO(content))
        sheets = tuple(_sheet(book, number, name, found) for number in _numbers(book))
    except PasswordError as error:
        raise refused(
            name,
            _("The workbook is protected by a password."),
            _("Save it without a password and give that file."),
        ) from error
    except (CalamineError, OSError, ValueError) as error:
        raise refused(
            name,
            _("The workbook is damaged or of an unknown kind: %(why)s.") % {"why": error},
            _("Open it in a spreadsheet program and save it as .xlsx."),
        ) from error
    return Opened(name=name, sha256=hashlib.sha256(content).hexdigest(), sheets=sheets)


def _fault(found: Inspected, name: str) -> Refused | None:
    """What a list may be or hold, and the table may not."""
    if found.is_open_document:
        return no_workbook(name)
    if found.has_macros:
        return refused(
            name,
            _("The workbook holds macros."),
            _("Save it as .xlsx, which keeps none, and give that file."),
        )
    if found.has_links:
        return refused(
            name,
            _("The workbook refers to other files or to a database."),
            _("Break the links (Data, Edit links), save it, and give that file."),
        )
    return None


def _numbers(book: CalamineWorkbook) -> range:
    return range(len(book.sheets_metadata))


def _sheet(book: CalamineWorkbook, number: int, name: str, found: Inspected) -> Sheet:
    told = book.sheets_metadata[number]
    sheet = book.get_sheet_by_name(told.name)
    check_sheet(sheet, name)
    formulas = found.formulas.get(told.name, {})
    return Sheet(
        name=told.name,
        is_visible=told.visible == SheetVisibleEnum.Visible,
        formulas=formulas,
        lines=_texts(sheet, formulas),
    )


def _texts(sheet: CalamineSheet, formulas: Mapping[str, str]) -> Callable[[], Iterator[Line]]:
    rows = rows_of(sheet)
    in_row: dict[int, dict[int, str]] = {}
    for cell, text in formulas.items():
        number = cell.lstrip(ascii_uppercase)
        in_row.setdefault(int(number), {})[column_of(cell.removesuffix(number)) - 1] = text

    def lines() -> Iterator[Line]:
        last = 0
        for last, cells in rows():
            texts = [_text(cell) for cell in cells]
            yield last, _with_formulas(texts, in_row.get(last, {}))
        # A formula without a result is not among the cells that the reader knows.
        for number in sorted(number for number in in_row if number > last):
            yield number, _with_formulas([], in_row[number])

    return lines


def _with_formulas(texts: list[str], formulas: Mapping[int, str]) -> tuple[str, ...]:
    if formulas:
        texts += [""] * (max(formulas) + 1 - len(texts))
        for index, text in formulas.items():
            texts[index] = text
    return tuple(texts)


def _text(cell: Cell) -> str:
    """A text as it was typed, with its line breaks; a number or a day as it is shown."""
    return canonical(cell) if isinstance(cell, str) else text_of(cell)
