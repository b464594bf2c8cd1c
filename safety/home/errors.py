"""What is answered when something goes wrong: a page that shows the duty phones, or JSON."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.urls import reverse
from django.utils.translation import gettext as _

from incidents.cases.views.filing import unsent
from safety.errors import Problem
from safety.home.context import duty_phones
from safety.http import not_found, problems_json, too_large, wants_json


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 when the form itself could not be read for its size."""
    if isinstance(exception, RequestDataTooBig):
        return answer(request, status=413, problem=too_large())
    problem = Problem(
        field="body",
        value="",
        message=_("The request could not be understood."),
        remedy=_("Go back, load the page again and repeat what you did."),
    )
    return answer(request, status=400, problem=problem)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django passes it
    problem = Problem(
        field="address",
        value="",
        message=_("You may not do this."),
        remedy=_("Ask your administrator if you should be able to."),
    )
    return answer(request, status=403, problem=problem)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django passes it
    return answer(request, status=404, problem=not_found())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django passes it
    """Most often a page that was open while somebody signed in or out elsewhere."""
    if request.path == reverse("filing:report"):
        return unsent(request, why="csrf")
    problem = Problem(
        field="csrf",
        value="",
        message=_("This page was too old to be sent."),
        remedy=_("Go back, load the page again and send it once more. Nothing was saved."),
    )
    return answer(request, status=403, problem=problem)


def too_many(request: HttpRequest) -> HttpResponse:
    problem = Problem(
        field="address",
        value="",
        message=_("Too many attempts in a short time."),
        remedy=_("Wait a minute and try again. Do not wait with a report: telephone."),
    )
    return answer(request, status=429, problem=problem)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: without the frame of the other pages, which may need what has just failed."""
    problem = Problem(
        field="server",
        value="",
        message=_("The system could not answer."),
        remedy=_("Nothing that was confirmed is lost. Try again; report by telephone meanwhile."),
    )
    if wants_json(request):
        return problems_json([problem], status=500)
    page = loader.get_template("500.html")
    context = {"problem": problem, "duty_phones": phones(), "bureau_name": settings.BUREAU_NAME}
    return HttpResponse(page.render(context), status=500)


def answer(request: HttpRequest, *, status: int, problem: Problem) -> HttpResponse:
    if wants_json(request):
        return problems_json([problem], status=status)
    return render(request, f"{status}.html", {"problem": problem, "status": status}, status=status)


def phones() -> list[dict[str, str]]:
    """The duty phones even while the database is away, as far as the settings know them."""
    try:
        return duty_phones()
    except DatabaseError:
        return []
