"""From a paste or a file to rows of texts, one for each change of a holder.

What the columns mean follows from the headings; without headings the usual order is
taken, and the preview says so. Titles above and remarks below the list are passed over,
also visibly.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from safety.errors import Refused
from safety.units.imports.cells import Cell, name_key, text_of
from safety.units.imports.reader import open_book

COLUMNS = ("unit", "post", "person", "phone", "starts", "note")
NEEDED = ("unit", "post", "person")
ROWS_AT_MOST = 2000
BYTES_AT_MOST = 5 * 1024 * 1024
LINES_AT_MOST = 10 * ROWS_AT_MOST  # more of a file is never held at once
WIDEST = 256
HEAD_WITHIN = 15
CELL_MAX = 200
SAME_AS_ABOVE = {"同上", "〃", '"', "″"}

_WORDS = {
    "unit": "单位 学校 所在单位 单位名称 学校名称 unit school",
    "post": "岗位 职务 岗位名称 拟任职务 现任职务 任职岗位 post",
    "person": "新任职人 任职人 姓名 新任 新任人员 新任职人姓名 name person holder newholder",
    "phone": "手机 电话 手机号 手机号码 联系电话 联系方式 phone mobile",
    "starts": "起始日期 任职日期 任职时间 起始时间 日期 生效日期 from date startdate",
    "note": "备注 说明 note notes remark remarks",
}
_MEANING = {name_key(word): column for column, words in _WORDS.items() for word in words.split()}


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """``rows``: number of the line and the texts after ``COLUMNS``; ``notes``: how it was read."""

    rows: tuple[tuple[int, tuple[str, ...]], ...]
    notes: tuple[str, ...] = ()

    def as_json(self) -> list[list[object]]:
        return [[line, *texts] for line, texts in self.rows]


def read_paste(text: str) -> Sheet:
    """Cells as Excel and WPS put them on the clipboard: tabs between, lines below each other."""
    if not text.strip():
        raise _refused(_("Nothing was pasted."), _("Copy the rows in Excel or WPS, paste them."))
    delimiter = "\t" if "\t" in text else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return _sheet((number, tuple(row)) for number, row in enumerate(rows, 1))
    except csv.Error as error:
        raise _refused(
            _("What was pasted is no table: %(why)s.") % {"why": error},
            _("Copy whole rows in Excel or WPS, or upload the file."),
        ) from error


def read_file(upload: UploadedFile[bytes]) -> Sheet:
    """The first visible sheet of a workbook that holds a list, or a csv file."""
    if (upload.size or 0) > BYTES_AT_MOST:
        raise _refused(
            _("The file is larger than 5 MB."), _("Leave only the list in it, without pictures.")
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet"
        with path.open("wb") as file:
            for chunk in upload.chunks():
                file.write(chunk)
        book = open_book(path)
        wrong: Refused | None = None
        for sheet in book.sheets:
            try:
                return _sheet(sheet.lines())
            except Refused as refused:
                wrong = wrong or refused
    raise wrong or _refused(_("The file is empty."), _("Give the list as .xlsx or .csv."))


def _sheet(lines: Iterable[tuple[int, Sequence[Cell]]]) -> Sheet:
    told = ((n, [text_of(c)[:CELL_MAX] for c in cells[:WIDEST]]) for n, cells in lines)
    table = list(islice(((n, texts) for n, texts in told if any(texts)), LINES_AT_MOST + 1))
    notes: list[str] = []
    places, first = _places(table, notes)
    rows = list(_rows(table[first:], places))
    if len(table) > LINES_AT_MOST:
        raise _too_many(len(table))
    if not rows:
        raise _refused(
            _("There is no row below the headings."), _("Paste the headings and the rows.")
        )
    if len(rows) > ROWS_AT_MOST:
        raise _too_many(len(rows))
    return Sheet(rows=tuple(rows), notes=tuple(notes))


def _places(
    table: Sequence[tuple[int, Sequence[str]]], notes: list[str]
) -> tuple[dict[str, int], int]:
    """Where each column stands, and with which line the rows begin."""
    for index, (_number, texts) in enumerate(table[:HEAD_WITHIN]):
        found: dict[str, int] = {}
        for place, text in enumerate(texts):
            column = _MEANING.get(name_key(text))
            if column and column not in found:
                found[column] = place
        if all(column in found for column in NEEDED):
            if index:
                notes.append(
                    _("%(count)d lines above the headings were passed over.") % {"count": index}
                )
            unknown = [t for p, t in enumerate(texts) if t and p not in found.values()]
            if unknown:
                notes.append(
                    _("Columns that are not used: %(names)s.") % {"names": "、".join(unknown)}
                )
            return found, index + 1
    widest = max((len(texts) for _n, texts in table), default=0)
    if not len(NEEDED) <= widest <= len(COLUMNS):
        raise _refused(
            _("The headings were not found: unit, post and new holder are needed."),
            _("Write 单位, 岗位, 新任职人, 手机, 起始日期, 备注 in one line above the rows."),
        )
    notes.append(
        _("No headings: the columns are taken as unit, post, new holder, phone, date, note.")
    )
    return {column: place for place, column in enumerate(COLUMNS)}, 0


def _rows(
    table: Sequence[tuple[int, Sequence[str]]], places: dict[str, int]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    above = dict.fromkeys(COLUMNS, "")
    for number, texts in table:
        row = {
            column: texts[places[column]] if places.get(column, len(texts)) < len(texts) else ""
            for column in COLUMNS
        }
        for column in COLUMNS:
            if row[column] in SAME_AS_ABOVE:
                row[column] = above[column]
        if any(row.values()):
            above = row
            yield number, tuple(row[column] for column in COLUMNS)


def _too_many(count: int) -> Refused:
    return _refused(
        _("These are %(count)d rows; %(most)d fit on one sheet.")
        % {"count": count, "most": ROWS_AT_MOST},
        _("Divide the list, by district for example."),
    )


def _refused(message: str, remedy: str) -> Refused:
    return Refused(message, field="rows", remedy=remedy)
