"""Choices of seats, people and shifts in the forms of the roster, and how each one is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from safety.people.models import User
from safety.posts.models import Post, Shift
from safety.roster.words import span_words


def choose(
    form: forms.BaseForm, name: str, rows: QuerySet[Any], label: Callable[[Any], str]
) -> None:
    """Let the field ``name`` offer ``rows``, each called as ``label`` says."""
    field = cast(Any, form.fields[name])  # a ModelChoiceField; its label is a method to mypy
    field.queryset = rows
    field.label_from_instance = label


def seat_words(seat: Post) -> str:
    return seat.name


def person_words(person: User) -> str:
    return f"{person.name} {person.phone}".strip()


def shift_words(shift: Shift) -> str:
    span = span_words(shift.starts_at, shift.ends_at)
    return f"{shift.person.name} · {shift.post.name} {span}"
