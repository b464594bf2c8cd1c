"""Moments and spans as the roster writes them, in local time."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _


def weekday_word(day: date) -> str:
    """周三, Wed."""
    return (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))[day.weekday()]


def moment_words(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def span_words(starts_at: datetime, ends_at: datetime) -> str:
    """2026-10-01 08:30–20:30; the day of the end only where it is another one."""
    return f"{moment_words(starts_at)}–{end_words(starts_at, ends_at)}"


def end_words(starts_at: datetime, ends_at: datetime) -> str:
    start, end = timezone.localtime(starts_at), timezone.localtime(ends_at)
    days = (end.date() - start.date()).days
    if days == 0:
        return f"{end:%H:%M}"
    if days == 1:
        return _("next day %(time)s") % {"time": f"{end:%H:%M}"}
    return f"{end:%m-%d %H:%M}"


def several_words(name: str) -> str:
    return _("%(name)s: several people have this name; write the user name.") % {"name": name}


def unknown_words(name: str) -> str:
    return _("%(name)s: nobody of this bureau.") % {"name": name}


def nobody_words() -> str:
    return _("Nobody is named.")
