"""The cells of a tab as fields of a form, and back into the document where they stand."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms

from safety.home.rulebook.conditions import Alternatives, Conditions
from safety.home.rulebook.fields import (
    Codes,
    Days,
    Holidays,
    Lines,
    Months,
    Spans,
    Turns,
    Weekdays,
)
from safety.home.rulebook.paths import put, value_at
from safety.home.rulebook.sheets import Cell, Content, Sheet

MINUTES_MAX = 366 * 24 * 60
COUNT_MAX = 1_000_000
LINE_MAX = 300
LIST_MAX = 5000
_LISTS: dict[str, type[Codes | Lines]] = {
    "days": Days,
    "months": Months,
    "lines": Lines,
    "spans": Spans,
    "turns": Turns,
    "holidays": Holidays,
}
# An emptied cell of these is taken out of the document; others keep an empty value.
_OPTIONAL = {"choice", "minutes", "codes", "months", "conditions", "alternatives", "scope"}


class TabForm(forms.Form):
    """One field for each cell of ``sheets`` that may change."""

    def __init__(self, sheets: Sequence[Sheet], told: Any = None) -> None:
        super().__init__(told, auto_id="id_%s")
        self.cells = [cell for cell in cells_of(sheets) if cell.kind]
        for cell in self.cells:
            self.fields[cell.name] = _field(cell)

    def content(self, draft: Content) -> dict[str, Any]:
        """``draft`` with what was changed here. Call it on a valid form only."""
        content = copy.deepcopy(dict(draft))
        for cell, value in self._changes():
            _make_room(content, cell)
            put(content, cell.path, value)
        return content

    def changed_cells(self) -> list[Cell]:
        """The cells that say something else now. Call it on a valid form only."""
        return [cell for cell, _value in self._changes()]

    def _changes(self) -> Iterator[tuple[Cell, Any]]:
        for cell in self.cells:
            value = _value(cell, self.cleaned_data[cell.name])
            if value != cell.value and not (cell.value is None and value in ("", [])):
                yield cell, value


def _make_room(content: dict[str, Any], cell: Cell) -> None:
    """``meta`` may be missing in a section written by hand, and next year's holidays are."""
    if cell.path[1] == "meta":
        content[cell.path[0]].setdefault("meta", {})
    if cell.path[1] == "year" and value_at(content, cell.path[:3]) is None:
        new = {"year": int(cell.path[2]), "document": "", "holiday": [], "workdays": []}
        put(content, cell.path[:3], new)


def cells_of(sheets: Sequence[Sheet]) -> Iterator[Cell]:
    return (cell for sheet in sheets for row in sheet.rows for cell in row.cells)


def _field(cell: Cell) -> forms.Field:
    if cell.kind == "choice":
        initial = "" if cell.value is None else cell.value
        return forms.ChoiceField(choices=cell.choices, required=False, initial=initial)
    if cell.kind in ("minutes", "count"):
        return forms.IntegerField(
            required=cell.kind == "count",
            min_value=0 if cell.kind == "count" else 1,
            max_value=COUNT_MAX if cell.kind == "count" else MINUTES_MAX,
            initial=cell.value,
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        )
    if cell.kind == "long":
        widget = forms.Textarea(attrs={"rows": "3"})
        return forms.CharField(required=False, max_length=2000, initial=cell.value, widget=widget)
    if cell.kind == "line":
        return forms.CharField(required=False, max_length=LINE_MAX, initial=cell.value)
    return _list_field(cell)


def _list_field(cell: Cell) -> forms.Field:
    if cell.kind == "weekdays":
        return Weekdays(initial=Weekdays.shown(cell.value or ()))
    if cell.facts is not None:
        shape = Conditions if cell.kind == "conditions" else Alternatives
        told = cell.value or ()
        return shape(facts=cell.facts, value=told, required=False, max_length=LIST_MAX)
    if cell.kind == "scope":
        told = [code for codes in (cell.value or {}).values() for code in codes]
        area = forms.Textarea(attrs={"rows": 2, "class": "cell-narrow"})
        shown = Codes.shown(told)
        return Codes(required=False, max_length=LIST_MAX, initial=shown, widget=area)
    kind = _LISTS.get(cell.kind, Codes)
    return kind(required=False, max_length=LIST_MAX, initial=kind.shown(cell.value or ()))


def _value(cell: Cell, cleaned: Any) -> Any:
    """As the document says it."""
    if isinstance(cleaned, str):
        cleaned = cleaned.strip()
    if cell.kind == "scope":
        cleaned = _sorted_out(cleaned, dict(cell.choices))
    if cell.kind in _OPTIONAL and cleaned in ("", None, [], {}):
        return None
    return cleaned


def _sorted_out(codes: Sequence[str], kinds: Mapping[str, str]) -> dict[str, list[str]]:
    """By what they are codes of; what is none is taken for a kind of incident and checked so."""
    found: dict[str, list[str]] = {}
    for code in codes:
        found.setdefault(kinds.get(code, "hazards"), []).append(code)
    return found


class StartForm(forms.Form):
    title = forms.CharField(max_length=80)


class UploadForm(forms.Form):
    """A section (or the whole book) as a file."""

    revision = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    file = forms.FileField()
