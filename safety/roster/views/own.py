"""My shifts: when I sit where, who asks me to swap, and my calendar."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safety.errors import Hidden, Problem, Refused
from safety.people.models import User
from safety.posts.models import Shift
from safety.roster.access import (
    get_own_shift,
    get_own_swap,
    managed_units,
    people_for,
    swaps_of,
    visible_units,
)
from safety.roster.feed import drop_link, feed_of, renew_link
from safety.roster.forms import SwapForm
from safety.roster.models import CalendarLink
from safety.roster.selectors import gaps_ahead, kept_between, own_shifts
from safety.roster.swaps import answer_swap, ask_swap, waiting_swaps, withdraw_swap
from safety.roster.views.asking import actor_of, cleaned, signed_in, tell

PAGE = 30
AHEAD = timedelta(days=30)
RECENT = timedelta(days=14)
SHOWN = 40


@require_safe
@login_required
@never_cache
def show_own(request: HttpRequest) -> HttpResponse:
    """The first page of the roster. Hidden from whoever has neither shift nor roster to see."""
    user = signed_in(request)
    units = visible_units(user).order_by("path")
    page = Paginator(units, PAGE).get_page(request.GET.get("page"))
    if not page.paginator.count and not own_shifts(user, since=timezone.now()).exists():
        raise Hidden
    return render(
        request, "roster/own.html", _own(user) | {"page": page, "rosters": _states(user, page)}
    )


def _own(user: User) -> dict[str, object]:
    now = timezone.now()
    waiting = waiting_swaps(user).values("pk")
    swaps = swaps_of(user).filter(Q(pk__in=waiting) | Q(decided_at__gt=now - RECENT))
    return {
        "shifts": own_shifts(user, since=now)[:SHOWN],
        "swaps": [(swap, swap.other_id == user.pk) for swap in swaps[:SHOWN]],
        "link": CalendarLink.objects.filter(person=user).first(),
        "now": now,
    }


def _states(user: User, units: object) -> list[dict[str, object]]:
    """Each roster in reach, with the gaps of the next 30 days for whoever keeps it."""
    listed = list(units)  # type: ignore[call-overload] # a page of units
    now = timezone.now()
    managed = set(managed_units(user).values_list("pk", flat=True))
    ids = [unit.pk for unit in listed]
    kept = {period.post.unit_id for period in kept_between(ids, now, now + AHEAD)}
    home = {period.post_id: period.post.unit_id for period in kept_between(ids, now, now + AHEAD)}
    gaps: dict[int, int] = {}
    for gap in gaps_ahead([pk for pk in ids if pk in managed], now, now + AHEAD):
        gaps[home[gap.post]] = gaps.get(home[gap.post], 0) + 1
    return [
        {
            "unit": unit,
            "kept": unit.pk in kept,
            "managed": unit.pk in managed,
            "gaps": gaps.get(unit.pk, 0),
        }
        for unit in listed
    ]


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def ask_for_swap(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Ask a colleague to take one of my shifts."""
    shift = get_own_shift(request.user, ref)
    people = people_for(shift.post.unit).exclude(pk=shift.person_id)
    theirs = (
        Shift.objects.filter(person__in=people, post__unit=shift.post.unit)
        .filter(starts_at__gt=timezone.now())
        .select_related("post", "person")
        .order_by("starts_at")
    )
    form = SwapForm(request.POST or None, people=people, shifts=theirs)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            told = cleaned(form)
            ask_swap(
                shift=shift,
                other=told["other"],
                for_shift=told["for_shift"],
                note=told["note"],
                actor=actor_of(request),
            )
        except Refused as refused:
            problems = refused.problems
        else:
            return redirect("roster:own")
    context = {"shift": shift, "form": form, "problems": problems}
    return render(request, "roster/swap.html", context, status=422 if problems else 200)


@require_POST
@login_required
def decide_swap(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The one who is asked agrees or declines; the one who asked withdraws."""
    user = signed_in(request)
    swap = get_own_swap(user, ref)
    actor = actor_of(request)
    what = request.POST.get("do", "")
    if what == "withdraw" and swap.asker_id == user.pk:
        tell(request, lambda: _done(withdraw_swap(swap=swap, actor=actor), _("Withdrawn.")))
    elif what in ("agree", "decline") and swap.other_id == user.pk:
        agrees = what == "agree"
        words = _("The shift is yours now.") if agrees else _("Declined.")
        tell(request, lambda: _done(answer_swap(swap=swap, agrees=agrees, actor=actor), words))
    else:
        raise Hidden
    return redirect("roster:own")


def _done(_nothing: None, words: str) -> str:
    return words


@require_POST
@login_required
@never_cache
@sensitive_variables("token", "address")
def change_calendar(request: HttpRequest) -> HttpResponse:
    """A new secret address, told once; or none any more."""
    user = signed_in(request)
    if request.POST.get("do") == "drop":
        drop_link(person=user, actor=actor_of(request))
        return redirect("roster:own")
    token = renew_link(person=user, actor=actor_of(request))
    address = request.build_absolute_uri(reverse("roster:feed", args=[token]))
    return render(request, "roster/calendar.html", {"address": address})


@require_safe
@never_cache
@sensitive_variables("token")
def show_feed(_request: HttpRequest, token: str) -> HttpResponse:
    """For calendar programs, without sign-in: the address is the key."""
    response = HttpResponse(feed_of(token), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="roster.ics"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
