"""Try a draft on past incidents: begin, go on, look at the sum and at one of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from incidents.cases.access import visible_to
from safety.errors import Hidden, Refused
from safety.home.rulebook.access import get_draft, get_open_draft, newest_trial
from safety.home.rulebook.pages import capacity_lines, changed_lines, grade_lines, tried_rows
from safety.home.rulebook.replay import Ready, replay
from safety.home.rulebook.trial import PERIODS, continue_trial, result_of, start_trial
from safety.rules.selectors import content_of

PAGE = 50


@require_POST
@login_required
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    draft = get_open_draft(request.user, pk)
    said = request.POST.get("days", "")
    try:
        trial = start_trial(
            user=request.user, draft=draft, days=int(said) if said.isdecimal() else 0
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("rulebook:draft", pk=pk)
    continue_trial(user=request.user, trial=trial)
    return redirect("rulebook:trial", pk=pk)


@require_POST
@login_required
def go_on(request: HttpRequest, pk: int) -> HttpResponse:
    """One more step; the page asks for it by itself until nothing is left."""
    draft = get_draft(request.user, pk)
    trial = newest_trial(request.user, draft)
    if trial is None:
        raise Hidden
    continue_trial(user=request.user, trial=trial)
    return redirect("rulebook:trial", pk=pk)


@require_safe
@login_required
@never_cache
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """What the draft would have changed, as far as it is worked off."""
    draft = get_draft(request.user, pk)
    trial = newest_trial(request.user, draft)
    context: dict[str, Any] = {"draft": draft, "trial": trial, "periods": PERIODS}
    if trial is not None:
        tried = result_of(request.user, trial)
        page = Paginator(tried.rows, PAGE).get_page(request.GET.get("page"))
        context |= {
            "tried": tried,
            "page": page,
            "rows": tried_rows(request.user, list(page.object_list)),
            "capacities": capacity_lines(tried),
            "is_old": trial.revision != draft.revision,
        }
    return render(request, "rulebook/trial.html", context)


@require_safe
@login_required
@never_cache
def show_one(request: HttpRequest, pk: int, ref: UUID) -> HttpResponse:
    """One past incident under both rule books, for whoever may open it anyway."""
    draft = get_draft(request.user, pk)
    incident = visible_to(request.user).filter(ref=ref).first()
    if incident is None:
        raise Hidden
    done = replay(incident, Ready.of(content_of(draft.based_on)), Ready.of(draft.content))
    return render(
        request,
        "rulebook/tried.html",
        {
            "draft": draft,
            "incident": incident,
            "done": done,
            "grades": list(grade_lines(done)),
            "lines": changed_lines(done),
        },
    )
