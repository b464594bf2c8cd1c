"""Strings of the pages of posts and holders → domain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from safety.home.offices.matching import Choice
from safety.home.offices.sheets.cells import phone_of
from safety.posts.models import Holding


def moment_field(**over: Any) -> forms.DateTimeField:
    """A day and a minute, as phones and desks let one choose them."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"]
    return forms.DateTimeField(widget=widget, input_formats=formats, **over)


class OfficeForm(forms.Form):
    """Somebody takes a post."""

    name = forms.CharField(label=_("Name"), max_length=80)
    phone = forms.CharField(
        label=_("Mobile number"),
        max_length=30,
        required=False,
        help_text=_("It finds the person; for a new one it becomes the user name."),
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    who = forms.ChoiceField(label=_("Who is it?"), required=False, widget=forms.RadioSelect)
    kind = forms.ChoiceField(
        label=_("As"), choices=Holding.Kind.choices, initial=Holding.Kind.PRINCIPAL
    )
    starts_at = moment_field(label=_("From"))
    ends_at = moment_field(label=_("Held until"), required=False)
    leaving = forms.MultipleChoiceField(
        label=_("Who leaves then"), required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, help_text=_("Document number or reason.")
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, holdings: Sequence[Holding], choices: Sequence[Choice] = (), **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        leaving, who = self.fields["leaving"], self.fields["who"]
        leaving.choices = [(str(h.pk), str(h.person)) for h in holdings]  # type: ignore[attr-defined]  # a choice field
        who.choices = [(c.value, c.label) for c in choices]  # type: ignore[attr-defined]  # a choice field
        if not holdings:
            del self.fields["leaving"]
        if not choices:
            del self.fields["who"]

    def clean_phone(self) -> str:
        phone = phone_of(self.cleaned_data["phone"])
        if phone is None:
            raise forms.ValidationError(_("Write the eleven digits of one number."))
        return phone


class EndForm(forms.Form):
    """When a holding ends; empty: it stays open."""

    ends_at = moment_field(label=_("Held until"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    @classmethod
    def of(cls, holding: Holding) -> EndForm:
        seen = holding.ends_at.isoformat() if holding.ends_at else ""
        return cls(initial={"ends_at": holding.ends_at or timezone.now(), "seen": seen})


class WhyForm(forms.Form):
    why = forms.CharField(label=_("Why it is taken back"), max_length=200)


class MomentForm(forms.Form):
    """A minute of the past, and what was known when."""

    at = moment_field(label=_("Held at"))
    known = moment_field(
        label=_("As known at"),
        required=False,
        help_text=_("Empty: with everything that was corrected since."),
    )


class AwayForm(forms.Form):
    """From when to when somebody is away, and who stands in."""

    starts_at = moment_field(label=_("From"), required=False)
    ends_at = moment_field(label=_("Back at"))
    delegate = forms.ChoiceField(label=_("Who stands in"), required=False)

    def __init__(self, *args: Any, colleagues: Sequence[Choice], **kw: Any) -> None:
        super().__init__(*args, **kw)
        field = self.fields["delegate"]
        field.choices = [("", _("nobody"))] + [(c.value, c.label) for c in colleagues]  # type: ignore[attr-defined]  # a choice field


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("Remark"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class SheetForm(forms.Form):
    """A paste or a file; one date for rows without one."""

    title = forms.CharField(label=_("Title"), max_length=100)
    rows = forms.CharField(
        label=_("Paste from Excel or WPS"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "wrap": "off"}),
        help_text=_("Headings: 单位, 岗位, 新任职人, 手机, 起始日期, 备注."),
    )
    file = forms.FileField(label=_("Or a file"), required=False, help_text=_("xlsx, xls, csv"))
    starts_on = forms.DateField(
        label=_("Date for rows without one"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if bool(found.get("rows", "").strip()) == bool(found.get("file")):
            raise forms.ValidationError(_("Paste the rows or choose a file, one of both."))
        return found
