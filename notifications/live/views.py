"""The same frames over HTTP, for browsers whose sockets are blocked on the way."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from notifications.delivery.selectors import dispatcher_beat
from notifications.live.frames import beat_frame, bye_frame
from notifications.live.messages import BOARDS_AT_MOST, Unreadable, wanted_stream
from notifications.live.reading import BOARD, PERSON, Wanted, catch_up
from notifications.live.rights import Rights
from safety.errors import Problem
from safety.http import problems_json


@require_GET
@never_cache
def show_rows(request: HttpRequest) -> HttpResponse:
    """What the reader misses of each ``stream``, with ``after`` and ``epoch`` in the same order.

    Answers ``{"frames": [...]}``: exactly what the socket would have sent, and a beat.
    """
    user = request.user
    if not user.is_authenticated:
        return problems_json([_stranger()], status=401)
    try:
        asked = _asked(request, int(user.pk))
    except Unreadable as error:
        return problems_json([_unreadable(str(error))], status=400)
    frames: list[str] = []
    heads: dict[str, int] = {}
    for wanted, caught in zip(asked, catch_up(asked, Rights()), strict=True):
        if caught is None:
            frames.append(bye_frame(reason="not available", stream=wanted.name).text)
        else:
            frames += [frame.text for frame in caught.frames]
            heads[wanted.name] = caught.seq
    beat = beat_frame(now=timezone.now(), heads=heads, dispatcher=dispatcher_beat().at)
    content = ",".join([*frames, beat.text])
    return HttpResponse(f'{{"frames":[{content}]}}', content_type="application/json")


def _asked(request: HttpRequest, person: int) -> list[Wanted]:
    names = request.GET.getlist("stream")
    cursors = request.GET.getlist("after")
    epochs = request.GET.getlist("epoch")
    if not 1 <= len(names) <= BOARDS_AT_MOST or not len(names) == len(cursors) == len(epochs):
        raise Unreadable(f"name 1 to {BOARDS_AT_MOST} streams, each with after and epoch")
    return [
        _wanted(name, cursor, epoch, person)
        for name, cursor, epoch in zip(names, cursors, epochs, strict=True)
    ]


def _wanted(name: str, cursor: str, epoch: str, person: int) -> Wanted:
    if name != PERSON and not name.startswith(BOARD):
        raise Unreadable("a stream is person or board:<unit code>")
    place: Any = None
    if cursor or epoch:
        place = {"cursor": int(cursor) if cursor.isdecimal() else None, "epoch": epoch}
    return wanted_stream(name, place, person)


def _stranger() -> Problem:
    return Problem(
        field="session",
        value="",
        message=_("You are not signed in (any more)."),
        remedy=_("Sign in again."),
    )


def _unreadable(expected: str) -> Problem:
    return Problem(
        field="stream",
        value="",
        message=_("What was sent cannot be read."),
        remedy=expected,
    )
