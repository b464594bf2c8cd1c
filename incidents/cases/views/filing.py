"""The first report (首报): the page, the sending, and what answers when it cannot be sent.

Three answers, in this order of importance: what was written is never lost, the
duty phone is always on the screen, and nothing says "sent" before it is
committed.
"""

from __future__ import annotations

from uuid import uuid4

from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from incidents.cases.access import Filer, filer_of, get_school_of, receipts_of
from incidents.cases.actions import Filed, report_incident
from incidents.cases.devices import device_of
from incidents.cases.forms.first_report import FirstReportForm
from incidents.cases.models import Incident
from incidents.cases.views.parts import (
    grade_flags,
    nearest_phone,
    page_tiles,
    problems_of,
    questions,
    readable,
    receipt_json,
)
from notifications.standing import standing
from safety.errors import Conflict, Hidden, Problem, Refused
from safety.http import problems_json, status_of, wants_json
from safety.posts.access import rights_of

RECENT = 2


@require_http_methods(["GET", "POST"])
@cache_control(private=True, no_cache=True)
def report(request: HttpRequest) -> HttpResponse:
    """Show the three short screens (one plain page without scripts), or file what they say."""
    device = device_of(request)
    filer = filer_of(request.user, device)
    if request.method == "POST":
        if filer is None:
            return unsent(request, why="signed-out" if _is_nobody(request) else "no-right")
        return _file(request, filer)
    if filer is not None:
        return _page(request, filer, _fresh_form(filer))
    if _is_nobody(request):
        return redirect_to_login(request.get_full_path())
    if "take_calls" in rights_of(request.user):
        return redirect("filing:call")
    raise Hidden


def _is_nobody(request: HttpRequest) -> bool:
    return not request.user.is_authenticated


def _file(request: HttpRequest, filer: Filer) -> HttpResponse:
    if not readable(request.POST):
        raise BadRequest("not UTF-8")
    if filer.device is not None and not ratelimit.consume(
        request, action="report_by_device", key=str(filer.device.pk)
    ):
        return unsent(request, why="too-often")
    form = FirstReportForm(request.POST, flags=grade_flags())
    code = request.POST.get("school", "").strip() or filer.schools[0].code
    school = get_school_of(filer, code)
    if not form.is_valid():
        return _refused(request, filer, form, 422)
    device = filer.device
    try:
        filed = report_incident(
            report=form.first_report(schools=(school,), own_phone=filer.user.phone),
            reporter=filer.user,
            via=Incident.Via.DEVICE if device else Incident.Via.WEB,
            key=form.cleaned_data["key"],
            device=device,
        )
    except Refused as refusal:
        form.add_problems(refusal.problems)
        return _refused(request, filer, form, status_of(refusal), refusal)
    return _filed(request, filed)


def _filed(request: HttpRequest, filed: Filed) -> HttpResponse:
    if wants_json(request):
        answer = JsonResponse(receipt_json(filed.incident), status=201)
        if filed.repeated:
            answer["Idempotent-Replay"] = "true"
        return answer
    if not receipts_of(request.user, device_of(request)).filter(pk=filed.incident.pk).exists():
        # Filed before by sign-in, repeated now by the phone: the receipt is not the phone's.
        context = {"incident": filed.incident, "bare": True}
        return render(request, "incidents/filing/receipt.html", context)
    return redirect("filing:receipt", ref=filed.incident.ref)


def _refused(
    request: HttpRequest,
    filer: Filer,
    form: FirstReportForm,
    status: int,
    refusal: Refused | None = None,
) -> HttpResponse:
    """The same page with everything that was written, and what is wrong on top."""
    if wants_json(request):
        found = refusal.problems if refusal else problems_of(form)
        return problems_json(found, status=status)
    if isinstance(refusal, Conflict) or "key" in form.errors:
        # Sent once more, it is a new report; the earlier one stays as it is.
        form.renew_key()
    return _page(request, filer, form, status=status)


def _fresh_form(filer: Filer) -> FirstReportForm:
    started = {
        "key": str(uuid4()),
        "opened_at": timezone.now().isoformat(timespec="seconds"),
        "aware": "now",
        "caller_phone": filer.user.phone,
    }
    return FirstReportForm(initial=started, flags=grade_flags())


def _page(
    request: HttpRequest, filer: Filer, form: FirstReportForm, *, status: int = 200
) -> HttpResponse:
    offered = page_tiles()
    context = {
        "form": form,
        "filer": filer,
        "who": f"user:{filer.user.pk}",
        "tiles": [tile for tile in offered if not tile.sealed],
        "sealed_tiles": [tile for tile in offered if tile.sealed],
        "asks": questions(offered),
        "chosen": form["hazard"].value() or "",
        "chosen_flags": form["flags"].value() or [],
        "people": form["people"].value() or "",
        "counts": [form[name] for name in ("dead", "missing", "injured", "critical")],
        "recent": receipts_of(request.user, filer.device)[:RECENT],
        "sms_number": settings.DUTY_SMS,
        "now": timezone.now(),
        "nearest": nearest_phone(filer.schools[0]),
        "standing": standing(request.user) if filer.device is None else None,
    }
    return render(request, "incidents/filing/report.html", context, status=status)


def unsent(request: HttpRequest, *, why: str) -> HttpResponse:
    """What was sent could not be taken. Say so, keep every word, show the phone.

    ``why``: signed-out, no-right, too-often, or csrf (cookies blocked, or the
    page is older than the last sign-in).
    """
    status = {"signed-out": 401, "no-right": 404, "too-often": 429, "csrf": 403}[why]
    if wants_json(request):
        return problems_json([_why_unsent(why)], status=status)
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]
    context = {
        "why": why,
        "problem": _why_unsent(why),
        "kept": kept,
        "sign_in_url": f"{reverse('account_login')}?next={reverse('filing:report')}",
    }
    answer = render(request, "incidents/filing/unsent.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def _why_unsent(why: str) -> Problem:
    message, remedy = {
        "signed-out": (
            _("You are not signed in any more."),
            _("Sign in, then send it again; nothing you wrote is lost."),
        ),
        "no-right": (
            _("You hold no post that files for a school."),
            _("Call the duty room; a telephone report counts as a report."),
        ),
        "too-often": (
            _("This phone has sent very many reports within an hour."),
            _("Call the duty room; a telephone report counts as a report."),
        ),
        "csrf": (
            _("This page was opened before the last sign-in, or cookies are blocked."),
            _("Send it once more; nothing you wrote is lost."),
        ),
    }[why]
    return Problem(field="report", value="", message=message, remedy=remedy)
