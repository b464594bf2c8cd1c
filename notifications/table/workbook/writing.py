"""Write the workbook: the rows, the choices, the explanation and the mark.

Written row by row in constant memory. Every cell is text: what looks like a
formula stays what somebody typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from notifications.table.rows import Row
from notifications.table.workbook import guide
from notifications.table.workbook.cells import Names, cell_text
from notifications.table.workbook.columns import (
    BY_FIELD,
    CELL_MAX,
    COLUMNS,
    GUIDE,
    LISTS,
    MARK,
    SHEET,
    Column,
    address,
)
from notifications.table.workbook.marks import Mark
from notifications.table.workbook.vocabulary import Words
from safety.errors import Refused
from safety.units.imports.mapping import letters

HEADER = 1  # counted from 0: the title stands above it
PINNED = 5  # columns that stay in sight
LAST = 1_048_575
ONE_OF = ("capacity", "line")
SOME_OF = ("stages", "hazards", "ownership", "sections")
_TEXT = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "@",
}
_MAY = dict.fromkeys(
    ("sort", "autofilter", "insert_rows", "delete_rows", "format_columns", "format_rows"), True
)


@dataclass(frozen=True, kw_only=True)
class Content:
    """Everything that goes into one workbook."""

    rows: Sequence[Row]
    mark: Mark
    words: Words
    names: Names
    title: str
    part: str
    invented: bool


def write_workbook(file: BinaryIO, content: Content) -> None:
    """Write ``content``. Raises ``Refused`` when a text is longer than a cell can be."""
    with Workbook(file, _TEXT) as book:
        book.set_properties({"title": content.title, "comments": content.part})
        sheet = book.add_worksheet(SHEET)
        others = [book.add_worksheet(name) for name in (GUIDE, LISTS, MARK)]
        _write_rows(sheet, content, _formats(book, content))
        _write_guide(others[0], content, book)
        _write_lists(others[1], content.words, book)
        _write_mark(others[2], content.mark)


def _formats(book: Workbook, content: Content) -> Mapping[str, Format]:
    text = {"num_format": "@", "text_wrap": True, "valign": "top", "border": 1, "locked": False}
    head = {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1}
    colour = "#C00000" if content.invented else "#000000"
    return {
        "title": book.add_format({"bold": True, "font_size": 16, "font_color": colour}),
        "needed": book.add_format({**head, "bg_color": "#DCE6F5"}),
        "help": book.add_format({**head, "bg_color": "#EDEDED"}),
        "text": book.add_format({**text, "border_color": "#BFBFBF"}),
        "grey": book.add_format({**text, "border_color": "#BFBFBF", "font_color": "#7F7F7F"}),
    }


def _write_rows(sheet: Worksheet, content: Content, formats: Mapping[str, Format]) -> None:
    for index, column in enumerate(COLUMNS):
        sheet.set_column(index, index, column.width, _body(column, formats))
    sheet.write_string(0, 0, content.title, formats["title"])
    for index, column in enumerate(COLUMNS):
        look = formats["needed" if column.is_needed else "help"]
        sheet.write_string(HEADER, index, column.heading, look)
    for number, row in enumerate(content.rows, start=1):
        for index, column in enumerate(COLUMNS):
            text = str(number) if column.field == "serial" else _text(row, column, content)
            if len(text.encode("utf-16-le")) > 2 * CELL_MAX:
                raise _too_long(row, column, address(index, HEADER + 1 + number))
            sheet.write_string(HEADER + number, index, text, _body(column, formats))
    _make_handy(sheet, content)


def _text(row: Row, column: Column, content: Content) -> str:
    return cell_text(row, column.field, content.words, content.names)


def _body(column: Column, formats: Mapping[str, Format]) -> Format:
    return formats["text" if column.is_needed else "grey"]


def _make_handy(sheet: Worksheet, content: Content) -> None:
    """Frozen and protected headings, drop-downs, and a page that prints."""
    sheet.freeze_panes(HEADER + 1, PINNED)
    sheet.protect("", _MAY)
    sheet.autofilter(HEADER, 0, HEADER + max(len(content.rows), 1), len(COLUMNS) - 1)
    places = [column.field for column in COLUMNS]
    for number, field in enumerate((*ONE_OF, *SOME_OF)):
        index, heading = places.index(field), BY_FIELD[field].heading
        last = 1 + max(len(content.words.vocabulary(field).codes), 1)
        source = f"={LISTS}!${letters(number)}$2:${letters(number)}${last}"
        several = field in SOME_OF
        sheet.data_validation(
            HEADER + 1,
            index,
            LAST,
            index,
            {
                "validate": "list",
                "source": source,
                "show_error": not several,
                "input_title": heading,
                "input_message": "可填多个,用顿号(、)分开;不填 = 不限。"
                if several
                else "请选一个。",
                "error_title": heading,
                "error_message": "请从下拉选项中选择。",
            },
        )
    sheet.set_landscape()
    sheet.set_paper(8)  # A3
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, HEADER)
    sheet.set_footer("&L&F&R&P / &N")
    if content.invented:
        sheet.set_header(f"&C&24&KC00000{guide.INVENTED}")
        sheet.set_tab_color("#C00000")


def _write_guide(sheet: Worksheet, content: Content, book: Workbook) -> None:
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"text_wrap": True, "bold": True, "font_size": 14})
    sheet.set_column(0, 0, 100, wrap)
    told = guide.lines(
        content.mark, title=content.title, part=content.part, invented=content.invented
    )
    for number, line in enumerate(told):
        sheet.write_string(number, 0, line, wrap if number else bold)
    sheet.protect()


def _write_lists(sheet: Worksheet, words: Words, book: Workbook) -> None:
    bold = book.add_format({"bold": True})
    lists = [(BY_FIELD[f].heading, words.vocabulary(f).words()) for f in (*ONE_OF, *SOME_OF)]
    lists.append(("风险类别的条件", words.flags.words()))
    sheet.set_column(0, len(lists) - 1, 24)
    for index, (heading, _words) in enumerate(lists):
        sheet.write_string(0, index, heading, bold)
    for number in range(max(len(found) for _heading, found in lists)):
        for index, (_heading, found) in enumerate(lists):
            if number < len(found):
                sheet.write_string(1 + number, index, found[number])
    sheet.freeze_panes(1, 0)
    sheet.protect()


def _write_mark(sheet: Worksheet, mark: Mark) -> None:
    for number, pair in enumerate(mark.as_pairs()):
        for index, text in enumerate(pair):
            sheet.write_string(number, index, text)
    sheet.hide()
    sheet.protect()


def _too_long(row: Row, column: Column, place: str) -> Refused:
    return Refused(
        _("This text has more characters than a cell of a spreadsheet can hold."),
        field=column.field,
        value=f"{place} {row.unit} {row.post}",
        remedy=_("Shorten it in the table, then export again."),
    )
