"""Strings of the roster's forms → values. What the house says against them, the actions say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from safety.people.models import User
from safety.posts.models import Post, Shift
from safety.roster.calendar import Calendar, Holiday
from safety.roster.choices import choose, person_words, seat_words, shift_words
from safety.roster.planning import FIRST_DAY, FIRST_MOMENT, LAST_DAY, LAST_MOMENT
from safety.roster.sheets.names import Known, written_in
from safety.roster.words import nobody_words, several_words, unknown_words

LOCAL = "%Y-%m-%dT%H:%M"


def _moment(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        input_formats=[LOCAL],
        widget=forms.DateTimeInput(format=LOCAL, attrs={"type": "datetime-local"}),
        validators=[MinValueValidator(FIRST_MOMENT), MaxValueValidator(LAST_MOMENT)],
    )


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
        **more,
    )


class ShiftForm(forms.Form):
    """One shift: seat, person, begin and end."""

    seat = forms.ModelChoiceField(label=_("Seat"), queryset=Post.objects.none(), empty_label=None)
    person = forms.ModelChoiceField(
        label=_("Person"), queryset=User.objects.none(), empty_label=None
    )
    starts_at = _moment(_("Begins"))
    ends_at = _moment(_("Ends"))

    def __init__(
        self, *args: Any, seats: QuerySet[Post], people: QuerySet[User], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "seat", seats, seat_words)
        choose(self, "person", people, person_words)


class RotationForm(forms.Form):
    """Several people in turn over days."""

    seat = forms.ModelChoiceField(label=_("Seat"), queryset=Post.objects.none(), empty_label=None)
    people = forms.CharField(
        label=_("People in turn"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Names in the order of their turns, with 、 or a blank between."),
    )
    pattern = forms.ChoiceField(label=_("Shifts of a day"))
    first = _day(_("First day"))
    last = _day(_("Last day"))

    def __init__(
        self,
        *args: Any,
        seats: QuerySet[Post],
        people: Iterable[User],
        calendar: Calendar,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._known = Known.of(people)
        choose(self, "seat", seats, seat_words)
        self.fields["pattern"] = _pattern_field(calendar)
        self.order_fields(["seat", "people", "pattern", "first", "last"])

    def clean_people(self) -> list[User]:
        found, wrong = [], []
        for written in written_in(self.cleaned_data["people"]):
            people = self._known.find(written)
            if len(people) == 1:
                found.append(people[0])
            elif people:
                wrong.append(several_words(written.name))
            else:
                wrong.append(unknown_words(written.name))
        if wrong or not found:
            raise ValidationError(wrong or [nobody_words()])
        return found


class CopyForm(forms.Form):
    """A week or month onto a later one."""

    span = forms.ChoiceField(
        label=_("Copy"), choices=[("week", _("a week")), ("month", _("a month"))]
    )
    day = _day(_("A day of it"))
    to = _day(_("A day of the week or month to fill"))


class ReplaceForm(forms.Form):
    person = forms.ModelChoiceField(label=_("Who sits instead"), queryset=User.objects.none())

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "person", people, person_words)


class SwapForm(forms.Form):
    """Whom one asks, and for which of his shifts."""

    other = forms.ModelChoiceField(label=_("Whom you ask"), queryset=User.objects.none())
    for_shift = forms.ModelChoiceField(
        label=_("In return you take"),
        queryset=Shift.objects.none(),
        required=False,
        empty_label=_("nothing: the other takes it over"),
        help_text=_("Only shifts of the person above."),
    )
    note = forms.CharField(label=_("Why"), max_length=200, required=False)

    def __init__(
        self, *args: Any, people: QuerySet[User], shifts: QuerySet[Shift], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "other", people, person_words)
        choose(self, "for_shift", shifts, shift_words)


class ImportForm(forms.Form):
    file = forms.FileField(label=_("File (.xlsx, .xls, .ods, .csv)"))
    pattern = forms.ChoiceField(label=_("Where no time is written, a day is cut into"))

    def __init__(self, *args: Any, calendar: Calendar, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label = self.fields["pattern"].label
        self.fields["pattern"] = _pattern_field(calendar, label=label)


class KeepForm(forms.Form):
    starts_at = _moment(_("From when on"))


def _pattern_field(calendar: Calendar, label: Any = None) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label or _("Shifts of a day"),
        choices=[(pattern.code, pattern.name) for pattern in calendar.patterns.values()],
    )


def rotation_initial(holiday: Holiday | None, first: Any, last: Any) -> dict[str, Any]:
    """What the form of a rotation begins with: a holiday, or the days on the page."""
    return {
        "first": holiday.first if holiday else first,
        "last": holiday.last if holiday else last,
    }


def next_hour(at: datetime | None = None) -> datetime:
    """The full hour that comes next: where a roster may begin."""
    now = timezone.localtime(at or timezone.now())
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
