"""``POST /api/v1/incidents``: file a first report from another program."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Header, Router, Schema, Status
from pydantic import AwareDatetime, ConfigDict, StrictBool, StrictInt, StringConstraints

from incidents.cases.access import get_own_receipt, get_school_to_file_for, sees_grade
from incidents.cases.actions import report_incident
from incidents.cases.first_report import COUNTS, KEY, FirstReport
from incidents.cases.models import Incident
from safety.errors import Hidden, Problem
from safety.people.models import User
from safety.units.models import Unit

router = Router(tags=["incidents"])

Key = Annotated[str, StringConstraints(pattern=KEY)]
Count = Annotated[StrictInt | None, Field(default=None)]


class FirstReportIn(Schema):
    """The five inputs. A count that is left out is unknown, which is not the same as 0."""

    model_config = ConfigDict(extra="forbid")

    school: str = Field(description="Code of the school that files.", max_length=40)
    more_schools: list[str] = Field(default=[], description="Other schools touched.", max_length=50)
    hazard: str = Field(description="What happened: a hazard code of the rule book.", max_length=10)
    more_hazards: list[str] = Field(default=[], max_length=10)
    people: Literal["counted", "none", "unknown"]
    dead: Count
    missing: Count
    injured: Count
    critical: Count
    aware_at: AwareDatetime = Field(description="When the school knew of it, with offset.")
    occurred_at: AwareDatetime | None = None
    place_kind: Literal["", "on_campus", "off_campus", "on_the_way", "at_home"] = ""
    place: str = ""
    summary: str = ""
    flags: dict[str, StrictBool] = {}


class ProblemOut(Schema):
    """One thing that is wrong: where, with which value, why, and how to mend it."""

    field: str
    value: str
    message: str
    remedy: str


class Problems(Schema):
    errors: list[ProblemOut]


REFUSED = frozenset({400, 401, 404, 409, 413, 422})


class Receipt(Schema):
    """Proof of a committed filing. Of a sealed case it holds number and time only."""

    ref: UUID
    number: str
    grade: str | None
    provisional: bool | None
    filed_at: datetime
    due_at: datetime | None = Field(description="By when the first report was owed.")


def signed_in(request: HttpRequest) -> User:
    """The person behind the bearer token."""
    user = request.auth  # type: ignore[attr-defined]
    if not isinstance(user, User):
        raise TypeError("the API is only reached with a token")
    return user


@router.post(
    "/incidents", response={201: Receipt, REFUSED: Problems}, summary="File a first report"
)
def file_incident(
    request: HttpRequest,
    response: HttpResponse,
    body: FirstReportIn,
    idempotency_key: Annotated[Key, Header(alias="Idempotency-Key")],
) -> Status[dict[str, Any]]:
    """Answer 201 only after everything is committed; the same key again gives the same answer."""
    user = signed_in(request)
    filed = report_incident(
        report=_first_report(user, body),
        reporter=user,
        via=Incident.Via.API,
        key=idempotency_key,
    )
    if filed.repeated:
        response["Idempotent-Replay"] = "true"
    return Status(201, _receipt(user, filed.incident))


@router.get(
    "/incidents/{ref}/receipt",
    response={200: Receipt, frozenset({401, 404, 422}): Problems},
    summary="The receipt of an own filing",
)
def show_receipt(request: HttpRequest, ref: UUID) -> dict[str, Any]:
    user = signed_in(request)
    return _receipt(user, get_own_receipt(user, ref))


def _first_report(user: User, body: FirstReportIn) -> FirstReport:
    schools = tuple(_schools(user, body))
    return FirstReport(
        schools=schools,
        hazards=tuple(dict.fromkeys([body.hazard, *body.more_hazards])),
        people=body.people,
        **{name: getattr(body, name) for name in COUNTS},
        aware_at=body.aware_at,
        occurred_at=body.occurred_at,
        place_kind=body.place_kind,
        place=body.place.strip(),
        summary=body.summary.strip(),
        flags=body.flags,
    )


def _schools(user: User, body: FirstReportIn) -> list[Unit]:
    named = {body.school: "school"} | {
        code: "more_schools" for code in body.more_schools if code != body.school
    }
    return [_school(user, code, field) for code, field in named.items()]


def _school(user: User, code: str, field: str) -> Unit:
    """Unknown or another's: the same words, so that no token learns which schools there are."""
    try:
        return get_school_to_file_for(user, code)
    except Hidden:
        problem = Problem(
            field=field,
            value=code,
            message=_("There is no such school, or this token cannot file for it."),
            remedy=_("Check the code; the administrator says for which schools the token files."),
        )
        raise Hidden(problem) from None


def _receipt(user: User, incident: Incident) -> dict[str, Any]:
    proof = {"ref": incident.ref, "number": incident.number, "filed_at": incident.filed_at}
    if not sees_grade(user, incident):
        return {**proof, "grade": None, "provisional": None, "due_at": None}
    return {
        **proof,
        "grade": incident.grade,
        "provisional": incident.provisional,
        "due_at": incident.first_due_at,
    }
