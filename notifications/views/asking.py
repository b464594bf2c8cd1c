"""What the views of this room read from a request."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from safety.errors import Hidden
from safety.people.models import User


def refs_of(texts: Iterable[str]) -> list[UUID]:
    """Public references, in order and once each. Raises ``Hidden`` for what is none."""
    try:
        return list(dict.fromkeys(UUID(text) for text in texts))
    except ValueError as error:
        raise Hidden from error


def signed_in(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Hidden
    return request.user


def way_back(request: HttpRequest) -> str:
    """Where the reader came from, if that is one of our pages; else the own list."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else reverse("notifications:mine")
