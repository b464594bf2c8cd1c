"""Accept gaps of coverage for a time, one by one or by a rule, and take that back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from notifications.coverage.accepted import Wish, accept_gap, withdraw_acceptance
from notifications.coverage.access import (
    basis_to_look_at,
    get_own_acceptance,
    get_unit,
    table_to_look_at,
    visible_acceptances,
    visible_units,
)
from notifications.coverage.forms import AcceptForm, RuleForm
from notifications.coverage.kept import coverage_of
from notifications.coverage.listing import told
from notifications.coverage.selectors import Coverage, Judged
from notifications.coverage.words import Words
from notifications.table.access import table_reach
from notifications.views.asking import signed_in
from notifications.views.coverage_ground import needs_a_table
from safety.errors import Hidden, Refused
from safety.people.models import User
from safety.rules.selectors import current_rules
from safety.units.models import Unit

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
@needs_a_table
def accept_one(request: HttpRequest, code: str) -> HttpResponse:
    """Accept one gap of one unit; there has to be one."""
    user = signed_in(request)
    unit = get_unit(user, code)
    basis = basis_to_look_at(user, request.GET.get("table", ""))
    known = coverage_of(basis.table, below=unit.path, later=basis.later)
    one = _blocking(known, unit, request.GET)
    form = AcceptForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        wish = Wish(
            unit=unit,
            capacity=one.gap.capacity,
            post_type=one.gap.post_type,
            reason=form.cleaned_data["reason"],
            ends_on=form.cleaned_data["ends_on"],
        )
        if _accepted(request, form, wish, user):
            ref = request.GET.get("table", "")
            there = reverse("coverage:unit", args=[code])
            return redirect(f"{there}?table={ref}" if ref else there)
    context = {"unit": unit, "form": form, "row": told([one], known)[0]}
    return render(request, "coverage/accept.html", context)


def _blocking(known: Coverage, unit: Unit, asked: dict[str, str]) -> Judged:
    wanted = (unit.code, asked.get("capacity", ""), asked.get("post_type", ""))
    for one in known.judged:
        gap = one.gap
        if one.is_open and (gap.unit.code, gap.capacity, gap.post_type) == wanted:
            return one
    raise Hidden


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
@needs_a_table
def accept_rule(request: HttpRequest) -> HttpResponse:
    """Accept by kind and size of school: one rule instead of hundreds of clicks."""
    user = signed_in(request)
    places = _places(user)
    words = Words.of(current_rules())
    form = RuleForm(request.POST if request.method == "POST" else None, words=words)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        wish = Wish(
            unit=get_unit(user, request.POST.get("unit", "")),
            capacity=said["capacity"],
            post_type=said["post_type"],
            by_rule=True,
            kinds=said["kinds"],
            staff_max=said["staff_max"],
            reason=said["reason"],
            ends_on=said["ends_on"],
        )
        if _accepted(request, form, wish, user):
            return redirect("coverage:accepted")
    context = {"form": form, "places": places, "place": request.POST.get("unit", "")}
    return render(request, "coverage/rule.html", context)


def _places(user: User) -> list[Unit]:
    return list(visible_units(user).exclude(kind__in=Unit.SCHOOL_KINDS).order_by("path"))


def _accepted(request: HttpRequest, form: AcceptForm, wish: Wish, user: User) -> bool:
    """Whether it is done; if not, the form says why."""
    try:
        accept_gap(wish=wish, by=user)
    except Refused as refused:
        for problem in refused.problems:
            where = problem.field if problem.field in form.fields else None
            form.add_error(where, f"{problem.message} {problem.remedy}")
        return False
    messages.success(request, _("The gap is accepted until the day you named; it stays visible."))
    return True


@require_safe
@login_required
@never_cache
@needs_a_table
def list_accepted(request: HttpRequest) -> HttpResponse:
    """Every acceptance in reach: in force, run out, taken back; with what it covers today."""
    user = signed_in(request)
    page = Paginator(visible_acceptances(user), PAGE).get_page(request.GET.get("page"))
    words = Words.of(current_rules())
    covered = _covered(user)
    own = table_reach(user)
    today = timezone.localdate()
    rows = [
        {
            "accepted": one,
            "capacity": words.capacity(one.capacity),
            "post": words.post_types.get(one.post_type, ""),
            "kinds": [str(Unit.Kind(kind).label) for kind in one.kinds],
            "gaps": covered.get(one.pk, 0),
            "state": _state(one.withdrawn_at is not None, one.ends_on < today),
            "may_withdraw": one.withdrawn_at is None and one.unit.path.startswith(own),
        }
        for one in page.object_list
    ]
    return render(request, "coverage/accepted.html", {"page": page, "rows": rows})


def _state(is_withdrawn: bool, is_over: bool) -> str:  # noqa: FBT001 - two plain facts
    if is_withdrawn:
        return "withdrawn"
    return "over" if is_over else "in_force"


def _covered(user: User) -> dict[int, int]:
    """How many gaps of the table in force each acceptance covers now."""
    counted: dict[int, int] = {}
    table = table_to_look_at(user, "")
    for path in table_reach(user):
        for one in coverage_of(table, below=path).accepted:
            if one.acceptance is not None:
                counted[one.acceptance.pk] = counted.get(one.acceptance.pk, 0) + 1
    return counted


@require_POST
@login_required
def withdraw(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The gaps block again."""
    user = signed_in(request)
    try:
        withdraw_acceptance(acceptance=get_own_acceptance(user, ref), by=user)
    except Refused as refused:
        messages.error(request, refused.problems[0].message)
    else:
        messages.success(request, _("Taken back: the gap blocks publication again."))
    return redirect(reverse("coverage:accepted"))
