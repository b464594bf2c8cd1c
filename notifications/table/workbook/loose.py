"""Read the bureau's own sheet (责任表) as it is, with what offices write into it.

An empty cell or a missing column states nothing: what the table says already
stays. Nothing is ever removed. People are only told, never appointed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from notifications.table.rows import Key, Row
from notifications.table.workbook.columns import STATED
from notifications.table.workbook.decoding import Decoder, missing_duties
from notifications.table.workbook.defaults import Defaults
from notifications.table.workbook.merging import differing, value_of, with_value
from notifications.table.workbook.people import is_ditto, read_people, read_phones, with_phones
from notifications.table.workbook.problems import CellProblem
from notifications.table.workbook.reading import Found, SheetRow, rows_below
from notifications.table.workbook.statements import Named, Reading, Statement

_NUMBERED = re.compile(r"^[(（]?[一二三四五六七八九十\d]+[)）]?[、.．]?")
_BRACKETS = re.compile(r"[((][^()()]*[))]")


@dataclass
class _Above:
    """What the rows above said: the unit of a group, and each column's last text."""

    unit: str
    post: str = ""
    texts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Loose:
    """One reading of one sheet. ``unit`` is the code of the unit of rows that name none."""

    decoder: Decoder
    before: Mapping[Key, Row]
    defaults: Defaults
    unit: str

    def read(self, found: Found, reading: Reading) -> None:
        """Add what the sheet says to ``reading``."""
        above = _Above(unit=self.unit)
        for line in rows_below(found):
            if line.filled == 1 and not (above.post and self._names(line)):
                self._heading(line, above, reading)
                continue
            reading.rows += 1
            self._row(_without_ditto(line, above), above, reading)

    def _names(self, line: SheetRow) -> bool:
        """Whether the lone cell of a row names one more person for the post above it."""
        text = line.text("people")
        return bool(text and read_people(text).people and not self._called(text))

    def _called(self, text: str) -> list[str]:
        """The units that a lone cell may mean ("一、甲区教育局")."""
        return self.decoder.known.units_called(_NUMBERED.sub("", text))

    def _heading(self, line: SheetRow, above: _Above, reading: Reading) -> None:
        """A lone cell: the unit of the rows below it, or a remark."""
        called = self._called(next((text for text in line.texts.values() if text), ""))
        if len(called) == 1:
            above.unit, above.post = called[0], ""
        else:
            reading.skipped.append(line.number)

    def _row(self, line: SheetRow, above: _Above, reading: Reading) -> None:
        problems: list[CellProblem] = []
        unit, said = self._unit(line, above, problems)
        post = self._post(line, unit, said, above, reading, problems) if unit else ""
        # What cannot be read is not what stood above it: rows below must not slip upwards.
        above.unit, above.post = unit, post
        if unit and post:
            self._people(line, unit, post, reading)
            self._state(line, (unit, post), reading, problems)
        reading.problems += problems

    def _unit(self, line: SheetRow, above: _Above, problems: list[CellProblem]) -> tuple[str, str]:
        """The unit's code, and the post's name where the column of units holds a section."""
        known = self.decoder.known
        text = line.text("unit_code") or line.text("unit")
        if not text and above.unit:
            return above.unit, ""
        called = known.units_called(text) if text else []
        if len(called) == 1:
            return called[0], ""
        kind = self.decoder.words.sections.code(text)
        if not called and known.posts_called(self.unit, text, kind):
            return self.unit, text
        problems.append(
            line.problem(
                "unknown_unit",
                "unit_code" if line.text("unit_code") else "unit",
                _("There is no single unit with this code or name."),
                _("Write the unit's full name or its code, or add the unit first."),
            )
        )
        return "", ""

    def _post(
        self,
        line: SheetRow,
        unit: str,
        said: str,
        above: _Above,
        reading: Reading,
        problems: list[CellProblem],
    ) -> str:
        text = said or line.text("post_code") or line.text("post")
        if not text:
            if above.post and above.unit == unit and line.text("people"):
                return above.post
            problems.append(
                line.problem(
                    "no_post",
                    "post",
                    _("This row names no post."),
                    _("Write the post, or 同上 for that of the row above."),
                )
            )
            return ""
        known, words = self.decoder.known, self.decoder.words
        for name in dict.fromkeys((text, _BRACKETS.sub("", text).strip())):
            called = known.posts_called(unit, name, words.sections.code(name)) if name else []
            if len(called) == 1:
                return called[0]
        if new := self.defaults.new_post(line, unit, text):
            reading.new_posts[unit, new.code] = new
            return new.code
        problems.append(
            line.problem(
                "unknown_post",
                "post",
                _("%(unit)s has no single post with this name.") % {"unit": known.units[unit].name},
                _("Its posts are: %(posts)s.")
                % {"posts": "、".join(known.post_names(unit)[:20]) or "–"},
                value=text,
            )
        )
        return ""

    def _people(self, line: SheetRow, unit: str, post: str, reading: Reading) -> None:
        phones = read_phones(line.text("phone"))
        for column in ("people", "deputy"):
            said = read_people(line.text(column))
            people = with_phones(said.people, phones) if column == "people" else said.people
            named = Named(unit=unit, post=post, line=line, is_deputy=column == "deputy")
            reading.named += [replace(named, person=person) for person in people]
            if said.is_vacant and column == "people":
                reading.named.append(named)
            reading.notes += [
                line.problem(
                    "unreadable_person",
                    column,
                    _("This is not the name of one person."),
                    _("Write the full name, several with 、 between them; or enter it by hand."),
                    value=part,
                )
                for part in said.unreadable
            ]
        if line.text("phone") and not phones.numbers and phones.remark:
            reading.notes.append(
                line.problem(
                    "unreadable_phone",
                    "phone",
                    _("No telephone number was found in this cell."),
                    _("Write the number in digits."),
                )
            )

    def _state(
        self,
        line: SheetRow,
        place: tuple[str, str],
        reading: Reading,
        problems: list[CellProblem],
    ) -> None:
        if not any(line.text(name) for name in STATED):
            return
        capacity = self.defaults.capacity(line, place, reading, problems)
        if capacity is None:
            return
        key = (*place, capacity)
        base = self.before.get(key)
        row = base or self.defaults.row(key, reading)
        said = self.decoder.row(line, key, base, problems)
        for name in STATED:
            if line.text(name):
                row = with_value(row, name, value_of(said, name))
        if problems:
            return
        twin = reading.statements.get(key)
        if twin is None:
            reading.statements[key] = Statement(row=row, line=line)
            reading.notes += missing_duties(line, row)
        elif differing(twin.row, row):
            problems.append(
                line.problem(
                    "twice",
                    "post",
                    _("Row %(first)d says something else of this post and capacity.")
                    % {"first": twin.line.number},
                    _("Write the same duties in both rows, or another capacity in one of them."),
                )
            )


def _without_ditto(line: SheetRow, above: _Above) -> SheetRow:
    """``line`` with 同上 replaced by what stands above it in the same column."""
    texts = {
        name: above.texts.get(name, "") if is_ditto(text) else text
        for name, text in line.texts.items()
    }
    above.texts.update({name: text for name, text in texts.items() if text})
    return replace(line, texts=texts)
