"""代录: call somebody who is silent, and write down in one step that he was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notifications.access import (
    get_obligation_to_record,
    obligations_to_record,
    sight_of,
)
from notifications.calls import Callee, callee_of
from notifications.forms import CallForm
from notifications.models import Obligation
from notifications.obligations.answering import Answer, record_answer
from notifications.views.answers import answered, capacities_of
from notifications.views.asking import refs_of, signed_in, way_back
from notifications.words import capacity_words, joined
from safety.errors import Problem, Refused
from safety.http import wants_json


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def record_call(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The holder with number, everything one call can answer, and one button."""
    user = signed_in(request)
    first = get_obligation_to_record(user, ref)
    sight = sight_of(user)
    rows = obligations_to_record(sight, first)
    callee = callee_of(first, sight=sight)
    if request.method == "GET":
        form = CallForm(
            initial={"phone": callee.phone, "verb": ""},
            capacities=[o.capacity for o in rows],
            action_only=_action_only(rows),
        )
        return _page(request, first, rows, callee, form)
    form = CallForm(
        request.POST, capacities=[o.capacity for o in rows], action_only=_action_only(rows)
    )
    try:
        changed = _record(request, rows, form, callee)
    except Refused as refusal:
        if wants_json(request):
            raise
        return _page(request, first, rows, callee, form, refusal)
    return answered(request, _recorded(changed, callee), is_new=bool(changed))


def _record(
    request: HttpRequest, rows: Sequence[Obligation], form: CallForm, callee: Callee
) -> list[Obligation]:
    wanted = set(refs_of(request.POST.getlist("ref")))
    chosen = [o for o in rows if not wanted or o.ref in wanted]
    if not chosen:
        return []  # answered meanwhile; what else is open was not what this form was about
    if not form.is_valid():
        raise Refused.of(
            Problem(field=name, value="", message=str(error), remedy=_("Correct this field."))
            for name, errors in form.errors.items()
            for error in errors
        )
    told = form.cleaned_data
    return record_answer(
        obligations=chosen,
        answer=Answer(
            by=signed_in(request),
            how=Obligation.How.PHONE,
            verb=told["verb"],
            note=told["note"],
            phone=told["phone"] or callee.phone,
            at=told["at"],
        ),
    )


def _action_only(rows: Sequence[Obligation]) -> bool:
    """Whether everything is acknowledged, so that only an instruction can be recorded."""
    return bool(rows) and all(o.kind == Obligation.Kind.FIRST_ACTION for o in rows)


def _recorded(changed: Sequence[Obligation], callee: Callee) -> str:
    if not changed:
        return _("This was answered before; nothing was written twice.")
    return _("Recorded for %(name)s: told by telephone, as %(capacities)s.") % {
        "name": _("(nobody holds this post)") if callee.is_vacant else callee.name or callee.unit,
        "capacities": _told_capacities(changed) if callee.hidden else capacities_of(changed),
    }


def _told_capacities(rows: Sequence[Obligation]) -> str:
    """The capacities by their own words, never by the name of a post."""
    words = capacity_words()
    return joined(words.get(o.capacity, o.capacity) for o in rows)


def _asked(o: Obligation, words: Mapping[str, str], callee: Callee) -> str:
    """The capacity, with its post where that says more and may be told."""
    word = words.get(o.capacity, o.capacity)
    post = "" if callee.hidden or o.post is None or o.climbed_from else o.post.name
    return f"{word} · {post}" if post and post != word else word


def _page(
    request: HttpRequest,
    first: Obligation,
    rows: Sequence[Obligation],
    callee: Callee,
    form: CallForm,
    refusal: Refused | None = None,
) -> HttpResponse:
    words = capacity_words()
    context = {
        "first": first,
        "action_only": _action_only(rows),
        "rows": [(o, _asked(o, words, callee)) for o in rows],
        "callee": callee,
        "form": form,
        "problems": refusal.problems if refusal else (),
        "next": way_back(request),
        "now": timezone.now(),
    }
    is_part = request.headers.get("X-Part") == "1"
    context["is_part"] = is_part
    template = "notifications/_record.html" if is_part else "notifications/record.html"
    response = render(request, template, context, status=422 if refusal else 200)
    response["Vary"] = "X-Part, Cookie"
    return response
