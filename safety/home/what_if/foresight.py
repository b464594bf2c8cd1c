"""From facts that somebody supposes to the plan that would follow, exactly as filing makes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.cases import clocks
from incidents.cases.actions import row_owing
from incidents.cases.first_report import COUNTS, EARLIEST, FirstReport, problems
from incidents.cases.grading import GRADES, Graded, grade
from incidents.cases.models import Incident
from notifications.plan_document import plan_document
from notifications.responsibility.plan import Plan, PlanRow
from notifications.snapshot import Snapshot, snapshot
from safety.errors import Problem, Refused
from safety.home.what_if.access import reads_sealed_names
from safety.posts.access import Viewer
from safety.units.models import Unit

FURTHEST = timedelta(days=5 * 366)  # holdings and rules are known for years ahead, not for ever
SCHOOLS_MAX = 20
COUNTED, NONE = Incident.People.COUNTED, Incident.People.NONE


@dataclass(frozen=True, kw_only=True)
class Supposed:
    """What somebody supposes. ``grade`` is "" to be derived from the facts, as filing does.

    ``people`` "" means: counted where a number is given, else no one hurt.
    """

    schools: tuple[Unit, ...]
    hazards: tuple[str, ...]
    at: datetime
    grade: str = ""
    people: str = ""
    counts: Mapping[str, int | None] = field(default_factory=dict)
    flags: tuple[str, ...] = ()

    @property
    def report(self) -> FirstReport:
        """The first report that a school would file."""
        counts: dict[str, Any] = {name: self.counts.get(name) for name in COUNTS}
        given = any(value is not None for value in counts.values())
        return FirstReport(
            schools=self.schools,
            hazards=tuple(dict.fromkeys(self.hazards)),
            people=self.people or (COUNTED if given else NONE),
            **counts,
            aware_at=self.at,
            flags=dict.fromkeys(self.flags, True),
        )


@dataclass(frozen=True, kw_only=True)
class Upward:
    """What would be owed upward, and the row of the plan whose post owes it (None: nobody)."""

    clock: clocks.Clock
    row: PlanRow | None


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """The plan and everything around it. ``withheld``: who the people are is not for this reader.

    ``graded`` is None where the grade was given instead of derived.
    """

    supposed: Supposed
    known: Snapshot
    plan: Plan
    graded: Graded | None
    privacy: str
    first_report: clocks.Clock
    upward: Sequence[Upward]
    withheld: bool

    @property
    def grade(self) -> str:
        return self.plan.grade

    def as_json(self) -> dict[str, Any]:
        """The document of ``manage.py resolve``, with the grading and the clocks of filing."""
        graded = self.graded
        return {
            **plan_document(self.known, self.plan, withheld=self.withheld),
            "withheld": self.withheld,
            "graded": None
            if graded is None
            else {
                "rule": graded.rule,
                "uplift": list(graded.uplift),
                "provisional": graded.provisional,
                "stat_grade": graded.stat_grade,
            },
            "first_report": _clock_json(self.first_report),
            "upward": [
                {
                    **_clock_json(one.clock),
                    "level": one.clock.level,
                    "receiver": one.clock.receiver,
                    "owed_by": one.row.capacity if one.row else None,
                    "unit": one.row.unit_code if one.row else None,
                }
                for one in self.upward
            ],
        }


def foresee(user: Viewer, supposed: Supposed) -> Foreseen:
    """The plan that would follow from ``supposed``, by the table and rules in force at its time.

    Nothing is written and nobody is told. Raises ``Refused`` with everything that is
    wrong with what is supposed.
    """
    wrong = list(_problems_of_time(supposed.at)) or list(_problems_of_number(supposed))
    if wrong:
        raise Refused.of(wrong)
    known = snapshot(supposed.schools, as_of=supposed.at)
    report = supposed.report
    wrong = list(_problems(supposed, report, known))
    if wrong:
        raise Refused.of(wrong)
    graded = None if supposed.grade else grade(report.facts(), known.rules["grades"])
    decided = graded.grade if graded else supposed.grade
    plan = known.resolve(hazards=report.hazards, grade=decided, at=supposed.at, flags=report.flags)
    filing = known.rules["filing"]
    privacy = known.privacy(report.hazards)
    owed = clocks.upward(grade=decided, hazards=report.hazards, aware_at=supposed.at, rules=filing)
    return Foreseen(
        supposed=supposed,
        known=known,
        plan=plan,
        graded=graded,
        privacy=privacy,
        first_report=clocks.first_report(grade=decided, aware_at=supposed.at, rules=filing),
        upward=[Upward(clock=clock, row=row_owing(plan, clock)) for clock in owed],
        withheld=privacy == "sealed" and not reads_sealed_names(user, supposed.schools),
    )


def is_near(at: datetime) -> bool:
    """Whether rules, table and holders of that time can be asked for at all."""
    return EARLIEST <= at <= timezone.now() + FURTHEST


def refuse_time(at: datetime) -> None:
    """Raise ``Refused`` when ``at`` lies too far away to suppose anything."""
    if wrong := list(_problems_of_time(at)):
        raise Refused.of(wrong)


def _problems_of_time(at: datetime) -> Iterator[Problem]:
    if not is_near(at):
        yield Problem(
            field="at",
            value=at.isoformat(timespec="minutes"),
            message=_("This time lies too far away."),
            remedy=_("Check the year."),
        )


def _problems_of_number(supposed: Supposed) -> Iterator[Problem]:
    if not supposed.schools:
        yield Problem(
            field="school", value="", message=_("No school is chosen."), remedy=_("Choose one.")
        )
    if len(supposed.schools) > SCHOOLS_MAX:
        yield Problem(
            field="school",
            value=str(len(supposed.schools)),
            message=_("These are too many schools for one incident."),
            remedy=_("Choose at most %(limit)d.") % {"limit": SCHOOLS_MAX},
        )
    if not supposed.hazards:
        yield Problem(
            field="hazard",
            value="",
            message=_("No kind of incident is chosen."),
            remedy=_("Choose one."),
        )


def _problems(supposed: Supposed, report: FirstReport, known: Snapshot) -> Iterator[Problem]:
    grades = known.rules["grades"]
    flags = {*grades["flags"], *(uplift["id"] for uplift in grades["uplift"])}
    if supposed.grade and supposed.grade not in GRADES:
        yield Problem(
            field="grade",
            value=supposed.grade,
            message=_("This grade is not known."),
            remedy=_("Use one of: %(codes)s") % {"codes": ", ".join(GRADES)},
        )
    yield from problems(
        report, now=supposed.at, known_hazards=set(known.hazards), known_flags=flags
    )


def _clock_json(clock: clocks.Clock) -> dict[str, Any]:
    return {"due_at": clock.due_at.isoformat(), "basis": clock.basis, "document": clock.document}
