"""The responsibility table: its versions, and the rows of one of them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from notifications.models import ResponsibilityTable
from notifications.table.access import get_draft, get_table, keeps_whole_table, require_whole_table
from notifications.table.comparing import carry_over
from notifications.table.drafts import discard_draft, start_draft
from notifications.table.forms import filter_of
from notifications.table.selectors import published_table, rows_for, versions, worded
from notifications.table.words import Words
from notifications.views.asking import signed_in
from safety.errors import Refused

PAGE = 20
VERSIONS = 20
SAID_MAX = 8  # rows named in one message


@require_safe
@login_required
@never_cache
def list_versions(request: HttpRequest) -> HttpResponse:
    """Drafts and published versions: state, number, who, when, what is new."""
    user = signed_in(request)
    page = Paginator(versions(user), VERSIONS).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "keeps_all": keeps_whole_table(user),
        "in_force": published_table(),
    }
    return render(request, "notifications/table/versions.html", context)


@require_POST
@login_required
def begin_draft(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    require_whole_table(user)
    return redirect("table:version", start_draft(by=user).ref)


@require_safe
@login_required
@never_cache
def show_version(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The rows in the reader's reach, filtered; of a draft each leads to its form."""
    user = signed_in(request)
    table = get_table(user, ref)
    wanted = filter_of(request.GET)
    page = Paginator(rows_for(user, table, wanted), PAGE).get_page(request.GET.get("page"))
    entries = list(page.object_list)
    words = Words(entry.scope for entry in entries)
    keeps_all = keeps_whole_table(user)
    context = {
        "table": table,
        "page": page,
        "rows": worded(entries, words),
        "wanted": wanted,
        "selects": [
            _select("capacity", _("Capacity"), wanted.capacity, words.capacities),
            _select("hazard", _("Hazard"), wanted.hazard, words.hazards),
        ],
        "checks": [
            {"name": "incomplete", "label": _("Only incomplete rows"), "on": wanted.incomplete}
        ]
        if table.is_draft
        else [],
        "keeps_all": keeps_all,
        "may_edit": keeps_all and table.is_draft,
        "is_stale": table.is_draft and _is_stale(table),
        "has_filter": any((wanted.q, wanted.unit, wanted.capacity, wanted.hazard)),
    }
    return render(request, "notifications/table/version.html", context)


def _select(name: str, label: str, value: str, words: dict[str, str]) -> dict[str, object]:
    return {"name": name, "label": label, "value": value, "options": list(words.items())}


def _is_stale(table: ResponsibilityTable) -> bool:
    return table.based_on != published_table()


@require_POST
@login_required
def discard(request: HttpRequest, ref: UUID) -> HttpResponse:
    user = signed_in(request)
    table = get_draft(user, ref)
    try:
        discard_draft(table=table, by=user)
    except Refused as refusal:
        _say(request, refusal)
        return redirect("table:version", ref)
    messages.success(request, _("The draft was discarded."))
    return redirect("table:versions")


@require_POST
@login_required
def carry(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Begin a draft of the version in force with the changes of this one."""
    user = signed_in(request)
    draft, clash = carry_over(table=get_draft(user, ref), by=user)
    messages.success(request, _("Your changes are in this new draft of the version in force."))
    if clash:
        rows = "; ".join(" / ".join(key) for key in clash[:SAID_MAX])
        messages.warning(
            request,
            _(
                "%(number)s rows were changed in the version in force too and stay as they are "
                "there; look at them: %(rows)s"
            )
            % {"number": len(clash), "rows": rows},
        )
    return redirect("table:version", draft.ref)


def _say(request: HttpRequest, refusal: Refused) -> None:
    for problem in refusal.problems:
        messages.error(request, f"{problem.message} {problem.remedy}")
