"""Note what went up (上报): to whom, when, how, and who received it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from incidents.cases.access import get_to_report_upward, visible_to
from incidents.cases.forms.upward import UpwardForm
from incidents.cases.models import Incident, UpwardReport
from incidents.cases.recording import open_upward, owed_upward, record_upward
from incidents.cases.selectors import SentUp, sent_up
from notifications.access import sight_of
from notifications.models import Alert, Obligation
from notifications.obligations.upward import receiver_words, receivers_of
from notifications.words import basis_words
from safety.errors import Hidden, Refused
from safety.http import status_of
from safety.people.models import User
from safety.posts.access import Viewer
from safety.units.models import Unit


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def report_upward(request: HttpRequest, ref: UUID) -> HttpResponse:
    incident, units = get_to_report_upward(request.user, ref)
    unit = _in_whose_name(request, units)
    knows = visible_to(request.user).filter(pk=incident.pk).exists()
    page = _Page(
        incident=incident, units=units, unit=unit, knows=knows, words=_words(request.user, incident)
    )
    form = UpwardForm(
        request.POST or None,
        receivers=page.still_owed(),
        initial={"sent_at": timezone.localtime()},
    )
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return _answer(request, page, form, status)
    if not isinstance(request.user, User):
        raise Hidden
    try:
        record_upward(incident=incident, unit=unit, upward=form.upward(), by=request.user)
    except Refused as refusal:
        for problem in refusal.problems:
            field = problem.field if problem.field in form.fields else None
            form.add_error(field, f"{problem.message} {problem.remedy}".strip())
        return _answer(request, page, form, status_of(refusal))
    messages.success(request, _("Recorded what went up."))
    return redirect(request.get_full_path())


def _in_whose_name(request: HttpRequest, units: list[Unit]) -> Unit:
    """The unit asked for, else the first of ``units``. 404 for any other."""
    code = request.GET.get("unit", "")
    if not code:
        return units[0]
    for unit in units:
        if unit.code == code:
            return unit
    raise Hidden


def _words(user: Viewer, incident: Incident) -> Mapping[str, Any]:
    """What happened, as far as this reader may be told."""
    alerts = Alert.objects.filter(subject_kind="incident", subject_ref=str(incident.ref))
    alert = alerts.defer("plan").prefetch_related("units", "obligations").first()
    return sight_of(user).words(alert) if alert is not None else {}


@dataclass(frozen=True, kw_only=True)
class _Page:
    """What one reader is told; ``knows`` is false for a duty room outside a sealed case.

    It sends the report on to those above, but no receiver or document that would
    tell what the case is about.
    """

    incident: Incident
    units: Sequence[Unit]
    unit: Unit
    knows: bool
    words: Mapping[str, Any]

    def owed(self) -> list[Obligation]:
        return [o for o in open_upward(self.incident, self.unit) if self.knows or not o.telling]

    def still_owed(self) -> dict[str, str]:
        reached = set(self._sent().values_list("receiver", flat=True))
        words = receiver_words(self.owed())
        return {name: word for name, word in words.items() if name not in reached}

    def sent(self) -> list[SentUp]:
        owed = owed_upward(self.incident)
        found = self._sent().select_related("unit", "recorded_by")
        if not self.knows:
            telling = [name for o in owed if o.telling for name in receivers_of(o)]
            found = found.exclude(receiver__in=telling)
        return sent_up(found, owed)

    def _sent(self) -> QuerySet[UpwardReport]:
        return self.incident.upward_reports.filter(unit=self.unit)


def _answer(request: HttpRequest, page: _Page, form: UpwardForm, status: int) -> HttpResponse:
    context = {
        "incident": page.incident,
        "knows": page.knows,
        "words": page.words,
        "sealed": page.incident.privacy == Alert.Privacy.SEALED,
        "units": page.units,
        "unit": page.unit,
        "form": form,
        "owed": [
            {"receivers": receiver_words([o]).values(), "due_at": o.due_at, "basis": basis_words(o)}
            for o in page.owed()
        ],
        "sent": page.sent(),
    }
    return render(request, "incidents/cases/upward.html", context, status=status)


upward_urls = [path("incidents/<uuid:ref>/upward/", report_upward, name="upward")]
