"""Take a roster in from a file: look first, then write all of it or nothing."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from safety.errors import Problem, Refused
from safety.roster.access import get_managed_unit
from safety.roster.calendar import current_calendar
from safety.roster.forms import ImportForm
from safety.roster.sheets.taking_in import Preview, look_at
from safety.roster.sheets.taking_in import take_in as planned
from safety.roster.views.asking import cleaned, signed_in


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def look_at_file(request: HttpRequest, code: str) -> HttpResponse:
    """Choose a file, and see row by row what it would do."""
    unit = get_managed_unit(request.user, code)
    form = ImportForm(request.POST or None, request.FILES or None, calendar=current_calendar())
    preview: Preview | None = None
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            told = cleaned(form)
            preview = look_at(
                told["file"], unit=unit, pattern=told["pattern"], reader=signed_in(request)
            )
        except Refused as refused:
            problems = refused.problems
    context = {"unit": unit, "form": form, "preview": preview, "problems": problems}
    wrong = bool(problems or (preview and preview.problems))
    return render(request, "roster/import.html", context, status=422 if wrong else 200)


@require_POST
@login_required
def take_in(request: HttpRequest, code: str) -> HttpResponse:
    """Write what was looked at."""
    unit = get_managed_unit(request.user, code)
    try:
        shifts, count = planned(request.POST.get("token", ""), unit=unit, reader=signed_in(request))
    except Refused as refused:
        context = {
            "unit": unit,
            "form": ImportForm(calendar=current_calendar()),
            "problems": refused.problems,
        }
        return render(request, "roster/import.html", context, status=422)
    messages.success(
        request,
        ngettext("%(count)d shift planned.", "%(count)d shifts planned.", count) % {"count": count},
    )
    first = timezone.localtime(min(shift.starts_at for shift in shifts)).date()
    return redirect(f"{reverse('roster:sheet', args=[unit.code])}?view=month&from={first}")
