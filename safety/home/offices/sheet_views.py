"""Adjustment sheets (人员调整表): paste or upload, preview, apply, undo, print."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from notifications.views.asking import signed_in
from safety.errors import Hidden, Problem, Refused
from safety.home.offices.accounts import account_page, tell_shut_out
from safety.home.offices.forms import SheetForm, WhyForm
from safety.home.offices.models import Adjustment
from safety.home.offices.pages import MANAGE
from safety.home.offices.sheets.actions import (
    answer_questions,
    apply_sheet,
    discard_sheet,
    keep_sheet,
    plan_of,
    within_reach,
)
from safety.home.offices.sheets.reading import COLUMNS, read_file, read_paste
from safety.home.offices.sheets.undoing import undo_sheet
from safety.http import status_of
from safety.people.models import User
from safety.posts.access import reach

SHOWN = 50


def _sheet(user: User, ref: UUID) -> Adjustment:
    """A sheet of one's own, while one still manages the units of what it changed."""
    sheet = Adjustment.objects.filter(ref=ref, made_by=user).first()
    if sheet is None or not within_reach([sheet], reach(user, MANAGE)):
        raise Hidden
    return sheet


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def list_sheets(request: HttpRequest) -> HttpResponse:
    """The sheets so far, and the form of a new one."""
    user = signed_in(request)
    if not reach(user, MANAGE):
        raise Hidden
    problems: tuple[Problem, ...] = ()
    title = _("Adjustment of %(day)s") % {"day": timezone.localdate().isoformat()}
    form = SheetForm(request.POST or None, request.FILES or None, initial={"title": title})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            read = read_file(said["file"]) if said["file"] else read_paste(said["rows"])
        except Refused as refused:
            problems = refused.problems
        else:
            sheet = keep_sheet(
                sheet=read, title=said["title"], starts_on=said["starts_on"], user=user
            )
            return redirect("offices:sheet", sheet.ref)
    own = Adjustment.objects.filter(made_by=user).exclude(state="discarded").defer("rows")
    sheets = within_reach(own[:SHOWN], reach(user, MANAGE))
    context = {"form": form, "problems": problems, "sheets": sheets}
    is_wrong = bool(problems) or (form.is_bound and not form.is_valid())
    return render(request, "home/offices/sheets.html", context, status=422 if is_wrong else 200)


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def show_sheet(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The preview, with its questions; a POST keeps the answers."""
    user = signed_in(request)
    sheet = _sheet(user, ref)
    if sheet.state != Adjustment.State.DRAFT:
        return _done_page(request, sheet)
    if request.method == "POST":
        names = {
            key.removeprefix("q-"): request.POST[key]
            for key in request.POST
            if key.startswith("q-")
        }
        answer_questions(sheet=sheet, answers=names)
        return redirect("offices:sheet", sheet.ref)
    return _preview(request, sheet, user)


def _preview(
    request: HttpRequest,
    sheet: Adjustment,
    user: User,
    *,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
) -> HttpResponse:
    plan = plan_of(sheet, user, now=timezone.now())
    context = {"sheet": sheet, "plan": plan, "problems": problems}
    return render(request, "home/offices/sheet.html", context, status=status)


def _done_page(
    request: HttpRequest,
    sheet: Adjustment,
    *,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
) -> HttpResponse:
    context = {"sheet": sheet, "form": WhyForm(), "problems": problems}
    return render(request, "home/offices/sheet_done.html", context, status=status)


@require_POST
@login_required
@never_cache
@sensitive_variables("applied")
def apply(request: HttpRequest, ref: UUID) -> HttpResponse:
    user = signed_in(request)
    sheet = _sheet(user, ref)
    try:
        applied = apply_sheet(sheet=sheet, digest=request.POST.get("digest", ""), user=user)
    except Refused as refused:
        sheet = _sheet(user, ref)
        show = _preview if sheet.state == Adjustment.State.DRAFT else None
        if show is None:
            return _done_page(request, sheet, problems=refused.problems, status=status_of(refused))
        return show(request, sheet, user, problems=refused.problems, status=status_of(refused))
    if applied.accounts:
        return account_page(request, applied.accounts, user=user, sheet=applied.sheet)
    messages.success(request, _("Applied."))
    return redirect("offices:sheet", sheet.ref)


@require_POST
@login_required
@never_cache
def undo(request: HttpRequest, ref: UUID) -> HttpResponse:
    user = signed_in(request)
    sheet = _sheet(user, ref)
    try:
        shut_out = undo_sheet(sheet=sheet, why=request.POST.get("why", ""), user=user)
    except Refused as refused:
        return _done_page(
            request, _sheet(user, ref), problems=refused.problems, status=status_of(refused)
        )
    messages.success(request, _("Taken back. The history keeps it."))
    tell_shut_out(request, shut_out, user=user)
    return redirect("offices:sheet", sheet.ref)


@require_POST
@login_required
@never_cache
def discard(request: HttpRequest, ref: UUID) -> HttpResponse:
    discard_sheet(sheet=_sheet(signed_in(request), ref))
    messages.success(request, _("Discarded."))
    return redirect("offices:sheets")


@require_GET
@login_required
@never_cache
def print_sheet(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The list as it is stamped (盖章)."""
    sheet = _sheet(signed_in(request), ref)
    said = {row["said"]: row["text"] for row in sheet.done if "said" in row}
    rows = [
        {**dict(zip(COLUMNS, texts, strict=True)), "text": said.get(line, "")}
        for line, *texts in sheet.rows
    ]
    return render(request, "home/offices/sheet_print.html", {"sheet": sheet, "rows": rows})
