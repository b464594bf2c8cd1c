"""The front door, and whether the house is standing."""

from __future__ import annotations

from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from incidents.cases.access import bound_school
from safety.posts.access import Viewer, posts_held, rights_of
from safety.rules.models import RuleBook

HEADS = {"SCH_PRINCIPAL", "SCH_SECRETARY"}
# Whoever holds nothing but these keeps the system and answers for no school.
KEEPING = {"manage_people", "manage_table", "manage_rules", "manage_roster", "test_chain"}


def show_home(request: HttpRequest) -> HttpResponse:
    """Lead each person to the page that their posts make the first one.

    A bound phone needs no sign-in to report; whoever heads a school without also
    being its safety officer comes to sign, seldom to report.
    """
    if not request.user.is_authenticated:
        if bound_school(request) is not None:
            return redirect("filing:report")
        return redirect_to_login(request.get_full_path())
    place = _first_page(request.user)
    return redirect(place) if place else render(request, "home/nothing.html")


def _first_page(user: Viewer) -> str:
    """Its name; "" for whoever holds no post."""
    rights = rights_of(user)
    if "take_calls" in rights:
        return "notifications:boards"
    kinds = set(posts_held(user).values_list("kind", flat=True))
    only_heads = bool(kinds & HEADS) and "SCH_SAFETY_STAFF" not in kinds
    if "file_incident" in rights and not only_heads:
        return "filing:report"
    if rights and rights <= KEEPING:
        return "home:rooms"
    return "notifications:mine" if kinds else ""


@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    """Alive: this process answers."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """Able to serve: the database answers and a rule book is published."""
    try:
        connection.ensure_connection()
        ready = RuleBook.objects.exists()
    except DatabaseError:
        ready = False
    return JsonResponse({"ready": ready}, status=200 if ready else 503)
