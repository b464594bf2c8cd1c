"""The coverage proof (责任覆盖): the heat grid, the gaps behind each number, and one unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from notifications.coverage.access import basis_to_look_at, get_unit, visible_units
from notifications.coverage.answering import answers_at
from notifications.coverage.grid import WORDS, Line, columns_of, rows_of
from notifications.coverage.kept import coverage_of
from notifications.coverage.listing import GapFilter, told
from notifications.coverage.selectors import Coverage
from notifications.coverage.words import Words
from notifications.table.access import table_reach
from notifications.views.asking import signed_in
from notifications.views.coverage_ground import needs_a_table
from safety.people.models import User
from safety.rules.selectors import content_of
from safety.units.models import Unit

PAGE = 50


def _known(request: HttpRequest, user: User, *, unit: Unit | None = None) -> Coverage:
    """The proof of what the reader may see: of ``unit``, else of the whole reach."""
    basis = basis_to_look_at(user, request.GET.get("table", ""))
    table, later = basis.table, basis.later
    if unit is not None:
        return coverage_of(table, below=unit.path, later=later)
    paths = table_reach(user)
    first = coverage_of(table, below=paths[0], later=later)
    more = [coverage_of(table, below=path, later=later) for path in paths[1:]]
    return Coverage(
        table=first.table,
        book=first.book,
        period=first.period,
        schools=first.schools + sum(one.schools for one in more),
        judged=(*first.judged, *(judged for one in more for judged in one.judged)),
    )


@require_safe
@login_required
@never_cache
@needs_a_table
def show_coverage(request: HttpRequest) -> HttpResponse:
    """Is there somebody for everything: bureaus above, schools below, each cell a way in."""
    user = signed_in(request)
    code = request.GET.get("unit", "")
    unit = get_unit(user, code) if code else None
    known = _known(request, user, unit=unit)
    by_hazard = request.GET.get("by") == "hazard"
    bureaus = _bureaus(user, unit)
    words = Words.of(known.book)
    matrix = content_of(known.book)["responsibility"]["matrix"]
    hazards = words.hazards if by_hazard else None
    bureau_rows = rows_of(
        known,
        [Line(code=b.code, name=b.label) for b in bureaus],
        hazards or columns_of(matrix, words.capacities, schools=False),
        by_hazard=by_hazard,
    )
    lines, page = _school_lines(request, known, bureaus)
    school_rows = rows_of(
        known,
        lines,
        hazards or columns_of(matrix, words.capacities, schools=True),
        by_hazard=by_hazard,
    )
    context = {
        "known": known,
        "unit": unit,
        "bureaus": bureau_rows,
        "schools": school_rows,
        "page": page,
        "by_hazard": by_hazard,
        "places": _bureaus(user, None),
        "table_ref": request.GET.get("table", ""),
        "words": [(state, word) for state, word in WORDS.items()],
    }
    return render(request, "coverage/coverage.html", context)


def _bureaus(user: User, unit: Unit | None) -> list[Unit]:
    """The bureaus to show, the city first; below ``unit`` only."""
    units = visible_units(user).exclude(kind__in=Unit.SCHOOL_KINDS).order_by("path")
    if unit is not None:
        units = units.filter(path__startswith=unit.path)
    return list(units)


def _school_lines(
    request: HttpRequest, known: Coverage, bureaus: list[Unit]
) -> tuple[list[Line], Any]:
    """Schools bureau by bureau; of a single bureau school by school, those in trouble first."""
    if len(bureaus) > 1:
        counted = _schools_below(bureaus)
        lines = [
            Line(code=b.code, name=b.label, of_schools=True, schools=counted[b.code])
            for b in bureaus
            if b.kind != Unit.Kind.CITY
        ]
        direct = [one for one in bureaus if one.kind == Unit.Kind.CITY]
        lines += [
            Line(code=b.code, name=_("All schools"), of_schools=True, schools=counted[b.code])
            for b in direct
        ]
        return lines, None
    troubled = {one.gap.unit.code: one.gap.unit.name for one in known.judged}
    own = {bureau.code for bureau in bureaus}
    lines = [Line(code=code, name=name) for code, name in troubled.items() if code not in own]
    page = Paginator(lines, PAGE).get_page(request.GET.get("page"))
    return list(page.object_list), page


def _schools_below(bureaus: list[Unit]) -> Mapping[str, int]:
    paths = list(Unit.objects.schools().values_list("path", flat=True))
    return {b.code: sum(path.startswith(b.path) for path in paths) for b in bureaus}


@require_safe
@login_required
@never_cache
@needs_a_table
def list_gaps(request: HttpRequest) -> HttpResponse:
    """The rows behind a number of the grid."""
    user = signed_in(request)
    wanted = GapFilter.of(request.GET)
    known = _known(request, user)
    words = Words.of(known.book)
    found = wanted.rows(known)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    places = _bureaus(user, None)
    if wanted.unit and wanted.unit not in {place.code for place in places}:
        places.append(get_unit(user, wanted.unit))
    context = {
        "known": known,
        "wanted": wanted,
        "page": page,
        "rows": told(list(page.object_list), known),
        "selects": _selects(wanted, words, places),
        "table_ref": request.GET.get("table", ""),
    }
    return render(request, "coverage/gaps.html", context)


def _selects(wanted: GapFilter, words: Words, places: list[Unit]) -> list[dict[str, Any]]:
    states = [
        ("blocks", _("blocks publication")),
        *((state, str(word)) for state, word in WORDS.items() if state != "ok"),
    ]
    return [
        {
            "name": "unit",
            "label": _("Unit"),
            "value": wanted.unit,
            "options": [(place.code, place.label) for place in places],
        },
        {
            "name": "capacity",
            "label": _("Capacity"),
            "value": wanted.capacity,
            "options": list(words.capacities.items()),
        },
        {
            "name": "hazard",
            "label": _("Hazard"),
            "value": wanted.hazard,
            "options": list(words.hazards.items()),
        },
        {"name": "state", "label": _("State"), "value": wanted.state, "options": states},
    ]


@require_safe
@login_required
@never_cache
@needs_a_table
def show_unit(request: HttpRequest, code: str) -> HttpResponse:
    """One unit: each capacity, who answers now, and its gaps of the next 30 days."""
    user = signed_in(request)
    unit = get_unit(user, code)
    known = _known(request, user, unit=unit)
    own = [one for one in known.judged if one.gap.unit.code == unit.code]
    context = {
        "unit": unit,
        "known": known,
        "rows": told(own, known),
        "answers": answers_at(known, unit),
        "table_ref": request.GET.get("table", ""),
    }
    return render(request, "coverage/unit.html", context)
