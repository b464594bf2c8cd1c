"""Take a report by telephone (电话接报, F2), with the receiver in one hand.

It is a first report of the school (via "phone", with the caller's name): the
same rules, the same plan, the same clocks. Writing it down does not answer for
the officer: the alert still comes to the duty seat, and the officer signs for
it there. Two facts, two rows: who took the call, and who answered the alert.
"""

from __future__ import annotations

from uuid import uuid4

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from incidents.cases.access import get_school_to_take_calls_for
from incidents.cases.actions import report_incident
from incidents.cases.forms.call import CallForm
from incidents.cases.models import Incident
from incidents.cases.selectors import schools_for_calls
from incidents.cases.views.parts import grade_flags, page_tiles, questions, readable
from safety.errors import Conflict, Hidden, Problem, Refused
from safety.http import status_of
from safety.people.models import User
from safety.posts.access import Viewer, rights_of
from safety.units.models import Unit

SHOWN = 12


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def take_call(request: HttpRequest) -> HttpResponse:
    officer = _officer(request)
    if request.method == "GET":
        started = {
            "key": str(uuid4()),
            "opened_at": timezone.now().isoformat(timespec="seconds"),
            "aware": "now",
        }
        return _page(request, CallForm(initial=started, flags=grade_flags()))
    if not readable(request.POST):
        raise BadRequest("not UTF-8")
    form = CallForm(request.POST, flags=grade_flags())
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        school = _the_school(officer, form.cleaned_data["school"])
        filed = report_incident(
            report=form.first_report(schools=(school,)),
            reporter=officer,
            via=Incident.Via.PHONE,
            key=form.cleaned_data["key"],
        )
    except Refused as refusal:
        form.add_problems(refusal.problems)
        if isinstance(refusal, Conflict):
            form.renew_key()
        return _page(request, form, status=status_of(refusal))
    return redirect("filing:receipt", ref=filed.incident.ref)


@require_GET
@login_required
@never_cache
def find_schools(request: HttpRequest) -> HttpResponse:
    """Schools in reach whose name or code holds what was typed, for the list under the field."""
    officer = _officer(request)
    found = schools_for_calls(officer, request.GET.get("q", ""))[:SHOWN]
    return JsonResponse({"schools": [{"code": s.code, "name": s.name} for s in found]})


def _officer(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User) or "take_calls" not in rights_of(user):
        raise Hidden
    return user


def _the_school(officer: Viewer, typed: str) -> Unit:
    """The one school that was meant. Raises ``Refused`` when it is none, or several."""
    text = typed.strip()
    code = text.rpartition(" ")[2]  # the list offers "name code"
    for exact in dict.fromkeys([code, text]):
        try:
            return get_school_to_take_calls_for(officer, exact)
        except Hidden:
            continue
    found = list(schools_for_calls(officer, text)[: SHOWN + 1])
    same = [school for school in found if school.name == text]
    if len(same) == 1 or len(found) == 1:
        return (same or found)[0]
    if not found:
        remedy = _("Type part of its name, or its code.")
        problem = Problem(
            field="school", value=text, message=_("No school in reach matches."), remedy=remedy
        )
    else:
        names = "; ".join(f"{school.name} {school.code}" for school in found[:SHOWN])
        problem = Problem(
            field="school",
            value=text,
            message=_("Several schools match."),
            remedy=_("Choose one: %(names)s") % {"names": names},
        )
    raise Refused.of([problem])


def _page(request: HttpRequest, form: CallForm, *, status: int = 200) -> HttpResponse:
    offered = page_tiles()
    context = {
        "form": form,
        "tiles": [tile for tile in offered if not tile.sealed],
        "sealed_tiles": [tile for tile in offered if tile.sealed],
        "asks": questions(offered),
        "chosen": form["hazard"].value() or "",
        "chosen_flags": form["flags"].value() or [],
        "people": form["people"].value() or "",
        "counts": [form[name] for name in ("dead", "missing", "injured", "critical")],
    }
    return render(request, "incidents/filing/call.html", context, status=status)
