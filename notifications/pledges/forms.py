"""A signature on a page: the own name typed, and the text confirmed."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from safety.errors import Problem

NAME_MAX = 80


class SignForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"),
        max_length=NAME_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Type it in full: this is your signature."),
    )
    confirmed = forms.BooleanField(
        label=_("I have read the text and sign it."),
        error_messages={"required": _("Read it and tick the box.")},
    )

    def add_problems(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            field = problem.field if problem.field in self.fields else None
            said = " ".join(part for part in (problem.message, problem.remedy) if part)
            self.add_error(field, said)
