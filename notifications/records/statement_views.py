"""本人说明: the page of one late or unanswered matter, with the form beside it."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notifications.records.models import STATEMENT_MAX, Statement
from notifications.records.quarters import Quarter
from notifications.records.statements import StatedMatter, stated_matter
from notifications.records.stating import add_statement, correct_statement
from notifications.views.asking import signed_in
from safety.errors import Refused
from safety.http import status_of, wants_json
from safety.people.models import User


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def state(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Read, add or correct the own statement to the own matter ``ref``."""
    user = signed_in(request)
    matter = stated_matter(user, ref)
    if request.method == "GET":
        return _page(request, matter)
    try:
        made, is_changed = _keep(request, user, matter)
    except Refused as refusal:
        if wants_json(request):
            raise
        return _page(request, stated_matter(user, ref), refusal=refusal)
    if not is_changed:
        messages.info(request, _("This was recorded before; nothing was written twice."))
    elif made.corrections:
        messages.success(request, _("Corrected; what it said before stays readable."))
    else:
        messages.success(request, _("Your statement stands beside the matter."))
    return redirect("records:statement", ref=ref)


def _keep(request: HttpRequest, user: User, matter: StatedMatter) -> tuple[Statement, bool]:
    text, version = request.POST.get("text", ""), request.POST.get("version", "")
    if version and matter.statement is not None:
        seen = int(version) if version.isdecimal() and len(version) < 10 else 0  # noqa: PLR2004 - digits of an integer
        return correct_statement(found=matter.statement, text=text, seen=seen)
    return add_statement(
        ref=_named(request.POST.get("ref", "")),
        obligation=matter.obligation,
        person=user,
        text=text,
    )


def _named(said: str) -> UUID:
    try:
        return UUID(said)
    except ValueError:
        raise Refused(
            _("The page did not name its statement."),
            field="ref",
            value=said,
            remedy=_("Open the page anew; your words are still here to copy."),
        ) from None


def _page(
    request: HttpRequest, matter: StatedMatter, *, refusal: Refused | None = None
) -> HttpResponse:
    standing = matter.statement.text if matter.statement else ""
    context = {
        "line": matter.line,
        "statement": matter.statement,
        "versions": matter.versions,
        "text": request.POST.get("text", "") if refusal else standing,
        "ref": uuid4(),
        "most": STATEMENT_MAX,
        "problems": refusal.problems if refusal else (),
        "quarter": Quarter.of(timezone.localdate(matter.obligation.created_at)),
    }
    status = status_of(refusal) if refusal else 200
    return render(request, "notifications/records/statement.html", context, status=status)
