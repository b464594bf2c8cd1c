"""Strings of the duty room's forms → values."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from notifications.duty.handing_over import NOTE_MAX
from notifications.duty.log import TEXT_MAX
from safety.people.models import User
from safety.roster.choices import choose, person_words

LOCAL = "%Y-%m-%dT%H:%M"


def _moment(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=False,
        input_formats=[LOCAL],
        widget=forms.DateTimeInput(format=LOCAL, attrs={"type": "datetime-local"}),
        help_text=_("Empty: now."),
    )


class GiveForm(forms.Form):
    """Hand the seat over: to whom, and what the paper should say beside what is open."""

    taker = forms.ModelChoiceField(label=_("Who takes over"), queryset=User.objects.none())
    note = forms.CharField(
        label=_("To be told"),
        required=False,
        max_length=NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What is open is in the record anyway. No pupil's name."),
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "taker", people, person_words)


class LineForm(forms.Form):
    """One line of the duty log."""

    matter = forms.CharField(label=_("Matter"), max_length=TEXT_MAX)
    handling = forms.CharField(label=_("Handling"), max_length=TEXT_MAX, required=False)
    at = _moment(_("When"))
    to_hand_over = forms.BooleanField(label=_("Goes into the hand-over"), required=False)


class AskForm(forms.Form):
    """Which unit is called."""

    unit = forms.CharField(
        label=_("Unit to call"),
        max_length=80,
        help_text=_("Name or code of a district or school."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "duty-units"}),
    )


class AnsweredForm(forms.Form):
    """Who called back, from which number, when."""

    name = forms.CharField(label=_("Who called back"), max_length=60)
    phone = forms.CharField(
        label=_("From which number"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    at = _moment(_("When they called back"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
