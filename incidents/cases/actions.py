"""File an incident: the one transaction on which everything later hangs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random, SystemRandom
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.cases import clocks
from incidents.cases.criteria import REPEATED
from incidents.cases.first_report import CALLER, COUNTS, FirstReport, problems
from incidents.cases.grading import Graded, grade
from incidents.cases.models import (
    FilingDevice,
    FilingKey,
    Incident,
    IncidentSchool,
    IncidentUserObjectPermission,
    Report,
)
from incidents.cases.numbers import next_number, sealed_number
from incidents.cases.words import Told, Where, tell
from notifications.models import Obligation
from notifications.obligations.raising import Extra, Subject, raise_alert
from notifications.responsibility.plan import Plan, PlanRow
from notifications.snapshot import Snapshot, snapshot
from safety.errors import Conflict, Refused
from safety.ledger.actions import Actor, Fact
from safety.people.models import User
from safety.rules.models import RuleBook
from safety.units.models import Unit

REPEAT_WINDOW = timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class Filed:
    """The answer to a filing; ``repeated`` when the key had been used for it before."""

    incident: Incident
    repeated: bool


def report_incident(
    *,
    report: FirstReport,
    reporter: User,
    via: str,
    key: str,
    device: FilingDevice | None = None,
    at: datetime | None = None,
) -> Filed:
    """File ``report`` and tell everybody the plan names; safe to repeat under the same ``key``.

    When it returns, everything is committed (unless the caller holds an outer
    transaction). ``device`` is the bound phone that filed in the name of
    ``reporter``; it shares his keys, so that a report sent again after his
    sign-in ran out is still the same report. ``at`` is only for seeded history.

    Raises ``Refused`` with every problem of the report, and ``Conflict`` when
    the key was used for a different report.
    """
    space = f"user:{reporter.pk}"
    earlier = _earlier(space, key, report)
    if earlier is not None:
        return Filed(incident=earlier, repeated=True)
    now = at or timezone.now()
    prepared = _prepare(report, now)
    try:
        incident = _write(
            report=report,
            prepared=prepared,
            sender=_Sender(reporter=reporter, via=via, device=device),
            space=space,
            key=key,
            at=at,
        )
    except IntegrityError:
        earlier = _earlier(space, key, report)  # the same key won the race meanwhile
        if earlier is None:
            raise
        return Filed(incident=earlier, repeated=True)
    return Filed(incident=incident, repeated=False)


def _earlier(space: str, key: str, report: FirstReport) -> Incident | None:
    used = next(iter(FilingKey.objects.filter(space=space, key=key)), None)
    if used is None:
        return None
    if used.body_digest != report.digest():
        raise Conflict(
            _("This key was used for a different report."),
            field="Idempotency-Key",
            value=key,
            remedy=_("Use a new key for a new report."),
        )
    return used.incident


@dataclass(frozen=True, kw_only=True)
class _Sender:
    """Who files, by which way, and with which bound phone."""

    reporter: User
    via: str
    device: FilingDevice | None

    @property
    def actor(self) -> Actor:
        if self.device is not None:
            return Actor(kind="device", ref=str(self.device.pk))
        return Actor(kind="person", ref=str(self.reporter.pk))


@dataclass(frozen=True, kw_only=True)
class _Prepared:
    """All that is decided before the transaction, so that its locks are short."""

    now: datetime
    snapshot: Snapshot
    graded: Graded
    plan: Plan
    due: clocks.Clock
    upward: Sequence[clocks.Clock]
    privacy: str


def _prepare(report: FirstReport, now: datetime) -> _Prepared:
    known = snapshot(report.schools)
    grades, filing = known.rules["grades"], known.rules["filing"]
    flags = {*grades["flags"], *(uplift["id"] for uplift in grades["uplift"])}
    wrong = tuple(problems(report, now=now, known_hazards=set(known.hazards), known_flags=flags))
    if wrong:
        raise Refused.of(wrong)
    facts = report.facts() | {REPEATED: _is_second(report, now)}
    graded = grade(facts, grades)
    return _Prepared(
        now=now,
        snapshot=known,
        graded=graded,
        plan=known.resolve(hazards=report.hazards, grade=graded.grade, at=now, flags=report.flags),
        due=clocks.first_report(grade=graded.grade, aware_at=report.aware_at, rules=filing),
        upward=clocks.upward(
            grade=graded.grade, hazards=report.hazards, aware_at=report.aware_at, rules=filing
        ),
        privacy=known.privacy(report.hazards),
    )


def _is_second(report: FirstReport, now: datetime) -> bool:
    return Incident.objects.filter(
        schools=report.schools[0], hazard=report.hazards[0], filed_at__gte=now - REPEAT_WINDOW
    ).exists()


@transaction.atomic
def _write(
    *,
    report: FirstReport,
    prepared: _Prepared,
    sender: _Sender,
    space: str,
    key: str,
    at: datetime | None,
) -> Incident:
    ref = uuid5(NAMESPACE_URL, f"{space}/{key}")
    lots = SystemRandom() if at is None else Random(ref.int)  # noqa: S311 - seeded history
    incident = _incident(report, prepared, sender, ref=ref, lots=lots)
    incident.save(force_insert=True)
    IncidentSchool.objects.bulk_create(
        IncidentSchool(incident=incident, school=school, order=order)
        for order, school in enumerate(report.schools)
    )
    Report.objects.create(
        incident=incident,
        kind=Report.Kind.FIRST,
        number=1,
        body=_body(report),
        filed_by=sender.reporter,
        filed_at=prepared.now,
    )
    FilingKey.objects.create(
        space=space,
        key=key,
        body_digest=report.digest(),
        incident=incident,
        created_at=prepared.now,
    )
    if prepared.privacy == "sealed":
        _name_readers(incident, prepared.plan)
    told = _told(incident, report, prepared)
    raise_alert(
        subject=Subject(
            kind="incident",
            ref=str(incident.ref),
            link=f"/incidents/{incident.ref}/",
            privacy=prepared.privacy,
            words=told.full,
            masked_words=told.masked,
            board_words=told.board,
        ),
        plan=prepared.plan,
        extras=_extras(prepared),
        facts=[_fact(incident, prepared)],
        actor=sender.actor,
        at=at,
    )
    return incident


def _incident(
    report: FirstReport, prepared: _Prepared, sender: _Sender, *, ref: UUID, lots: Random
) -> Incident:
    graded, now = prepared.graded, prepared.now
    number = sealed_number(now, lots) if prepared.privacy == "sealed" else next_number(now)
    return Incident(
        ref=ref,
        number=number,
        privacy=prepared.privacy,
        hazard=report.hazards[0],
        more_hazards=list(report.hazards[1:]),
        people=report.people,
        **{name: getattr(report, name) for name in COUNTS},
        place_kind=report.place_kind,
        place=report.place,
        summary=report.summary,
        flags=dict(report.flags),
        occurred_at=report.occurred_at,
        # A phone's clock may run ahead a little; nobody knows of a thing after telling it.
        aware_at=min(report.aware_at, prepared.now),
        filed_at=prepared.now,
        first_due_at=prepared.due.due_at,
        via=sender.via,
        reporter=sender.reporter,
        device=sender.device,
        **{name: getattr(report, name) for name in CALLER},
        grade=graded.grade,
        grade_rule=graded.rule,
        grade_uplift=list(graded.uplift),
        provisional=graded.provisional,
        stat_grade=graded.stat_grade,
        rules=RuleBook(pk=prepared.snapshot.rules_id),
    )


def _body(report: FirstReport) -> dict[str, Any]:
    """The first report as told, kept word for word."""
    plain = ("people", *COUNTS, "place_kind", "place", "summary", *CALLER)
    return {
        **{name: getattr(report, name) for name in plain},
        "schools": [school.code for school in report.schools],
        "hazards": list(report.hazards),
        "flags": dict(report.flags),
        "aware_at": report.aware_at.isoformat(),
        "occurred_at": report.occurred_at.isoformat() if report.occurred_at else None,
    }


def _fact(incident: Incident, prepared: _Prepared) -> Fact:
    """What the ledger keeps. The criterion of a sealed case would say what it is about."""
    sealed = prepared.privacy == "sealed"
    return Fact(
        verb="incident.reported",
        subject_kind="incident",
        subject_ref=str(incident.ref),
        body={
            "number": incident.number,
            "grade": incident.grade,
            "rule": "" if sealed else incident.grade_rule,
            "uplift": [] if sealed else incident.grade_uplift,
            "via": incident.via,
            "plan": prepared.plan.hash,
        },
    )


def _name_readers(incident: Incident, plan: Plan) -> None:
    """A sealed case is granted to people by name: those the plan told without redaction."""
    permission = Permission.objects.get(codename="read_sealed", content_type__app_label="cases")
    IncidentUserObjectPermission.objects.bulk_create(
        IncidentUserObjectPermission(user_id=person, permission=permission, content_object=incident)
        for person in plan.named
    )


def _told(incident: Incident, report: FirstReport, prepared: _Prepared) -> Told:
    return tell(
        privacy=prepared.privacy,
        hazard=prepared.snapshot.hazards[incident.hazard],
        people={name: getattr(report, name) for name in ("people", *COUNTS)},
        where=Where(
            schools=tuple(school.name for school in report.schools),
            district=_bureau_label(prepared.snapshot, report.schools[0]),
            kind=report.place_kind,
            place=report.place,
        ),
        summary=report.summary,
        number=incident.number,
        aware_at=incident.aware_at.isoformat(),
        filed_at=incident.filed_at.isoformat(),
    )


def _bureau_label(known: Snapshot, school: Unit) -> str:
    """The bureau right above ``school``: its district or zone, else the city."""
    above = [known.units[code] for code in reversed(school.ancestor_codes()[:-1])]
    return next((unit for unit in above if unit.kind in Unit.DISTRICT_KINDS), above[-1]).label


def _extras(prepared: _Prepared) -> Iterable[Extra]:
    """What is owed upward, each by the plan row of the capacity that the clock names."""
    for clock in prepared.upward:
        row = row_owing(prepared.plan, clock)
        if row is not None:
            yield Extra(
                row=row,
                kind=Obligation.Kind.REPORT_UPWARD,
                due_at=clock.due_at,
                basis=clock.basis,
                document=clock.document,
                note=clock.receiver,
                note_en=clock.receiver_en,
                telling=clock.telling,
            )


def row_owing(plan: Plan, clock: clocks.Clock) -> PlanRow | None:
    """The row of ``plan`` that owes what ``clock`` asks for: by capacity, else the duty room."""
    rows = [row for row in plan.rows if row.level == clock.level]
    exact = [row for row in rows if row.capacity == clock.owed_by]
    duty = [row for row in rows if row.capacity == "DUTY_OFFICER"]
    return next(iter([*exact, *duty]), None)
