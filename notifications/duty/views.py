"""The duty room: one page, and a form for each thing done in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from notifications.access import own_board_unit
from notifications.duty import checking, handing_over
from notifications.duty.access import (
    checkable,
    get_check_to_answer,
    get_check_to_record,
    get_hand_over,
    get_own_seat,
    get_room,
    works_in,
)
from notifications.duty.desk import items_for, next_person, room_of, to_tell
from notifications.duty.forms import AnsweredForm, AskForm, GiveForm, LineForm
from notifications.duty.log import write_line
from notifications.views.asking import signed_in, way_back
from safety.errors import Hidden, Problem, Refused
from safety.roster.access import people_for
from safety.roster.models import LogEntry
from safety.units.models import Unit

FOUND_MAX = 5


@require_safe
@login_required
@never_cache
def find_room(request: HttpRequest) -> HttpResponse:
    """Straight to the own duty room."""
    own = own_board_unit(request.user)
    if own is None:
        return redirect("notifications:boards")
    return redirect("duty:room", code=own.code)


@require_safe
@login_required
@never_cache
def show_room(request: HttpRequest, code: str) -> HttpResponse:
    user = signed_in(request)
    room = room_of(user, get_room(user, code), number=request.GET.get("page"))
    context = {
        "room": room,
        "line_form": LineForm(),
        "ask_form": AskForm(),
        "districts": checkable(user, room.unit).exclude(kind__in=Unit.SCHOOL_KINDS),
    }
    return render(request, "duty/room.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def hand_over(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """交班: what is open, who takes over, what else is to be told."""
    user = signed_in(request)
    unit = get_room(user, code)
    seat = get_own_seat(user, unit, pk)
    people = people_for(unit).exclude(pk=user.pk)
    items = handing_over.open_items(unit)
    if request.method == "POST":
        form = GiveForm(request.POST, people=people)

        def done() -> str:
            told = _cleaned(form)
            made = handing_over.give(seat=seat, giver=user, taker=told["taker"], note=told["note"])
            return _("Signed. %(name)s signs when taking over.") % {"name": made.taker.name}

        refusal = _try(request, done)
        if refusal is None:
            return redirect("duty:room", code=unit.code)
    else:
        refusal = None
        form = GiveForm(
            people=people,
            initial={
                "taker": next_person(seat, user, timezone.now()),
                "note": to_tell(unit, seat),
            },
        )
    context = {
        "unit": unit,
        "seat": seat,
        "form": form,
        "items": items_for(user, items),
        "problems": refusal.problems if refusal else (),
    }
    return render(request, "duty/give.html", context, status=422 if refusal else 200)


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def show_hand_over(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The record; its taker signs it here."""
    user = signed_in(request)
    record = get_hand_over(user, ref)
    if request.method == "POST":
        if user.pk != record.taker_id:
            raise Hidden

        def done() -> str:
            moved = handing_over.take(hand_over=record, taker=user)
            return ngettext(
                "Taken over, with %(count)d open duty.",
                "Taken over, with %(count)d open duties.",
                len(moved),
            ) % {"count": len(moved)}

        refusal = _try(request, done)
        if refusal is not None:
            for problem in refusal.problems:
                messages.error(request, f"{problem.message} {problem.remedy}")
        return redirect("duty:hand_over", ref=ref)
    context = {
        "record": record,
        "items": items_for(user, record.open_items),
        "may_take": record.taken_at is None and user.pk == record.taker_id,
    }
    return render(request, "duty/record.html", context)


@require_POST
@login_required
def add_line(request: HttpRequest, code: str) -> HttpResponse:
    user = signed_in(request)
    unit = _worked_in(request, code)
    form = LineForm(request.POST)

    def done() -> str:
        told = _cleaned(form)
        write_line(unit=unit, by=user, corrects=_corrected(request, unit), **told)
        return _("Written into the log.")

    return _answer(request, unit, form, done, title=_("Duty log"))


def _corrected(request: HttpRequest, unit: Unit) -> LogEntry | None:
    ref = request.POST.get("corrects", "")
    if not ref:
        return None
    try:
        return LogEntry.objects.get(unit=unit, ref=UUID(ref))
    except (ValueError, LogEntry.DoesNotExist) as error:
        raise Hidden from error


@require_POST
@login_required
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """查岗: the clock of the call-back begins."""
    user = signed_in(request)
    unit = _worked_in(request, code)
    form = AskForm(request.POST)

    def done() -> str:
        called = _called(request, unit, _cleaned(form)["unit"])
        check = checking.ask(unit=called, caller=unit, by=user)
        return _("%(unit)s is being checked. Call now: %(phone)s") % {
            "unit": check.unit.label,
            "phone": check.unit.duty_phone or "—",
        }

    return _answer(request, unit, form, done, title=_("Call-back check"))


def _called(request: HttpRequest, unit: Unit, text: str) -> Unit:
    """The one unit below ``unit`` that ``text`` names. Raises ``Refused``."""
    text = text.strip()
    below = checkable(request.user, unit)
    exact = below.filter(Q(code=text) | Q(name=text) | Q(short_name=text))
    found = list(exact[:FOUND_MAX]) or list(below.filter(name__icontains=text)[:FOUND_MAX])
    if len(found) == 1:
        return found[0]
    names = "、".join(one.name for one in found)
    raise Refused(
        _("Several units are meant: %(names)s.") % {"names": names}
        if found
        else _("No unit below yours has this name."),
        field="unit",
        value=text,
        remedy=_("Write the whole name, or the code."),
    )


@require_POST
@login_required
def answer_check(request: HttpRequest, ref: UUID) -> HttpResponse:
    user = signed_in(request)
    check = get_check_to_answer(user, ref)
    refusal = _try(request, lambda: _answered(checking.answer(check=check, by=user).seconds))
    if refusal is not None:
        for problem in refusal.problems:
            messages.error(request, f"{problem.message} {problem.remedy}")
    return redirect(way_back(request))


def _answered(seconds: int | None) -> str:
    return _("Answered after %(seconds)d s.") % {"seconds": seconds or 0}


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def record_check(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Write down who called back; or that nobody did."""
    user = signed_in(request)
    check = get_check_to_record(user, ref)
    form = AnsweredForm(request.POST or None)
    refusal = None
    if request.method == "POST":

        def done() -> str:
            if request.POST.get("do") == "none":
                checking.give_up(check=check, by=user)
                return _("Closed as unanswered.")
            told = _cleaned(form)
            return _answered(checking.record_answer(check=check, by=user, **told).seconds)

        refusal = _try(request, done)
        if refusal is None:
            own = own_board_unit(user)
            return redirect(
                reverse("duty:room", args=[own.code]) if own else "notifications:boards"
            )
    context = {"check": check, "form": form, "problems": refusal.problems if refusal else ()}
    return render(request, "duty/check.html", context, status=422 if refusal else 200)


def _worked_in(request: HttpRequest, code: str) -> Unit:
    unit = get_room(request.user, code)
    if not works_in(request.user, unit):
        raise Hidden
    return unit


def _try(request: HttpRequest, done: Callable[[], str]) -> Refused | None:
    try:
        messages.success(request, done())
    except Refused as refusal:
        return refusal
    return None


def _answer(
    request: HttpRequest, unit: Unit, form: Form, done: Callable[[], str], *, title: str
) -> HttpResponse:
    """Back to the room; or the form with what was typed, and why it was refused."""
    refusal = _try(request, done)
    if refusal is None:
        return redirect("duty:room", code=unit.code)
    context = {"unit": unit, "form": form, "title": title, "problems": refusal.problems}
    return render(request, "duty/refused.html", context, status=422)


def _cleaned(form: Form) -> dict[str, Any]:
    if form.is_valid():
        return dict(form.cleaned_data)
    raise Refused.of(
        Problem(field=name, value="", message=f"{form.fields[name].label}: {error}", remedy="")
        for name, errors in form.errors.items()
        for error in errors
    )
