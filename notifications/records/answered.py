"""What a person answered and still owes of the alerts of a time: counted, and listed.

Only real alerts count: no exercise, no test. A time limit that is a mere reminder
makes nothing late. How often or how fast somebody opened a page is not asked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet

from notifications.access import Sight, board_words, own_obligations
from notifications.mine_items import answer_word
from notifications.models import Alert, Obligation
from notifications.records.access import own_matters
from notifications.records.lateness import is_late, may_be_explained
from notifications.records.models import Statement
from notifications.words import basis_words
from safety.people.models import User

_MATTER = Q(kind=Obligation.Kind.ACKNOWLEDGE)
_LATE = Q(met_at__gt=F("due_at")) & ~Q(basis=Obligation.Basis.REMINDER)


@dataclass(frozen=True, kw_only=True)
class CapacityCount:
    """How one capacity stands: matters answered, of these late by a rule; actions; still open."""

    code: str
    word: str
    unit: str
    line: str
    done: int
    late: int
    actions: int
    open: int


@dataclass(frozen=True, kw_only=True)
class AnsweredLine:
    """One thing that was owed, as its owner may read it today."""

    obligation: Obligation
    words: Mapping[str, Any]
    capacity: str
    answer: str
    basis: str
    is_late: bool
    is_lapsed: bool
    link: bool
    statement: Statement | None
    may_state: bool


def owed_rows(
    user: User,
    since: datetime,
    until: datetime,
    posts: Collection[int] | None = None,
    *,
    lapsed: bool = False,
) -> QuerySet[Obligation]:
    """The own matters (``own_matters``) that were asked between two moments."""
    rows = own_matters(user, posts, lapsed=lapsed)
    return rows.filter(created_at__gte=since, created_at__lt=until)


def counts(
    user: User,
    since: datetime,
    until: datetime,
    words: Mapping[str, str],
    posts: Collection[int] | None = None,
) -> list[CapacityCount]:
    met = Q(state=Obligation.State.MET)
    rows = (
        owed_rows(user, since, until, posts)
        .order_by()
        .values("capacity", "line", "unit__name", "unit__short_name")
        .annotate(
            done=Count("pk", filter=_MATTER & met),
            late=Count("pk", filter=_MATTER & met & _LATE),
            actions=Count("pk", filter=~_MATTER & met),
            still=Count("pk", filter=_MATTER & ~met),
        )
        .order_by("unit__path", "capacity", "line")
    )
    return [
        CapacityCount(
            code=row["capacity"],
            word=words.get(row["capacity"], row["capacity"]),
            unit=row["unit__short_name"] or row["unit__name"],
            line=row["line"],
            done=row["done"],
            late=row["late"],
            actions=row["actions"],
            open=row["still"],
        )
        for row in rows
    ]


def narrowed(
    rows: QuerySet[Obligation], *, capacity: str = "", state: str = ""
) -> QuerySet[Obligation]:
    """The rows behind one number: ``state`` is "done", "late", "actions" or "open"."""
    if capacity:
        rows = rows.filter(capacity=capacity)
    met = Q(state=Obligation.State.MET)
    wanted = {
        "done": _MATTER & met,
        "late": _MATTER & met & _LATE,
        "actions": ~_MATTER & met,
        "open": _MATTER & ~met,
    }.get(state)
    return rows.filter(wanted) if wanted else rows


def with_alerts(rows: QuerySet[Obligation], user: User) -> QuerySet[Obligation]:
    """``rows``, newest first, with what ``lines`` looks at."""
    own = Prefetch("obligations", queryset=own_obligations(user).defer("why", "trace"))
    alerts = Alert.objects.defer("plan").prefetch_related("units", own)
    return (
        rows.select_related("unit", "met_by")
        .defer("trace")
        .prefetch_related(Prefetch("alert", queryset=alerts))
        .order_by("-created_at", "-id")
    )


def line_of(
    o: Obligation,
    *,
    sight: Sight,
    words: Mapping[str, str],
    statement: Statement | None = None,
    on_paper: bool = False,
) -> AnsweredLine:
    """One row in words, with what its owner stated to it.

    ``on_paper``: it leaves the house, so a restricted alert tells what a board would. To a
    sealed case only whoever may read it states something, or reads what was stated.
    """
    alert = o.alert
    if alert is None:
        raise ValueError("only what an alert asked for is listed here")
    is_open_text = alert.privacy == Alert.Privacy.OPEN
    is_untold = sight.hides_posts(alert)
    is_lapsed = o.state == Obligation.State.LAPSED
    told = board_words(alert) if on_paper and not is_open_text else sight.words(alert)
    return AnsweredLine(
        obligation=o,
        words=told,
        capacity=words.get(o.capacity, o.capacity),
        answer="" if is_lapsed else answer_word(o),
        basis=basis_words(o) if sight.may_tell(o, alert) else "",
        is_late=is_late(o),
        is_lapsed=is_lapsed,
        link=bool(sight.own(alert)),
        statement=None if is_untold else statement,
        may_state=not is_untold and may_be_explained(o),
    )
