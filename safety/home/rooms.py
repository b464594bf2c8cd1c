"""The rooms of whoever keeps the system, or looks ahead: one tile each, by right."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from safety.errors import Hidden
from safety.home.what_if import access as what_if
from safety.posts.access import rights_of


@dataclass(frozen=True, kw_only=True)
class Room:
    """A page that opens to whoever has one of ``rights``."""

    rights: tuple[str, ...]
    url: str
    label: str
    text: str
    icon: str


def rooms_for(rights: Container[str]) -> list[Room]:
    """The rooms that open to ``rights``, in the order of their daily use."""
    known = [
        (
            ("manage_people",),
            "home:people",
            _("People and devices"),
            _("Sign-ins, and the phones that report without one."),
            "people",
        ),
        (
            ("manage_people",),
            "offices:list",
            _("Posts and holders"),
            _("Who holds which post, since when, and who stands in."),
            "user",
        ),
        (
            ("manage_roster",),
            "roster:own",
            _("Duty roster"),
            _("Who is on duty when, week by week; holidays, gaps, swaps."),
            "calendar",
        ),
        (
            ("manage_table",),
            "table:versions",
            _("Responsibility table"),
            _("Versions and drafts: who answers for what, with both duties."),
            "table",
        ),
        (
            ("manage_table",),
            "coverage:coverage",
            _("Coverage"),
            _("Is there somebody for everything: gaps today and in the next 30 days."),
            "grid",
        ),
        (
            ("manage_table",),
            "pledges:progress",
            _("Pledges"),
            _("Who has signed with whom this year, unit by unit, and where a holder is missing."),
            "pledge",
        ),
        (
            what_if.RIGHTS,
            "what_if:suppose",
            _("What would happen"),
            _("Who would be told of an incident, before it ever happens; and of a bad night."),
            "route",
        ),
        (
            ("manage_rules",),
            "rulebook:current",
            _("Rule book"),
            _("Matrix, time limits, grades, owners, texts: read, try on the past, publish."),
            "rules",
        ),
        (
            ("test_chain",),
            "chaintest:tests",
            _("Tests of the alert chain"),
            _("Which posts an alert reaches, on which channel, how fast; every month or now."),
            "broadcast",
        ),
    ]
    return [
        Room(rights=opening, url=reverse(name), label=label, text=text, icon=icon)
        for opening, name, label, text, icon in known
        if any(right in rights for right in opening)
    ]


@require_GET
@login_required
def show_rooms(request: HttpRequest) -> HttpResponse:
    """The tiles; whoever has one room only goes straight into it."""
    rooms = rooms_for(rights_of(request.user))
    if not rooms:
        raise Hidden
    if len(rooms) == 1:
        return redirect(rooms[0].url)
    return render(request, "home/rooms.html", {"rooms": rooms})
