"""Say what a workbook would change: in words for people, as one document for machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from notifications.table.rows import Row
from notifications.table.workbook.cells import stated_text
from notifications.table.workbook.columns import BY_FIELD, address
from notifications.table.workbook.holdings import Proposal, proposals
from notifications.table.workbook.importing import counts
from notifications.table.workbook.merging import RowChange
from notifications.table.workbook.outcome import Outcome
from notifications.table.workbook.problems import CellProblem

SHOWN = 50
SHORT = 60


@dataclass(frozen=True, kw_only=True)
class CellChange:
    """One cell of a changed row, in the words of the workbook."""

    cell: str
    field: str
    heading: str
    before: str
    after: str


def where(outcome: Outcome, row: Row) -> str:
    """A row in words: unit, post, capacity."""
    names = outcome.known.names
    new = outcome.reading.new_posts.get((row.unit, row.post))
    post = new.name if new else names.post(row.unit, row.post)
    capacity = stated_text(row, "capacity", outcome.words, names)
    return " ".join(filter(None, (names.unit(row.unit) or row.unit, post or row.post, capacity)))


def cells_of(outcome: Outcome, change: RowChange) -> list[CellChange]:
    """The cells that differ between the table and the workbook."""
    if change.old is None or change.new is None:
        return []
    columns = outcome.found[0].columns
    return [
        CellChange(
            cell=address(columns[name], change.line) if name in columns and change.line else "",
            field=name,
            heading=BY_FIELD[name].heading,
            before=stated_text(change.old, name, outcome.words, outcome.known.names),
            after=stated_text(change.new, name, outcome.words, outcome.known.names),
        )
        for name in change.cells
    ]


def row_of(change: RowChange) -> Row:
    row = change.new or change.old
    assert row is not None
    return row


def proposals_of(outcome: Outcome) -> list[Proposal]:
    return proposals(outcome.reading, outcome.known)


def as_json(outcome: Outcome, *, written: bool = False) -> dict[str, Any]:
    merged = outcome.merged
    return {
        "ok": not outcome.blocking,
        "written": written,
        "own": outcome.is_own,
        "merged": outcome.is_merged,
        **counts(merged.changes),
        "unchanged": merged.unchanged,
        "sheets": [
            {
                "sheet": found.sheet.name,
                "header_row": found.header_row,
                "columns": {field: found.heading(field) for field in found.columns},
                "unused": list(found.unused),
            }
            for found in outcome.found
        ],
        "changes": [_change(outcome, change) for change in merged.changes],
        "errors": [problem.as_json() for problem in outcome.problems],
        "notes": [note.as_json() for note in outcome.notes],
        "skipped_rows": outcome.reading.skipped,
        "new_posts": [asdict(new) for new in outcome.reading.new_posts.values()],
        "people": [asdict(proposal) for proposal in proposals_of(outcome)],
    }


def _change(outcome: Outcome, change: RowChange) -> dict[str, Any]:
    unit, post, capacity = change.key
    return {
        "kind": change.kind,
        "row": change.line,
        "unit": unit,
        "post": post,
        "capacity": capacity,
        "cells": [asdict(cell) for cell in cells_of(outcome, change)],
    }


def as_text(outcome: Outcome) -> Iterator[str]:
    """The report line by line; long lists are cut, ``--json`` has everything."""
    for found in outcome.found:
        yield _("%(sheet)s: header in row %(row)d.") % {
            "sheet": found.sheet.name,
            "row": found.header_row,
        }
        yield "  " + ", ".join(f"{field} ← {found.heading(field)}" for field in found.columns)
        if found.unused:
            yield "  " + _("not used: %(columns)s") % {"columns": ", ".join(found.unused)}
    if outcome.is_merged:
        yield _("Exported from an older state; what changed since is kept.")
    yield from _cut([line for c in outcome.merged.changes for line in _lines(outcome, c)])
    yield from _cut([_problem(note) for note in outcome.notes], _("to complete: %s"))
    yield from _cut([_problem(problem) for problem in outcome.problems], _("error: %s"))
    if skipped := outcome.reading.skipped:
        yield _("rows without an entry: %(rows)s") % {"rows": ", ".join(map(str, skipped[:SHOWN]))}
    people = [p for p in proposals_of(outcome) if p.does != "stays"]
    yield from _cut([f"{p.place} {p.unit} {p.post} {p.name} {p.phone} {p.note}" for p in people])
    yield _(
        "%(added)d added, %(changed)d changed, %(removed)d removed, %(unchanged)d unchanged."
    ) % {
        **counts(outcome.merged.changes),
        "unchanged": outcome.merged.unchanged,
    }


def _cut(lines: Sequence[str], form: str = "%s") -> Iterator[str]:
    for line in islice(lines, SHOWN):
        yield form % line
    if len(lines) > SHOWN:
        yield _("… and %(count)d more") % {"count": len(lines) - SHOWN}


def _lines(outcome: Outcome, change: RowChange) -> Iterator[str]:
    sign = {"added": "+", "removed": "-", "changed": "~"}[change.kind]
    place = _("row %(number)d") % {"number": change.line} if change.line else ""
    yield " ".join(filter(None, (sign, place, where(outcome, row_of(change)))))
    for cell in cells_of(outcome, change):
        yield f"    {cell.cell} {cell.heading}: {_short(cell.before)} → {_short(cell.after)}"


def _short(text: str) -> str:
    flat = text.replace("\n", "⏎") or "–"
    return flat if len(flat) <= SHORT else f"{flat[:SHORT]}…"


def _problem(problem: CellProblem) -> str:
    told = (problem.place, problem.value, problem.message, problem.remedy)
    return " ".join(filter(None, told))
