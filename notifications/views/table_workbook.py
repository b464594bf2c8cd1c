"""The table as a workbook: export, send, look, import."""

from __future__ import annotations

import io
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from notifications.models import ResponsibilityTable, TableUpload
from notifications.table.access import (
    get_table,
    keeps_whole_table,
    require_whole_table,
    table_reach,
    visible_tables,
)
from notifications.table.workbook.exporting import export_workbook, file_name
from notifications.table.workbook.forms import Choices
from notifications.table.workbook.holdings import write_proposals
from notifications.table.workbook.importing import import_workbook, state_of
from notifications.table.workbook.outcome import Outcome
from notifications.table.workbook.pages import heads, mapping, shown, tabs
from notifications.table.workbook.previewing import mark_of, preview
from notifications.table.workbook.report import proposals_of
from notifications.table.workbook.target import draft_of, open_drafts
from notifications.table.workbook.uploads import get_upload, keep_upload, size_limit_mb
from notifications.views.asking import refs_of, signed_in
from safety.errors import Hidden, Refused
from safety.people.models import User
from safety.posts.access import covers
from safety.units.models import Unit

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE = 50
OFFERED = 20


@require_safe
@login_required
@never_cache
def show_workbook(request: HttpRequest) -> HttpResponse:
    """Where to get a workbook, and where to send one."""
    return _start(request, signed_in(request))


def _start(request: HttpRequest, user: User, refusal: Refused | None = None) -> HttpResponse:
    paths = table_reach(user)
    context = {
        "tables": visible_tables(user).order_by("-created_at")[:OFFERED],
        "units": Unit.objects.filter(path__in=paths).order_by("path"),
        "keeps_all": keeps_whole_table(user),
        "limit": size_limit_mb(),
        "problems": refusal.problems if refusal else (),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refusal else HTTPStatus.OK
    return render(request, "notifications/table_workbook/workbook.html", context, status=status)


@require_safe
@login_required
@never_cache
def export(request: HttpRequest) -> HttpResponseBase:
    """The workbook itself: a version, or a draft, of one unit and everything below it."""
    user = signed_in(request)
    [ref] = refs_of([request.GET.get("table", "")])
    table = get_table(user, ref)
    part = _part(user, request.GET.get("unit", ""))
    file = io.BytesIO()
    try:
        export_workbook(file, table=table, part=part)
    except Refused as refusal:
        return _start(request, user, refusal)
    return _file(file, file_name(table, part))


def _part(user: User, code: str) -> Unit:
    """The unit whose part is asked for, if it lies in the reach of ``user``."""
    paths = table_reach(user)
    unit = Unit.objects.filter(code=code).first() if code else None
    if code == "" and len(paths) == 1:
        unit = Unit.objects.filter(path=paths[0]).first()
    if unit is None or not covers(paths, unit):
        raise Hidden
    return unit


def _file(file: io.BytesIO, name: str) -> FileResponse:
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


@require_POST
@login_required
def send(request: HttpRequest) -> HttpResponse:
    """Take a workbook in for its preview; nothing of it is written."""
    user = signed_in(request)
    require_whole_table(user)
    sent = request.FILES.get("file")
    try:
        upload = keep_upload(
            content=sent.read() if sent else b"",
            name=sent.name if sent and sent.name else "",
            by=user,
        )
    except Refused as refusal:
        return _start(request, user, refusal)
    draft = draft_of(mark_of(bytes(upload.content), upload.name), open_drafts())
    choices = Choices(draft=str(draft.ref) if draft else "")
    return redirect(_preview_url(upload, choices))


def _preview_url(upload: TableUpload, choices: Choices) -> str:
    return f"{reverse('table_workbook:preview', args=[upload.ref])}?{choices.as_query()}"


@require_safe
@login_required
@never_cache
def show_preview(request: HttpRequest, ref: UUID) -> HttpResponse:
    user = signed_in(request)
    return _preview(request, get_upload(user, ref), Choices.of(request.GET.dict()))


def _preview(
    request: HttpRequest, upload: TableUpload, choices: Choices, refusal: Refused | None = None
) -> HttpResponse:
    """Everything the workbook would change, and everything that is wrong with it."""
    context = {
        "upload": upload,
        "choices": choices,
        "drafts": open_drafts(),
        "problems": refusal.problems if refusal else (),
    }
    try:
        outcome = _look(upload, choices)
    except Refused as unusable:
        context["problems"] = unusable.problems
        return render(
            request,
            "notifications/table_workbook/preview.html",
            context,
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    found = tabs(outcome)
    wanted = request.GET.get("show", "")
    tab = next((t for t in found if t.name == wanted), found[0])
    page = Paginator(shown(outcome, tab.name), PAGE).get_page(request.GET.get("page"))
    context |= {
        "outcome": outcome,
        "tabs": found,
        "tab": tab,
        "page": page,
        "figures": heads(outcome),
        "mapping": mapping(outcome),
        "seen": state_of(outcome),
        "codes": {problem.code for problem in outcome.problems},
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refusal else HTTPStatus.OK
    return render(request, "notifications/table_workbook/preview.html", context, status=status)


def _look(upload: TableUpload, choices: Choices) -> Outcome:
    return preview(choices.request(upload, _draft(choices)))


def _draft(choices: Choices) -> ResponsibilityTable | None:
    """The draft that was chosen. Raises ``Hidden`` when it is none any more."""
    if not choices.draft:
        return None
    draft = draft_of(choices.draft, open_drafts())
    if draft is None:
        raise Hidden
    return draft


@require_POST
@login_required
def take(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Write what the preview shows into its draft."""
    user = signed_in(request)
    upload = get_upload(user, ref)
    choices = Choices.of(request.POST.dict())
    try:
        draft = import_workbook(
            outcome=_look(upload, choices), by=user, seen=request.POST.get("seen", "")
        )
    except Refused as refusal:
        return _preview(request, upload, choices, refusal)
    upload.delete()
    if draft is None:
        messages.info(
            request, _("The workbook says what the table says: there is nothing to write.")
        )
        return redirect("table_workbook:workbook")
    messages.success(
        request, _("The workbook was written into the draft. Nothing is in force yet.")
    )
    return redirect("table:version", draft.ref)


@require_POST
@login_required
def drop(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Throw the workbook that was sent away."""
    get_upload(signed_in(request), ref).delete()
    messages.success(request, _("The workbook was thrown away; nothing was written."))
    return redirect("table_workbook:workbook")


@require_safe
@login_required
@never_cache
def people(request: HttpRequest, ref: UUID) -> HttpResponseBase:
    """The people whom the sheet names, as the list that 人员调整 reads."""
    upload = get_upload(signed_in(request), ref)
    outcome = _look(upload, Choices.of(request.GET.dict()))
    file = io.BytesIO()
    write_proposals(file, proposals_of(outcome))
    return _file(file, "人员调整.xlsx")
