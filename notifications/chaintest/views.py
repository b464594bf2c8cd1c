"""警情链路测试: start one, look at what it found, keep the monthly ones."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from notifications.chaintest.access import (
    get_schedule,
    get_test,
    get_testable_unit,
    testable_units,
)
from notifications.chaintest.actions import end_test, save_schedule, start_test
from notifications.chaintest.forms import ScheduleForm, TestNowForm
from notifications.chaintest.models import TestSchedule
from notifications.chaintest.selectors import history, lines_of, outcome
from notifications.views.asking import signed_in
from safety.errors import Hidden, Refused
from safety.http import status_of
from safety.ledger.actions import Actor
from safety.people.models import User


def _tester(request: HttpRequest) -> User:
    user = signed_in(request)
    if not testable_units(user).exists():
        raise Hidden
    return user


@require_safe
@login_required
@never_cache
def list_tests(request: HttpRequest) -> HttpResponse:
    page, schedules = history(_tester(request), request.GET.get("page"))
    context = {"page": page, "schedules": lines_of(schedules)}
    return render(request, "notifications/chaintest/list.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def new_test(request: HttpRequest) -> HttpResponse:
    user = _tester(request)
    if request.method == "GET":
        return _new(request, TestNowForm(user=user))
    form = TestNowForm(request.POST, user=user)
    if not form.is_valid():
        return _new(request, form, status=422)
    said = form.cleaned_data
    try:
        test = start_test(
            unit=get_testable_unit(user, said["unit"].code),
            below=said["below"],
            capacities=said["capacities"],
            invited=form.invited_posts,
            note=said["note"],
            person=user,
        )
    except Refused as refusal:
        form.add_problems(refusal.problems)
        return _new(request, form, status=status_of(refusal))
    messages.success(request, _("The test has started."))
    return redirect("chaintest:test", ref=test.ref)


def _new(request: HttpRequest, form: TestNowForm, status: int = 200) -> HttpResponse:
    return render(request, "notifications/chaintest/new.html", {"form": form}, status=status)


@require_safe
@login_required
@never_cache
def show_test(request: HttpRequest, ref: UUID) -> HttpResponse:
    test = get_test(signed_in(request), ref)
    return render(request, "notifications/chaintest/test.html", {"outcome": outcome(test)})


@require_POST
@login_required
@never_cache
def end(request: HttpRequest, ref: UUID) -> HttpResponse:
    user = signed_in(request)
    test = get_test(user, ref)
    if end_test(test=test, actor=Actor(kind="person", ref=str(user.pk))):
        messages.success(request, _("The test has ended."))
    return redirect("chaintest:test", ref=ref)


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def edit_schedule(request: HttpRequest, ref: UUID | None = None) -> HttpResponse:
    """A new monthly test, or one that is changed."""
    user = _tester(request)
    schedule = get_schedule(user, ref) if ref else None
    if request.method == "GET":
        return _schedule(request, ScheduleForm(user=user, schedule=schedule), schedule)
    form = ScheduleForm(request.POST, user=user, schedule=schedule)
    if not form.is_valid():
        return _schedule(request, form, schedule, status=422)
    try:
        saved = save_schedule(
            monthly=form.monthly(),
            person=user,
            schedule=schedule,
            seen=form.cleaned_data["version"],
        )
    except Refused as refusal:
        form.add_problems(refusal.problems)
        return _schedule(request, form, schedule, status=status_of(refusal))
    when = timezone.localtime(saved.next_at).strftime("%Y-%m-%d %H:%M")
    messages.success(request, _("Saved; the next test is on %(when)s.") % {"when": when})
    return redirect("chaintest:tests")


def _schedule(
    request: HttpRequest, form: ScheduleForm, schedule: TestSchedule | None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "schedule": schedule}
    return render(request, "notifications/chaintest/schedule.html", context, status=status)
