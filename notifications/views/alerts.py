"""The page of one alert; opening it is how a copy that is only to be noted is met."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from notifications.obligations.answering import Answer, acknowledge
from notifications.selectors import alert_page
from notifications.views.asking import signed_in


@require_safe
@login_required
@never_cache
def show_alert(request: HttpRequest, ref: UUID) -> HttpResponse:
    user = signed_in(request)
    page = alert_page(user, ref)
    if page.own_readings and _is_opened(request):
        acknowledge(obligations=page.own_readings, answer=Answer(by=user))
        page = alert_page(user, ref)
    return render(request, "notifications/alert.html", {"page": page})


def _is_opened(request: HttpRequest) -> bool:
    """Whether a person looks at the page: not a browser that loads it in advance."""
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return request.method == "GET" and "prefetch" not in purpose
