"""Bind a phone (报送凭证) by the one-time link of an administrator."""

from __future__ import annotations

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from incidents.cases.devices import LIFE, bind, get_offer, hand_over
from safety.errors import Hidden


@require_http_methods(["GET", "POST"])
@never_cache
@sensitive_variables("secret", "bound")
def bind_phone(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask, then bind. Only a tap uses the link up: messengers open links to preview them."""
    if not ratelimit.consume(request, action="bind_device"):
        return render(request, "incidents/filing/bind_later.html", status=429)
    try:
        if request.method == "GET":
            context = {"offer": get_offer(secret), "days": LIFE.days}
            return render(request, "incidents/filing/bind.html", context)
        bound = bind(secret=secret)
    except Hidden:
        return render(request, "incidents/filing/bind_gone.html", status=404)
    response = redirect("filing:report")
    hand_over(response, bound)
    return response
