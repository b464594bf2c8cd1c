"""What went up (上报), as strings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.cases.forms.first_report import MomentField
from incidents.cases.models import UpwardReport
from incidents.cases.recording import Upward


class UpwardForm(forms.Form):
    """``receivers`` are those that the unit still owes a report; another one may be typed."""

    receiver = forms.ChoiceField(
        label=_("To whom"), required=False, widget=forms.RadioSelect, choices=()
    )
    other_receiver = forms.CharField(label=_("Another receiver"), required=False)
    how = forms.ChoiceField(
        label=_("How"), choices=UpwardReport.How, widget=forms.RadioSelect, initial="phone"
    )
    sent_at = MomentField(label=_("When"))
    received_by = forms.CharField(label=_("Who received it"), required=False)

    def __init__(self, *arguments: Any, receivers: Sequence[str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["receiver"]
        field.choices = [(name, name) for name in receivers]  # type: ignore[attr-defined]
        field.initial = receivers[0] if len(receivers) == 1 else ""
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
