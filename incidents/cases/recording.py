"""Write down what was done: measures at once, and what went up to whom (上报)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.cases.first_report import CLOCK_TOLERANCE, EARLIEST, is_storable
from incidents.cases.models import FilingDevice, Incident, Measure, UpwardReport
from notifications.delivery.boards import board_rows
from notifications.delivery.streams import append
from notifications.models import Alert, Obligation
from notifications.obligations.answering import Answer, fulfil
from notifications.obligations.upward import receivers_of
from safety.errors import Problem, Refused
from safety.ledger.actions import Actor, Fact, record
from safety.people.models import User
from safety.units.models import Unit


@dataclass(frozen=True, kw_only=True)
class Upward:
    """One upward report as it was made: to whom, how, when, and who took it."""

    receiver: str
    received_by: str
    how: str
    sent_at: datetime


@transaction.atomic
def record_measure(
    *, incident: Incident, kind: str, by: User, device: FilingDevice | None = None
) -> bool:
    """Note that something was done, now. Each kind counts once; return whether it is new.

    Raises ``Refused`` for a kind that is not known.
    """
    if kind not in Measure.Kind.values:
        raise Refused(
            _("This measure is not known."),
            field="kind",
            value=kind,
            remedy=_("Use one of: %(codes)s") % {"codes": ", ".join(Measure.Kind.values)},
        )
    now = timezone.now()
    try:
        with transaction.atomic():
            Measure.objects.create(incident=incident, kind=kind, at=now, by=by)
    except IntegrityError:
        return False
    actor = (
        Actor(kind="device", ref=str(device.pk)) if device else Actor(kind="person", ref=str(by.pk))
    )
    body = {"kind": kind, "at": now.isoformat()}
    _record(incident, actor, "measure.recorded", body)
    _show(incident, {"verb": "measure.recorded", **body})
    return True


@transaction.atomic
def record_upward(
    *, incident: Incident, unit: Unit, upward: Upward, by: User, at: datetime | None = None
) -> UpwardReport:
    """Note what went up in the name of ``unit``; the same report again changes nothing.

    An obligation to report upward is met when every receiver it names has a
    report of this unit. ``at`` is only for seeded history: when it was noted.
    Raises ``Refused`` with every problem.
    """
    now = at or timezone.now()
    wrong = tuple(_problems(upward, now))
    if wrong:
        raise Refused.of(wrong)
    # One after the other: of two reports to two receivers the second must see the first.
    Incident.objects.select_for_update(no_key=True).get(pk=incident.pk)
    told, is_new = UpwardReport.objects.get_or_create(
        incident=incident,
        unit=unit,
        receiver=upward.receiver,
        received_by=upward.received_by,
        how=upward.how,
        sent_at=upward.sent_at,
        defaults={"recorded_by": by, "recorded_at": now},
    )
    if is_new:
        body = {"unit": unit.pk, "receiver": told.receiver, "how": told.how}
        actor = Actor(kind="person", ref=str(by.pk))
        _record(incident, actor, "incident.reported_upward", body, at=at)
        # What it discharges tells the boards itself; the streams are numbered once, last.
        met = fulfil(
            obligations=_discharged(incident, unit),
            answer=Answer(
                by=by,
                how=Obligation.How.RECORDED,
                note=told.received_by,
                at=min(told.sent_at, now),
                entered_at=at,
            ),
        )
        if not met:
            _show(incident, {"verb": "incident.reported_upward", **body})
    return told


def owed_upward(incident: Incident) -> QuerySet[Obligation]:
    """Everything that anybody owes or owed upward for this incident."""
    return Obligation.objects.filter(
        kind=Obligation.Kind.REPORT_UPWARD, subject_kind="incident", subject_ref=str(incident.ref)
    )


def open_upward(incident: Incident, unit: Unit) -> list[Obligation]:
    """What ``unit`` still owes upward for this incident, most urgent first."""
    return list(
        owed_upward(incident)
        .filter(state=Obligation.State.OPEN, unit=unit)
        .select_related("alert", "unit")
        .order_by("due_at", "id")
    )


def _discharged(incident: Incident, unit: Unit) -> list[Obligation]:
    reached = set(incident.upward_reports.filter(unit=unit).values_list("receiver", flat=True))
    return [o for o in open_upward(incident, unit) if reached.issuperset(receivers_of(o))]


def _problems(upward: Upward, now: datetime) -> list[Problem]:
    found = []
    if not upward.receiver:
        found.append(_problem("receiver", "", _("Who was told is missing."), _("Name the office.")))
    if upward.how not in UpwardReport.How.values:
        found.append(_problem("how", upward.how, _("Say how it was sent."), _("Choose one way.")))
    for name in ("receiver", "received_by"):
        text: str = getattr(upward, name)
        if len(text) > 80 or not is_storable(text):  # noqa: PLR2004 - the column's width
            found.append(
                _problem(name, text, _("This cannot be kept."), _("Use at most 80 characters."))
            )
    if not EARLIEST <= upward.sent_at <= now + CLOCK_TOLERANCE:
        found.append(
            _problem(
                "sent_at",
                upward.sent_at.isoformat(timespec="minutes"),
                _("This time lies in the future or too far back."),
                _("Enter when it was really sent."),
            )
        )
    return found


def _problem(field: str, value: str, message: str, remedy: str) -> Problem:
    return Problem(field=field, value=value, message=message, remedy=remedy)


def _record(
    incident: Incident,
    actor: Actor,
    verb: str,
    body: Mapping[str, Any],
    at: datetime | None = None,
) -> None:
    fact = Fact(verb=verb, subject_kind="incident", subject_ref=str(incident.ref), body=body)
    record(actor=actor, facts=[fact], at=at)


def _show(incident: Incident, said: Mapping[str, Any]) -> None:
    """Let the boards that show this incident look again; of a sealed one they learn nothing."""
    alert = Alert.objects.filter(subject_kind="incident", subject_ref=str(incident.ref)).first()
    if alert is not None and incident.privacy != Alert.Privacy.SEALED:
        append(board_rows(alert, kind="alert.noted", said=said))
