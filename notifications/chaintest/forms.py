"""Strings of the two forms: a test now, and a test every month."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.chaintest.access import testable_units
from notifications.chaintest.actions import Monthly
from notifications.chaintest.models import NOTE_MAX, TestSchedule
from notifications.chaintest.rules import TestRules
from notifications.chaintest.targets import invitable
from notifications.words import capacity_words
from safety.errors import Problem
from safety.people.models import User
from safety.rules.selectors import content_of, current_rules
from safety.units.models import Unit

UNITS_SHOWN = 60  # a list to choose from; schools are reached through the bureau's box


class _TestForm(forms.Form):
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none())
    below = forms.BooleanField(label=_("and every unit below it"), required=False)
    capacities = forms.MultipleChoiceField(
        label=_("Posts to test"), required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=NOTE_MAX)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = TestRules.of(content_of(current_rules()))
        words = capacity_words()
        units = testable_units(user)
        bureaus = units.exclude(kind__in=Unit.SCHOOL_KINDS)
        shown = bureaus if bureaus.exists() else units
        known = list(shown.values_list("pk", flat=True)[:UNITS_SHOWN])
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=known)  # type: ignore[attr-defined]  # a model choice
        self.fields["unit"].initial = shown.first()
        self.fields["capacities"].choices = [  # type: ignore[attr-defined]  # a choice field
            (code, words.get(code, code)) for code in self.rules.capacities
        ]
        self.fields["capacities"].initial = [
            code for code in self.rules.capacities if not code.startswith("SCH_")
        ]

    def add_problems(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            field = problem.field if problem.field in self.fields else None
            said = " ".join(part for part in (problem.message, problem.remedy) if part)
            self.add_error(field, said)


class TestNowForm(_TestForm):
    """``invited``: leaders of the unit itself, one by one; nobody is chosen before."""

    __test__ = False  # not a test of pytest

    invited = forms.MultipleChoiceField(
        label=_("Invite leaders (nobody chases them, no figure counts them)"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        home = self.fields["unit"].initial
        entries = invitable(home, self.rules) if home else []
        self.fields["invited"].choices = list(  # type: ignore[attr-defined]  # a choice field
            {str(e.post_id): (str(e.post_id), e.post.name) for e in entries}.values()
        )
        self.order_fields(["unit", "below", "capacities", "invited", "note"])

    @property
    def invited_posts(self) -> frozenset[int]:
        return frozenset(int(pk) for pk in self.cleaned_data["invited"])


class ScheduleForm(_TestForm):
    day = forms.TypedChoiceField(
        label=_("Day of the month (moved on to a working day)"),
        coerce=int,
        choices=[(n, str(n)) for n in range(1, 29)],
        initial=10,
    )
    at = forms.TimeField(
        label=_("At"),
        initial="10:00",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    active = forms.BooleanField(label=_("In use"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(
        self, *args: Any, user: User, schedule: TestSchedule | None = None, **kwargs: Any
    ) -> None:
        if schedule is not None:
            names = ("below", "capacities", "note", "day", "at", "active", "version")
            kwargs["initial"] = {name: getattr(schedule, name) for name in names}
            kwargs["initial"]["unit"] = schedule.unit_id
        super().__init__(*args, user=user, **kwargs)
        if schedule is not None:
            field = self.fields["unit"]
            field.queryset |= Unit.objects.filter(pk=schedule.unit_id)  # type: ignore[attr-defined]  # a model choice
        self.order_fields(["unit", "below", "capacities", "day", "at", "note", "active"])

    def monthly(self) -> Monthly:
        said = self.cleaned_data
        return Monthly(
            unit=said["unit"],
            below=said["below"],
            capacities=said["capacities"],
            day=said["day"],
            at=said["at"],
            note=said["note"],
            active=said["active"],
        )
