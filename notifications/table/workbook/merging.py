"""Carry the changes of a workbook over to the table as it is now.

The workbook was made of one state of the table. What it changed against that
state is carried over; what others changed since stays. Where both changed the
same cell differently, nobody is overwritten: it is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from notifications.table.rows import TEXTS, Key, Row
from notifications.table.workbook.columns import SCOPE
from notifications.table.workbook.problems import CellProblem
from notifications.table.workbook.statements import Statement

CELLS = ("line", *SCOPE, *TEXTS)


@dataclass(frozen=True, kw_only=True)
class RowChange:
    """One row that will differ. ``old`` is None for a new row, ``new`` for one that goes."""

    old: Row | None
    new: Row | None
    line: int = 0

    @property
    def key(self) -> Key:
        row = self.new or self.old
        assert row is not None
        return row.key

    @property
    def kind(self) -> str:
        if self.old is None:
            return "added"
        return "removed" if self.new is None else "changed"

    @property
    def cells(self) -> tuple[str, ...]:
        """The columns in which the two differ."""
        if self.old is None or self.new is None:
            return ()
        return differing(self.old, self.new)


@dataclass(kw_only=True)
class Merged:
    changes: list[RowChange] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)
    unchanged: int = 0


def value_of(row: Row, name: str) -> Any:
    if name in SCOPE:
        return tuple(row.scope.get(name, ()))
    return getattr(row, name)


def differing(old: Row, new: Row) -> tuple[str, ...]:
    return tuple(name for name in CELLS if value_of(old, name) != value_of(new, name))


def merge(
    said: Mapping[Key, Statement],
    *,
    base: Mapping[Key, Row],
    now: Mapping[Key, Row],
    removes: bool,
) -> Merged:
    """What ``said`` changes in ``now``, given that it was written on top of ``base``.

    ``removes``: rows of ``base`` that are not said are taken out.
    """
    merged = Merged()
    for key, statement in said.items():
        _merge_row(statement, base.get(key), now.get(key), merged)
    if removes:
        for key, was in base.items():
            if key not in said and (there := now.get(key)) is not None:
                _remove(was, there, merged)
    return merged


def _merge_row(said: Statement, was: Row | None, there: Row | None, merged: Merged) -> None:
    if there is None:
        _add(said, was, merged)
        return
    new, clashes = there, []
    for name in differing(there, said.row):
        value = value_of(said.row, name)
        if was is not None and value_of(was, name) == value:
            continue  # only the table moved on
        if was is None or value_of(was, name) != value_of(there, name):
            clashes.append(_both(said, name))
        new = with_value(new, name, value)
    merged.problems += clashes
    if clashes:
        return
    if differing(there, new):
        merged.changes.append(RowChange(old=there, new=new, line=said.line.number))
    else:
        merged.unchanged += 1


def _add(said: Statement, was: Row | None, merged: Merged) -> None:
    """A row that the table does not have: a new one, unless somebody removed it meanwhile."""
    if was is None:
        merged.changes.append(RowChange(old=None, new=said.row, line=said.line.number))
    elif differing(was, said.row):
        merged.problems.append(
            said.line.problem(
                "gone",
                "capacity",
                _("Somebody removed this row from the table since the export."),
                _("Export the table anew, and add the row there if it is still needed."),
            )
        )


def with_value(row: Row, name: str, value: Any) -> Row:
    if name in SCOPE:
        return replace(row, scope={**row.scope, name: list(value)})
    return replace(row, **{name: value})


def _remove(was: Row, there: Row, merged: Merged) -> None:
    if differing(was, there):
        merged.problems.append(
            CellProblem(
                code="changed_since",
                field="row",
                value=" / ".join(there.key),
                message=_(
                    "The workbook removes this row, but somebody changed it since the export."
                ),
                remedy=_("Export the table anew and decide there."),
            )
        )
        return
    merged.changes.append(RowChange(old=there, new=None))


def _both(said: Statement, name: str) -> CellProblem:
    return said.line.problem(
        "changed_since",
        name,
        _("Somebody changed this cell in the table since the export, to something else."),
        _("Export the table anew, or write the new text of the table into the cell."),
    )
