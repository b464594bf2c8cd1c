"""The roster as it is circulated: one table, names with numbers, the duty phone above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from safety.posts.models import Shift
from safety.roster.selectors import DayRow, Sheet
from safety.roster.words import span_words

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BODY, HEAD, TITLE = "仿宋", "黑体", "方正小标宋简体"
PER_SEAT = 3  # name, time, number


@dataclass(frozen=True, kw_only=True)
class Styles:
    title: Any
    line: Any
    head: Any
    cell: Any
    rest: Any


def workbook_of(sheet: Sheet, *, title: str, mark: str = "") -> bytes:
    """The roster as a workbook. Text is text: nothing in it can become a formula or a link."""
    out = BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    page = book.add_worksheet(_("Duty roster"))
    styles = _styles(book)
    width = 2 + PER_SEAT * len(sheet.seats)
    _lay_out(page, width, mark)
    page.merge_range(0, 0, 0, width - 1, title, styles.title)
    page.set_row(0, 34)
    page.merge_range(1, 0, 1, width - 1, _line(sheet), styles.line)
    _heading(page, sheet, styles)
    row = 3
    for day in sheet.days:
        row += _day(page, row, day, styles)
    page.repeat_rows(2)
    page.print_area(0, 0, max(row - 1, 2), width - 1)
    book.close()
    return out.getvalue()


def title_of(sheet: Sheet) -> str:
    """示范市教育局2026年国庆节值班安排表: the holiday, if the days are one, else the dates."""
    holidays = {day.holiday for day in sheet.days}
    first, last = sheet.first, sheet.last
    if len(holidays) == 1 and (holiday := next(iter(holidays))):
        return _("%(unit)s: duty roster, %(holiday)s %(year)d") % {
            "unit": sheet.unit.name,
            "holiday": holiday,
            "year": first.year,
        }
    return _("%(unit)s: duty roster, %(first)s to %(last)s") % {
        "unit": sheet.unit.name,
        "first": first.isoformat(),
        "last": last.isoformat(),
    }


def _line(sheet: Sheet) -> str:
    made = timezone.localdate().isoformat()
    phone = sheet.unit.duty_phone or "—"
    return _("Duty phone: %(phone)s    as of %(day)s") % {"phone": phone, "day": made}


def _styles(book: Workbook) -> Styles:
    base = {"font_name": BODY, "font_size": 12, "valign": "vcenter", "align": "center"}
    boxed = {**base, "border": 1, "text_wrap": True}
    return Styles(
        title=book.add_format({**base, "font_name": TITLE, "font_size": 20}),
        line=book.add_format({**base, "align": "left"}),
        head=book.add_format({**boxed, "font_name": HEAD}),
        cell=book.add_format(boxed),
        rest=book.add_format({**boxed, "bg_color": "#F2F2F2"}),
    )


def _lay_out(page: Worksheet, width: int, mark: str) -> None:
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.center_horizontally()
    if mark:
        page.set_header(f"&C{mark}")
    page.set_footer("&C&P / &N")
    page.set_column(0, 0, 13)
    page.set_column(1, 1, 14)
    page.set_column(2, max(width - 1, 2), 17)


def _heading(page: Worksheet, sheet: Sheet, styles: Styles) -> None:
    heads = ["日期", "星期"]
    for state in sheet.seats:
        heads += [state.seat.name, "值班时间", "联系电话"]
    for column, text in enumerate(heads):
        page.write_string(2, column, text, styles.head)


def _day(page: Worksheet, row: int, day: DayRow, styles: Styles) -> int:
    """Write one day; a seat with fewer shifts than another has its last one merged down."""
    height = max(1, *(len(cell.shifts) for cell in day.cells)) if day.cells else 1
    style = styles.rest if day.is_rest else styles.cell
    name = f"{day.weekday} {day.holiday}".strip()
    _block(page, row, height, 0, [day.day.isoformat()], style)
    _block(page, row, height, 1, [name], style)
    for number, cell in enumerate(day.cells):
        column = 2 + PER_SEAT * number
        told = [_told(shift) for shift in cell.shifts] or [("", "", "")]
        for part in range(PER_SEAT):
            _block(page, row, height, column + part, [one[part] for one in told], style)
    return height


def _told(shift: Shift) -> tuple[str, str, str]:
    start, end = timezone.localtime(shift.starts_at), timezone.localtime(shift.ends_at)
    days = (end.date() - start.date()).days
    until = f"次日{end:%H:%M}" if days == 1 else f"{end:%H:%M}"
    time = f"{start:%H:%M}-{until}" if days <= 1 else span_words(shift.starts_at, shift.ends_at)
    return shift.person.name, time, shift.person.phone


def _block(
    page: Worksheet, row: int, height: int, column: int, texts: Sequence[str], style: Any
) -> None:
    """One text per row; the last one fills the rows that are left."""
    for offset, text in enumerate(texts):
        last = offset == len(texts) - 1
        below = row + height - 1 if last else row + offset
        if below > row + offset:
            page.merge_range(row + offset, column, below, column, text, style)
        else:
            page.write_string(row + offset, column, text, style)
