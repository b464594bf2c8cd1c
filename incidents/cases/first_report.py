"""The first report (首报): what a school tells first, and what is wrong with it.

Both the page and the API turn their strings into a ``FirstReport``; everything
that can be said about its content is checked here, once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from incidents.cases.models import Incident
from safety.errors import Problem
from safety.units.models import Unit

COUNTS = ("dead", "missing", "injured", "critical")
CALLER = ("caller", "caller_post", "caller_phone", "caller_told")
KEY = r"^[\x21-\x7e]{8,64}$"  # a report's key: a UUID is best
CLOCK_TOLERANCE = timedelta(minutes=2)  # a phone's clock may run ahead of ours
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
TEXT_MAX = {
    "summary": 200,
    "place": 200,
    "caller": 80,
    "caller_post": 80,
    "caller_phone": 30,
    "caller_told": 200,
}
COUNT_MAX = 100_000


@dataclass(frozen=True, kw_only=True)
class FirstReport:
    """What was told. Counts are ``None`` while unknown; ``schools[0]`` is the one that files.

    ``caller`` is who told it by telephone; ``caller_phone`` is where to call
    back, in a written report too.
    """

    schools: tuple[Unit, ...]
    hazards: tuple[str, ...]
    people: str
    aware_at: datetime
    dead: int | None = None
    missing: int | None = None
    injured: int | None = None
    critical: int | None = None
    place_kind: str = ""
    place: str = ""
    occurred_at: datetime | None = None
    summary: str = ""
    flags: Mapping[str, bool] = field(default_factory=dict)
    caller: str = ""
    caller_post: str = ""
    caller_phone: str = ""
    caller_told: str = ""

    def digest(self) -> str:
        """SHA-256 of the content: tells a repeated report from another one under its key."""
        content = {
            **{name: getattr(self, name) for name in (*COUNTS, "people", "place_kind", "place")},
            "schools": [school.code for school in self.schools],
            "hazards": list(self.hazards),
            "aware_at": self.aware_at.timestamp(),
            "occurred_at": self.occurred_at.timestamp() if self.occurred_at else None,
            "summary": self.summary,
            "flags": {name: value for name, value in self.flags.items() if value},
            "caller": [getattr(self, name) for name in CALLER],
        }
        text = json.dumps(content, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def facts(self) -> dict[str, Any]:
        """The facts by which the rule book grades (names of grades.toml)."""
        return {
            **{name: value for name, value in self.flags.items() if value},
            **{name: getattr(self, name) for name in COUNTS},
            "hazards": list(self.hazards),
            "people": self.people,
            "several_schools": len(self.schools) > 1,
        }


def is_storable(text: str) -> bool:
    """Whether a database can keep ``text``: no NUL, no half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def problems(
    report: FirstReport, *, now: datetime, known_hazards: set[str], known_flags: set[str]
) -> Iterator[Problem]:
    """Everything that is wrong with ``report``, each with field, value and remedy."""
    yield from _school_problems(report, now)
    yield from _hazard_problems(report, known_hazards, known_flags)
    yield from _people_problems(report)
    yield from _time_problems(report, now)
    yield from _text_problems(report)


def _school_problems(report: FirstReport, now: datetime) -> Iterator[Problem]:
    for school in report.schools:
        if not school.is_school:
            yield Problem(
                field="school",
                value=school.code,
                message=_("This unit is not a school."),
                remedy=_("Give the code of a school."),
            )
        elif not school.is_open_on(now.date()):
            yield Problem(
                field="school",
                value=school.code,
                message=_("This school is closed."),
                remedy=_("File for the school that took over, or call the duty room."),
            )


def _hazard_problems(
    report: FirstReport, known_hazards: set[str], known_flags: set[str]
) -> Iterator[Problem]:
    for hazard in report.hazards:
        if hazard not in known_hazards:
            yield Problem(
                field="hazard",
                value=hazard,
                message=_("This kind of incident is not known."),
                remedy=_("Use one of: %(codes)s") % {"codes": ", ".join(sorted(known_hazards))},
            )
    for flag in report.flags:
        if flag not in known_flags:
            yield Problem(
                field="flags",
                value=flag,
                message=_("This flag is not known."),
                remedy=_("Use one of: %(codes)s") % {"codes": ", ".join(sorted(known_flags))},
            )


def _people_problems(report: FirstReport) -> Iterator[Problem]:
    counts = {name: getattr(report, name) for name in COUNTS}
    for name, value in counts.items():
        if value is not None and not 0 <= value <= COUNT_MAX:
            yield Problem(
                field=name,
                value=str(value),
                message=_("A number of people is between 0 and 100000."),
                remedy=_("Correct the number, or choose “number unknown”."),
            )
    given = [value for value in counts.values() if value is not None]
    if report.people not in Incident.People.values:
        yield Problem(
            field="people",
            value=report.people,
            message=_("Say whether anybody was hurt."),
            remedy=_("Choose the numbers, “no one hurt” or “number unknown”."),
        )
    elif report.people == Incident.People.COUNTED and not any(given):
        yield Problem(
            field="people",
            value="0",
            message=_("No number is given."),
            remedy=_("Enter a number, or choose “no one hurt” or “number unknown”."),
        )
    elif report.people != Incident.People.COUNTED and given:
        yield Problem(
            field="people",
            value=report.people,
            message=_("Numbers and “no one hurt” or “number unknown” exclude each other."),
            remedy=_("Keep one of the two."),
        )
    if report.critical and report.injured is not None and report.critical > report.injured:
        yield Problem(
            field="critical",
            value=str(report.critical),
            message=_("The critical are part of the injured."),
            remedy=_("Raise the number of injured, or lower the number of critical."),
        )


def _time_problems(report: FirstReport, now: datetime) -> Iterator[Problem]:
    for name in ("aware_at", "occurred_at"):
        moment = getattr(report, name)
        if moment is not None and moment < EARLIEST:
            yield Problem(
                field=name,
                value=moment.isoformat(timespec="minutes"),
                message=_("This time lies too far back."),
                remedy=_("Check the year."),
            )
        if moment is not None and moment > now + CLOCK_TOLERANCE:
            yield Problem(
                field=name,
                value=moment.isoformat(timespec="minutes"),
                message=_("This time lies in the future."),
                remedy=_("Check the time and the clock of this device."),
            )
    if report.occurred_at is not None and report.occurred_at - report.aware_at > CLOCK_TOLERANCE:
        yield Problem(
            field="occurred_at",
            value=report.occurred_at.isoformat(timespec="minutes"),
            message=_("It cannot have happened after the school knew of it."),
            remedy=_("Correct one of the two times."),
        )


def _text_problems(report: FirstReport) -> Iterator[Problem]:
    for name, limit in TEXT_MAX.items():
        text: str = getattr(report, name)
        if len(text) > limit:
            yield Problem(
                field=name,
                value=text,
                message=_("This text has %(length)d characters, %(limit)d are possible.")
                % {"length": len(text), "limit": limit},
                remedy=_("Shorten it; details follow in the next report."),
            )
        if not is_storable(text):
            yield Problem(
                field=name,
                value=text,
                message=_("This text holds a character that cannot be stored."),
                remedy=_("Remove it and send again."),
            )
