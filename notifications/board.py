"""The live board of a unit: every open alert, who has answered, what comes next.

The number of questions to the database is the same for one row and for fifty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, Prefetch, Q, QuerySet, Value, When
from django.utils import timezone

from notifications.access import board_units, get_board_unit, sight_of
from notifications.board_rows import BoardRow, Frame, board_row
from notifications.chaintest.selectors import OpenTest, open_tests
from notifications.delivery.selectors import DispatcherBeat, dispatcher_beat
from notifications.live.reading import cursor_of
from notifications.models import Alert, Entry, Obligation, Stream, StreamRow
from notifications.models.alert import SEALED_RANK
from notifications.subjects import facts_of
from notifications.words import capacity_words
from safety.posts.access import Viewer, covers, reach
from safety.posts.seats import seated
from safety.roster.models import CallCheck
from safety.units.models import Unit

PAGE = 40
RECENT = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Head:
    """The line above the rows: who is on duty, whether the machine works, how much is open."""

    officers: Sequence[str]
    leaders: Sequence[str]
    dispatcher: DispatcherBeat
    open: int
    late: int
    recent: int
    tests: Sequence[OpenTest] = ()
    check: CallCheck | None = None


@dataclass(frozen=True, kw_only=True)
class Board:
    """``cursor`` was read before the rows: what comes later is asked for by its number."""

    unit: Unit
    head: Head
    page: Page[Alert]
    rows: Sequence[BoardRow]
    cursor: Mapping[str, str | int]
    now: datetime
    wall: bool
    may_take_calls: bool


@dataclass(frozen=True, kw_only=True)
class BoardLink:
    """A board that may be opened, and how much is open there."""

    unit: Unit
    open: int


def boards(user: Viewer) -> list[BoardLink]:
    """The boards that ``user`` may watch, from the top of the tree down."""
    units = list(board_units(user).order_by("path"))
    touched = Alert.units.through.objects.filter(
        alert__closed_at=None, unit__in=[unit.pk for unit in units]
    ).exclude(alert__status=Alert.Status.TEST)
    seen = list(touched.values_list("alert", "unit__path"))
    return [
        BoardLink(
            unit=unit, open=len({alert for alert, path in seen if path.startswith(unit.path)})
        )
        for unit in units
    ]


def board(user: Viewer, code: str, *, wall: bool = False, number: int | str | None = 1) -> Board:
    """One page of the board of unit ``code``. Raises ``Hidden``."""
    unit = get_board_unit(user, code)
    cursor = cursor_of(Stream.Kind.BOARD, unit.pk)
    return _board(user, unit, open_alerts(unit), wall=wall, number=number, cursor=cursor)


def rows_of(user: Viewer, code: str, refs: Sequence[UUID], *, wall: bool) -> Board:
    """The rows of the named alerts only, and the line above. Closed or hidden ones are missing."""
    unit = get_board_unit(user, code)
    return _board(user, unit, open_alerts(unit).filter(ref__in=refs), wall=wall)


def _board(
    user: Viewer,
    unit: Unit,
    alerts: QuerySet[Alert],
    *,
    wall: bool,
    number: int | str | None = 1,
    cursor: Mapping[str, str | int] | None = None,
) -> Board:
    now = timezone.now()
    page = Paginator(with_obligations(alerts), PAGE).get_page(number)
    may = {right: covers(reach(user, right), unit) for right in ("take_calls", "report_upward")}
    shown = list(page.object_list)
    frame = Frame(
        unit=unit,
        sight=sight_of(user, wall=wall),
        now=now,
        capacities=capacity_words(),
        told=told_pairs(shown),
        may_report_upward=may["report_upward"],
        may_verify=may["take_calls"],
    )
    facts = facts_of((alert.subject_kind, alert.subject_ref) for alert in shown)
    return Board(
        unit=unit,
        head=head_of(unit, now=now, wall=wall),
        page=page,
        rows=[board_row(a, facts[a.subject_kind, a.subject_ref], frame) for a in shown],
        cursor=cursor or {},
        now=now,
        wall=wall,
        may_take_calls=may["take_calls"] and not wall,
    )


def open_alerts(unit: Unit) -> QuerySet[Alert]:
    """Open alerts that concern ``unit`` or a unit below it, worst grade first, then newest.

    Sealed ones all stand in one place of that order, for ``Alert.rank`` and here alike.
    Tests of the chain are no alerts: they stand apart (``Head.tests``), and in no number.
    """
    sealed = When(privacy=Alert.Privacy.SEALED, then=Value(SEALED_RANK))
    below = Unit.objects.under(unit.path).values("pk")
    concerning = Alert.units.through.objects.filter(unit__in=below).values("alert")
    alerts = Alert.objects.filter(closed_at=None, pk__in=concerning)
    return alerts.exclude(status=Alert.Status.TEST).order_by(
        Case(sealed, default=F("grade")), "-created_at", "-id"
    )


def with_obligations(alerts: QuerySet[Alert]) -> QuerySet[Alert]:
    """``alerts`` with everything that ``Sight`` and the cells look at."""
    obligations = (
        Obligation.objects.select_related("unit", "post__unit", "person")
        .defer("trace")
        .order_by("id")
    )
    return alerts.defer("plan").prefetch_related(
        Prefetch("obligations", queryset=obligations), "units"
    )


def told_pairs(alerts: Iterable[Alert]) -> frozenset[tuple[int, int]]:
    """(alert, person) of every message that is in somebody's inbox."""
    rows = StreamRow.objects.filter(
        alert__in=[alert.pk for alert in alerts],
        kind="alert.raised",
        stream__kind=Stream.Kind.PERSON,
    )
    return frozenset(rows.values_list("alert", "stream__owner"))


def head_of(unit: Unit, *, now: datetime, wall: bool) -> Head:
    late = Q(
        obligations__state=Obligation.State.OPEN,
        obligations__due_at__lte=now,
        obligations__kind__in=(Obligation.Kind.ACKNOWLEDGE, Obligation.Kind.FIRST_ACTION),
    )
    counts = (
        open_alerts(unit)
        .order_by()
        .aggregate(
            open=Count("pk", distinct=True),
            recent=Count("pk", filter=Q(created_at__gt=now - RECENT), distinct=True),
            late=Count("pk", filter=late, distinct=True),
        )
    )
    on_duty = [] if wall else _on_duty(unit, now)
    return Head(
        officers=_named(on_duty, "DUTY_OFFICER"),
        leaders=_named(on_duty, "DUTY_LEADER"),
        dispatcher=dispatcher_beat(),
        tests=open_tests(unit),
        check=None if wall else CallCheck.objects.filter(unit=unit).waiting().first(),
        **counts,
    )


def _on_duty(unit: Unit, now: datetime) -> list[tuple[str, str]]:
    """(capacity, name) of whoever sits in the duty seat now: by the roster, where one is kept."""
    seats = Entry.objects.filter(
        post__unit=unit,
        post__abolished_at=None,
        table__state="published",
        capacity__in=("DUTY_OFFICER", "DUTY_LEADER"),
    )
    capacity = dict(seats.values_list("post", "capacity"))
    return [
        (capacity[seat.post], seat.person.name)
        for seat in seated(capacity, at=now)
        if not seat.is_deputy
    ]


def _named(on_duty: Sequence[tuple[str, str]], capacity: str) -> list[str]:
    return list(dict.fromkeys(name for held, name in on_duty if held == capacity))
