"""A report taken by telephone (电话接报): the same inputs, and who was on the line."""

from __future__ import annotations

from dataclasses import replace

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.cases.first_report import TEXT_MAX, FirstReport
from incidents.cases.forms.first_report import FirstReportForm
from safety.units.models import Unit


class CallForm(FirstReportForm):
    """``school`` is what the officer typed: a code, a name, or part of one."""

    school = forms.CharField(
        label=_("School"),
        max_length=120,
        error_messages={"required": _("Say which school calls.")},
        widget=forms.TextInput(
            attrs={"list": "schools-found", "autocomplete": "off", "autofocus": True}
        ),
    )
    caller = forms.CharField(label=_("Who calls"), required=False)
    caller_post = forms.CharField(label=_("Post of the caller"), required=False)
    caller_told = forms.CharField(
        label=_("Whom the caller has already told"),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": TEXT_MAX["caller_told"]}),
    )

    def first_report(self, *, schools: tuple[Unit, ...], own_phone: str = "") -> FirstReport:
        values = self.cleaned_data
        return replace(
            super().first_report(schools=schools, own_phone=own_phone),
            caller=values["caller"],
            caller_post=values["caller_post"],
            caller_told=values["caller_told"],
        )
