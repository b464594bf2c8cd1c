"""One person's posts and absences, notes to confirm, and the 联络员's page."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from notifications.views.asking import refs_of, signed_in, way_back
from safety.errors import Hidden, Problem, Refused
from safety.home.offices.away import (
    colleagues,
    come_back,
    leaves_now_and_later,
    person_to_send,
    presets,
    send_away,
)
from safety.home.offices.changes import actor_of
from safety.home.offices.forms import AwayForm, NoteForm
from safety.home.offices.liaison import (
    BY_PHONE,
    enter_for_leader,
    is_liaison_of,
    mark_seen,
    parts_for,
)
from safety.home.offices.notes import confirm, items_of
from safety.home.offices.pages import get_note, get_person, may_send_away, person_page
from safety.http import status_of
from safety.people.models import User
from safety.posts.absence import end_liaison, name_liaison
from safety.posts.models import Leave, Liaison


@require_safe
@login_required
@never_cache
def show_person(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    now = timezone.now()
    person = get_person(user, pk)
    page = person_page(user, person, now=now)
    liaisons = Liaison.objects.filter(leader=person, ends_at=None).select_related("person")
    context = {
        "page": page,
        "liaisons": liaisons if page.is_near else [],
        "colleagues": colleagues(person, now=now) if page.may_send_away else [],
        "now": now,
    }
    return render(request, "home/offices/person.html", context)


@require_safe
@login_required
def own_away(request: HttpRequest) -> HttpResponse:
    return redirect("offices:away", signed_in(request).pk)


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def away(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter an absence: one tap on an end, or chosen times."""
    user, now = signed_in(request), timezone.now()
    person = person_to_send(user, pk, now=now)
    could = colleagues(person, now=now)
    problems: tuple[Problem, ...] = ()
    form = AwayForm(request.POST or None, colleagues=could)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            send_away(
                person=person,
                starts_at=said["starts_at"],
                ends_at=said["ends_at"],
                delegate=User.objects.get(pk=said["delegate"]) if said["delegate"] else None,
                user=user,
            )
        except Refused as refused:
            problems = refused.problems
        else:
            messages.success(request, _("Recorded."))
            return redirect("offices:away", person.pk)
    context = {
        "person": person,
        "is_own": person == user,
        "form": form,
        "colleagues": could,
        "presets": presets(now),
        "leaves": leaves_now_and_later(person, now=now),
        "problems": problems,
        "now": now,
    }
    is_wrong = bool(problems) or (form.is_bound and not form.is_valid())
    return render(request, "home/offices/away.html", context, status=422 if is_wrong else 200)


@require_POST
@login_required
@never_cache
def back(request: HttpRequest, pk: int) -> HttpResponse:
    """Back now; a leave that has not begun is taken back."""
    user, now = signed_in(request), timezone.now()
    leave = Leave.objects.select_related("person").filter(pk=pk, ends_at__gt=now).first()
    if leave is None:
        raise Hidden
    person_to_send(user, leave.person_id, now=now)
    try:
        come_back(leave=leave, ends_at=max(now, leave.starts_at), user=user)
    except Refused as refused:
        messages.error(request, str(refused.problems[0].message))
    else:
        messages.success(request, _("Recorded."))
    return redirect("offices:away", leave.person_id)


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def note(request: HttpRequest, ref: UUID) -> HttpResponse:
    """A hand-over note; a POST confirms it."""
    user = signed_in(request)
    found = get_note(user, ref)
    form = NoteForm(request.POST or None)
    problems: tuple[Problem, ...] = ()
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            confirm(note=found, remark=form.cleaned_data["note"], user=user)
        except Refused as refused:
            problems, status = refused.problems, status_of(refused)
        else:
            messages.success(request, _("Confirmed."))
            return redirect("offices:note", found.ref)
    waits = (found.giver_id == user.pk and found.giver_confirmed_at is None) or (
        found.taker_id == user.pk and found.taker_confirmed_at is None
    )
    context = {
        "note": found,
        "items": items_of(found, user),
        "form": form,
        "waits": waits and found.taker_id is not None,
        "problems": problems,
    }
    return render(request, "home/offices/note.html", context, status=status)


@require_safe
@login_required
@never_cache
def show_liaison(request: HttpRequest) -> HttpResponse:
    """What waits for the leaders whose 联络员 the reader is."""
    now = timezone.now()
    return _liaison_page(request, signed_in(request), now)


def _liaison_page(
    request: HttpRequest,
    user: User,
    now: datetime,
    *,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
) -> HttpResponse:
    context = {"parts": parts_for(user, now=now), "problems": problems, "now": now}
    return render(request, "home/offices/liaison.html", context, status=status)


@require_POST
@login_required
@never_cache
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter 已阅, or what the leader said by telephone."""
    user, now = signed_in(request), timezone.now()
    leader = User.objects.filter(pk=pk).first()
    if leader is None or not is_liaison_of(user, leader, now):
        raise Hidden
    try:
        enter_for_leader(
            leader=leader,
            refs=refs_of(request.POST.getlist("ref")),
            verb=BY_PHONE if request.POST.get("verb") == BY_PHONE else "",
            note=request.POST.get("note", "")[:500],
            phone=request.POST.get("phone", "")[:30],
            liaison=user,
        )
    except Refused as refused:
        return _liaison_page(
            request, user, now, problems=refused.problems, status=status_of(refused)
        )
    messages.success(request, _("Entered with both names; the leader sees it at the next opening."))
    return redirect("offices:liaison")


@require_POST
@login_required
@never_cache
def seen(request: HttpRequest) -> HttpResponse:
    """The leader has read what was entered."""
    mark_seen(leader=signed_in(request))
    return redirect(way_back(request))


@require_POST
@login_required
@never_cache
def name(request: HttpRequest, pk: int) -> HttpResponse:
    """Name a 联络员: the leader himself, or whoever manages all his posts."""
    user, now = signed_in(request), timezone.now()
    leader = get_person(user, pk)
    if not may_send_away(user, leader, now=now):
        raise Hidden
    wanted = request.POST.get("person", "")
    person = User.objects.filter(pk=int(wanted)).first() if wanted.isdecimal() else None
    if (
        person is None
        or person == user
        or str(person.pk) not in {c.value for c in colleagues(leader, now=now)}
    ):
        raise Hidden
    try:
        name_liaison(leader=leader, person=person, starts_at=now, actor=actor_of(user))
    except Refused as refused:
        messages.error(request, refused.problems[0].message)
    return redirect("offices:person", leader.pk)


@require_POST
@login_required
@never_cache
def end_link(request: HttpRequest, pk: int) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    link = Liaison.objects.select_related("leader").filter(pk=pk, ends_at=None).first()
    if link is None or not may_send_away(user, link.leader, now=now):
        raise Hidden
    end_liaison(liaison=link, ends_at=now, actor=actor_of(user))
    return redirect("offices:person", link.leader_id)
