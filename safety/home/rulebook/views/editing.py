"""Change a draft tab by tab: cells where they stand, rows that come and go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from safety.errors import Problem, Refused
from safety.home.rulebook.access import get_open_draft
from safety.home.rulebook.forms import TabForm
from safety.home.rulebook.paths import Path
from safety.home.rulebook.placing import at_cells
from safety.home.rulebook.reasons import in_words
from safety.home.rulebook.rows import listed, row_lists, with_copy, without
from safety.home.rulebook.sheets import Sheet, is_long
from safety.home.rulebook.tabs import TABS, Tab, tab
from safety.home.rulebook.views.books import actor_of
from safety.home.rulebook.views.drafts import revision_of
from safety.rules.drafts import save_draft
from safety.rules.models import RuleDraft


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def edit(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """One tab with its cells as fields."""
    draft = get_open_draft(request.user, pk)
    one = tab(slug)
    sheets = one.sheets(draft.content)
    form = TabForm(sheets, request.POST if request.method == "POST" else None)
    problems: Iterable[Problem] = ()
    wrong: Mapping[str, Problem] = {}
    if request.method == "POST" and form.is_valid():
        try:
            save_draft(
                draft=draft,
                revision=revision_of(request),
                content=form.content(draft.content),
                actor=actor_of(request),
            )
        except Refused as refused:
            problems = in_words(refused.problems)
            wrong = at_cells(refused.problems, form.changed_cells())
        else:
            return _saved(request, draft, one, sheets, [cell.path for cell in form.changed_cells()])
    return _tab_page(request, draft, one, sheets, form, problems, wrong)


def _saved(
    request: HttpRequest, draft: RuleDraft, one: Tab, sheets: Sequence[Sheet], paths: Sequence[Path]
) -> HttpResponse:
    """Back to the tab; on a long one the tables that were changed stay unfolded."""
    messages.success(request, _("Saved in the draft. It does not hold yet."))
    url = reverse("rulebook:edit", args=[draft.pk, one.slug])
    changed = [number for number, sheet in enumerate(sheets) if _touches(sheet, paths)]
    if changed and is_long(sheets):
        url = f"{url}?{urlencode({'open': changed}, doseq=True)}"
    return redirect(url)


def _touches(sheet: Sheet, paths: Sequence[Path]) -> bool:
    """Whether a cell of the sheet, or its list, is one of ``paths``."""
    cells = {cell.path for row in sheet.rows for cell in row.cells if cell.kind}
    rows = [row.path for row in sheet.rows]
    return any(
        path in cells or any(row[: len(path)] == path for row in rows if row) for path in paths
    )


def _tab_page(
    request: HttpRequest,
    draft: RuleDraft,
    one: Tab,
    sheets: Sequence[Sheet],
    form: TabForm,
    problems: Iterable[Problem],
    wrong: Mapping[str, Problem] | None = None,
) -> HttpResponse:
    unfolded = request.GET.getlist("open")
    context = {
        "draft": draft,
        "tab": one,
        "tabs": TABS,
        "sheets": [
            _bound(sheet, form, wrong or {}, is_open=str(number) in unfolded)
            for number, sheet in enumerate(sheets)
        ],
        "is_long": is_long(sheets),
        "form": form,
        "problems": problems,
        "revision": request.POST.get("revision", draft.revision),
        "lists": row_lists(one.slug, sheets, draft.content, request.POST.dict()),
        "rows_open": "list" in request.POST,
    }
    return render(request, "rulebook/edit.html", context)


@require_POST
@login_required
def change_rows(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """A row more or less in a list of one tab; its cells are changed where they stand."""
    draft = get_open_draft(request.user, pk)
    one = tab(slug)
    path, name = listed(slug, request.POST.get("list", "")), request.POST.get("row", "")
    try:
        if request.POST.get("do") == "remove":
            content = without(draft.content, path, name)
        else:
            content = with_copy(draft.content, path, name, request.POST.dict())
        save_draft(
            draft=draft,
            revision=revision_of(request),
            content=content,
            actor=actor_of(request),
        )
    except Refused as refused:
        sheets = one.sheets(draft.content)
        form = TabForm(sheets)
        return _tab_page(request, draft, one, sheets, form, in_words(refused.problems))
    return _saved(request, draft, one, one.sheets(draft.content), [path])


def _bound(
    sheet: Any, form: TabForm, wrong: Mapping[str, Problem], *, is_open: bool
) -> dict[str, Any]:
    """The sheet with a field in each cell that may change; unfolded where something is wrong."""
    names = {cell.name for row in sheet.rows for cell in row.cells if cell.kind}
    return {
        "sheet": sheet,
        "is_open": is_open or not names.isdisjoint([*form.errors, *wrong]),
        "rows": [
            {
                "row": row,
                "cells": [
                    {
                        "cell": cell,
                        "column": column,
                        "field": form[cell.name] if cell.kind else None,
                        "wrong": in_words([wrong[cell.name]]) if cell.name in wrong else (),
                    }
                    for cell, column in zip(row.cells, sheet.columns[1:], strict=True)
                ],
            }
            for row in sheet.rows
        ],
    }
