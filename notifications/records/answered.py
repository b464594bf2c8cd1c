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
from django.utils import timezone

from notifications.access import Sight, board_words, own_obligations, post_ids
from notifications.mine_items import answer_word
from notifications.models import Alert, Obligation
from notifications.words import basis_words
from safety.people.models import User

KINDS = (
    Obligation.Kind.ACKNOWLEDGE,
    Obligation.Kind.FIRST_ACTION,
    Obligation.Kind.REPORT_UPWARD,
)
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
    link: bool


def owed_rows(
    user: User, since: datetime, until: datetime, posts: Collection[int] | None = None
) -> QuerySet[Obligation]:
    """Rows of real alerts between two moments that ``user`` answered, or still owes.

    ``posts`` are those that ``user`` answers for now, where they are known already.
    """
    answered = Q(state=Obligation.State.MET) & (
        Q(met_by=user, met_how=Obligation.How.SELF)
        | (Q(person=user) & ~Q(met_how=Obligation.How.SELF))
    )
    held = post_ids(user) if posts is None else posts
    still = Q(state=Obligation.State.OPEN, post__in=held)
    return Obligation.objects.filter(
        answered | still,
        alert__status=Alert.Status.ACTUAL,
        kind__in=KINDS,
        created_at__gte=since,
        created_at__lt=until,
    )


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
    o: Obligation, *, sight: Sight, words: Mapping[str, str], on_paper: bool = False
) -> AnsweredLine:
    """``on_paper``: it leaves the house, so a restricted alert tells what a board would."""
    alert = o.alert
    if alert is None:
        raise ValueError("only what an alert asked for is listed here")
    is_open_text = alert.privacy == Alert.Privacy.OPEN
    told = board_words(alert) if on_paper and not is_open_text else sight.words(alert)
    return AnsweredLine(
        obligation=o,
        words=told,
        capacity=words.get(o.capacity, o.capacity),
        answer=answer_word(o),
        basis=basis_words(o) if sight.may_tell(o, alert) else "",
        is_late=_is_late(o),
        link=bool(sight.own(alert)),
    )


def _is_late(o: Obligation) -> bool:
    """Over a time limit that rests on more than a reminder."""
    if o.due_at is None or o.basis == Obligation.Basis.REMINDER:
        return False
    return (o.met_at or timezone.now()) > o.due_at
