"""The roster of a bureau: the page, the paper, the workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from safety.posts.models import Post
from safety.roster.access import get_visible_unit, manages, people_for, seats_of
from safety.roster.calendar import Calendar, Holiday, current_calendar
from safety.roster.forms import (
    CopyForm,
    KeepForm,
    RotationForm,
    ShiftForm,
    next_hour,
    rotation_initial,
)
from safety.roster.gaps import Gap
from safety.roster.marks import mark
from safety.roster.selectors import Sheet, gaps_ahead, sheet_of
from safety.roster.sheets.writing import CONTENT_TYPE, title_of, workbook_of
from safety.roster.views.asking import MONTH, WEEK, span_asked
from safety.roster.words import span_words
from safety.units.models import Unit

AHEAD = timedelta(days=30)
GAPS_SHOWN = 8
REMIND = timedelta(days=21)


@dataclass(frozen=True, kw_only=True)
class GapLine:
    """A gap in words, and the week in which it lies."""

    seat: str
    words: str
    day: date


@dataclass(frozen=True, kw_only=True)
class HolidayLine:
    """A holiday to come: by when its roster goes up, and whether anything is missing in it."""

    holiday: Holiday
    hand_in_by: date
    days_left: int
    gaps: int


@require_safe
@login_required
@never_cache
def show_sheet(request: HttpRequest, code: str) -> HttpResponse:
    unit = get_visible_unit(request.user, code)
    calendar = current_calendar()
    view, first, last = span_asked(request)
    sheet = sheet_of(unit, first, last, calendar=calendar)
    context: dict[str, Any] = {
        "sheet": sheet,
        "view": view,
        "before": first - timedelta(days=1),
        "after": last + timedelta(days=1),
        "title": title_of(sheet),
        "may_manage": manages(request.user, unit),
        "now": timezone.now(),
        **ahead(unit, calendar),
    }
    if context["may_manage"]:
        context |= _desk(request, unit, sheet, calendar)
    return render(request, "roster/sheet.html", context)


def ahead(unit: Unit, calendar: Calendar) -> dict[str, Any]:
    """Gaps of the next 30 days, and the holidays whose roster is due soon."""
    now, today = timezone.now(), timezone.localdate()
    seats = {seat.pk: seat for seat in seats_of([unit.pk])}
    gaps = gaps_ahead([unit.pk], now, now + AHEAD)
    return {
        "gaps": [_gap_line(gap, seats) for gap in gaps[:GAPS_SHOWN]],
        "gap_count": len(gaps),
        "holidays": _holidays(unit, calendar, today) if seats else [],
        "missing_years": sorted({today.year, (today + 2 * AHEAD).year} - calendar.years),
    }


def _gap_line(gap: Gap, seats: dict[int, Post]) -> GapLine:
    return GapLine(
        seat=seats[gap.post].name if gap.post in seats else "",
        words=span_words(gap.starts_at, gap.ends_at),
        day=timezone.localtime(gap.starts_at).date(),
    )


def _holidays(unit: Unit, calendar: Calendar, today: date) -> Sequence[HolidayLine]:
    lines = []
    for holiday in calendar.coming(today):
        by = calendar.hand_in_by(holiday)
        if by - today > REMIND:
            break
        whole = sheet_of(unit, holiday.first, holiday.last, calendar=calendar)
        lines.append(
            HolidayLine(
                holiday=holiday,
                hand_in_by=by,
                days_left=(by - today).days,
                gaps=sum(cell.gap or not cell.shifts for day in whole.days for cell in day.cells),
            )
        )
    return lines


def _desk(request: HttpRequest, unit: Unit, sheet: Sheet, calendar: Calendar) -> dict[str, Any]:
    """The forms of whoever keeps the roster."""
    seats, people = seats_of([unit.pk]), people_for(unit)
    wanted = request.GET.get("holiday", "")
    coming = calendar.coming(timezone.localdate())
    holiday = next((h for h in coming if h.first.isoformat() == wanted), None)
    start = next_hour()
    return {
        "shift_form": ShiftForm(
            seats=seats,
            people=people,
            initial={"starts_at": start, "ends_at": start + timedelta(hours=12)},
        ),
        "rotation_form": RotationForm(
            seats=seats,
            people=people,
            calendar=calendar,
            initial=rotation_initial(holiday, sheet.first, sheet.last),
        ),
        "copy_form": CopyForm(
            initial={
                "span": MONTH if request.GET.get("view") == MONTH else WEEK,
                "day": sheet.first,
                "to": sheet.last + timedelta(days=1),
            }
        ),
        "keep_form": KeepForm(initial={"starts_at": start}),
        "templates": coming[:8],
        "rotating": bool(holiday),
    }


@require_safe
@login_required
@never_cache
def export_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The days on the page as the bureau circulates them: a workbook."""
    unit = get_visible_unit(request.user, code)
    _view, first, last = span_asked(request)
    sheet = sheet_of(unit, first, last, calendar=current_calendar())
    content = workbook_of(sheet, title=title_of(sheet), mark=mark())
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    name = _("roster-%(unit)s-%(first)s.xlsx") % {"unit": unit.code, "first": first.isoformat()}
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@login_required
@never_cache
def print_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The days on the page as a sheet of paper, with numbers and lines to sign on."""
    unit = get_visible_unit(request.user, code)
    _view, first, last = span_asked(request)
    sheet = sheet_of(unit, first, last, calendar=current_calendar())
    return render(request, "roster/paper.html", {"sheet": sheet, "title": title_of(sheet)})
