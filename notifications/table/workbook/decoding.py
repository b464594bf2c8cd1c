"""Turn the cells of one row into what they state, or say which cell cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from notifications.table.rows import Row
from notifications.table.workbook.cells import stated_text
from notifications.table.workbook.columns import BY_FIELD, DUTIES, SCOPE, STATED, canonical
from notifications.table.workbook.known import Known
from notifications.table.workbook.problems import CellProblem
from notifications.table.workbook.reading import SheetRow
from notifications.table.workbook.vocabulary import Words, parts

LISTED = 12


@dataclass(frozen=True, kw_only=True)
class Decoder:
    """Reads cells by the words of the rule book and the units there are."""

    known: Known
    words: Words

    def row(
        self,
        line: SheetRow,
        key: tuple[str, str, str],
        base: Row | None,
        problems: list[CellProblem],
    ) -> Row:
        """The row that ``line`` states. A cell that says what ``base`` says is never doubted."""
        values: dict[str, Any] = {"scope": {}}
        for field in STATED:
            value = self._value(line, field, base, problems)
            if field in SCOPE:
                values["scope"][field] = value
            else:
                values[field] = value
        unit, post, capacity = key
        return Row(unit=unit, post=post, capacity=capacity, **values)

    def same(self, line: SheetRow, field: str, base: Row) -> bool:
        """Whether the cell says word for word what the workbook would say of ``base``."""
        said = stated_text(base, field, self.words, self.known.names)
        return canonical(line.text(field)) == canonical(said)

    def _value(
        self, line: SheetRow, field: str, base: Row | None, problems: list[CellProblem]
    ) -> Any:
        if base is not None and self.same(line, field, base):
            return base.scope.get(field, ()) if field in SCOPE else getattr(base, field)
        text = canonical(line.text(field))
        if field == "line":
            return self._line(line, text, problems)
        if field not in SCOPE:
            return text
        kept: Sequence[str] = base.scope.get(field, ()) if base is not None else ()
        if field in ("schools", "areas"):
            return self._units(line, field, kept, problems)
        codes, unknown = self.words.read(field, text)
        strange = [word for word in unknown if word not in kept]
        if strange:
            problems.append(self._unknown(line, field, strange))
        return [*codes, *(word for word in unknown if word in kept)]

    def _line(self, line: SheetRow, text: str, problems: list[CellProblem]) -> str:
        code = self.words.line.code(text) if text else "administration"
        if code is None:
            problems.append(self._unknown(line, "line", [text]))
        return code or "administration"

    def _unknown(self, line: SheetRow, field: str, words: Sequence[str]) -> CellProblem:
        choices = self.words.vocabulary(field).words()
        shown = "、".join(choices[:LISTED]) + ("…" if len(choices) > LISTED else "")
        return line.problem(
            "unknown_word",
            field,
            _("%(heading)s: the rule book does not know this word.")
            % {"heading": BY_FIELD[field].heading},
            _("Write one of: %s.") % shown,
            value="、".join(words),
        )

    def _units(
        self, line: SheetRow, field: str, kept: Sequence[str], problems: list[CellProblem]
    ) -> list[str]:
        found: list[str] = []
        for part in parts(line.text(field)):
            code = self._unit_code(part, wants_school=field == "schools")
            if code is None and part.split(maxsplit=1)[0] in kept:
                code = part.split(maxsplit=1)[0]
            if code is None:
                problems.append(
                    line.problem(
                        "unknown_place",
                        field,
                        _("There is no single school with this code or name.")
                        if field == "schools"
                        else _("There is no single bureau or zone with this code or name."),
                        _("Write one code a line; the name behind it is only for the reader."),
                        value=part,
                    )
                )
            else:
                found.append(code)
        return found

    def _unit_code(self, part: str, *, wants_school: bool) -> str | None:
        first = part.split(maxsplit=1)[0]
        called = [first] if first in self.known.units else []
        called = called or self.known.units_called(part)
        fitting = [code for code in called if self.known.units[code].is_school == wants_school]
        if not wants_school and not fitting:
            # A central school stands above its teaching points.
            fitting = called
        return fitting[0] if len(fitting) == 1 else None


def missing_duties(line: SheetRow, row: Row) -> list[CellProblem]:
    """What still has to be written before this row can be published."""
    return [
        line.problem(
            "duty_missing",
            field,
            _("This row has only one of the two duties.")
            if row.business_duty or row.safety_duty
            else _("This row has neither of the two duties."),
            _("One post has two responsibilities: write both."),
        )
        for field in DUTIES
        if not getattr(row, field)
    ]
