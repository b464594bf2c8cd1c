"""A past incident once more, as of its time, under two rule books. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from incidents.cases import clocks
from incidents.cases.actions import REPEAT_WINDOW
from incidents.cases.criteria import REPEATED
from incidents.cases.first_report import COUNTS, FirstReport
from incidents.cases.grading import grade
from incidents.cases.models import Incident
from notifications.responsibility.inputs import Facts, Question
from notifications.responsibility.plan import Plan
from notifications.responsibility.resolve import resolve
from notifications.responsibility.rules import Rules
from notifications.snapshot import snapshot
from safety.home.rulebook.comparing import ClockChange, Difference, clock_changes, difference
from safety.units.models import Unit


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A rule book, read once for any number of incidents."""

    content: Mapping[str, Any]
    rules: Rules

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Ready:
        return cls(content=content, rules=Rules.of(content))


@dataclass(frozen=True, kw_only=True)
class Under:
    """What one rule book would have made of the incident."""

    grade: str
    privacy: str
    plan: Plan
    first_report: clocks.Clock
    upward: Sequence[clocks.Clock]


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """Before and after; ``lost`` are hazards that one of the two books does not know."""

    before: Under | None
    after: Under | None
    lost: Sequence[str]
    rows: Difference
    upward: Sequence[ClockChange]

    @property
    def differs(self) -> bool:
        if self.lost or self.rows or self.upward:
            return True
        return _outside(self.before) != _outside(self.after)


def _outside(under: Under | None) -> object:
    """What matters beside the rows of the plan."""
    return under and (under.grade, under.privacy, under.first_report)


_NOTHING = Difference(more=(), less=(), clocks=())


def replay(incident: Incident, old: Ready, new: Ready) -> Replayed:
    """By the table and the holders of its own time, and the facts of its first report."""
    hazards = (incident.hazard, *incident.more_hazards)
    lost = [
        hazard
        for hazard in hazards
        if hazard not in old.rules.hazards or hazard not in new.rules.hazards
    ]
    if lost:
        return Replayed(before=None, after=None, lost=lost, rows=_NOTHING, upward=())
    schools = _schools(incident)
    report = _first_report(incident, schools, hazards)
    facts = report.facts() | {REPEATED: _was_second(incident, schools[0])}
    known = snapshot(schools, as_of=incident.filed_at).facts
    before, after = (_under(incident, report, facts, known, book) for book in (old, new))
    return Replayed(
        before=before,
        after=after,
        lost=(),
        rows=difference(before.plan, after.plan),
        upward=clock_changes(before.upward, after.upward),
    )


def _schools(incident: Incident) -> tuple[Unit, ...]:
    return tuple(touched.school for touched in incident.touches.all())


def _first_report(
    incident: Incident, schools: tuple[Unit, ...], hazards: tuple[str, ...]
) -> FirstReport:
    return FirstReport(
        schools=schools,
        hazards=hazards,
        people=incident.people,
        **{name: getattr(incident, name) for name in COUNTS},
        aware_at=incident.aware_at,
        flags=incident.flags,
    )


def _was_second(incident: Incident, school: Unit) -> bool:
    """Whether filing found one of the same kind in the year before."""
    return (
        Incident.objects.filter(
            schools=school,
            hazard=incident.hazard,
            filed_at__gte=incident.filed_at - REPEAT_WINDOW,
            filed_at__lte=incident.filed_at,
        )
        .exclude(pk__gte=incident.pk)
        .exists()
    )


def _under(
    incident: Incident, report: FirstReport, facts: dict[str, Any], known: Facts, book: Ready
) -> Under:
    decided = grade(facts, book.content["grades"]).grade
    set_flags = frozenset(name for name, is_set in report.flags.items() if is_set)
    asked = Question(
        hazards=tuple(dict.fromkeys(report.hazards)),
        grade=decided,
        at=incident.filed_at,
        flags=set_flags,
    )
    filing = book.content["filing"]
    return Under(
        grade=decided,
        privacy=book.rules.privacy(report.hazards),
        plan=resolve(book.rules, known, asked),
        first_report=clocks.first_report(grade=decided, aware_at=incident.aware_at, rules=filing),
        upward=clocks.upward(
            grade=decided, hazards=report.hazards, aware_at=incident.aware_at, rules=filing
        ),
    )
