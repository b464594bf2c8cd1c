"""Answer what one owes: acknowledge in one or several capacities, record a first action."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from notifications.access import get_own_obligations
from notifications.forms import ActForm
from notifications.models import Obligation
from notifications.obligations.answering import Answer, acknowledge, act
from notifications.obligations.verbs import ACTED, reads_only_as_leader
from notifications.views.asking import refs_of, signed_in, way_back
from notifications.words import (
    capacities_in_words,
    capacity_words,
    done_word,
    shared_acknowledge_word,
)
from safety.errors import Refused
from safety.http import wants_json
from safety.people.models import User


@require_POST
@login_required
@never_cache
def acknowledge_own(request: HttpRequest) -> HttpResponse:
    """One button, one row for each capacity that it names; pressing it twice changes nothing."""
    user = signed_in(request)
    rows = get_own_obligations(user, refs_of(request.POST.getlist("ref")))
    changed = acknowledge(obligations=rows, answer=Answer(by=user))
    return answered(request, _acknowledged(changed), is_new=bool(changed))


def _acknowledged(changed: Sequence[Obligation]) -> str:
    if not changed:
        return _("This was answered before; nothing was written twice.")
    return _("Recorded: %(verb)s as %(capacities)s.") % {
        "verb": shared_acknowledge_word(changed),
        "capacities": capacities_of(changed),
    }


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def act_on_own(request: HttpRequest) -> HttpResponse:
    """Record a first action; the page works by itself, the buttons elsewhere post to it."""
    user = signed_in(request)
    asked = request.POST if request.method == "POST" else request.GET
    rows = get_own_obligations(user, refs_of(asked.getlist("ref")))
    capacities = [o.capacity for o in rows]
    if request.method == "GET":
        form = ActForm(initial={"verb": asked.get("verb", "")}, capacities=capacities)
        return _act_page(request, rows, form)
    form = ActForm(request.POST, capacities=capacities)
    try:
        changed = act(obligations=rows, answer=_answer(user, form))
    except Refused as refusal:
        if wants_json(request):
            raise
        return _act_page(request, rows, form, refusal)
    return answered(request, _acted(changed), is_new=bool(changed))


def _answer(user: User, form: ActForm) -> Answer:
    """What the form says. A wrong verb and a missing line the action refuses in its own words."""
    form.is_valid()
    if form.data.get("note", "").strip() and "note" in form.errors:
        raise Refused(
            " ".join(str(said) for said in form.errors["note"]),
            field="note",
            remedy=_("Correct this field."),
        )
    return Answer(by=user, verb=form.data.get("verb", ""), note=form.cleaned_data.get("note", ""))


def _acted(changed: Sequence[Obligation]) -> str:
    if not changed:
        return _("An action was recorded before; nothing was written twice.")
    return _("Recorded: %(verb)s as %(capacities)s.") % {
        "verb": done_word(changed[0].met_verb or ""),
        "capacities": capacities_of(changed),
    }


def _act_page(
    request: HttpRequest, rows: Sequence[Obligation], form: ActForm, refusal: Refused | None = None
) -> HttpResponse:
    context = {
        "rows": rows,
        "form": form,
        "capacities": capacities_of(rows),
        "is_leader": all(reads_only_as_leader(o.capacity) for o in rows),
        "can_act": any(o.kind in ACTED for o in rows),
        "problems": refusal.problems if refusal else (),
        "next": way_back(request),
    }
    return render(request, "notifications/act.html", context, status=422 if refusal else 200)


def capacities_of(rows: Sequence[Obligation]) -> str:
    return capacities_in_words(rows, capacity_words())


def answered(request: HttpRequest, text: str, *, is_new: bool) -> HttpResponse:
    """Say what was written: to a page by its next sight, to our own script at once."""
    if wants_json(request):
        return JsonResponse({"text": text, "changed": is_new})
    (messages.success if is_new else messages.info)(request, text)
    return redirect(way_back(request))
