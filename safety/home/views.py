"""The front door, and whether the house is standing."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from safety.posts.access import posts_held, rights_of
from safety.rules.models import RuleBook


@login_required
def show_home(request: HttpRequest) -> HttpResponse:
    """Lead each person to the page that their posts make the first one."""
    rights = rights_of(request.user)
    if "take_calls" in rights:
        return redirect("notifications:boards")
    if "file_incident" in rights:
        return redirect("filing:report")
    if rights == {"manage_people"}:
        return redirect("home:people")
    if posts_held(request.user).exists():
        return redirect("notifications:mine")
    return render(request, "home/nothing.html")


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
