"""我的一岗双责: both duties of each post, and what is open in each capacity."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from notifications.duty.own import own_duty
from notifications.live.reading import cursor_of
from notifications.mine import mine
from notifications.models import Stream
from notifications.records.forms import NoteForm
from notifications.views.asking import signed_in


@require_safe
@login_required
@never_cache
def show_mine(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    cursor = cursor_of(Stream.Kind.PERSON, user.pk)
    shown = mine(user)
    context = {
        "mine": shown,
        "cursor": cursor,
        "note_form": NoteForm(user=user),
        "duty": own_duty(user),
    }
    return render(request, "notifications/mine.html", context)
