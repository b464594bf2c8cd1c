"""By when: acknowledging and acting, working hours, the first report, and what goes upward."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from incidents.cases.grading import GRADES
from notifications.words import grade_word
from safety.home.rulebook.fields import Spans, weekday_words
from safety.home.rulebook.paths import names_of
from safety.home.rulebook.sheets import Cell, Content, Reader, Row, Sheet, plain
from safety.home.rulebook.tabs.words import basis_columns, place, reader, rests_on

TIMED = GRADES[:4]  # a grade without minutes is owed by the end of the next working day


def clocks(content: Content) -> list[Sheet]:
    """The time limits of answers (签收与处置时限), and when offices work."""
    read = reader(content)
    said = content["clocks"]
    names = names_of("acknowledge", said["acknowledge"])
    rows = [
        _timed(read, _capacities(read, row), "clocks", "acknowledge", name, note=name)
        for name, row in zip(names, said["acknowledge"], strict=True)
    ]
    rows.append(_timed(read, _("First action"), "clocks", "first_action"))
    last = _("Reading, and grades without minutes: end of the next working day")
    cells = [plain("—")] * (len(TIMED) + 1) + rests_on(read, "clocks", "end_of_next_day")
    rows.append(Row(head=last, path=("clocks", "end_of_next_day"), cells=cells))
    minutes = [_("%(grade)s, minutes") % {"grade": grade_word(grade)} for grade in TIMED]
    return [
        Sheet(
            title=_("Signing and acting"),
            columns=[_("Capacity"), *minutes, _("Working time only"), *basis_columns()],
            rows=rows,
            help=_("Minutes from the alert. Empty: by the end of the next working day."),
            path=("clocks",),
        ),
        _hours(read),
    ]


def _capacities(read: Reader, row: Any) -> str:
    words = read.words["capacity"]
    return "、".join(words.get(code, code) for code in row["capacities"])


def _timed(read: Reader, head: str, *path: str, note: str = "") -> Row:
    cells = [
        *(read.cell(*path, "minutes", grade, kind="minutes") for grade in TIMED),
        read.cell(*path, "working", kind="codes"),
        *rests_on(read, *path),
    ]
    return Row(head=head, note=note.replace("+", " "), path=path, cells=cells)


def _hours(read: Reader) -> Sheet:
    hours = read.content["clocks"]["hours"]
    days = weekday_words()
    spans = "、".join(Spans.line(span) for span in hours["spans"])
    week = "、".join(days[day] for day in hours["weekdays"] if 0 <= day < len(days))
    path = ("clocks", "hours")
    return Sheet(
        title=_("Working time"),
        columns=[_("Item"), _("Value")],
        rows=[
            Row(
                head=_("Working days"),
                cells=[read.cell(*path, "weekdays", kind="weekdays", text=week)],
            ),
            Row(head=_("Hours"), cells=[read.cell(*path, "spans", kind="spans", text=spans)]),
            Row(head=_("Days off"), cells=[read.cell(*path, "days_off", kind="days")]),
            Row(head=_("Weekends worked"), cells=[read.cell(*path, "extra_days", kind="days")]),
        ],
        help=_("Hours as 08:30–12:00, one a line; days as 2026-10-01, separated by spaces."),
        path=path,
    )


def upward(content: Content) -> list[Sheet]:
    """By when the school files first, and what goes upward to whom (首报与上报)."""
    read = reader(content)
    said = content["filing"]
    firsts = names_of("first_report_clock", said["first_report_clock"])
    ups = names_of("upward_clock", said["upward_clock"])
    return [
        Sheet(
            title=_("First report, from awareness"),
            columns=[_("Grades"), _("Minutes"), *basis_columns()],
            rows=[
                _first(read, name, row)
                for name, row in zip(firsts, said["first_report_clock"], strict=True)
            ],
            path=("filing", "first_report_clock"),
        ),
        Sheet(
            title=_("Upward, from awareness"),
            columns=[
                *(_("Owed by"), _("Grades"), _("Only for"), _("Minutes")),
                *(_("Receiver, Chinese"), _("Receiver, English"), *basis_columns()),
            ],
            rows=[
                _up(read, name, row) for name, row in zip(ups, said["upward_clock"], strict=True)
            ],
            help=_("Several receivers: 、 in Chinese, a comma in English, in the same order."),
            path=("filing", "upward_clock"),
        ),
    ]


def _first(read: Reader, name: str, row: Any) -> Row:
    path = ("filing", "first_report_clock", name)
    cells = [read.cell(*path, "minutes", kind="count"), *rests_on(read, *path)]
    return Row(head=_grades(row["grades"]), path=path, cells=cells)


def _up(read: Reader, name: str, row: Any) -> Row:
    path = ("filing", "upward_clock", name)
    zh, en = _receivers(read, *path)
    return Row(
        head=f"{place(row['level'])} · {read.named('capacity', [row['owed_by']])}",
        path=path,
        cells=[
            plain(_grades(row["grades"])),
            plain(read.named("hazard", row.get("hazards", ())) or _("every kind")),
            read.cell(*path, "minutes", kind="count"),
            zh,
            en,
            *rests_on(read, *path),
        ],
    )


def _receivers(read: Reader, *path: str) -> Sequence[Cell]:
    return [
        read.cell(*path, "receiver_zh", kind="line"),
        read.cell(*path, "receiver_en", kind="line"),
    ]


def _grades(grades: Sequence[str]) -> str:
    return "、".join(grade_word(grade) for grade in grades)
