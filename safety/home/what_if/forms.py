"""What somebody supposes, as strings of an address: nothing is ever posted here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.cases.first_report import COUNT_MAX, COUNTS
from notifications.responsibility.words import GRADES
from notifications.words import grade_word, in_language
from safety.home.what_if.foresight import is_near

LOCAL = "%Y-%m-%dT%H:%M"
COUNT_WORDS = {
    "dead": _("Dead"),
    "missing": _("Missing"),
    "injured": _("Injured, in hospital"),
    "critical": _("of these critical"),
}


class MomentField(forms.DateTimeField):
    """A local time to the minute; empty means now."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL)
        super().__init__(
            widget=widget, input_formats=[LOCAL, "%Y-%m-%d %H:%M"], required=False, **options
        )


class SupposeForm(forms.Form):
    """One supposed incident; the choices are those of the rule book of its day."""

    q = forms.CharField(
        label=_("School: name or code"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    hazard = forms.MultipleChoiceField(
        label=_("What is supposed to happen"), required=False, widget=forms.CheckboxSelectMultiple
    )
    people = forms.ChoiceField(
        label=_("People"),
        required=False,
        choices=[
            ("counted", _("Yes, numbers below")),
            ("none", _("No one hurt")),
            ("unknown", _("Number unknown, being checked")),
        ],
        widget=forms.RadioSelect,
    )
    flag = forms.MultipleChoiceField(
        label=_("Also, if it applies"), required=False, widget=forms.CheckboxSelectMultiple
    )
    grade = forms.ChoiceField(label=_("Grade"), required=False)
    at = MomentField(label=_("When"), help_text=_("Empty: now. A later day takes later holders."))

    def __init__(self, told: QueryDict, *, rules: Mapping[str, Any]) -> None:
        super().__init__(told or None)
        for name in COUNTS:
            self.fields[name] = forms.IntegerField(
                label=COUNT_WORDS[name], required=False, min_value=0, max_value=COUNT_MAX
            )
        grades = rules["grades"]
        _choose(self, "hazard", hazard_choices(rules))
        _choose(self, "flag", flag_choices(grades))
        _choose(
            self,
            "grade",
            [("", _("by the facts")), *((grade, grade_word(grade)) for grade in GRADES)],
        )

    @property
    def counts(self) -> dict[str, int | None]:
        return {name: self.cleaned_data.get(name) for name in COUNTS}

    @property
    def count_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in COUNTS]


class NightForm(forms.Form):
    """A bad night: many incidents at once in one district or in the whole city."""

    unit = forms.ChoiceField(label=_("Where"), required=False)
    each = forms.ChoiceField(
        label=_("How many incidents"),
        required=False,
        choices=[
            ("hazard", _("one for each kind, at different schools")),
            ("school", _("one at each school, of changing kinds")),
        ],
        widget=forms.RadioSelect,
    )
    schools = forms.IntegerField(
        label=_("Schools"),
        required=False,
        min_value=1,
        max_value=300,
        help_text=_("Taken evenly from the whole list."),
    )
    codes = forms.CharField(
        label=_("Or these schools"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": "3"}),
        help_text=_("Codes, separated by spaces or lines."),
    )
    hazard = forms.MultipleChoiceField(
        label=_("Kinds of incident"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of them."),
    )
    grade = forms.ChoiceField(label=_("Grade"), required=False)
    at = MomentField(label=_("When"), help_text=_("Empty: now."))

    def __init__(
        self, told: QueryDict, *, units: Sequence[tuple[str, str]], rules: Mapping[str, Any]
    ) -> None:
        super().__init__(told or None)
        _choose(self, "unit", units)
        _choose(self, "hazard", hazard_choices(rules))
        _choose(self, "grade", [(grade, grade_word(grade)) for grade in GRADES])
        self.fields["each"].initial = "hazard"
        self.fields["schools"].initial = 20
        self.fields["grade"].initial = "G3"


def hazard_choices(rules: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every kind of incident; the sealed ones last and marked."""
    rows = sorted(rules["hazards"]["hazard"], key=lambda row: row["privacy"] == "sealed")
    return [(row["code"], in_language(row)) for row in rows]


def flag_choices(grades: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Everything that may be ticked: facts, and what raises a grade; not what is counted."""
    flags = [(name, in_language(row)) for name, row in grades["flags"].items()]
    return flags + [
        (row["id"], in_language(row)) for row in grades["uplift"] if row["id"] != "several_schools"
    ]


def moment_of(told: QueryDict) -> datetime:
    """The moment that an address asks for, as far as it can be read and is near; else now."""
    for form in (LOCAL, "%Y-%m-%d %H:%M"):
        try:
            found = timezone.make_aware(datetime.strptime(told.get("at", ""), form))  # noqa: DTZ007 - made aware here
        except (ValueError, OverflowError):
            continue
        if is_near(found):
            return found
    return timezone.now()


def _choose(form: forms.Form, name: str, choices: Sequence[tuple[str, Any]]) -> None:
    form.fields[name].choices = choices  # type: ignore[attr-defined]
