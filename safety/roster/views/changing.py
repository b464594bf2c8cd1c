"""Whoever keeps the roster changes it: plan, rotate, copy, replace, take out, keep or stop."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from safety.errors import Hidden, Refused
from safety.posts.models import Post
from safety.roster.access import get_managed_shift, get_managed_unit, people_for, seats_of
from safety.roster.actions import (
    keep_roster,
    plan_shifts,
    remove_shift,
    replace_person,
    stop_roster,
)
from safety.roster.calendar import current_calendar
from safety.roster.checks import NewShift
from safety.roster.forms import CopyForm, KeepForm, ReplaceForm, RotationForm, ShiftForm
from safety.roster.planning import Planned, copied, month_of, rotation, week_of
from safety.roster.views.asking import MONTH, actor_of, answered, back_to_sheet, cleaned, tell
from safety.units.models import Unit


def _titles() -> dict[str, str]:
    """What stands above a form that was refused."""
    return {
        "shift": _("Plan one shift"),
        "rotation": _("Several people in turn"),
        "copy": _("Copy a week or month"),
    }


@require_POST
@login_required
def add_shift(request: HttpRequest, code: str) -> HttpResponse:
    unit = get_managed_unit(request.user, code)
    form = ShiftForm(request.POST, seats=seats_of([unit.pk]), people=people_for(unit))

    def done() -> str:
        told = cleaned(form)
        new = NewShift(
            post=told["seat"],
            person=told["person"],
            starts_at=told["starts_at"],
            ends_at=told["ends_at"],
        )
        plan_shifts(shifts=[new], actor=actor_of(request))
        return _("Planned: %(name)s, %(shift)s.") % {"name": new.person.name, "shift": new}

    return answered(request, unit, form, done, title=_titles()["shift"])


@require_POST
@login_required
def rotate(request: HttpRequest, code: str) -> HttpResponse:
    unit = get_managed_unit(request.user, code)
    calendar = current_calendar()
    form = RotationForm(
        request.POST, seats=seats_of([unit.pk]), people=people_for(unit), calendar=calendar
    )

    def done() -> str:
        told = cleaned(form)
        planned = rotation(
            seat=told["seat"],
            people=told["people"],
            pattern=calendar.patterns[told["pattern"]],
            first=told["first"],
            last=told["last"],
            calendar=calendar,
        )
        return _write(request, planned)

    return answered(request, unit, form, done, title=_titles()["rotation"])


@require_POST
@login_required
def copy_span(request: HttpRequest, code: str) -> HttpResponse:
    """A week or month as it stands, onto the week or month of another day."""
    unit = get_managed_unit(request.user, code)
    form = CopyForm(request.POST)

    def done() -> str:
        told = cleaned(form)
        first, last, to = _spans(told["span"], told["day"], told["to"])
        return _write(request, copied(seats=seats_of([unit.pk]), first=first, last=last, to=to))

    return answered(request, unit, form, done, title=_titles()["copy"])


def _spans(span: str, day: date, to: date) -> tuple[date, date, date]:
    """First and last day to copy, and the first day to fill; no further than that month goes."""
    if span != MONTH:
        return *week_of(day), week_of(to)[0]
    first, last = month_of(day)
    start, end = month_of(to)
    return first, min(last, first + (end - start)), start


def _write(request: HttpRequest, planned: Planned) -> str:
    if not planned.shifts:
        raise Refused(
            _("Every shift of these days is planned already."),
            field="first",
            remedy=_("Choose other days, or take shifts out first."),
        )
    made = plan_shifts(shifts=planned.shifts, actor=actor_of(request))
    text = ngettext("%(count)d shift planned.", "%(count)d shifts planned.", len(made)) % {
        "count": len(made)
    }
    if planned.kept:
        text += " " + ngettext(
            "%(count)d was planned already and stays.",
            "%(count)d were planned already and stay.",
            planned.kept,
        ) % {"count": planned.kept}
    return text


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def change_shift(request: HttpRequest, ref: UUID) -> HttpResponse:
    """One shift: put somebody else in, or take it out."""
    shift = get_managed_shift(request.user, ref)
    unit = shift.post.unit
    people = people_for(unit).exclude(pk=shift.person_id)
    form = ReplaceForm(request.POST if request.method == "POST" else None, people=people)
    if request.method == "POST":
        if request.POST.get("do") == "remove":
            is_done = tell(request, lambda: _removed(request, ref))
        else:
            is_done = tell(request, lambda: _replaced(request, ref, form))
        if is_done:
            day = timezone.localtime(shift.starts_at).date()
            return redirect(f"{reverse('roster:sheet', args=[unit.code])}?from={day}")
        return redirect(request.path)
    now = timezone.now()
    context = {
        "shift": shift,
        "form": form,
        "runs": shift.starts_at <= now < shift.ends_at,
        "is_over": shift.ends_at <= now,
        "swaps": shift.swaps.select_related("asker", "other", "for_shift__post").all()[:10],
    }
    return render(request, "roster/shift.html", context)


def _removed(request: HttpRequest, ref: UUID) -> str:
    remove_shift(shift=get_managed_shift(request.user, ref), actor=actor_of(request))
    return _("The shift is taken out.")


def _replaced(request: HttpRequest, ref: UUID, form: ReplaceForm) -> str:
    after = replace_person(
        shift=get_managed_shift(request.user, ref),
        person=cleaned(form)["person"],
        actor=actor_of(request),
    )
    return _("%(name)s sits there now.") % {"name": after.person.name}


@require_POST
@login_required
def keep_seat(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Keep a roster for one seat, or stop."""
    unit = get_managed_unit(request.user, code)
    seat = _seat(unit, pk)
    form = KeepForm(request.POST)

    def done() -> str:
        if request.POST.get("do") == "stop":
            stop_roster(post=seat, actor=actor_of(request))
            return _("%(seat)s is answered by its holders again.") % {"seat": seat.name}
        starts_at = cleaned(form)["starts_at"]
        keep_roster(post=seat, starts_at=starts_at, actor=actor_of(request))
        return _("From then on the roster says who is %(seat)s.") % {"seat": seat.name}

    tell(request, done)
    return back_to_sheet(request, unit)


def _seat(unit: Unit, pk: int) -> Post:
    seat = seats_of([unit.pk]).filter(pk=pk).first()
    if seat is None:
        raise Hidden
    return seat
