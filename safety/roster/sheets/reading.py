"""Read a roster as an office keeps it: title rows, merged dates, 同上, names with numbers.

The first row that names a day and a seat is the heading; what stands above gives year and
month. Every cell that cannot be read is told with row and column, and nothing is written:
what was read goes back to the person who gave it, to look at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _

from safety.errors import Refused
from safety.roster.calendar import ZONE, Turn
from safety.roster.checks import NewShift
from safety.roster.sheets.days import Undated, days_of, plain
from safety.roster.sheets.heading import (
    DATE_HEADS,
    Heading,
    Office,
    SeatColumns,
    Told,
    heading_of,
    told_above,
)
from safety.roster.sheets.names import NOBODY, SAME, written_in
from safety.roster.sheets.turns import Where, turn_in, turns_for, turns_on
from safety.units.imports.cells import Cell, text_of
from safety.units.imports.problems import CellProblem
from safety.units.imports.reader import Line, Sheet, open_book

FOOT = ("注", "备注", "说明", "填报", "制表", "审核", "值班电话", "单位", "附")
LINES_AT_MOST = 2000


@dataclass(kw_only=True)
class Read:
    """What a file says: shifts in order, and every cell that could not be read."""

    shifts: list[NewShift] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)
    rows: int = 0


def read_roster(path: Path, office: Office) -> Read:
    """Every shift of the first sheet of ``path`` that has a heading. Raises ``Refused``."""
    for sheet in open_book(path).sheets:
        lines = list(islice(sheet.lines(), LINES_AT_MOST))
        heading = heading_of(lines, office)
        if heading is not None:
            return _Reader(sheet, heading, office, told_above(lines, heading)).read(lines)
    raise Refused(
        _("No heading was found: a row with the day and the seats."),
        field="file",
        value=path.name,
        remedy=_("Name one column 日期, and one 带班领导 or 值班员."),
    )


class _Reader:
    """Goes down the rows, remembering what 同上 and an empty date mean."""

    def __init__(self, sheet: Sheet, heading: Heading, office: Office, told: Told) -> None:
        self.sheet, self.heading, self.office, self.told = sheet, heading, office, told
        self.found = Read()
        self.above: dict[int, str] = {}
        self.days: Sequence[date] = ()
        self.number = 0

    def read(self, lines: Sequence[Line]) -> Read:
        kept: list[tuple[int, Sequence[date], tuple[Cell, ...]]] = []
        for number, cells in lines:
            if number <= self.heading.row or not any(text_of(c) for c in cells):
                continue
            if self._is_foot(cells) or self._is_heading(cells):
                continue
            self.number = number
            if self._date(cells):
                kept.append((number, self.days, self._filled(cells)))
        self.found.rows = len(kept)
        for columns in self.heading.seats:
            self._seat(columns, kept)
        self._once()
        return self.found

    def _is_foot(self, cells: Sequence[Cell]) -> bool:
        first = next((plain(text_of(c)) for c in cells if text_of(c)), "")
        return first.startswith(FOOT)

    def _is_heading(self, cells: Sequence[Cell]) -> bool:
        return plain(text_of(self._at(cells, self.heading.day))).lower() in DATE_HEADS

    def _at(self, cells: Sequence[Cell], column: int) -> Cell:
        return cells[column] if column < len(cells) else ""

    def _date(self, cells: Sequence[Cell]) -> bool:
        cell = self._at(cells, self.heading.day)
        if text_of(cell) == "" or text_of(cell) in SAME:
            if not self.days:
                self._wrong(self.heading.day, "", _("No day is given."), _("Write the day."))
            return bool(self.days)
        above = self.days[-1] if self.days else self._month_told()
        try:
            self.days = days_of(cell, today=self.office.today, year=self.told.year, above=above)
        except Undated:
            self.days = ()
            self._wrong(
                self.heading.day,
                text_of(cell),
                _("This is no day that can be read."),
                _("Write it like 11月25日 or 2026-11-25."),
            )
            return False
        return True

    def _month_told(self) -> date | None:
        if self.told.month is None:
            return None
        return date(self.told.year or self.office.today.year, self.told.month, 1)

    def _filled(self, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        """The row with 同上 put into words."""
        filled = []
        for column, cell in enumerate(cells):
            text = text_of(cell)
            said = self.above.get(column, "") if text in SAME else text
            self.above[column] = said
            filled.append(said)
        return tuple(filled)

    def _seat(
        self,
        columns: SeatColumns,
        rows: Sequence[tuple[int, Sequence[date], tuple[Cell, ...]]],
    ) -> None:
        """The shifts of one seat. Rows of the same day are its turns in order."""
        by_day: dict[date, list[tuple[int, tuple[Cell, ...]]]] = {}
        for number, days, cells in rows:
            for day in days:
                by_day.setdefault(day, []).append((number, cells))
        for day, here in by_day.items():
            for place, (number, cells) in enumerate(here):
                self.number = number
                for person_shift in self._cell(columns, day, cells, place, len(here)):
                    self.found.shifts.append(person_shift)

    def _cell(
        self, columns: SeatColumns, day: date, cells: Sequence[Cell], place: int, rows: int
    ) -> Iterator[NewShift]:
        text = text_of(self._at(cells, columns.name))
        if not text or plain(text) in NOBODY:
            return
        names = written_in(text)
        if not names:
            self._wrong(columns.name, text, _("No name can be read."), _("Write one name."))
            return
        where = Where(place=place, rows=rows, names=len(names))
        turns = self._turns(columns, day, cells, where)
        if not turns:
            return
        if len(turns) != len(names):
            self._wrong(
                columns.name,
                text,
                _("%(count)d names for one shift of one seat.") % {"count": len(names)},
                _("Give each name its own row and time; a second seat needs a post of its own."),
            )
            return
        for written, turn in zip(names, turns, strict=True):
            people = self.office.known.find(written)
            if len(people) != 1:
                self._unknown(columns.name, written.name, len(people))
                continue
            begins = datetime.combine(day, turn.starts, ZONE)
            yield NewShift(
                post=columns.seat,
                person=people[0],
                starts_at=begins,
                ends_at=begins + turn.lasts,
                place=_("row %(number)d") % {"number": self.number},
            )

    def _unknown(self, column: int, name: str, count: int) -> None:
        if count:
            self._wrong(
                column,
                name,
                _("Several people of the bureau have this name."),
                _("Write the telephone number or the user name beside it."),
            )
        else:
            self._wrong(
                column,
                name,
                _("Nobody of this bureau has this name."),
                _("Check the name, or give the person a post in the bureau first."),
            )

    def _turns(
        self, columns: SeatColumns, day: date, cells: Sequence[Cell], where: Where
    ) -> Sequence[Turn]:
        """When the names of this cell sit: by the time cell, else by the pattern of the day."""
        text = text_of(self._at(cells, columns.time)) if columns.time is not None else ""
        pattern = turns_on(day, self.office.calendar, self.office.pattern)
        try:
            return [turn_in(text, pattern)] if text else turns_for(where, pattern)
        except Undated:
            self._wrong(
                columns.time if text and columns.time is not None else columns.name,
                text,
                _("It cannot be read when this shift begins and ends."),
                _("Write the time like 08:30-17:30 or 17:30-次日08:30."),
            )
            return []

    def _wrong(self, column: int, value: str, message: str, remedy: str) -> None:
        self.found.problems.append(
            CellProblem(
                code="roster",
                field="file",
                file=self.sheet.file,
                row=self.number,
                column=self.heading.names.get(column, "") or str(column + 1),
                value=value,
                message=message,
                remedy=remedy,
            )
        )

    def _once(self) -> None:
        """A merged cell repeats its shift in every row it covers: it is one."""
        seen: set[tuple[int, int, datetime, datetime]] = set()
        kept = []
        for new in self.found.shifts:
            key = (new.post.pk, new.person.pk, new.starts_at, new.ends_at)
            if key not in seen:
                seen.add(key)
                kept.append(new)
        self.found.shifts = sorted(kept, key=lambda new: (new.starts_at, new.post.pk))
