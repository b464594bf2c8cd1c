"""One row of a draft in a form: add, change, remove."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from notifications.models import Entry, ResponsibilityTable
from notifications.table.access import get_draft
from notifications.table.drafts import change_rows, put_rows, remove_rows
from notifications.table.forms import RowForm, initial_for, initial_of, standard_of
from notifications.table.rows import Key
from notifications.table.selectors import own_row, posts_of, units_like
from notifications.table.words import Words
from notifications.views.asking import signed_in
from safety.errors import Hidden, Refused
from safety.people.models import User
from safety.posts.models import Post

USES = {"use_business": "business_duty", "use_safety": "safety_duty"}


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def edit_row(request: HttpRequest, ref: UUID, serial: int) -> HttpResponse:
    """Change one row; what somebody else changed meanwhile is not overwritten."""
    user = signed_in(request)
    table = get_draft(user, ref)
    entry = own_row(table, serial)
    if entry is None:
        messages.error(request, _("This row is not in the draft any more: somebody removed it."))
        return redirect("table:version", ref)
    words = Words()
    initial = initial_of(entry, table.revision)
    if request.method == "GET":
        form = RowForm(initial=initial, unit=entry.unit, words=words, kept=entry.scope)
        return _page(request, table, entry.post, form, words, entry=entry)
    form = RowForm(request.POST, unit=entry.unit, words=words, kept=entry.scope)
    if used := _with_standard(request, entry.post, words):
        form = RowForm(initial=used, unit=entry.unit, words=words, kept=entry.scope)
        return _page(request, table, entry.post, form, words, entry=entry)
    if not form.is_valid():
        return _page(request, table, entry.post, form, words, entry=entry, status=422)
    key: Key = (entry.unit.code, entry.post.code, entry.capacity)
    row = form.row(entry.unit, entry.post)
    moved = row.key != key
    try:
        change_rows(
            table,
            put=[row],
            remove=[key] if moved else (),
            by=user,
            seen=form.cleaned_data["seen"],
            known=[key],
            fresh=[row.key] if moved else (),
        )
    except Refused as refusal:
        return _page(request, table, entry.post, form, words, entry=entry, refusal=refusal)
    messages.success(request, _("The row is saved."))
    return _to_unit(table, entry.unit.code)


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def add_row(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Choose the unit, then its post, then write the row; standard texts stand there already."""
    user = signed_in(request)
    table = get_draft(user, ref)
    post = _post_asked(request)
    if post is None:
        return _choosing(request, table)
    words = Words()
    if request.method == "GET":
        initial = initial_for(post, words, table.revision)
        form = RowForm(initial=initial, unit=post.unit, words=words, kept={})
        return _page(request, table, post, form, words)
    if used := _with_standard(request, post, words):
        form = RowForm(initial=used, unit=post.unit, words=words, kept={})
        return _page(request, table, post, form, words)
    form = RowForm(request.POST, unit=post.unit, words=words, kept={})
    if not form.is_valid():
        return _page(request, table, post, form, words, status=422)
    return _add(request, table, user, post, form, words)


def _add(
    request: HttpRequest,
    table: ResponsibilityTable,
    user: User,
    post: Post,
    form: RowForm,
    words: Words,
) -> HttpResponse:
    row = form.row(post.unit, post)
    try:
        put_rows(table, [row], by=user, fresh=[row.key])
    except Refused as refusal:
        return _page(request, table, post, form, words, refusal=refusal)
    messages.success(request, _("The row is added."))
    return _to_unit(table, post.unit.code)


@require_POST
@login_required
def remove_row(request: HttpRequest, ref: UUID, serial: int) -> HttpResponse:
    user = signed_in(request)
    table = get_draft(user, ref)
    entry = own_row(table, serial)
    seen = request.POST.get("seen", "")
    if entry is not None:
        key: Key = (entry.unit.code, entry.post.code, entry.capacity)
        try:
            remove_rows(table, [key], by=user, seen=int(seen) if seen.isdecimal() else None)
        except Refused as refusal:
            for problem in refusal.problems:
                messages.error(request, f"{problem.message} {problem.remedy}")
            return redirect("table:row", ref, serial)
    messages.success(request, _("The row is removed from the draft."))
    return redirect("table:version", ref)


def _post_asked(request: HttpRequest) -> Post | None:
    """The post that the address names by unit and code, if it does."""
    unit, post = request.GET.get("unit", ""), request.GET.get("post", "")
    if not (unit and post):
        return None
    found = posts_of(unit).filter(code=post).first()
    if found is None:
        raise Hidden
    return found


def _choosing(request: HttpRequest, table: ResponsibilityTable) -> HttpResponse:
    """The first step: a unit by name or code, then one of its posts."""
    q = request.GET.get("q", "")[:80].strip()
    code = request.GET.get("unit", "")[:40]
    units = list(units_like(q)) if q and not code else []
    if len(units) == 1:
        code = units[0].code
    posts = list(posts_of(code)) if code else []
    context = {"table": table, "q": q, "units": units, "posts": posts}
    return render(request, "notifications/table/choose_post.html", context)


def _with_standard(request: HttpRequest, post: Post, words: Words) -> dict[str, Any]:
    """What the form holds, with a standard text taken over; empty if none was asked for."""
    wanted = next((name for name in USES if name in request.POST), "")
    if not wanted:
        return {}
    multiple = ("stages", "hazards", "ownership", "sections")
    held: dict[str, Any] = {
        name: request.POST.getlist(name) if name in multiple else request.POST.get(name, "")
        for name in RowForm.base_fields
    }
    return held | {USES[wanted]: standard_of(post, words).get(USES[wanted], "")}


def _to_unit(table: ResponsibilityTable, unit: str) -> HttpResponse:
    address = reverse("table:version", args=[table.ref])
    return redirect(f"{address}?{urlencode({'unit': unit})}")


def _page(
    request: HttpRequest,
    table: ResponsibilityTable,
    post: Post,
    form: RowForm,
    words: Words,
    *,
    entry: Entry | None = None,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "table": table,
        "post": post,
        "entry": entry,
        "form": form,
        "standard": standard_of(post, words),
        "problems": refusal.problems if refusal else (),
    }
    code = 422 if refusal else status
    return render(request, "notifications/table/row.html", context, status=code)
