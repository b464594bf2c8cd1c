"""Read the bureau's own sheet (责任表) as it is, with what offices write into it.

An empty cell or a missing column states nothing: what the table says already
stays. Nothing is ever removed. People are only told, never appointed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from notifications.responsibility.checks.reading import is_school_capacity
from notifications.table.rows import Key, Row
from notifications.table.workbook.columns import STATED
from notifications.table.workbook.decoding import Decoder, missing_duties
from notifications.table.workbook.merging import differing, value_of, with_value
from notifications.table.workbook.people import is_ditto, read_people, read_phones, with_phones
from notifications.table.workbook.problems import CellProblem
from notifications.table.workbook.reading import Found, SheetRow, rows_below
from notifications.table.workbook.statements import Named, NewPost, Reading, Statement

_BRACKETS = re.compile(r"[((][^()()]*[))]")
PostType = Mapping[str, Any]


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
    types: Mapping[str, PostType]
    capacities: Mapping[str, Mapping[str, Any]]
    unit: str

    @cached_property
    def _had(self) -> Mapping[tuple[str, str], list[str]]:
        """The capacities that each post has already."""
        found: dict[tuple[str, str], list[str]] = {}
        for unit, post, capacity in self.before:
            found.setdefault((unit, post), []).append(capacity)
        return found

    def read(self, found: Found, reading: Reading) -> None:
        """Add what the sheet says to ``reading``."""
        above = _Above(unit=self.unit)
        for line in rows_below(found):
            if line.filled == 1:
                self._heading(line, above, reading)
                continue
            reading.rows += 1
            self._row(_without_ditto(line, above), above, reading)

    def _heading(self, line: SheetRow, above: _Above, reading: Reading) -> None:
        """A lone cell: the unit of the rows below it ("一、甲区教育局"), or a remark."""
        text = next((text for text in line.texts.values() if text), "")
        called = self.decoder.known.units_called(
            re.sub(r"^[一二三四五六七八九十\d]+[、..]", "", text)
        )
        if len(called) == 1:
            above.unit, above.post = called[0], ""
        else:
            reading.skipped.append(line.number)

    def _row(self, line: SheetRow, above: _Above, reading: Reading) -> None:
        problems: list[CellProblem] = []
        unit, said = self._unit(line, above, problems)
        post = self._post(line, unit, said, above, reading, problems) if unit else ""
        if unit and post:
            above.unit, above.post = unit, post
            self._people(line, unit, post, reading)
            self._state(line, (unit, post), reading, problems)
        reading.problems += problems

    def _unit(self, line: SheetRow, above: _Above, problems: list[CellProblem]) -> tuple[str, str]:
        """The unit's code, and the post's name where the column of units holds a section."""
        known = self.decoder.known
        text = line.text("unit_code") or line.text("unit")
        if not text:
            return above.unit, ""
        called = known.units_called(text)
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
        if new := self._new_post(line, unit, text):
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

    def _new_post(self, line: SheetRow, unit: str, name: str) -> NewPost | None:
        """A post of a type whose name stands in the cell, where the unit has none of it yet."""
        kind = self.decoder.words.sections.code(line.text("post_type") or name)
        at = "school" if self.decoder.known.units[unit].is_school else "bureau"
        if (
            kind is None
            or self.types[kind]["at"] != at
            or self.decoder.known.posts_called(unit, kind)
        ):
            return None
        return NewPost(unit=unit, code=kind, kind=kind, name=name[:80])

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
        capacity = self._capacity(line, place, reading, problems)
        if capacity is None:
            return
        key = (*place, capacity)
        base = self.before.get(key)
        row = base or self._default(key, reading)
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

    def _default(self, key: Key, reading: Reading) -> Row:
        """A new row as the type of its post has it; its duties have to be said by the sheet."""
        unit, post, capacity = key
        kind = self._kind(unit, post, reading)
        scope = {k: list(v) for k, v in self.types.get(kind, {}).get("scope", {}).items()}
        is_party = self.capacities[capacity]["line"] == "party"
        line = "party" if is_party else "administration"
        return Row(unit=unit, post=post, capacity=capacity, line=line, scope=scope)

    def _kind(self, unit: str, post: str, reading: Reading) -> str:
        new = reading.new_posts.get((unit, post))
        return new.kind if new else self.decoder.known.posts[unit, post].kind

    def _capacity(
        self,
        line: SheetRow,
        place: tuple[str, str],
        reading: Reading,
        problems: list[CellProblem],
    ) -> str | None:
        """The capacity in its cell; else the one the post has already, else that of its type."""
        words = self.decoder.words.capacity
        if text := line.text("capacity"):
            code = words.code(text)
        else:
            had = self._had.get(place, ())
            kind = self._kind(*place, reading)
            code = had[0] if len(had) == 1 else self.types.get(kind, {}).get("capacity")
        is_school = self.decoder.known.units[place[0]].is_school
        if code is not None and (not code or is_school_capacity(code) == is_school):
            return code
        problems.append(
            line.problem(
                "unknown_word",
                "capacity" if "capacity" in line.found.columns else "post",
                _("The capacity of this post is not known."),
                _("Add a column 责任类别 with one of: %s.") % "、".join(words.words()),
            )
        )
        return None


def _without_ditto(line: SheetRow, above: _Above) -> SheetRow:
    """``line`` with 同上 replaced by what stands above it in the same column."""
    texts = {
        name: above.texts.get(name, "") if is_ditto(text) else text
        for name, text in line.texts.items()
    }
    above.texts.update({name: text for name, text in texts.items() if text})
    return replace(line, texts=texts)
