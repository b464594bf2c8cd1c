"""Strings of a form → a piece of work. What is wrong with it, the actions say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.records.access import posts_on
from notifications.records.actions import Work
from notifications.records.models import ABOUT_MAX, TEXT_MAX, WorkRecord
from notifications.records.words import kinds_by_hand
from safety.errors import Problem
from safety.people.models import User
from safety.posts.access import posts_held
from safety.posts.models import Post


class NoteForm(forms.Form):
    """记一笔. Everything but the one line has a default: the day, the post, both sides."""

    kind = forms.ChoiceField(label=_("What was it"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("In one line"),
        max_length=TEXT_MAX,
        error_messages={"required": _("Write one line: what was done.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "enterkeyhint": "done"}),
    )
    about = forms.CharField(
        label=_("School or theme"),
        max_length=ABOUT_MAX,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    on = forms.DateField(
        label=_("Day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    post = forms.ModelChoiceField(label=_("In which post"), queryset=Post.objects.none())
    business = forms.BooleanField(label=_("Business"), required=False)
    safety = forms.BooleanField(label=_("Safety"), required=False)
    ref = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds_by_hand()  # type: ignore[attr-defined]  # a choice field
        today = timezone.localdate()
        self.fields["on"].widget.attrs["max"] = today.isoformat()
        posts = list(posts_held(user).select_related("unit").order_by("unit__path", "code"))
        field = self.fields["post"]
        field.queryset = Post.objects.filter(  # type: ignore[attr-defined]  # a model choice
            pk__in=[post.pk for post in posts]
        ).select_related("unit")
        if len(posts) == 1:
            field.widget = forms.HiddenInput()
        for name, value in {
            "kind": WorkRecord.Kind.MEETING.value,
            "on": today,
            "post": posts[0].pk if posts else None,
            "business": True,
            "safety": True,
            "ref": uuid4(),
        }.items():
            self.fields[name].initial = value

    @property
    def ref_value(self) -> UUID:
        found: UUID = self.cleaned_data["ref"]
        return found

    def work(self) -> Work:
        said = self.cleaned_data
        return Work(
            kind=said["kind"],
            on=said["on"],
            text=said["text"],
            about=said["about"],
            business=said["business"],
            safety=said["safety"],
        )

    def add_problems(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            field = problem.field if problem.field in self.fields else None
            if problem.field == "ref":
                field = None
            self.add_error(
                field, " ".join(part for part in (problem.message, problem.remedy) if part)
            )

    def renew_ref(self) -> None:
        """A new reference: what is sent next is a record of its own."""
        self.data = {**self.data.dict(), "ref": str(uuid4())}  # type: ignore[attr-defined]  # a QueryDict


class ChangeForm(NoteForm):
    """A correction: ``version`` is what was on the screen."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, record: WorkRecord, **kwargs: Any) -> None:
        first = {name: getattr(record, name) for name in _KEPT}
        first["post"] = record.post_id
        kwargs["initial"] = {**first, **kwargs.get("initial", {})}
        super().__init__(*args, user=user, **kwargs)
        posts = (
            posts_on(user, record.on) | posts_held(user) | Post.objects.filter(pk=record.post_id)
        )
        self.fields["post"].queryset = (  # type: ignore[attr-defined]  # a model choice
            Post.objects.filter(pk__in=posts.values("pk")).select_related("unit")
        )


_KEPT = ("kind", "text", "about", "on", "business", "safety", "ref", "version")
