"""The receipt of a first report (已送达): number, time, who has answered, what was done."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from incidents.cases.access import get_receipt, noter_of, visible_to
from incidents.cases.devices import device_of
from incidents.cases.models import Incident, Measure
from incidents.cases.recording import record_measure
from incidents.cases.selectors import answers_of_duty_rooms, measure_states
from incidents.cases.views.parts import nearest_phone
from notifications.models import Alert
from safety.errors import Hidden, Refused
from safety.http import wants_json


@require_GET
@never_cache
def receipt(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The proof that a school may show; it holds no name, so that it may be photographed."""
    incident = get_receipt(request.user, device_of(request), ref)
    return render(request, "incidents/filing/receipt.html", _context(request, incident))


@require_GET
@never_cache
def answers(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The part that the open receipt asks for again every few seconds."""
    incident = _open(get_receipt(request.user, device_of(request), ref))
    return render(request, "incidents/filing/_answers.html", _context(request, incident))


@require_POST
def measure(request: HttpRequest, ref: UUID) -> HttpResponse:
    """One tap: 110, 120, 119 called, guardians told. The time is that of the tap."""
    device = device_of(request)
    incident = _open(get_receipt(request.user, device, ref))
    noter = noter_of(request.user, device, incident)
    kind = request.POST.get("kind", "")
    if noter is None or kind == Measure.Kind.VERIFIED:
        raise Hidden  # only the duty room can say that it has checked
    try:
        is_new = record_measure(incident=incident, kind=kind, by=noter.user, device=noter.device)
    except Refused as refusal:
        if wants_json(request):
            raise
        messages.error(request, str(refusal))
        return redirect("filing:receipt", ref=ref)
    if wants_json(request):
        return JsonResponse({"kind": kind, "recorded": is_new})
    messages.success(request, _("Recorded."))
    return redirect("filing:receipt", ref=ref)


def _open(incident: Incident) -> Incident:
    """A sealed matter shows number and time on its receipt, and nothing else anywhere."""
    if incident.privacy == Alert.Privacy.SEALED:
        raise Hidden
    return incident


def _context(request: HttpRequest, incident: Incident) -> dict[str, object]:
    school = incident.schools.first()
    phone = nearest_phone(school) if school else None
    nearest = [phone] if phone else []
    if incident.privacy == Alert.Privacy.SEALED:
        return {"incident": incident, "bare": True, "nearest": nearest}
    return {
        "incident": incident,
        "nearest": nearest,
        "bare": False,
        "rooms": answers_of_duty_rooms(incident),
        "measures": measure_states(incident),
        "may_note": noter_of(request.user, device_of(request), incident) is not None,
        "sees_case": visible_to(request.user).filter(pk=incident.pk).exists(),
    }
