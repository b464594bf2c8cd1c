"""Read lists of schools as offices keep them: csv in any encoding, xlsx, xls, ods.

Rows are handed over one by one, so a list of 100,000 schools is never held as a
whole (a workbook is, once, by calamine). What a file is follows from its first
bytes, not from its name: much that is called .xls is a web page.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from python_calamine import (
    CalamineError,
    CalamineSheet,
    PasswordError,
    SheetVisibleEnum,
    load_workbook,
)

from safety.errors import Refused
from safety.units.imports.cells import Cell
from safety.units.imports.encodings import encoding_of
from safety.units.imports.guarding import OLE, ZIP, check_sheet, inspect
from safety.units.imports.unpacking import MB

DELIMITERS = (",", "\t", ";")

Line = tuple[int, tuple[Cell, ...]]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet of a workbook, or a whole text file. ``lines`` starts anew at each call.

    ``folder`` is where the file lies.
    """

    file: str
    folder: Path
    lines: Callable[[], Iterator[Line]]
    encoding: str = ""


@dataclass(frozen=True, kw_only=True)
class Book:
    name: str
    sha256: str
    sheets: tuple[Sheet, ...]


def open_book(path: Path) -> Book:
    """The visible sheets of ``path``. Raises ``Refused`` when it is no list that can be read."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _refused(
            path, _("The file cannot be read: %(why)s.") % {"why": error.strerror}
        ) from error
    if not head.strip():
        raise _refused(path, _("The file is empty."))
    sheets = _workbook(path) if head.startswith((ZIP, OLE)) else (_text(path, head),)
    return Book(name=path.name, sha256=digest, sheets=sheets)


def _refused(path: Path, message: str, remedy: str = "") -> Refused:
    return Refused(
        message,
        field="file",
        value=str(path),
        remedy=remedy or _("Give the list as .xlsx, .xls, .ods or .csv."),
    )


def _workbook(path: Path) -> tuple[Sheet, ...]:
    try:
        with path.open("rb") as file:
            content = file.read(settings.WORKBOOK_MB * MB + 1)  # one more: too large
        inspect(content, str(path))
        book = load_workbook(io.BytesIO(content))
        names = [m.name for m in book.sheets_metadata if m.visible == SheetVisibleEnum.Visible]
        sheets = [(name, book.get_sheet_by_name(name)) for name in names]
    except PasswordError as error:
        raise _refused(
            path,
            _("The workbook is protected by a password."),
            _("Save it without a password and give that file."),
        ) from error
    except (CalamineError, OSError, ValueError) as error:
        raise _refused(
            path,
            _("The workbook is damaged or of an unknown kind: %(why)s.") % {"why": error},
            _("Open it in a spreadsheet program and save it as .xlsx."),
        ) from error
    for _name, sheet in sheets:
        check_sheet(sheet, str(path))
    several = len(sheets) > 1
    return tuple(
        Sheet(
            file=f"{path.name} [{name}]" if several else path.name,
            folder=path.parent,
            lines=rows_of(sheet),
        )
        for name, sheet in sheets
    )


def rows_of(sheet: CalamineSheet) -> Callable[[], Iterator[Line]]:
    """The rows of ``sheet``, numbered as it shows them, with merged cells filled down."""
    left = sheet.start[1] if sheet.start else 0
    covered = _covered(sheet)
    tops: dict[int, set[int]] = {}
    for top, column in {place for places in covered.values() for place in places}:
        tops.setdefault(top, set()).add(column)

    def lines() -> Iterator[Line]:
        above: dict[tuple[int, int], Cell] = {}
        for index, cells in enumerate(sheet.iter_rows()):
            row = [*[""] * left, *cells]
            if any(cell != "" for cell in row):  # a blank row stays blank
                for top, column in covered.get(index, ()):
                    row[column] = above.get((top, column), "")
            above |= {(index, column): row[column] for column in tops.get(index, ())}
            yield index + 1, tuple(row)

    return lines


def _covered(sheet: CalamineSheet) -> dict[int, list[tuple[int, int]]]:
    """Row → the top cells (row, column) whose merged areas reach down into it.

    A district written once beside ten merged rows belongs to all ten.
    """
    covered: dict[int, list[tuple[int, int]]] = {}
    right = sheet.end[1] if sheet.end else -1
    for (top, column), (bottom, _right) in sheet.merged_cell_ranges or ():
        # Areas beside the written cells are empty, and so are rows below them.
        for row in range(top + 1, bottom + 1) if column <= right else ():
            covered.setdefault(row, []).append((top, column))
    return covered


def _text(path: Path, head: bytes) -> Sheet:
    if head.lstrip().lower().startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"%pdf")):
        raise _refused(
            path,
            _("This is not a list but a page or document with another name."),
            _("Open it in a spreadsheet program and save it as .xlsx."),
        )
    encoding = encoding_of(path)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        sample = "".join(line for line, _number in zip(file, range(20), strict=False))
    delimiter = max(DELIMITERS, key=sample.count)

    def lines() -> Iterator[Line]:
        number = 0
        with path.open(encoding=encoding, errors="replace", newline="") as file:
            try:
                for row in csv.reader(file, delimiter=delimiter, strict=True):
                    number += 1
                    yield number, tuple(row)
            except csv.Error as error:
                raise _refused(
                    path,
                    _("Row %(number)d is no row of a csv file: %(why)s.")
                    % {"number": number + 1, "why": error},
                    _("Look for a single quotation mark in that row, or save the list as .xlsx."),
                ) from error

    return Sheet(file=path.name, folder=path.parent, lines=lines, encoding=encoding)
