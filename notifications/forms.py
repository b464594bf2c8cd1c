"""Strings of a form → values of the domain. What is wrong with them, the actions say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.obligations.verbs import needs_note, verbs_for
from notifications.words import verb_word

NOTE_MAX = 500
PHONE_MAX = 30


class ActForm(forms.Form):
    """A first action: which verb, and one line about it."""

    note = forms.CharField(
        label=_("In one line"),
        required=False,
        max_length=NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who did what. No pupil's name."),
    )

    def __init__(self, *args: Any, capacities: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        verbs = _common_verbs(capacities)
        self.fields["verb"] = forms.ChoiceField(
            label=_("Kind"),
            widget=forms.RadioSelect,
            choices=[(verb, verb_word(verb)) for verb in verbs],
            initial=verbs[0] if verbs else None,
        )
        self.fields["note"].required = bool(verbs) and all(needs_note(verb) for verb in verbs)
        self.order_fields(["verb", "note"])


class CallForm(forms.Form):
    """An answer given by telephone: when, on which number, for which capacities."""

    phone = forms.CharField(
        label=_("Number called"),
        required=False,
        max_length=PHONE_MAX,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    at = forms.DateTimeField(
        label=_("Answered at"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        help_text=_("Empty: now."),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=NOTE_MAX)

    def __init__(self, *args: Any, capacities: list[str], action_only: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        verbs = [(verb, verb_word(verb)) for verb in _common_verbs(capacities)]
        self.fields["verb"] = forms.ChoiceField(
            label=_("Instruction received"),
            required=action_only,
            choices=verbs if action_only else [("", _("No, only told")), *verbs],
        )
        self.order_fields(["phone", "at", "verb", "note"])

    def clean_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["at"]
        # "Now" chosen in a field of whole minutes is the present minute, not its beginning.
        if at is not None and at == timezone.now().replace(second=0, microsecond=0):
            return None
        return at


def _common_verbs(capacities: list[str]) -> tuple[str, ...]:
    """Verbs that belong to every one of ``capacities``, in the order of the first."""
    if not capacities:
        return ()
    shared = set.intersection(*(set(verbs_for(capacity)) for capacity in capacities))
    return tuple(verb for verb in verbs_for(capacities[0]) if verb in shared)
