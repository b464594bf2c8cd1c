"""Check a draft and publish it: problems, gaps, progress, one note, one button."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notifications.models import ResponsibilityTable, TableJob
from notifications.table.access import get_table, require_whole_table
from notifications.table.comparing import differences_between
from notifications.table.forms import PublishForm
from notifications.table.jobs import ask
from notifications.table.progress import progress_of
from notifications.table.selectors import published_table
from notifications.views.asking import signed_in
from safety.errors import Refused
from safety.people.models import User
from safety.rules.selectors import waiting_rules

REFRESH_S = 3  # a page without scripts looks again


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def show_publishing(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The state of the last job of this draft; a POST asks for a check or the publication."""
    user = signed_in(request)
    require_whole_table(user)
    table = get_table(user, ref)
    job = table.jobs.first()
    if table.state in ResponsibilityTable.FINAL:
        return _published(request, table)
    if request.headers.get("X-Part") == "1" or request.headers.get("HX-Request"):
        return _part(request, job)
    form = PublishForm(request.POST if "publish" in request.POST else None)
    if request.method == "GET":
        return _page(request, table, job, form)
    try:
        if "publish" not in request.POST:
            ask(table=table, kind=TableJob.Kind.CHECK, by=user)
        elif form.is_valid():
            _ask_publication(table, user, form)
        else:
            return _page(request, table, job, form, status=422)
    except Refused as refusal:
        for problem in refusal.problems:
            messages.error(request, f"{problem.message} {problem.remedy}")
    return redirect("table:publish", ref)


def _ask_publication(table: ResponsibilityTable, user: User, form: PublishForm) -> None:
    ask(table=table, kind=TableJob.Kind.PUBLISH, by=user, note=form.cleaned_data["note"])


def _published(request: HttpRequest, table: ResponsibilityTable) -> HttpResponse:
    messages.success(request, _("Version %(number)s is in force now.") % {"number": table.number})
    if request.headers.get("HX-Request"):
        answer = HttpResponse()
        answer["HX-Redirect"] = reverse("table:version", args=[table.ref])
        return answer
    return redirect("table:version", table.ref)


def _part(request: HttpRequest, job: TableJob | None) -> HttpResponse:
    """How far it is; once it has ended, the whole page is shown anew."""
    if job is None or not job.is_open:
        answer = HttpResponse()
        answer["HX-Refresh"] = "true"
        return answer
    context = {"progress": progress_of(job)}
    return render(request, "notifications/table/_progress.html", context)


def _page(
    request: HttpRequest,
    table: ResponsibilityTable,
    job: TableJob | None,
    form: PublishForm,
    *,
    status: int = 200,
) -> HttpResponse:
    is_open = job is not None and job.is_open
    is_fresh = job is not None and not is_open and job.revision == table.revision
    last = job if is_fresh else None
    context = {
        "table": table,
        "job": last,
        "progress": progress_of(job) if job is not None and is_open else None,
        "form": form,
        "found": differences_between(table.based_on, table),
        "is_stale": table.based_on != published_table(),
        "has_gaps": last is not None and any(one["field"] == "coverage" for one in last.problems),
        "waiting": waiting_rules(),
        "refresh_s": REFRESH_S,
    }
    return render(request, "notifications/table/publish.html", context, status=status)
