"""What the page of a preview shows: figures, lists one at a time, and which column is what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from notifications.table.workbook.columns import ALIASES, BY_FIELD
from notifications.table.workbook.holdings import words
from notifications.table.workbook.importing import counts
from notifications.table.workbook.merging import RowChange
from notifications.table.workbook.outcome import Outcome
from notifications.table.workbook.report import cells_of, proposals_of, row_of, where
from safety.units.imports.mapping import letters

MAPPED_MAX = 60  # columns offered for one field


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One list of the preview, with the number of its lines."""

    name: str
    label: str
    count: int


def tabs(outcome: Outcome) -> list[Tab]:
    """The lists that are not empty; what is wrong comes first."""
    known = [
        ("problems", _("Errors"), len(outcome.problems)),
        ("changes", _("Changes"), len(outcome.merged.changes)),
        ("notes", _("To complete"), len(outcome.notes)),
        ("people", _("People"), len(proposals_of(outcome)) if outcome.reading.named else 0),
        ("posts", _("New posts"), len(outcome.reading.new_posts)),
    ]
    found = [Tab(name=name, label=label, count=count) for name, label, count in known if count]
    return found or [Tab(name="changes", label=_("Changes"), count=0)]


def shown(outcome: Outcome, name: str) -> Sequence[Any]:
    """The lines of one list, each made when its page is."""
    match name:
        case "problems":
            return outcome.problems
        case "notes":
            return outcome.notes
        case "people":
            return [{"proposal": p, "does": words(p.does)} for p in proposals_of(outcome)]
        case "posts":
            units, types = outcome.known.names, outcome.words.sections
            return [
                {
                    "unit": units.unit(n.unit),
                    "name": n.name,
                    "code": n.code,
                    "type": types.word(n.kind),
                }
                for n in outcome.reading.new_posts.values()
            ]
        case _:
            return _Lines(outcome)


class _Lines(Sequence[dict[str, Any]]):
    """Changes in words, made only for the page that shows them."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self._changes = outcome.merged.changes

    def __len__(self) -> int:
        return len(self._changes)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self._line(change) for change in self._changes[place]]
        return self._line(self._changes[place])

    def _line(self, change: RowChange) -> dict[str, Any]:
        row = row_of(change)
        return {
            "kind": change.kind,
            "line": change.line,
            "where": where(self._outcome, row),
            "cells": cells_of(self._outcome, change),
            "row": row if change.kind != "changed" else None,
        }


@dataclass(frozen=True, kw_only=True)
class Figure:
    label: str
    number: int


def heads(outcome: Outcome) -> list[Figure]:
    """How many rows of which kind."""
    number = counts(outcome.merged.changes)
    return [
        Figure(label=_("added"), number=number["added"]),
        Figure(label=_("changed"), number=number["changed"]),
        Figure(label=_("removed"), number=number["removed"]),
        Figure(label=_("unchanged"), number=outcome.merged.unchanged),
        Figure(label=_("errors"), number=len(outcome.problems)),
    ]


def mapping(outcome: Outcome) -> list[dict[str, Any]]:
    """Which column was taken for what, each with all columns to choose another from."""
    found = outcome.found[0]
    options = [
        (letters(index), f"{letters(index)} {text}".strip())
        for index, text in enumerate(found.header[:MAPPED_MAX])
    ]
    return [
        {
            "field": field,
            "label": heading_of(field),
            "column": letters(found.columns[field]) if field in found.columns else "",
            "options": options,
        }
        for field in ALIASES
        if field != "serial"
    ]


def heading_of(field: str) -> str:
    """The heading of a field in our workbook, else its surest name in those of bureaus."""
    return BY_FIELD[field].heading if field in BY_FIELD else ALIASES[field][0]
