"""我的一岗双责: both duties of each post held, and everything open, per capacity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from notifications.access import (
    Sight,
    copied_alerts,
    copied_rows,
    own_obligations,
    sight_of,
)
from notifications.chaintest.selectors import missed_test
from notifications.mine_items import Button, Item, Reason, items_of, joint, reasons_of
from notifications.mine_others import OtherDuty, other_duties
from notifications.models import Alert, Entry, Obligation
from notifications.records.quarters import Quarter
from notifications.records.selectors import QuarterView, quarter_view
from notifications.silent import SilentMatter, silent_matters
from notifications.subjects import facts_of
from notifications.words import capacity_words
from safety.people.models import User
from safety.posts.access import Viewer

OPEN_AT_MOST = 200
DONE_AT_MOST = 30
COPIES_FOR = timedelta(days=14)
COPIES_AT_MOST = 60


@dataclass(frozen=True, kw_only=True)
class Duty:
    """One row of the published table as its post reads it: both duties side by side."""

    unit: str
    post: str
    capacity: str
    business: str
    safety: str
    table: int
    row: int


@dataclass(frozen=True, kw_only=True)
class Matter:
    """Everything that one alert asks of the reader; ``joint`` answers all capacities at once."""

    alert: Alert
    words: Mapping[str, Any]
    items: Sequence[Item]
    joint: Button | None

    @property
    def is_late(self) -> bool:
        return any(item.is_late for item in self.items)

    @property
    def is_test(self) -> bool:
        """Of the chain: it makes nobody late."""
        return bool(self.alert.status == Alert.Status.TEST)

    @property
    def reasons(self) -> list[Reason]:
        return reasons_of(self.items)

    @property
    def business(self) -> list[Item]:
        return [item for item in self.items if item.is_business]

    @property
    def only_to_read(self) -> bool:
        kinds = {row.obligation.kind for item in self.items for row in item.rows}
        return kinds == {Obligation.Kind.READ}


@dataclass(frozen=True, kw_only=True)
class Mine:
    duties: Sequence[Duty]
    matters: Sequence[Matter]
    to_read: Sequence[Matter]
    copies: Sequence[Matter]
    silent: Sequence[SilentMatter]
    done: Sequence[Matter]
    open: int
    late: int
    now: datetime
    others: Sequence[OtherDuty] = ()
    quarter: QuarterView | None = None
    holds_post: bool = True
    missed_test: bool = False

    @property
    def business(self) -> list[Item]:
        """Everything open on the business line."""
        return [item for matter in self.matters for item in matter.business]


def mine(user: Viewer) -> Mine:
    """What ``user`` owes in each capacity, most urgent first, and what both duties say."""
    now = timezone.now()
    sight = sight_of(user)
    words = capacity_words()
    owed = _owed(user).filter(state=Obligation.State.OPEN).order_by("due_at", "id")[:OPEN_AT_MOST]
    met = _owed(user).filter(state=Obligation.State.MET).order_by("-met_at", "-id")[:DONE_AT_MOST]
    matters = _matters(list(owed), sight, words, now)
    active = [matter for matter in matters if not matter.only_to_read]
    return Mine(
        duties=_duties(sight, words),
        matters=sorted(active, key=_urgency),
        to_read=[matter for matter in matters if matter.only_to_read],
        copies=_copies(user, sight),
        silent=silent_matters(user, sight=sight, words=words, now=now),
        done=_matters(list(met), sight, words, now),
        open=waiting(user),
        late=sum(item.is_late for m in active if not m.is_test for item in m.items),
        now=now,
        others=other_duties(user, sight.posts),
        quarter=quarter_view(user, Quarter.of(timezone.localdate()), words, sight.posts)
        if isinstance(user, User)
        else None,
        holds_post=bool(sight.posts),
        missed_test=isinstance(user, User) and missed_test(user) is not None,
    )


def _urgency(matter: Matter) -> tuple[bool, bool, str, bool, datetime]:
    """Overdue first, then by grade, then by clock; a test after everything that is real."""
    due = [
        line.obligation.due_at
        for item in matter.items
        for line in item.rows
        if line.obligation.due_at is not None
    ]
    return (
        matter.is_test,
        not matter.is_late,
        matter.alert.rank,
        not due,
        min(due, default=matter.alert.created_at),
    )


def waiting(user: Viewer) -> int:
    """In how many capacities something waits for ``user``; what is only to read does not."""
    owed = (
        own_obligations(user)
        .filter(state=Obligation.State.OPEN)
        .exclude(alert=None)
        .exclude(kind=Obligation.Kind.READ)
    )
    return owed.values("alert", "unit", "capacity", "post", "person").distinct().count()


def _owed(user: Viewer) -> QuerySet[Obligation]:
    own = own_obligations(user).select_related("unit", "post", "person", "met_by")
    alerts = (
        Alert.objects.defer("plan")
        .prefetch_related("units")
        .prefetch_related(
            Prefetch("obligations", queryset=own_obligations(user).defer("why", "trace"))
        )
    )
    return (
        own.exclude(alert=None).defer("trace").prefetch_related(Prefetch("alert", queryset=alerts))
    )


def _matters(
    rows: Sequence[Obligation], sight: Sight, words: Mapping[str, str], now: datetime
) -> list[Matter]:
    by_alert: dict[int, list[Obligation]] = defaultdict(list)
    alerts: dict[int, Alert] = {}
    for row in rows:
        if row.alert is not None:
            by_alert[row.alert.pk].append(row)
            alerts[row.alert.pk] = row.alert
    facts = facts_of((a.subject_kind, a.subject_ref) for a in alerts.values())
    return [
        Matter(
            alert=alert,
            words=sight.words(alert),
            items=items_of(
                alert,
                by_alert[pk],
                sight=sight,
                words=words,
                now=now,
                upward_url=facts[alert.subject_kind, alert.subject_ref].upward_url,
            ),
            joint=joint(by_alert[pk], words),
        )
        for pk, alert in alerts.items()
    ]


def _duties(sight: Sight, words: Mapping[str, str]) -> list[Duty]:
    entries = (
        Entry.objects.filter(table__state="published", post__in=sight.posts)
        .select_related("unit", "post", "table")
        .order_by("unit__path", "id")
    )
    return [
        Duty(
            unit=entry.unit.label,
            post=entry.post.name,
            capacity=words.get(entry.capacity, entry.capacity),
            business=entry.business_duty,
            safety=entry.safety_duty,
            table=entry.table.number or 0,
            row=entry.serial,
        )
        for entry in entries
    ]


def _copies(user: Viewer, sight: Sight) -> list[Matter]:
    """抄告: told for information; a copy owes nothing and is never chased."""
    recent = (
        copied_alerts(user)
        .filter(created_at__gt=timezone.now() - COPIES_FOR)
        .prefetch_related(
            "units", Prefetch("obligations", queryset=own_obligations(user).defer("why", "trace"))
        )
        .order_by("-created_at", "-id")[:COPIES_AT_MOST]
    )
    return [
        Matter(alert=alert, words=sight.words(alert), items=(), joint=None)
        for alert in recent
        if not sight.own(alert) and copied_rows(alert, sight.posts)
    ]
