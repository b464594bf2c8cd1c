"""``/api/v1/plans``: the plan of a supposed incident, for programs. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema
from pydantic import AwareDatetime, ConfigDict, StrictInt

from incidents.cases.api import Problems, signed_in
from incidents.cases.first_report import COUNTS
from safety.errors import Hidden, Problem
from safety.home.what_if.access import get_school
from safety.home.what_if.foresight import Supposed, foresee
from safety.people.models import User
from safety.units.models import Unit

router = Router(tags=["plans"])
REFUSED = frozenset({400, 401, 404, 413, 422})
Count = Annotated[StrictInt | None, Field(default=None)]
# Written by the document itself, so that it is letter for letter what the command prints.
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class SupposedIn(Schema):
    """What is supposed. Without ``grade`` the facts decide, as they do when it is filed."""

    model_config = ConfigDict(extra="forbid")

    school: list[str] = Field(
        description="Codes of the schools; the first one files.", min_length=1, max_length=20
    )
    hazard: list[str] = Field(
        description="Hazard codes of the rule book.", min_length=1, max_length=10
    )
    at: AwareDatetime | None = Field(default=None, description="Moment of the alert, with offset.")
    grade: Literal["", "G1", "G2", "G3", "G4", "G5"] = ""
    people: Literal["", "counted", "none", "unknown"] = ""
    dead: Count
    missing: Count
    injured: Count
    critical: Count
    flag: list[str] = Field(default=[], max_length=40)


class AskedIn(SupposedIn):
    """The same in an address, where every number is written in letters."""

    dead: int | None = None
    missing: int | None = None
    injured: int | None = None
    critical: int | None = None


class ClockOut(Schema):
    due_at: Moment
    basis: str
    document: str


class UpwardOut(ClockOut):
    level: str
    receiver: str
    owed_by: str | None
    unit: str | None


class GradedOut(Schema):
    """Which criterion gave the grade, and what raised it."""

    rule: str
    uplift: list[str]
    provisional: bool
    stat_grade: str


class OwedOut(Schema):
    """One capacity that would be addressed. ``person`` is None where nobody could be found."""

    level: str
    unit: str
    unit_name: str
    post: str
    post_name: str
    post_id: int | None
    capacity: str
    line: str
    obligation: str
    person: str | None
    person_name: str
    also: list[int]
    due_minutes: int | None
    due_at: Moment | None
    action_due_minutes: int | None
    basis: str
    document: str
    article: str
    climbed_from: dict[str, str | None] | None
    rule: str
    redacted: bool
    why_zh: str
    why_en: str


class FindingOut(Schema):
    code: str
    level: str
    unit: int
    unit_code: str
    capacity: str
    post_type: str
    post_name: str
    detail: str


class PlanOut(Schema):
    """The plan as ``manage.py resolve`` prints it. ``withheld``: names are not for this reader."""

    grade: str
    privacy: str
    at: Moment
    schools: list[str]
    hazards: list[str]
    flags: list[str]
    obligations: list[OwedOut]
    findings: list[FindingOut]
    table: int
    rules: int
    hash: str
    withheld: bool
    graded: GradedOut | None
    first_report: ClockOut
    upward: list[UpwardOut]


@router.get("/plans", response={200: PlanOut, REFUSED: Problems}, summary="What would happen")
def ask_plan(request: HttpRequest, asked: Query[AskedIn]) -> dict[str, Any]:
    """Who would be told, in which capacity, by when and why."""
    return _plan(signed_in(request), asked)


@router.post("/plans", response={200: PlanOut, REFUSED: Problems}, summary="What would happen")
def suppose_plan(request: HttpRequest, body: SupposedIn) -> dict[str, Any]:
    """The same question in a body, for those who would rather not put it into an address."""
    return _plan(signed_in(request), body)


def _plan(user: User, asked: SupposedIn) -> dict[str, Any]:
    supposed = Supposed(
        schools=tuple(_schools(user, asked.school)),
        hazards=tuple(asked.hazard),
        at=asked.at or timezone.now(),
        grade=asked.grade,
        people=asked.people,
        counts={name: getattr(asked, name) for name in COUNTS},
        flags=tuple(dict.fromkeys(asked.flag)),
    )
    return foresee(user, supposed).as_json()


def _schools(user: User, codes: list[str]) -> Iterator[Unit]:
    for code in dict.fromkeys(codes):
        try:
            yield get_school(user, code)
        except Hidden:
            problem = Problem(
                field="school",
                value=code,
                message=_("There is no such school, or it is not in your reach."),
                remedy=_("Check the code; ask the administrator if you should see it."),
            )
            raise Hidden(problem) from None
