"""责任书: read it, sign it, print it; sign for the unit above; progress by unit."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from notifications.pledges.access import below_pledges, get_kept_unit, get_pledge, kept_paths
from notifications.pledges.forms import SignForm
from notifications.pledges.models import Pledge
from notifications.pledges.selectors import my_pledges, progress, signs, year_label
from notifications.pledges.sheets import sheet_paper, text_of
from notifications.pledges.signing import sign_above, sign_below
from notifications.records.downloads import PAPER_LANGUAGE, download
from notifications.views.asking import refs_of, signed_in
from safety.errors import Hidden, Refused
from safety.http import status_of
from safety.people.models import User


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def list_pledges(request: HttpRequest) -> HttpResponse:
    """The own sheets; posting signs, for the unit above, those that were ticked."""
    user = signed_in(request)
    if request.method == "GET":
        return _list(request, user, SignForm())
    form = SignForm(request.POST)
    if not form.is_valid():
        return _list(request, user, form, status=422)
    try:
        wanted = refs_of(request.POST.getlist("ref"))
        chosen = list(
            below_pledges(user)
            .filter(ref__in=wanted)
            .select_related("upper_post__unit", "lower_post__unit")
        )
        if len(chosen) != len(wanted):
            raise Hidden
        changed = sign_above(
            pledges=_some(chosen),
            person=user,
            typed=form.cleaned_data["name"],
            confirmed=form.cleaned_data["confirmed"],
        )
    except Refused as refusal:
        form.add_problems(refusal.problems)
        return _list(request, user, form, status=status_of(refusal))
    _say(request, len(changed))
    return redirect("pledges:pledges")


def _some(chosen: list[Pledge]) -> list[Pledge]:
    if not chosen:
        raise Refused(_("No pledge is ticked."), field="ref", remedy=_("Tick those that you sign."))
    return chosen


def _say(request: HttpRequest, n: int) -> None:
    if n:
        said = ngettext("%(n)d pledge signed.", "%(n)d pledges signed.", n)
        messages.success(request, said % {"n": n})
    else:
        messages.info(request, _("This was signed before; nothing was written twice."))


def _list(request: HttpRequest, user: User, form: SignForm, status: int = 200) -> HttpResponse:
    context = {
        "mine": my_pledges(user, request.GET.get("page")),
        "form": form,
        "keeps": bool(kept_paths(user)),
    }
    return render(request, "notifications/pledges/list.html", context, status=status)


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def show_pledge(request: HttpRequest, ref: UUID) -> HttpResponse:
    user = signed_in(request)
    pledge = get_pledge(user, ref)
    if request.method == "GET":
        return _page(request, user, pledge, SignForm())
    form = SignForm(request.POST)
    if not form.is_valid():
        return _page(request, user, pledge, form, status=422)
    typed, confirmed = form.cleaned_data["name"], form.cleaned_data["confirmed"]
    try:
        if request.POST.get("side") == "upper":
            new = sign_above(pledges=[pledge], person=user, typed=typed, confirmed=confirmed)
            _say(request, len(new))
        else:
            is_new = sign_below(pledge=pledge, person=user, typed=typed, confirmed=confirmed)
            _say(request, int(is_new))
    except Refused as refusal:
        form.add_problems(refusal.problems)
        return _page(request, user, pledge, form, status=status_of(refusal))
    return redirect("pledges:pledge", ref=ref)


def _page(
    request: HttpRequest, user: User, pledge: Pledge, form: SignForm, status: int = 200
) -> HttpResponse:
    context = {
        "pledge": pledge,
        "text": text_of(pledge),
        "year": year_label(pledge),
        "side": signs(user, pledge),
        "form": form,
    }
    return render(request, "notifications/pledges/pledge.html", context, status=status)


@require_safe
@login_required
@never_cache
def download_sheet(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The sheet as a Word file, to print, sign by hand and stamp."""
    pledge = get_pledge(signed_in(request), ref)
    with override(PAPER_LANGUAGE):
        paper = sheet_paper(pledge)
    return download(paper, f"责任书-{pledge.unit.label}-{pledge.lower_post.name}.docx")


@require_safe
@login_required
@never_cache
def show_progress(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    if not kept_paths(user):
        raise Hidden
    unit = get_kept_unit(user, request.GET.get("unit", ""))
    kept = kept_paths(user)
    shown = progress(unit, request.GET.get("page"), sheets=request.GET.get("sheets"))
    context = {
        "progress": shown,
        "above": [one for one in shown.above if one.path.startswith(kept)],
    }
    return render(request, "notifications/pledges/progress.html", context)
