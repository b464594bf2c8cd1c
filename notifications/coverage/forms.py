"""Strings of the acceptance forms → what the actions take."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.coverage.words import Words
from notifications.responsibility.checks.reading import is_school_capacity
from safety.units.models import Unit

USUAL = timedelta(days=90)


class AcceptForm(forms.Form):
    """Why, and until when."""

    reason = forms.CharField(
        label=_("Why it is acceptable, and who covers it meanwhile"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    ends_on = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].initial = timezone.localdate() + USUAL


class RuleForm(AcceptForm):
    """For every unit of a kind and size below one unit: once, not one by one."""

    capacity = forms.ChoiceField(label=_("Capacity"))
    post_type = forms.ChoiceField(label=_("Post"), required=False)
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of unit"),
        choices=[(kind.value, kind.label) for kind in Unit.SCHOOL_KINDS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    staff_max = forms.IntegerField(
        label=_("Only with at most this many staff"),
        help_text=_("Empty: of any size. A school whose staff is unknown does not count as small."),
        min_value=0,
        max_value=100_000,
        required=False,
    )

    field_order = ("capacity", "post_type", "kinds", "staff_max", "reason", "ends_on")

    def __init__(self, *args: Any, words: Words, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        capacities = [(c, w) for c, w in words.capacities.items() if is_school_capacity(c)]
        self.fields["capacity"].choices = capacities  # type: ignore[attr-defined]  # a ChoiceField
        types = [(t, w) for t, w in words.post_types.items() if is_school_capacity(t)]
        self.fields["post_type"].choices = [("", _("any")), *types]  # type: ignore[attr-defined]  # a ChoiceField
