"""Views that change the holders of one post."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from notifications.views.asking import signed_in
from safety.errors import Problem, Refused
from safety.home.offices.accounts import account_page, tell_shut_out
from safety.home.offices.actions import Office, appoint_to, move_end, state_of, take_back
from safety.home.offices.changes import Account
from safety.home.offices.forms import EndForm, OfficeForm, WhyForm
from safety.home.offices.matching import Match, People
from safety.home.offices.pages import MANAGE, get_holding_to_change, get_post_to_change
from safety.http import status_of
from safety.people.models import User
from safety.posts.access import reach
from safety.posts.models import Holding, Post


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
@sensitive_variables("accounts")
def appoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody take the post; shows the one-time password of a new account once."""
    user = signed_in(request)
    post = get_post_to_change(user, pk)
    holdings = list(
        Holding.objects.filter(post=post).ending_after(timezone.now()).select_related("person")
    )
    if request.method == "GET":
        initial = {"seen": state_of(post), "starts_at": timezone.now()}
        if len(holdings) == 1:
            initial["leaving"] = [str(holdings[0].pk)]
        return _office_page(request, post, OfficeForm(initial=initial, holdings=holdings))
    form = OfficeForm(request.POST, holdings=holdings)
    if not form.is_valid():
        return _office_page(request, post, form, status=422)
    match = _match(user, form.cleaned_data, request.POST.get("who", ""))
    if match.choices:
        form = OfficeForm(request.POST, holdings=holdings, choices=match.choices)
        form.is_valid()
    if match.person is None and not match.is_new:
        return _office_page(request, post, form, match=match, status=422)
    try:
        accounts = _appoint(user, post, form.cleaned_data, match.person)
    except Refused as refused:
        return _office_page(
            request, post, form, problems=refused.problems, status=status_of(refused)
        )
    _tell_of_number(request, match, form.cleaned_data["phone"])
    if accounts:
        return account_page(request, accounts, user=user, post=post)
    messages.success(request, _("Recorded."))
    return redirect("offices:post", post.pk)


def _tell_of_number(request: HttpRequest, match: Match, typed: str) -> None:
    """A post is given here, no number changed: who typed another one hears that it is not kept."""
    said = _(
        "%(name)s keeps the known number, which ends in %(digits)s: %(typed)s was not saved. An "
        "adjustment sheet changes a number."
    )
    unknown = _(
        "%(name)s has no number here: %(typed)s was not saved. An adjustment sheet enters one."
    )
    person = match.person
    if person is None or not match.new_phone:
        return
    if match.problem is not None:
        messages.warning(request, match.problem.message)
        return
    words = {"name": person.name, "digits": person.phone[-4:], "typed": typed}
    messages.warning(request, (said if person.phone else unknown) % words)


def _match(user: User, said: dict[str, Any], who: str) -> Match:
    people = People([(said["name"], said["phone"])], inside=reach(user, MANAGE), now=timezone.now())
    return people.match(said["name"], said["phone"], answer=who)


def _appoint(user: User, post: Post, said: dict[str, Any], person: User | None) -> list[Account]:
    return appoint_to(
        post=post,
        person=person,
        newcomer=None if person else (said["name"], said["phone"]),
        office=Office(
            kind=said["kind"],
            starts_at=said["starts_at"],
            ends_at=said["ends_at"],
            note=said["note"],
        ),
        leaving=[int(pk) for pk in said.get("leaving", ())],
        seen=said["seen"],
        user=user,
    )


def _office_page(
    request: HttpRequest,
    post: Post,
    form: OfficeForm,
    *,
    match: Match | None = None,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
) -> HttpResponse:
    if match is not None and match.problem is not None:
        problems = (match.problem,)
    asked = match is not None and bool(match.choices)
    context = {"post": post, "form": form, "problems": problems, "asked": asked}
    return render(request, "home/offices/appoint.html", context, status=status)


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Move the end of a holding, or leave it open again."""
    holding = get_holding_to_change(request.user, pk)
    form = EndForm(request.POST) if request.method == "POST" else EndForm.of(holding)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            _check_seen(holding, form.cleaned_data["seen"])
            user = signed_in(request)
            shut_out = move_end(holding=holding, ends_at=form.cleaned_data["ends_at"], user=user)
        except Refused as refused:
            problems = refused.problems
        else:
            messages.success(request, _("Recorded."))
            tell_shut_out(request, shut_out, user=user)
            return redirect("offices:post", holding.post_id)
    context = {"holding": holding, "form": form, "problems": problems}
    return render(request, "home/offices/end.html", context, status=422 if problems else 200)


def _check_seen(holding: Holding, seen: str) -> None:
    """Whether the page was made from this row as it is; the action asks the database again."""
    now = holding.ends_at.isoformat() if holding.ends_at else ""
    if now != seen:
        raise Refused(
            _("Somebody else changed this holding meanwhile."),
            field="ends_at",
            value=str(holding),
            remedy=_("Look at who holds it now, then repeat what is still needed."),
        )


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def take_holding_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo: it was a mistake, or it will not happen after all."""
    holding = get_holding_to_change(request.user, pk)
    form = WhyForm(request.POST or None)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            take_back(holding=holding, why=form.cleaned_data["why"], user=signed_in(request))
        except Refused as refused:
            problems = refused.problems
        else:
            messages.success(request, _("Taken back. The history keeps it."))
            return redirect("offices:post", holding.post_id)
    context = {"holding": holding, "form": form, "problems": problems}
    return render(request, "home/offices/take_back.html", context, status=422 if problems else 200)
