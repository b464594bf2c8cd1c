"""Read incidents: access first, then filter, then shape."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from incidents.cases.access import (
    get_incident,
    reads_text,
    schools_to_take_calls_for,
    visible_to,
)
from incidents.cases.first_report import is_storable
from incidents.cases.models import Incident, IncidentSchool, Measure, UpwardReport
from notifications.models import Alert, Obligation
from notifications.obligations.upward import receiver_words
from safety.posts.access import Viewer
from safety.units.models import Unit


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a list of incidents is narrowed to; empty means everything."""

    text: str = ""
    hazard: str = ""
    grade: str = ""
    days: int | None = None
    open_only: bool = False


def incidents(user: Viewer, filters: Filters) -> QuerySet[Incident]:
    """The incidents that ``user`` may know of, newest first, with their schools."""
    found = visible_to(user)
    if not is_storable(filters.text):
        return found.none()
    if filters.text:
        # Never the free text: whoever may not read it must not find by it either.
        found = found.filter(number__icontains=filters.text) | found.filter(
            pk__in=IncidentSchool.objects.filter(school__name__icontains=filters.text).values(
                "incident"
            )
        )
    if filters.hazard:
        found = found.filter(hazard=filters.hazard)
    if filters.grade:
        found = found.filter(grade=filters.grade)
    if filters.days is not None:
        found = found.filter(filed_at__gte=timezone.now() - timedelta(days=filters.days))
    if filters.open_only:
        found = found.open()
    touches = IncidentSchool.objects.select_related("school").order_by("order")
    return found.prefetch_related(Prefetch("touches", queryset=touches)).order_by(
        "-filed_at", "-id"
    )


@dataclass(frozen=True, kw_only=True)
class CasePage:
    """One case as one reader sees it; ``reads`` tells whether free text may be shown."""

    incident: Incident
    schools: Sequence[Unit]
    alert: Alert | None
    obligations: Sequence[Obligation]
    reads: bool
    call_back: str


def case_page(user: Viewer, ref: UUID) -> CasePage:
    """Everything about one incident. Raises ``Hidden`` for those who may not know of it."""
    incident = get_incident(user, ref)
    alert = Alert.objects.filter(subject_kind="incident", subject_ref=str(incident.ref)).first()
    owed = Obligation.objects.filter(alert=alert) if alert else Obligation.objects.none()
    return CasePage(
        incident=incident,
        schools=list(incident.schools.order_by("path")),
        alert=alert,
        obligations=list(owed.select_related("unit", "post", "person", "met_by").order_by("id")),
        reads=reads_text(user, incident),
        call_back=incident.caller_phone or _own_phone(incident),
    )


def _own_phone(incident: Incident) -> str:
    """The reporter's number, where the report came from the school itself."""
    if incident.reporter is None or incident.via == Incident.Via.PHONE:
        return ""
    return incident.reporter.phone


@dataclass(frozen=True, kw_only=True)
class SentUp:
    """A report that went up, with its receiver in the reader's language."""

    report: UpwardReport
    receiver: str


def sent_up(reports: Iterable[UpwardReport], owed: Iterable[Obligation]) -> list[SentUp]:
    """``reports`` as they are shown; ``owed`` are the obligations that know words for receivers."""
    words = receiver_words(owed)
    return [
        SentUp(report=report, receiver=words.get(report.receiver, report.receiver))
        for report in reports
    ]


@dataclass(frozen=True, kw_only=True)
class RoomAnswer:
    """Whether a duty room has signed for receipt, and when; a room, not a person."""

    room: str
    at: datetime | None
    by_phone: bool


def answers_of_duty_rooms(incident: Incident) -> list[RoomAnswer]:
    """What the reporter may know: which duty rooms have it, the nearest first."""
    owed = (
        Obligation.objects.filter(
            subject_kind="incident",
            subject_ref=str(incident.ref),
            capacity="DUTY_OFFICER",
            kind__in=(Obligation.Kind.ACKNOWLEDGE, Obligation.Kind.READ),
        )
        .select_related("unit")
        .order_by("-unit__path", "id")
    )
    return [
        RoomAnswer(room=o.unit.label, at=o.met_at, by_phone=o.met_how == Obligation.How.PHONE)
        for o in owed
    ]


@dataclass(frozen=True, kw_only=True)
class MeasureState:
    """One thing that can be done at once, and when it was."""

    kind: str
    word: str
    at: datetime | None


def measure_states(incident: Incident, *, verified: bool = False) -> list[MeasureState]:
    """110, 120, 119 and the guardians; with ``verified`` the check by telephone too."""
    done = dict(incident.measures.values_list("kind", "at"))
    return [
        MeasureState(kind=kind.value, word=str(kind.label), at=done.get(kind.value))
        for kind in Measure.Kind
        if verified or kind != Measure.Kind.VERIFIED
    ]


def schools_for_calls(user: Viewer, typed: str) -> QuerySet[Unit]:
    """The open schools in reach whose name, short name or code holds what was typed."""
    text = typed.strip()[:80]
    if not text or not is_storable(text):
        return Unit.objects.none()
    by_name = Q(name__icontains=text) | Q(short_name__icontains=text) | Q(code__startswith=text)
    return schools_to_take_calls_for(user).filter(by_name).order_by("path")
