from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

# A first report is never kept waiting by a password rule.
ALWAYS_OPEN = (
    "/report/",
    "/bind/",
    "/static/",
    "/accounts/",
    "/i18n/",
    "/healthz",
    "/readyz",
    "/api/",
)


class MustChangePassword:
    """Send a person with a one-time password to the page where they choose their own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if (
            user.is_authenticated
            and user.must_change_password
            and not request.path.startswith(ALWAYS_OPEN)
        ):
            return redirect(reverse("account_change_password"))
        return self.get_response(request)
