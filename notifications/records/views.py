"""记一笔: record work, correct it, withdraw it, look through it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from notifications.records.access import get_own_record
from notifications.records.actions import change_work, note_work, withdraw_work
from notifications.records.forms import ChangeForm, NoteForm
from notifications.records.models import WorkRecord
from notifications.records.quarters import Quarter
from notifications.records.selectors import answers_page, record_line, records_page, versions_of
from notifications.records.words import all_kinds, sides_word
from notifications.views.asking import signed_in
from notifications.words import capacity_words
from safety.errors import Conflict, Hidden, Refused
from safety.http import status_of
from safety.people.models import User
from safety.posts.access import posts_held


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def note(request: HttpRequest) -> HttpResponse:
    """The form by itself; the one on "my two responsibilities" posts to it."""
    user = _worker(request)
    if request.method == "GET":
        return _note_page(request, NoteForm(user=user))
    form = NoteForm(request.POST, user=user)
    if not form.is_valid():
        return _note_page(request, form, status=422)
    try:
        made, is_new = note_work(
            ref=form.ref_value, person=user, post=form.cleaned_data["post"], work=form.work()
        )
    except Refused as refusal:
        form.add_problems(refusal.problems)
        if isinstance(refusal, Conflict):
            form.renew_ref()
        return _note_page(request, form, status=status_of(refusal))
    if is_new:
        said = _("Recorded: %(what)s, counts for %(sides)s.")
        messages.success(
            request, said % {"what": record_line(made).word, "sides": sides_word(made)}
        )
    else:
        messages.info(request, _("This was recorded before; nothing was written twice."))
    return redirect("notifications:mine")


def _worker(request: HttpRequest) -> User:
    """Whoever holds a post has work to record."""
    user = signed_in(request)
    if not posts_held(user).exists():
        raise Hidden
    return user


def _note_page(request: HttpRequest, form: NoteForm, status: int = 200) -> HttpResponse:
    return render(request, "notifications/records/note.html", {"form": form}, status=status)


@require_safe
@login_required
@never_cache
def list_records(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    asked = request.GET
    quarter = Quarter.named(asked.get("quarter", ""))
    kinds = all_kinds()
    kind = asked.get("kind", "") if asked.get("kind") in dict(kinds) else ""
    side = asked.get("side", "")
    page = records_page(user, quarter, kind=kind, side=side, number=asked.get("page"))
    context = {
        "quarter": quarter,
        "page": page,
        "lines": [record_line(one) for one in page.object_list],
        "kinds": kinds,
        "kind": kind,
        "side": side,
    }
    return render(request, "notifications/records/list.html", context)


@require_safe
@login_required
@never_cache
def list_answers(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    asked = request.GET
    quarter = Quarter.named(asked.get("quarter", ""))
    capacity, state = asked.get("capacity", ""), asked.get("state", "")
    page, lines = answers_page(
        user, quarter, capacity=capacity, state=state, number=asked.get("page")
    )
    context = {
        "quarter": quarter,
        "page": page,
        "lines": lines,
        "capacity": capacity_words().get(capacity, ""),
        "state": state,
    }
    return render(request, "notifications/records/answers.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def show_record(request: HttpRequest, ref: UUID) -> HttpResponse:
    """One record with its history; the form corrects it."""
    user = signed_in(request)
    found = get_own_record(user, ref)
    if request.method == "GET":
        return _record_page(request, found, ChangeForm(user=user, record=found))
    form = ChangeForm(request.POST, user=user, record=found)
    if not form.is_valid():
        return _record_page(request, found, form, status=422)
    try:
        change_work(
            found=found,
            person=user,
            post=form.cleaned_data["post"],
            work=form.work(),
            seen=form.cleaned_data["version"],
        )
    except Refused as refusal:
        form.add_problems(refusal.problems)
        return _record_page(request, found, form, status=status_of(refusal))
    messages.success(request, _("Corrected; what it said before stays readable."))
    return redirect("records:record", ref=ref)


def _record_page(
    request: HttpRequest,
    found: WorkRecord,
    form: ChangeForm,
    *,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "line": record_line(found),
        "form": form,
        "versions": versions_of(found),
        "problems": refusal.problems if refusal else (),
        "quarter": Quarter.of(found.on),
    }
    return render(request, "notifications/records/record.html", context, status=status)


@require_POST
@login_required
@never_cache
def withdraw(request: HttpRequest, ref: UUID) -> HttpResponse:
    user = signed_in(request)
    found = get_own_record(user, ref)
    seen = request.POST.get("version", "")
    try:
        withdraw_work(
            found=found,
            person=user,
            reason=request.POST.get("reason", ""),
            seen=int(seen) if seen.isdecimal() and len(seen) < 10 else 0,  # noqa: PLR2004 - digits of an integer
        )
    except Refused as refusal:
        form = ChangeForm(user=user, record=found)
        return _record_page(request, found, form, refusal=refusal, status=status_of(refusal))
    messages.success(request, _("Withdrawn; it counts nowhere any more."))
    return redirect("records:records")
