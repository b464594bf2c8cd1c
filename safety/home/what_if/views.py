"""Two pages that only ever answer: one supposed incident, and one bad night."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from incidents.cases.first_report import is_storable
from notifications.words import capacity_words
from safety.errors import Problem, Refused
from safety.home.what_if.access import bureaus_in_reach, get_bureau, get_school, schools_in_reach
from safety.home.what_if.foresight import (
    SCHOOLS_MAX,
    Foreseen,
    Supposed,
    foresee,
    refuse_time,
)
from safety.home.what_if.forms import NightForm, SupposeForm, moment_of
from safety.home.what_if.night import Concentration, Load, Night, concentration, evenly, schools_of
from safety.home.what_if.pages import (
    OWED_WORDS,
    findings_of,
    grade_words,
    levels_of,
    upward_of,
)
from safety.posts.access import Viewer
from safety.rules.selectors import content_of, rules_at
from safety.units.models import Unit

FOUND_MAX = 20
PAGE = 50


@require_safe
@login_required
@never_cache
def suppose(request: HttpRequest) -> HttpResponse:
    """Who would be told of one incident, before it ever happens."""
    user = request.user
    in_reach = schools_in_reach(user)
    rules = content_of(rules_at(moment_of(request.GET)))
    form = SupposeForm(request.GET, rules=rules)
    is_asked = form.is_bound and form.is_valid()
    codes = list(dict.fromkeys(request.GET.getlist("school")))[: SCHOOLS_MAX + 1]
    schools = [get_school(user, code) for code in codes]
    found: list[Unit] = []
    if is_asked and form.cleaned_data["q"]:
        found = _find(in_reach, form.cleaned_data["q"], schools)
        if len(found) == 1:
            schools, found = [*schools, *found], []
    context: dict[str, Any] = {
        "form": form,
        "schools": schools,
        "found": found,
        "nothing_found": is_asked
        and bool(form.cleaned_data["q"])
        and not found
        and not _names(schools, form.cleaned_data["q"]),
    }
    if is_asked and schools and form.cleaned_data["hazard"] and not found:
        context |= _answer(user, form, schools)
    return render(request, "what_if/suppose.html", context)


def _find(in_reach: Any, query: str, chosen: list[Unit]) -> list[Unit]:
    """Schools by code or a part of the name; one that is named exactly stands for itself."""
    if not is_storable(query):
        return []
    open_now = in_reach.open_on(timezone.localdate()).exclude(pk__in=[s.pk for s in chosen])
    exact = open_now.filter(Q(code=query) | Q(name=query) | Q(short_name=query))[:2]
    if len(exact) == 1:
        return list(exact)
    some = open_now.filter(
        Q(code__startswith=query) | Q(name__icontains=query) | Q(short_name__icontains=query)
    )
    return list(some.order_by("path")[:FOUND_MAX])


def _names(schools: list[Unit], query: str) -> bool:
    return any(query in (school.code, school.name, school.short_name) for school in schools)


def _answer(user: Viewer, form: SupposeForm, schools: list[Unit]) -> dict[str, Any]:
    told = form.cleaned_data
    supposed = Supposed(
        schools=tuple(schools),
        hazards=tuple(told["hazard"]),
        at=told["at"] or timezone.now(),
        grade=told["grade"],
        people=told["people"],
        counts=form.counts,
        flags=tuple(told["flag"]),
    )
    try:
        foreseen = foresee(user, supposed)
    except Refused as refused:
        return {"problems": refused.problems}
    return {
        "foreseen": foreseen,
        "levels": levels_of(foreseen, user),
        "findings": findings_of(foreseen),
        "upward": upward_of(foreseen),
        "graded": grade_words(foreseen),
        "hazards": [word for code, word in form.fields["hazard"].choices if code in told["hazard"]],  # type: ignore[attr-defined]
        "people_told": _people_told(foreseen),
        "number": foreseen.known.book.number,
    }


def _people_told(foreseen: Foreseen) -> int | None:
    """How many different people; None where that is not for this reader."""
    if foreseen.withheld:
        return None
    return len({row.person for row in foreseen.plan.rows if row.person is not None})


@require_safe
@login_required
@never_cache
def bad_night(request: HttpRequest) -> HttpResponse:
    """Which person would carry how many obligations if many things happened at once."""
    user = request.user
    units = [(unit.code, unit.label) for unit in bureaus_in_reach(user).order_by("path")]
    rules = content_of(rules_at(moment_of(request.GET)))
    form = NightForm(request.GET, units=units, rules=rules)
    context: dict[str, Any] = {"form": form, "has_units": bool(units)}
    if form.is_bound and form.is_valid() and units:
        try:
            night = _night(user, form, units, rules)
            context |= _shown(request, form, night, concentration(user, night))
        except Refused as refused:
            context["problems"] = refused.problems
    return render(request, "what_if/night.html", context)


def _night(user: Viewer, form: NightForm, units: list[tuple[str, str]], rules: Any) -> Night:
    told = form.cleaned_data
    unit = get_bureau(user, told["unit"] or units[0][0])
    at = told["at"] or timezone.now()
    refuse_time(at)
    every = [row["code"] for row in rules["hazards"]["hazard"]]
    return Night(
        unit=unit,
        schools=_schools(unit, form, at),
        hazards=told["hazard"] or every,
        each=told["each"] or "hazard",
        grade=told["grade"] or "G3",
        at=at,
    )


def _schools(unit: Unit, form: NightForm, at: Any) -> list[Unit]:
    below = schools_of(unit, at)
    wanted = form.cleaned_data["codes"].split()
    if not wanted:
        return evenly(below, form.cleaned_data["schools"] or 20)
    known = {school.code: school for school in below}
    unknown = [code for code in dict.fromkeys(wanted) if code not in known]
    if unknown:
        raise Refused.of(
            Problem(
                field="codes",
                value=code,
                message=_("%(code)s is not an open school of this unit.") % {"code": code},
                remedy=_("Correct the code, or choose another unit."),
            )
            for code in unknown[:FOUND_MAX]
        )
    return [known[code] for code in dict.fromkeys(wanted)]


def _shown(
    request: HttpRequest, form: NightForm, night: Night, found: Concentration
) -> dict[str, Any]:
    words = dict(form.fields["hazard"].choices)  # type: ignore[attr-defined]
    context = {
        "night": night,
        "found": found,
        "page": Paginator(found.loads, PAGE).get_page(request.GET.get("page")),
        "left_out": [words.get(code, code) for code in found.left_out],
    }
    key = request.GET.get("who", "")
    chosen = next((load for load in found.loads if load.key == key), None)
    if chosen is not None:
        context |= {"chosen": chosen, "rows": list(_rows(chosen, words))}
    return context


def _rows(load: Load, words: Any) -> Any:
    capacities = capacity_words()
    for one in load.carried:
        yield {
            "school": one.school,
            "hazard": words.get(one.hazard, one.hazard),
            "capacity": capacities.get(one.row.capacity, one.row.capacity),
            "unit": one.row.unit_name,
            "owed": OWED_WORDS[one.row.owed],
            "due_at": one.row.due_at,
        }
