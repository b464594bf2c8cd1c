"""Strings of the table's forms → rows and filters. What is wrong with a row, the check says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.models import Entry
from notifications.responsibility.checks.reading import is_school_capacity
from notifications.table.rows import Row
from notifications.table.selectors import RowFilter
from notifications.table.words import Words
from safety.posts.models import Post
from safety.units.models import Unit

DUTY_MAX = 4000
CODES_MAX = 100_000
SCOPE_LISTS = ("stages", "hazards", "ownership", "sections")
SCOPE_CODES = ("schools", "areas")


def filter_of(asked: Mapping[str, Any]) -> RowFilter:
    """The filter that the address of the page asks for."""
    said = {name: str(asked.get(name, ""))[:80].strip() for name in ("q", "unit", "capacity")}
    return RowFilter(
        **said, hazard=str(asked.get("hazard", ""))[:30], incomplete=bool(asked.get("incomplete"))
    )


class RowForm(forms.Form):
    """One row: its capacity, its scope, and both duties side by side. All may stay empty."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    capacity = forms.ChoiceField(label=_("Capacity"), required=False)
    line = forms.ChoiceField(
        label=_("Party or administration"), choices=Entry.Line.choices, widget=forms.RadioSelect
    )
    business_duty = forms.CharField(
        label=_("Business duty"),
        required=False,
        max_length=DUTY_MAX,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    safety_duty = forms.CharField(
        label=_("Safety duty"),
        required=False,
        max_length=DUTY_MAX,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    assessment = forms.CharField(
        label=_("Assessment"),
        required=False,
        max_length=DUTY_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    stages = forms.MultipleChoiceField(
        label=_("Stages"), required=False, widget=forms.CheckboxSelectMultiple
    )
    hazards = forms.MultipleChoiceField(
        label=_("Hazards"), required=False, widget=forms.CheckboxSelectMultiple
    )
    ownership = forms.MultipleChoiceField(
        label=_("Ownership"), required=False, widget=forms.CheckboxSelectMultiple
    )
    sections = forms.MultipleChoiceField(
        label=_("Sections"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For a deputy: the sections that he is in charge of."),
    )
    schools = forms.CharField(
        label=_("Schools"),
        required=False,
        max_length=CODES_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only for these schools: their codes, separated by blanks or lines."),
    )
    areas = forms.CharField(
        label=_("Areas"),
        required=False,
        max_length=CODES_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only for the schools below these units: their codes."),
    )

    def __init__(
        self, *args: Any, unit: Unit, words: Words, kept: Mapping[str, Any], **kwargs: Any
    ) -> None:
        """``kept`` is the scope as it is: a value that the rule book lost stays choosable."""
        super().__init__(*args, **kwargs)
        self._choices("capacity", [("", _("(not chosen yet)")), *_capacities(unit, words)])
        self._choices("stages", words.stages.items(), kept)
        self._choices("hazards", _hazards(words, kept), kept)
        self._choices("ownership", words.ownership.items(), kept)
        self._choices("sections", _sections(words), kept)

    def _choices(self, name: str, choices: Any, kept: Mapping[str, Any] | None = None) -> None:
        """Choices of a field, and whatever it holds already though the rule book lost it."""
        found = list(choices)
        held = (kept or {}).get(name) or [self.initial.get(name)]
        known = {code for code, _word in found}
        found += [(code, code) for code in held if isinstance(code, str) and code not in known]
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = found

    def row(self, unit: Unit, post: Post) -> Row:
        """The row that the form says."""
        said = self.cleaned_data
        scope: dict[str, Any] = {name: said[name] for name in SCOPE_LISTS}
        scope |= {name: codes_of(said[name]) for name in SCOPE_CODES}
        return Row(
            unit=unit.code,
            post=post.code,
            capacity=said["capacity"],
            line=said["line"],
            scope=scope,
            business_duty=said["business_duty"],
            safety_duty=said["safety_duty"],
            assessment=said["assessment"],
        )


def initial_of(entry: Entry, seen: int) -> dict[str, Any]:
    """What the form shows of a row that is there."""
    scope = entry.scope if isinstance(entry.scope, dict) else {}
    return {
        "seen": seen,
        "capacity": entry.capacity,
        "line": entry.line,
        "business_duty": entry.business_duty,
        "safety_duty": entry.safety_duty,
        "assessment": entry.assessment,
        **{name: scope.get(name, []) for name in SCOPE_LISTS},
        **{name: "\n".join(scope.get(name, [])) for name in SCOPE_CODES},
    }


def initial_for(post: Post, words: Words, seen: int) -> dict[str, Any]:
    """What the form shows of a new row: the standard texts of the rule book's post type."""
    known = standard_of(post, words)
    scope = known.get("scope", {})
    capacity = str(known.get("capacity", ""))
    said = words.book["responsibility"]["capacity"].get(capacity, {})
    return {
        "seen": seen,
        "capacity": capacity,
        "line": Entry.Line.PARTY if said.get("line") == "party" else Entry.Line.ADMINISTRATION,
        "business_duty": known.get("business_duty", ""),
        "safety_duty": known.get("safety_duty", ""),
        **{name: scope.get(name, []) for name in SCOPE_LISTS},
    }


def standard_of(post: Post, words: Words) -> Mapping[str, Any]:
    """The post type of ``post`` in the rule book; empty for one of the bureau's own."""
    types: Sequence[Mapping[str, Any]] = words.book["posts"]["post"]
    return next((row for row in types if row["code"] == post.kind), {})


def codes_of(text: str) -> list[str]:
    return [code for code in re.split(r"[\s,,、;;]+", text) if code]


def _capacities(unit: Unit, words: Words) -> list[tuple[str, str]]:
    return [
        (code, word)
        for code, word in words.capacities.items()
        if is_school_capacity(code) == unit.is_school
    ]


def _hazards(words: Words, kept: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every hazard, and those with a condition that the rule book or the row uses."""
    keys = {
        key
        for row in words.book["posts"]["post"]
        for key in row.get("scope", {}).get("hazards", ())
    }
    for row in words.book["hazards"]["hazard"]:
        keys |= {f"{row['code']}+{owner['flag']}" for owner in row.get("owners_if", ())}
    held = kept.get("hazards")
    keys |= set(held) if isinstance(held, list) else set()
    return [
        (key, words.hazard(key))
        for code in words.hazards
        for key in (code, *sorted(k for k in keys if k.startswith(f"{code}+")))
    ]


def _sections(words: Words) -> list[tuple[str, str]]:
    types: Sequence[Mapping[str, Any]] = words.book["posts"]["post"]
    return [
        (row["code"], words.post_types[row["code"]])
        for row in types
        if row["capacity"] in ("LINE_SECTION", "SAFETY_OFFICE")
    ]


class PublishForm(forms.Form):
    """The one line that tells later readers what is new in a version."""

    note = forms.CharField(
        label=_("What is new in this version"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
