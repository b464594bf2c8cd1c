"""Workbooks for tests: read cells, change cells, run the commands."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
from django.core.management import CommandError, call_command
from openpyxl.worksheet.worksheet import Worksheet

from notifications.models import ResponsibilityTable
from notifications.table.workbook.columns import COLUMNS
from notifications.table.workbook.exporting import export_workbook
from notifications.table.workbook.writing import HEADER
from safety.units.models import Unit

FIELDS = [column.field for column in COLUMNS]
FIRST = HEADER + 2  # number of the first row, as spreadsheets count


def published() -> ResponsibilityTable:
    return ResponsibilityTable.objects.get(state="published")


def exported(table: ResponsibilityTable | None = None, part: Unit | None = None) -> bytes:
    file = io.BytesIO()
    export_workbook(file, table=table or published(), part=part)
    return file.getvalue()


def edited(content: bytes, change: Callable[[Worksheet], object]) -> bytes:
    """``content`` after ``change`` was made in the sheet 责任表 and it was saved."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book["责任表"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def place(field: str, row: int) -> str:
    """The address of a cell of our workbook."""
    return f"{chr(65 + FIELDS.index(field))}{row}"


def row_of(content: bytes, unit: str, post: str, capacity: str = "") -> int:
    """Number of the row of a post in our workbook."""
    sheet = openpyxl.load_workbook(io.BytesIO(content))["责任表"]
    for number in range(FIRST, sheet.max_row + 1):
        told = [sheet[place(f, number)].value for f in ("unit_code", "post_code", "capacity")]
        if told[:2] == [unit, post] and capacity in ("", told[2]):
            return number
    raise AssertionError((unit, post))


def sheet_of(*rows: Sequence[object], title: str = "Sheet1") -> bytes:
    """A workbook of one sheet with these rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def run(path: Path, *arguments: str, **options: Any) -> SimpleNamespace:
    """Call import_responsibility with --json: its document, and its last words if it failed."""
    out = io.StringIO()
    failure = ""
    try:
        call_command(
            "import_responsibility", str(path), *arguments, "--json", stdout=out, **options
        )
    except CommandError as error:
        failure = str(error)
    found: Mapping[str, Any] = json.loads(out.getvalue())
    codes = [error.get("code") for error in found["errors"]]
    cells = {error["cell"]: error.get("code") for error in found["errors"] if error.get("cell")}
    return SimpleNamespace(**found, failure=failure, codes=codes, cells=cells)
