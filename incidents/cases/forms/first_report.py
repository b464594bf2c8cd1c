"""The first report as strings: parsed here, judged by ``first_report.problems``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.cases.first_report import COUNTS, KEY, TEXT_MAX, FirstReport
from incidents.cases.models import Incident
from safety.errors import Problem
from safety.units.models import Unit

MINUTES_AGO = {"now": 0, "15": 15, "60": 60}
AWARE = (
    ("now", _("just now")),
    ("15", _("15 minutes ago")),
    ("60", _("1 hour ago")),
    ("at", _("choose the time")),
)


class CountField(forms.CharField):
    """A whole number of people, or nothing: an empty field is unknown, never 0."""

    default_error_messages = {"whole": _("Write a whole number, like 3.")}

    def __init__(self, **options: Any) -> None:
        numbers = {"inputmode": "numeric", "autocomplete": "off", "maxlength": 6}
        super().__init__(required=False, widget=forms.TextInput(attrs=numbers), **options)

    def clean(self, value: Any) -> int | None:
        text = str(value or "").strip()
        if not text:
            return None
        # -3 goes on to the rule that names the limits; "1.5" and "three" stop here.
        if not re.fullmatch(r"-?\d{1,6}", text):
            raise ValidationError(self.error_messages["whole"], code="whole")
        return int(text)


class MomentField(forms.DateTimeField):
    default_error_messages = {"invalid": _("Write date and time, like 2026-06-14 20:14.")}

    def __init__(self, **options: Any) -> None:
        clock = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(required=False, widget=options.pop("widget", clock), **options)


class FirstReportForm(forms.Form):
    """The five inputs and what is carried along unseen: the key and when the page was opened."""

    key = forms.RegexField(
        KEY,
        widget=forms.HiddenInput,
        error_messages={
            "required": _("This form has no key. Your words are kept: send it once more."),
            "invalid": _("The key of this form is damaged. Your words are kept: send it again."),
        },
    )
    opened_at = MomentField(widget=forms.HiddenInput)
    school = forms.CharField(required=False, max_length=40, label=_("School"))
    hazard = forms.CharField(
        label=_("What happened?"),
        max_length=10,
        error_messages={"required": _("Choose what happened.")},
    )
    people = forms.CharField(required=False, label=_("Is anybody hurt or missing?"), max_length=10)
    dead = CountField(label=_("dead"))
    missing = CountField(label=_("missing"))
    injured = CountField(label=_("injured"))
    critical = CountField(label=_("of these in danger of life"))
    flags = forms.MultipleChoiceField(required=False, label=_("Also, if it applies"))
    place_kind = forms.ChoiceField(
        required=False, choices=Incident.Place, label=_("Where?"), widget=forms.RadioSelect
    )
    place = forms.CharField(required=False, label=_("Place in a few words"), strip=True)
    aware = forms.ChoiceField(
        required=False,
        choices=AWARE,
        label=_("When did the school know of it?"),
        widget=forms.RadioSelect,
    )
    aware_at = MomentField(label=_("Known to the school at"))
    occurred_at = MomentField(label=_("Happened at, if known"))
    summary = forms.CharField(
        required=False,
        label=_("One line (may stay empty)"),
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": TEXT_MAX["summary"]}),
    )
    caller_phone = forms.CharField(
        required=False,
        label=_("Where to call back"),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, flags: Iterable[str], **options: Any
    ) -> None:
        super().__init__(data, **options)
        field = self.fields["flags"]
        field.choices = [(flag, flag) for flag in flags]  # type: ignore[attr-defined]
        # Only a NUL stops here; every other limit is named by the rules, with a remedy.
        for name in ("summary", "place", "caller_phone"):
            self.fields[name].max_length = None  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "hazard" in self.errors and not values.get("people") and not self._counts(values):
            # What else the rules would refuse next is named in the same breath.
            self.add_error("people", _("Say whether anybody was hurt."))
        if values.get("aware") == "at" and not values.get("aware_at"):
            self.add_error("aware_at", _("Enter when the school knew of it."))
        return values

    def _counts(self, values: Mapping[str, Any]) -> bool:
        return any(values.get(name) or name in self.errors for name in COUNTS)

    def first_report(self, *, schools: tuple[Unit, ...], own_phone: str = "") -> FirstReport:
        """What was told. Call it on a valid form only."""
        values = self.cleaned_data
        counts: dict[str, int | None] = {name: values[name] for name in COUNTS}
        people = values["people"] or ("counted" if any(counts.values()) else "")
        if people in (Incident.People.NONE, Incident.People.UNKNOWN):
            # A 0 beside "no one hurt" says the same thing twice; nothing else may stand there.
            counts = {name: value or None for name, value in counts.items()}
        phone = values["caller_phone"]
        return FirstReport(
            schools=schools,
            hazards=(values["hazard"],),
            people=people,
            dead=counts["dead"],
            missing=counts["missing"],
            injured=counts["injured"],
            critical=counts["critical"],
            aware_at=self._aware_at(),
            occurred_at=values["occurred_at"],
            place_kind=values["place_kind"],
            place=values["place"],
            summary=" ".join(values["summary"].split()),
            flags=dict.fromkeys(values["flags"], True),
            caller_phone="" if phone == own_phone else phone,
        )

    def renew_key(self) -> None:
        """Let the next sending be a new report: the key of this one is spent or damaged."""
        data = cast("QueryDict", self.data).copy()
        data["key"] = str(uuid4())
        self.data = data

    def _aware_at(self) -> datetime:
        """The chosen time, counted from the moment the page was opened, not of sending."""
        values = self.cleaned_data
        if values["aware_at"]:
            chosen: datetime = values["aware_at"]
            return chosen
        opened: datetime = values["opened_at"] or timezone.now()
        return opened - timedelta(minutes=MINUTES_AGO.get(values["aware"], 0))

    def add_problems(self, problems: Iterable[Problem]) -> None:
        """Show what the rules refused, each at its field."""
        for problem in problems:
            field = problem.field if problem.field in self.fields else None
            self.add_error(field, f"{problem.message} {problem.remedy}".strip())
