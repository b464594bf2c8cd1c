"""What the pages of the roster read from a request, and how they answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from safety.errors import Hidden, Problem, Refused
from safety.ledger.actions import Actor
from safety.people.models import User
from safety.roster.planning import FIRST_DAY, LAST_DAY, month_of, week_of
from safety.units.models import Unit

MONTH, WEEK = "month", "week"


def signed_in(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Hidden
    return request.user


def actor_of(request: HttpRequest) -> Actor:
    return Actor(kind="person", ref=str(signed_in(request).pk))


def day_of(request: HttpRequest, name: str = "from") -> date:
    """The day asked for; today for none, nonsense, or a day of another century."""
    try:
        day = date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return timezone.localdate()
    return day if FIRST_DAY <= day <= LAST_DAY else timezone.localdate()


def span_asked(request: HttpRequest) -> tuple[str, date, date]:
    """View, first and last day: the week or month of the day asked for, or given days."""
    day = day_of(request)
    if request.GET.get("view") == MONTH:
        return MONTH, *month_of(day)
    if request.GET.get("to"):
        last = min(max(day_of(request, "to"), day), day + timedelta(days=61))
        return "days", day, last
    return WEEK, *week_of(day)


def back_to_sheet(request: HttpRequest, unit: Unit) -> HttpResponse:
    """To the page the form stood on, if that is one of ours."""
    wanted = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        wanted = reverse("roster:sheet", args=[unit.code])
    return redirect(wanted)


def tell(request: HttpRequest, done: Callable[[], str]) -> bool:
    """Run ``done`` and tell its words, or tell why it was refused; whether it was done."""
    try:
        messages.success(request, done())
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, f"{problem.message} {problem.remedy}")
        return False
    return True


def answered(
    request: HttpRequest, unit: Unit, form: Form, done: Callable[[], str], *, title: str
) -> HttpResponse:
    """Run ``done`` and go back; if it is refused, show the form with what was typed and why."""
    try:
        messages.success(request, done())
    except Refused as refused:
        context = {
            "unit": unit,
            "form": form,
            "title": title,
            "problems": refused.problems,
            "next": request.POST.get("next", ""),
        }
        return render(request, "roster/refused.html", context, status=422)
    return back_to_sheet(request, unit)


def cleaned(form: Form) -> dict[str, Any]:
    """The values of ``form``. Raises ``Refused`` naming each field that is wrong."""
    if form.is_valid():
        return dict(form.cleaned_data)
    raise Refused.of(
        Problem(
            field=name,
            value="",
            message=f"{form.fields[name].label}: {error}" if name in form.fields else str(error),
            remedy="",
        )
        for name, errors in form.errors.items()
        for error in errors
    )
