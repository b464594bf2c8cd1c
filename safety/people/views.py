from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@require_GET
def explain_forgotten(request: HttpRequest) -> HttpResponse:
    """Who resets a forgotten password, and how to report meanwhile."""
    return render(request, "account/forgotten.html")
