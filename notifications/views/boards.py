"""The live board: its list, the page of one, and the rows that a doorbell asks for."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from notifications.access import own_board_unit
from notifications.board import PAGE, board, boards, rows_of
from notifications.views.asking import refs_of
from safety.errors import Hidden


@require_safe
@login_required
@never_cache
def list_boards(request: HttpRequest) -> HttpResponse:
    """Straight to the own board; ``?all=1`` lists every board in reach."""
    own = own_board_unit(request.user) if "all" not in request.GET else None
    if own is not None:
        return redirect("notifications:board", code=own.code)
    found = boards(request.user)
    if not found:
        raise Hidden
    if len(found) == 1:
        return redirect("notifications:board", code=found[0].unit.code)
    return render(request, "notifications/boards.html", {"boards": found})


@require_safe
@login_required
@never_cache
def show_board(request: HttpRequest, code: str) -> HttpResponse:
    shown = board(request.user, code, wall=_is_wall(request), number=request.GET.get("page", "1"))
    return render(request, "notifications/board.html", {"board": shown})


@require_safe
@login_required
@never_cache
def show_rows(request: HttpRequest, code: str) -> HttpResponse:
    """The line above and the named rows, as the page has them. Rows that are gone are missing."""
    refs: list[UUID] = refs_of(request.GET.getlist("alert"))[:PAGE]
    shown = rows_of(request.user, code, refs, wall=_is_wall(request))
    return render(request, "notifications/_board_part.html", {"board": shown})


def _is_wall(request: HttpRequest) -> bool:
    return request.GET.get("wall") == "1"
