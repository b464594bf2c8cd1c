"""Small ground tools for answering over HTTP: domain errors become the same answers everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from urllib.parse import unquote

from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from safety.errors import Conflict, Hidden, Problem, Refused

NUL = "\x00"


def wants_json(request: HttpRequest) -> bool:
    """Whether the caller is a program (or our own script) rather than a page in a browser."""
    if request.path.startswith("/api/"):
        return True
    accepted = request.headers.get("Accept", "")
    return "application/json" in accepted and "text/html" not in accepted


def problems_json(problems: Iterable[Problem], *, status: int) -> JsonResponse:
    """The one shape of errors for programs: ``{"errors": [{field, value, message, remedy}]}``."""
    body = {"errors": [problem.as_json() for problem in problems]}
    return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})


def status_of(error: Refused) -> int:
    return 409 if isinstance(error, Conflict) else 422


def too_large() -> Problem:
    return Problem(
        field="body",
        value="",
        message=_("What was sent is too large."),
        remedy=_("Send at most 1 MB; a report needs one line."),
    )


def not_found() -> Problem:
    return Problem(
        field="address",
        value="",
        message=_("There is nothing here, or nothing that you may see."),
        remedy=_("Check the address and the code; ask the administrator if you should see it."),
    )


def not_allowed(method: str) -> Problem:
    return Problem(
        field="method",
        value=method,
        message=_("This address does not know this method."),
        remedy=_("Use one of those that the answer names under “Allow”."),
    )


class NoNul:
    """Answer 400 to a NUL sign in address, query, form or cookies: PostgreSQL keeps none.

    Stands before whatever looks something up. What programs send as JSON, the API checks.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any(NUL in text for text in _texts(request)):
            raise BadRequest("NUL in the request")
        return self.get_response(request)


def _texts(request: HttpRequest) -> Iterator[str]:
    yield request.path
    yield unquote(request.META.get("QUERY_STRING", ""))
    yield from request.COOKIES.values()
    if request.method == "POST" and not request.path.startswith("/api/"):
        for name, values in request.POST.lists():
            yield name
            yield from values


class DomainErrors:
    """Answer ``Hidden`` as 404, ``Refused`` (JSON callers) as 422 or 409, too much data as 413.

    A method that is not allowed is told to programs in their one shape of errors.
    Pages come from the handlers of ``safety.home.errors``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and wants_json(request):
            answer = problems_json([not_allowed(request.method or "")], status=405)
            answer["Allow"] = response.get("Allow", "")
            return answer
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Hidden):
            if wants_json(request):
                return problems_json([error.problem or not_found()], status=404)
            raise Http404 from error
        if isinstance(error, RequestDataTooBig) and wants_json(request):
            return problems_json([too_large()], status=413)
        if isinstance(error, Refused) and wants_json(request):
            return problems_json(error.problems, status=status_of(error))
        return None
