from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit  # the public one cannot roll back
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from safety.people.actions import change_password
from safety.people.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from the bureau's administrators; nobody signs up alone."""

    error_messages: dict[str, Any] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The user name or the password is not right."),
        "too_many_login_attempts": _(
            "Too many failed attempts. Wait five minutes, or ask your administrator to reset "
            "the password. Do not wait with a report: telephone."
        ),
    }

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a failure at its place, and far more patiently for the name anywhere.

        Else anybody could shut a duty officer out from anywhere. What is counted
        belongs to the password of today: a reset begins anew.
        """
        name = str(credentials.get("username", ""))
        person = User.objects.filter(username=name).first()
        counted = f"{name.lower()}:{person.password if person else ''}"
        for action, key in (
            ("login_failed", f"{self.get_client_ip(request)}:{counted}"),
            ("login_failed_anywhere", counted),
        ):
            usage = ratelimit.consume(request, app="allauth.account", action=action, key=key)
            if usage is None:
                raise self.validation_error("too_many_login_attempts")
            self._attempts.append(usage)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """As allauth's own; what a right password used of the limits is given back."""
        self._attempts: list[ratelimit.RateLimitUsage] = []
        user = super().authenticate(request, **credentials)
        if user is not None:
            for usage in self._attempts:
                usage.rollback()
        return user

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth passes it
        return False

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Called by the page where people change their own password."""
        change_password(user=cast("User", user), password=password)
