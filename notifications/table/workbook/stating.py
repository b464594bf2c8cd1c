"""Read our own workbook back: every row by its codes, every doubt by its cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from notifications.table.rows import Key, Row
from notifications.table.workbook.columns import COLUMNS
from notifications.table.workbook.decoding import Decoder, missing_duties
from notifications.table.workbook.problems import CellProblem
from notifications.table.workbook.reading import Found, SheetRow, rows_below
from notifications.table.workbook.statements import NewPost, Reading, Statement
from safety.units.imports.cells import name_key


def columns_missing(found: Found) -> Iterator[CellProblem]:
    """The columns of our workbook that the sheet lacks: renamed or deleted ones."""
    strange = "、".join(found.unused)
    for column in COLUMNS:
        if column.is_needed and column.field not in found.columns:
            yield CellProblem(
                code="column_missing",
                sheet=found.sheet.name,
                field=column.field,
                value=column.heading,
                message=_("The column %(heading)s is missing.") % {"heading": column.heading},
                remedy=_("Restore its heading; the sheet has these unknown ones: %(strange)s.")
                % {"strange": strange}
                if strange
                else _("Export the table anew and carry your changes over."),
            )


@dataclass(frozen=True, kw_only=True)
class Stating:
    """One reading of one workbook. ``part`` is the path below which its rows have to lie."""

    decoder: Decoder
    before: Mapping[Key, Row]
    part: str

    def read(self, found: Found) -> Reading:
        reading = Reading()
        for line in rows_below(found):
            if not any(line.text(c.field) for c in COLUMNS if c.is_needed):
                reading.skipped.append(line.number)
                continue
            reading.rows += 1
            self._row(line, reading)
        return reading

    def _row(self, line: SheetRow, reading: Reading) -> None:
        problems: list[CellProblem] = []
        unit = self._unit(line, problems)
        post = self._post(line, unit, reading, problems) if unit else ""
        if unit and post:
            capacity = self._capacity(line, (unit, post), problems)
            key = (unit, post, capacity)
            row = self.decoder.row(line, key, self.before.get(key), problems)
            if twin := reading.statements.get(key):
                problems.append(_twice(line, twin.line.number))
            elif not problems:
                reading.statements[key] = Statement(row=row, line=line)
                reading.notes += missing_duties(line, row)
        reading.problems += problems

    def _unit(self, line: SheetRow, problems: list[CellProblem]) -> str:
        known = self.decoder.known
        code, name = line.text("unit_code"), line.text("unit")
        called = known.units_called(code or name)
        field = "unit_code" if code or "unit" not in line.found.columns else "unit"
        if len(called) != 1:
            problems.append(
                line.problem(
                    "unknown_unit",
                    field,
                    _("There is no single unit with this code or name."),
                    _("Write the unit's code as it stands in the list of units."),
                )
            )
            return ""
        unit = known.units[called[0]]
        if code and name and name_key(name) not in (name_key(unit.name), name_key(unit.short_name)):
            problems.append(
                line.problem(
                    "name_differs",
                    "unit",
                    _("The code %(code)s belongs to %(name)s: the row may have slipped.")
                    % {"code": unit.code, "name": unit.name},
                    _("Correct the code, or empty the cell with the name."),
                )
            )
        if not unit.path.startswith(self.part):
            problems.append(
                line.problem(
                    "outside",
                    field,
                    _("This unit lies outside the part that was exported."),
                    _("Take the row out, or change it in a workbook of the whole table."),
                )
            )
        return unit.code

    def _post(
        self, line: SheetRow, unit: str, reading: Reading, problems: list[CellProblem]
    ) -> str:
        known = self.decoder.known
        code, name = line.text("post_code"), line.text("post")
        called = known.posts_called(unit, code or name)
        if not called and (new := self._new_post(line, unit)):
            reading.new_posts[unit, new.code] = new
            return new.code
        if len(called) != 1:
            field = "post_code" if code or "post" not in line.found.columns else "post"
            problems.append(
                line.problem(
                    "unknown_post",
                    field,
                    _("This unit has no single post with this code or name."),
                    _("Write the post's code. For a new post write its name and its type too."),
                )
            )
            return ""
        post = known.posts[unit, called[0]]
        if code and name and name_key(name) != name_key(post.name):
            problems.append(
                line.problem(
                    "name_differs",
                    "post",
                    _("The code %(code)s belongs to %(name)s: the row may have slipped.")
                    % {"code": post.code, "name": post.name},
                    _("Correct the code, or empty the cell with the name."),
                )
            )
        return post.code

    def _new_post(self, line: SheetRow, unit: str) -> NewPost | None:
        code, name, kind = (line.text(f) for f in ("post_code", "post", "post_type"))
        found = self.decoder.words.sections.code(kind) if kind else None
        if not (code and name and found) or len(code) > 60 or " " in code:  # noqa: PLR2004 - as the column is
            return None
        if self.decoder.known.posts_called(unit, name):
            return None  # it is there under another code
        return NewPost(unit=unit, code=code, kind=found, name=name[:80])

    def _capacity(self, line: SheetRow, place: tuple[str, str], problems: list[CellProblem]) -> str:
        text = line.text("capacity")
        vocabulary = self.decoder.words.capacity
        code = vocabulary.code(text) if text else ""
        if code is None and (*place, text) in self.before:
            return text
        if code is None:
            problems.append(
                line.problem(
                    "unknown_word",
                    "capacity",
                    _("This capacity is not in the rule book."),
                    _("Write one of: %s.") % "、".join(vocabulary.words()),
                )
            )
        return code or ""


def _twice(line: SheetRow, first: int) -> CellProblem:
    return line.problem(
        "twice",
        "capacity",
        _("This post has this capacity twice: in row %(first)d already.") % {"first": first},
        _("Keep one of the two rows; widen its scope where needed."),
    )
