"""The list of incidents, and the page of one case."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from incidents.cases.grading import GRADES
from incidents.cases.hazards import hazard_choices, hazard_word
from incidents.cases.selectors import Filters, case_page, incidents
from incidents.cases.words import people_words
from notifications.words import grade_word

PAGE = 50


@require_GET
@login_required
def list_incidents(request: HttpRequest) -> HttpResponse:
    asked = request.GET
    days = asked.get("days", "")
    filters = Filters(
        text=asked.get("q", "").strip()[:80],
        hazard=asked.get("hazard", "")[:10],
        grade=asked.get("grade", "")[:2],
        days=int(days) if days.isdecimal() and len(days) < 5 else None,
        open_only=asked.get("open") == "1",
    )
    page = Paginator(incidents(request.user, filters), PAGE).get_page(asked.get("page"))
    rows = [
        {
            "incident": incident,
            "schools": [touch.school for touch in incident.touches.all()],
            "hazard": hazard_word(incident.hazard),
            "people": people_words(_people(incident)),
        }
        for incident in page.object_list
    ]
    context = {
        "page": page,
        "rows": rows,
        "filters": filters,
        "hazards": hazard_choices(),
        "grades": [(grade, grade_word(grade)) for grade in GRADES],
        "days": (7, 30, 90, 365),
    }
    return render(request, "incidents/cases/incidents.html", context)


@require_GET
@login_required
def show_incident(request: HttpRequest, ref: UUID) -> HttpResponse:
    case = case_page(request.user, ref)
    context = {
        "case": case,
        "incident": case.incident,
        "hazard": hazard_word(case.incident.hazard),
        "more_hazards": [hazard_word(code) for code in case.incident.more_hazards],
        "people": people_words(_people(case.incident)),
        "schools": list(case.incident.schools.order_by("path")),
        "measures": list(case.incident.measures.select_related("by")),
        "upward": list(case.incident.upward_reports.select_related("unit", "recorded_by")),
    }
    return render(request, "incidents/cases/incident.html", context)


def _people(incident: object) -> dict[str, object]:
    return {
        name: getattr(incident, name)
        for name in ("people", "dead", "missing", "injured", "critical")
    }
