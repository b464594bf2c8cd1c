"""The API: one root, one way of signing in, one shape of errors in the caller's language."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError, ValidationErrorContext
from ninja.parser import Parser
from ninja.security import HttpBearer

from incidents.cases.api import router as incidents
from safety.errors import Hidden, Problem, Refused
from safety.home.what_if.api import router as plans
from safety.http import not_found, problems_json, status_of, too_large
from safety.people.models import User
from safety.people.selectors import bearer


class BearerToken(HttpBearer):
    def authenticate(self, request: HttpRequest, token: str) -> User | None:  # noqa: ARG002 - ninja names it
        return bearer(token)


class Utf8(Parser):
    """JSON in UTF-8 and nothing else: Python alone would also read UTF-16 and UTF-32."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        return cast("dict[str, Any]", json.loads(request.body.decode("utf-8")))


class Api(NinjaAPI):
    """An API whose errors keep the value that was given, which ninja takes out."""

    def validation_error_from_error_contexts(
        self, error_contexts: Sequence[ValidationErrorContext[Any]]
    ) -> ValidationError:
        given = [
            error["input"]
            for context in error_contexts
            for error in context.pydantic_validation_error.errors(include_url=False)
        ]
        told = super().validation_error_from_error_contexts(list(error_contexts))
        for error, value in zip(told.errors, given, strict=True):
            error["input"] = value
        return told


api = Api(
    title="Campus safety",
    version="1",
    urls_namespace="api",
    auth=BearerToken(),
    parser=Utf8(),
    docs_url=None,
)
api.add_router("", incidents)
api.add_router("", plans)


@api.exception_handler(Refused)
def on_refused(_request: HttpRequest, error: Refused) -> HttpResponse:
    return problems_json(error.problems, status=status_of(error))


@api.exception_handler(Hidden)
def on_hidden(_request: HttpRequest, error: Hidden) -> HttpResponse:
    return problems_json([error.problem or not_found()], status=404)


@api.exception_handler(Http404)
def on_missing(_request: HttpRequest, _error: Http404) -> HttpResponse:
    return problems_json([not_found()], status=404)


@api.exception_handler(RequestDataTooBig)
def on_too_large(_request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
    """Here, not only in the middleware: with DEBUG on, ninja answers what it does not know."""
    return problems_json([too_large()], status=413)


@api.exception_handler(AuthenticationError)
def on_unauthenticated(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    problem = Problem(
        field="Authorization",
        value="",
        message=_("The token is missing, unknown or withdrawn."),
        remedy=_("Send “Authorization: Bearer <token>”; the administrator makes tokens."),
    )
    return problems_json([problem], status=401)


@api.exception_handler(HttpError)
def on_unreadable(_request: HttpRequest, error: HttpError) -> HttpResponse:
    problem = Problem(
        field="body",
        value="",
        message=_("What was sent cannot be read."),
        remedy=_("Send one JSON object in UTF-8."),
    )
    return problems_json([problem], status=error.status_code)


@api.exception_handler(ValidationError)
def on_invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problems_json([_problem(one) for one in error.errors], status=422)


def _problem(error: Mapping[str, Any]) -> Problem:
    place = [str(part) for part in error["loc"] if part not in ("body", "header", "query", "path")]
    message, remedy = _words(error)
    return Problem(
        field=".".join(place) or "body",
        value="" if error["type"] == "missing" else _written(error.get("input", "")),
        message=message,
        remedy=remedy,
    )


def _written(given: Any) -> str:
    """The value as JSON writes it, a text without its quotes; of lists only that it is one."""
    if isinstance(given, str):
        return given
    if isinstance(given, Sequence):
        return "[…]"
    if isinstance(given, Mapping):
        return "{…}"
    return json.dumps(given, default=str)


def _choices(expected: str) -> str:
    """``'a', 'b' or 'c'``, as pydantic says it, without the English word."""
    return " / ".join(code or '""' for code in re.findall(r"'([^']*)'", expected))


def _words(error: Mapping[str, Any]) -> tuple[str, str]:
    """Message and remedy for one kind of pydantic error, in the caller's language."""
    kind, context = str(error["type"]), error.get("ctx", {})
    see = _("See /api/v1/openapi.json.")
    known = {
        "missing": (_("This field is missing."), _("Add it.")),
        "extra_forbidden": (
            _("This field is not known."),
            _("Remove it, or check its spelling."),
        ),
        "literal_error": (
            _("This value is not known."),
            _("Use one of: %(codes)s") % {"codes": _choices(str(context.get("expected", "")))},
        ),
        "string_pattern_mismatch": (
            _("This key cannot be used."),
            _("Send 8 to 64 letters, digits or signs, new for each report (a UUID is best)."),
        ),
    }
    if kind in known:
        return known[kind]
    if kind in ("string_too_long", "too_long"):
        limit = _("Shorten it to %(limit)s.") % {"limit": context.get("max_length", "")}
        return _("This is too long."), limit
    if kind.startswith(("datetime", "timezone", "date_")):
        example = _("Write it like 2026-06-14T20:14:00+08:00.")
        return _("This is not a time with an offset."), example
    if kind.startswith(("int_", "bool_", "string_type", "dict_", "list_")):
        return _("This is not a value of the right kind."), see
    return _("This value cannot be used."), see
