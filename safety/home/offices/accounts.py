"""What is said of sign-ins that a change made or shut."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from notifications.words import joined
from safety.home.offices.changes import Account
from safety.home.offices.models import Adjustment
from safety.home.people import whom_to_ask
from safety.people.models import User
from safety.posts.models import Post


def account_page(
    request: HttpRequest,
    accounts: Sequence[Account],
    *,
    user: User,
    post: Post | None = None,
    sheet: Adjustment | None = None,
) -> HttpResponse:
    """One-time passwords, shown once; and who gives those that ``user`` may not know."""
    made = [one for one in accounts if not one.is_shut]
    context = {
        "title": _("New accounts") if made else _("Sign-ins withdrawn"),
        "accounts": accounts,
        "has_passwords": any(one.password for one in accounts),
        "ask": whom_to_ask(user, [one.user.pk for one in accounts if not one.password]),
        "post": post,
        "sheet": sheet,
    }
    return render(request, "home/offices/accounts.html", context)


def tell_shut_out(request: HttpRequest, people: Sequence[User], *, user: User) -> None:
    """Say beside the success whose password was withdrawn, and who gives a new one."""
    if people:
        said = _(
            "The password of %(names)s was given out by somebody who may not do as much: it is "
            "withdrawn. A new one gives: %(posts)s."
        )
        names = joined(person.name for person in people)
        ask = whom_to_ask(user, [person.pk for person in people])
        messages.warning(request, said % {"names": names, "posts": ask})
