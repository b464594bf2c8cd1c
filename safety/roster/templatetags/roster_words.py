"""Spans of shifts in words; nothing here asks the database."""

from __future__ import annotations

from django import template
from django.utils import timezone

from safety.posts.models import Shift
from safety.roster.words import end_words, span_words, weekday_word

register = template.Library()


@register.filter
def span(shift: Shift) -> str:
    """2026-10-01 周四 08:30–20:30."""
    start = timezone.localtime(shift.starts_at)
    return f"{start:%Y-%m-%d} {weekday_word(start.date())} {times(shift)}"


@register.filter
def times(shift: Shift) -> str:
    """08:30–20:30, 20:30–next day 08:30."""
    start = timezone.localtime(shift.starts_at)
    return f"{start:%H:%M}–{end_words(shift.starts_at, shift.ends_at)}"


@register.filter
def whole_span(shift: Shift) -> str:
    return span_words(shift.starts_at, shift.ends_at)
