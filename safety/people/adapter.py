from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
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

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth passes it
        return False

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Called by the page where people change their own password."""
        change_password(user=cast("User", user), password=password)
