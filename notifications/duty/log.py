"""The duty log (值班日志): lines by time, never changed; a correction is a further line."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safety.errors import Problem, Refused
from safety.ledger.actions import Actor, Fact, record
from safety.people.models import User
from safety.roster.models import LogEntry
from safety.units.models import Unit

LATE = timedelta(days=3)
TEXT_MAX = 300


@transaction.atomic
def write_line(
    *,
    unit: Unit,
    by: User,
    at: datetime | None,
    matter: str,
    handling: str = "",
    to_hand_over: bool = False,
    corrects: LogEntry | None = None,
) -> LogEntry:
    """One line: what, when, what was done about it, whether it goes into the hand-over."""
    now = timezone.now()
    moment = at or now
    problems = []
    if not matter.strip():
        problems.append(
            _problem("matter", "", _("What happened is missing."), _("Write one line."))
        )
    for field, text in (("matter", matter), ("handling", handling)):
        if len(text) > TEXT_MAX:
            problems.append(
                _problem(field, str(len(text)), _("The line is too long."), _("Write two lines."))
            )
    if moment > now:
        problems.append(
            _problem("at", moment.isoformat(), _("It lies in the future."), _("Enter when it was."))
        )
    if moment < now - LATE:
        problems.append(
            _problem(
                "at",
                moment.isoformat(),
                _("It is more than three days ago."),
                _("Write today's line and say in it when it was."),
            )
        )
    if corrects is not None and corrects.unit_id != unit.pk:
        problems.append(_problem("corrects", "", _("That line is of another log."), ""))
    if problems:
        raise Refused.of(problems)
    line = LogEntry.objects.create(
        unit=unit,
        at=moment,
        matter=matter.strip(),
        handling=handling.strip(),
        to_hand_over=to_hand_over,
        corrects=corrects,
        by=by,
        written_at=now,
    )
    record(
        actor=Actor(kind="person", ref=str(by.pk)),
        facts=[
            Fact(
                verb="duty.logged",
                subject_kind="unit",
                subject_ref=unit.code,
                body={"line": str(line.ref), "corrects": str(corrects.ref) if corrects else None},
            )
        ],
    )
    return line


def _problem(field: str, value: str, message: str, remedy: str) -> Problem:
    return Problem(field=field, value=value, message=message, remedy=remedy)
