"""Note what went up (上报): to whom, when, how, and who received it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from incidents.cases.access import get_to_report_upward, visible_to
from incidents.cases.forms.upward import UpwardForm
from incidents.cases.models import Incident
from incidents.cases.recording import open_upward, receivers_of, record_upward
from notifications.models import Alert
from notifications.words import basis_words
from safety.errors import Hidden, Refused
from safety.http import status_of
from safety.people.models import User
from safety.units.models import Unit


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def report_upward(request: HttpRequest, ref: UUID) -> HttpResponse:
    incident, units = get_to_report_upward(request.user, ref)
    unit = _in_whose_name(request, units)
    form = UpwardForm(
        request.POST or None,
        receivers=_still_owed(incident, unit),
        initial={"sent_at": timezone.localtime()},
    )
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return _page(request, incident, units, unit, form, status)
    if not isinstance(request.user, User):
        raise Hidden
    try:
        record_upward(incident=incident, unit=unit, upward=form.upward(), by=request.user)
    except Refused as refusal:
        for problem in refusal.problems:
            field = problem.field if problem.field in form.fields else None
            form.add_error(field, f"{problem.message} {problem.remedy}".strip())
        return _page(request, incident, units, unit, form, status_of(refusal))
    messages.success(request, _("Recorded what went up."))
    return redirect(request.get_full_path())


def _in_whose_name(request: HttpRequest, units: list[Unit]) -> Unit:
    """The unit asked for, else the first one that still owes something. 404 for any other."""
    code = request.GET.get("unit", "")
    if not code:
        return units[0]
    for unit in units:
        if unit.code == code:
            return unit
    raise Hidden


def _still_owed(incident: Incident, unit: Unit) -> list[str]:
    reached = set(incident.upward_reports.filter(unit=unit).values_list("receiver", flat=True))
    named = [name for o in open_upward(incident, unit) for name in receivers_of(o)]
    return [name for name in dict.fromkeys(named) if name not in reached]


def _page(
    request: HttpRequest,
    incident: Incident,
    units: list[Unit],
    unit: Unit,
    form: UpwardForm,
    status: int,
) -> HttpResponse:
    knows = visible_to(request.user).filter(pk=incident.pk).exists()
    context = {
        "incident": incident,
        "knows": knows,
        "sealed": incident.privacy == Alert.Privacy.SEALED,
        "units": units,
        "unit": unit,
        "form": form,
        "owed": [
            {"receivers": receivers_of(o), "due_at": o.due_at, "basis": basis_words(o), "o": o}
            for o in open_upward(incident, unit)
        ],
        "sent": incident.upward_reports.filter(unit=unit).select_related("recorded_by"),
    }
    return render(request, "incidents/cases/upward.html", context, status=status)


upward_urls = [path("incidents/<uuid:ref>/upward/", report_upward, name="upward")]
