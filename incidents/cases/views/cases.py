"""The list of incidents, and the page of one case."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from incidents.cases import criteria
from incidents.cases.access import (
    get_incident,
    get_to_report_upward,
    may_note_measures,
    may_verify,
)
from incidents.cases.grading import GRADES
from incidents.cases.hazards import hazard_choices, hazard_word
from incidents.cases.models import Incident, Measure
from incidents.cases.recording import record_measure
from incidents.cases.selectors import Filters, case_page, incidents, measure_states, sent_up
from incidents.cases.told import told
from notifications.access import post_ids
from notifications.models import Obligation
from notifications.obligations.upward import receiver_words
from notifications.words import basis_words, grade_word
from safety.errors import Hidden, Refused
from safety.people.models import User
from safety.posts.access import Viewer

PAGE = 50
DAYS = (7, 30, 90, 365)


@require_GET
@login_required
@never_cache
def list_incidents(request: HttpRequest) -> HttpResponse:
    asked = request.GET
    days = asked.get("days", "")
    hazards = hazard_choices()
    filters = Filters(
        text=asked.get("q", "").strip()[:80],
        hazard=_one_of(asked.get("hazard", ""), [code for code, _word in hazards]),
        grade=_one_of(asked.get("grade", ""), GRADES),
        days=int(days) if days in map(str, DAYS) else None,
        open_only=asked.get("open") == "1",
    )
    page = Paginator(incidents(request.user, filters), PAGE).get_page(asked.get("page"))
    words = dict(hazards)
    rows = [
        {
            "incident": incident,
            "schools": [touch.school for touch in incident.touches.all()],
            "hazard": words.get(incident.hazard, incident.hazard),
            "people": criteria.people_in_words(incident),
        }
        for incident in page.object_list
    ]
    context = {
        "page": page,
        "rows": rows,
        "filters": filters,
        "selects": _selects(filters, hazards),
        "checks": [{"name": "open", "label": _("only open ones"), "on": filters.open_only}],
        "narrowed": filters != Filters(),
    }
    return render(request, "incidents/cases/incidents.html", context)


def _one_of(asked: str, known: Iterable[str]) -> str:
    return asked if asked in known else ""


def _selects(filters: Filters, hazards: list[tuple[str, str]]) -> list[dict[str, object]]:
    days = [(str(n), _("last %(days)d days") % {"days": n}) for n in DAYS]
    grades = [(grade, grade_word(grade)) for grade in GRADES]
    chosen_days = str(filters.days or "")
    return [
        {"name": "hazard", "label": _("Kind"), "value": filters.hazard, "options": hazards},
        {"name": "grade", "label": _("Grade"), "value": filters.grade, "options": grades},
        {"name": "days", "label": _("Period"), "value": chosen_days, "options": days},
    ]


@require_GET
@login_required
@never_cache
def show_incident(request: HttpRequest, ref: UUID) -> HttpResponse:
    case = case_page(request.user, ref)
    incident = case.incident
    context = {
        "case": case,
        "incident": incident,
        "hazards": [hazard_word(code) for code in (incident.hazard, *incident.more_hazards)],
        "people": criteria.people_in_words(incident),
        "criterion": criteria.criterion(incident),
        "uplift": criteria.uplift(incident),
        "flags": criteria.flags(incident) if case.reads else [],
        "clock": criteria.first_report_clock(incident),
        "levels": told(case.alert, case.obligations, own=post_ids(request.user)),
        "measures": measure_states(incident, verified=True),
        "may_note": may_note_measures(request.user, incident),
        "may_verify": may_verify(request.user, incident),
        "upward": sent_up(
            incident.upward_reports.select_related("unit", "recorded_by"), case.obligations
        ),
        "upward_owed": [_upward(o) for o in case.obligations if _is_upward(o)],
        "may_report_upward": _may_report_upward(request.user, ref),
    }
    return render(request, "incidents/cases/incident.html", context)


def _is_upward(obligation: Obligation) -> bool:
    return obligation.kind == Obligation.Kind.REPORT_UPWARD


def _upward(obligation: Obligation) -> dict[str, object]:
    return {
        "unit": obligation.unit.label,
        "receivers": receiver_words([obligation]).values(),
        "obligation": obligation,
        "basis": basis_words(obligation),
    }


def _may_report_upward(user: Viewer, ref: UUID) -> bool:
    try:
        get_to_report_upward(user, ref)
    except Hidden:
        return False
    return True


@require_POST
@login_required
def note_measure(request: HttpRequest, ref: UUID) -> HttpResponse:
    """110, 120, 119, the guardians: noted by the school or its duty room."""
    kind = request.POST.get("kind", "")
    incident = get_incident(request.user, ref)
    if kind == Measure.Kind.VERIFIED or not may_note_measures(request.user, incident):
        raise Hidden
    return _noted(request, incident, kind)


@require_POST
@login_required
def note_verified(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Checked by telephone (电话核实): only the duty room can say so."""
    incident = get_incident(request.user, ref)
    if not may_verify(request.user, incident):
        raise Hidden
    return _noted(request, incident, Measure.Kind.VERIFIED)


def _noted(request: HttpRequest, incident: Incident, kind: str) -> HttpResponse:
    if not isinstance(request.user, User):
        raise Hidden
    try:
        is_new = record_measure(incident=incident, kind=kind, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Recorded.") if is_new else _("This was recorded before."))
    wanted = request.POST.get("next", "")
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return redirect(wanted)
    return redirect("cases:incident", ref=incident.ref)
