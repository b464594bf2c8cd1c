"""Read incidents: access first, then filter, then shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from incidents.cases.access import get_incident, reads_text, visible_to
from incidents.cases.models import Incident, IncidentSchool
from notifications.models import Alert, Obligation
from safety.posts.access import Viewer


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
    return found.prefetch_related(Prefetch("touches", queryset=touches)).order_by("-filed_at", "-id")


@dataclass(frozen=True, kw_only=True)
class CasePage:
    """One case as one reader sees it; ``reads`` tells whether free text may be shown."""

    incident: Incident
    alert: Alert | None
    obligations: Sequence[Obligation]
    reads: bool
    body: dict[str, Any]


def case_page(user: Viewer, ref: UUID) -> CasePage:
    """Everything about one incident. Raises ``Hidden`` for those who may not know of it."""
    incident = get_incident(user, ref)
    alert = Alert.objects.filter(subject_kind="incident", subject_ref=str(incident.ref)).first()
    obligations = (
        list(alert.obligations.select_related("unit", "post", "person", "met_by").order_by("id"))
        if alert
        else []
    )
    reads = reads_text(user, incident)
    first = incident.reports.order_by("number").first()
    return CasePage(
        incident=incident,
        alert=alert,
        obligations=obligations,
        reads=reads,
        body=dict(first.body) if first and reads else {},
    )
