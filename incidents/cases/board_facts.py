"""What the live board shows of an incident beside its alert: asked once for all rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Prefetch
from django.urls import reverse

from incidents.cases.models import Incident, Measure, UpwardReport
from notifications.models import Alert
from notifications.subjects import Done, Sent, SubjectFacts
from safety.units.models import Unit


def board_facts(refs: Sequence[str]) -> Mapping[str, SubjectFacts]:
    """Facts of incidents by reference; of sealed ones nothing but what their duty room sent up."""
    measures = Measure.objects.order_by("at", "id")
    upward = UpwardReport.objects.select_related("unit").order_by("sent_at", "id")
    found = (
        Incident.objects.filter(ref__in=[UUID(ref) for ref in refs])
        .select_related("reporter")
        .prefetch_related(
            Prefetch("measures", queryset=measures), Prefetch("upward_reports", queryset=upward)
        )
    )
    return {str(incident.ref): _facts(incident) for incident in found}


def _facts(incident: Incident) -> SubjectFacts:
    upward_url = reverse("cases:upward", args=[incident.ref])
    sent = [report for report in incident.upward_reports.all() if _is_bureau(report)]
    if incident.privacy == Alert.Privacy.SEALED:
        return SubjectFacts(sent=[_sent(report) for report in sent], upward_url=upward_url)
    measures = list(incident.measures.all())
    reporter, phone = _who_told(incident)
    verified = next((m.at for m in measures if m.kind == Measure.Kind.VERIFIED), None)
    return SubjectFacts(
        provisional=incident.provisional,
        on_time=incident.filed_at <= incident.first_due_at,
        reported_at=incident.filed_at,
        verified_at=verified,
        may_verify=True,
        done=[
            Done(word=m.get_kind_display(), at=m.at)
            for m in measures
            if m.kind != Measure.Kind.VERIFIED
        ],
        sent=[_sent(report) for report in sent],
        upward_url=upward_url,
        verify_url=reverse("cases:verified", args=[incident.ref]),
        reporter=reporter,
        reporter_phone=phone,
    )


def _who_told(incident: Incident) -> tuple[str, str]:
    """Name and number of whoever told the duty room: the caller, else the reporter."""
    if incident.via == Incident.Via.PHONE or incident.reporter is None:
        return incident.caller, incident.caller_phone
    return incident.reporter.name, incident.caller_phone or incident.reporter.phone


def _is_bureau(report: UpwardReport) -> bool:
    return report.unit.kind not in Unit.SCHOOL_KINDS


def _sent(report: UpwardReport) -> Sent:
    return Sent(
        unit=report.unit_id,
        receiver=report.receiver,
        received_by=report.received_by,
        how=report.get_how_display(),
        at=report.sent_at,
    )
