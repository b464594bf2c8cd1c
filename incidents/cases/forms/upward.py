"""What went up (上报), as strings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.cases.forms.first_report import MomentField
from incidents.cases.models import UpwardReport
from incidents.cases.recording import Upward


class UpwardForm(forms.Form):
    """``receivers`` are those that the unit still owes a report, with the word for each.

    Another one may be typed.
    """

    receiver = forms.ChoiceField(
        label=_("To whom"), required=False, widget=forms.RadioSelect, choices=()
    )
    other_receiver = forms.CharField(label=_("Another receiver"), required=False)
    how = forms.ChoiceField(
        label=_("How"), choices=UpwardReport.How, widget=forms.RadioSelect, initial="phone"
    )
    sent_at = MomentField(label=_("When"))
    received_by = forms.CharField(label=_("Who received it"), required=False)

    def __init__(self, *arguments: Any, receivers: Mapping[str, str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["receiver"]
        field.choices = list(receivers.items())  # type: ignore[attr-defined]
        field.initial = next(iter(receivers)) if len(receivers) == 1 else ""
        if not receivers:
            del self.fields["receiver"]
            self.fields["other_receiver"].label = _("To whom")
        self.fields["sent_at"].required = True

    def upward(self) -> Upward:
        """What was told. Call it on a valid form only."""
        values = self.cleaned_data
        return Upward(
            receiver=(values["other_receiver"] or values.get("receiver", "")).strip(),
            received_by=values["received_by"].strip(),
            how=values["how"],
            sent_at=values["sent_at"],
        )
