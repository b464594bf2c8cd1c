"""我的一岗双责: both duties of each post held, and everything open, per capacity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.access import (
    Sight,
    copied_alerts,
    copied_rows,
    own_obligations,
    sight_of,
)
from notifications.board_rows import Own
from notifications.models import Alert, Entry, Obligation
from notifications.obligations.answering import ACTED, TICKED
from notifications.obligations.verbs import needs_note, verbs_for
from notifications.subjects import facts_of
from notifications.words import (
    acknowledge_word,
    basis_words,
    capacity_words,
    done_word,
    in_language,
    joined,
    verb_word,
)
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


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row of an item: what is owed, by when and on what basis, or how it was answered."""

    obligation: Obligation
    word: str
    basis: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class Item:
    """What one capacity owes for one alert, with the verbs that belong to it.

    ``tick`` is what its acknowledging button answers, ``verbs`` the first
    actions that may be recorded for ``acted``; both empty once that is done.
    """

    capacity: str
    unit: str
    line: str
    why: str
    rows: Sequence[Line]
    is_late: bool
    tick: Sequence[UUID]
    tick_word: str
    acted: Sequence[UUID]
    verbs: Sequence[tuple[str, str, bool]]
    upward_url: str = ""

    @property
    def is_business(self) -> bool:
        return self.line == "business"


@dataclass(frozen=True, kw_only=True)
class Matter:
    """Everything that one alert asks of the reader; ``joint`` answers all capacities at once."""

    alert: Alert
    words: Mapping[str, Any]
    items: Sequence[Item]
    joint: Own | None

    @property
    def is_late(self) -> bool:
        return any(item.is_late for item in self.items)

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
    done: Sequence[Matter]
    open: int
    late: int
    now: datetime

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
        matters=sorted(active, key=lambda matter: not matter.is_late),
        to_read=[matter for matter in matters if matter.only_to_read],
        copies=_copies(user, sight),
        done=_matters(list(met), sight, words, now),
        open=sum(len(matter.items) for matter in matters),
        late=sum(item.is_late for matter in active for item in matter.items),
        now=now,
    )


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
                by_alert[pk],
                words,
                now,
                upward_url=facts[alert.subject_kind, alert.subject_ref].upward_url,
            ),
            joint=joint(by_alert[pk], words),
        )
        for pk, alert in alerts.items()
    ]


def items_of(
    rows: Sequence[Obligation], words: Mapping[str, str], now: datetime, *, upward_url: str = ""
) -> list[Item]:
    """One item for each capacity in which ``rows`` are owed; every row is in exactly one."""
    slots: dict[tuple[object, ...], list[Obligation]] = defaultdict(list)
    for o in rows:
        slots[o.unit_id, o.capacity, o.post_id, o.person_id].append(o)
    return [_item(slot, words, now, upward_url) for slot in slots.values()]


def _item(
    rows: Sequence[Obligation], words: Mapping[str, str], now: datetime, upward_url: str
) -> Item:
    first, still = rows[0], [o for o in rows if o.is_open]
    tick = [o for o in still if o.kind in TICKED]
    acted = [o for o in still if o.kind in ACTED]
    upward = [o for o in still if o.kind == Obligation.Kind.REPORT_UPWARD]
    return Item(
        capacity=words.get(first.capacity, first.capacity),
        unit=first.unit.label,
        line=first.line,
        why=next((in_language(o.why) for o in rows if o not in upward), ""),
        rows=[_line(o) for o in rows],
        is_late=any(o.due_at is not None and o.due_at <= now for o in still),
        tick=[o.ref for o in tick],
        tick_word=acknowledge_word(first.capacity, tick[0].kind) if tick else "",
        acted=[o.ref for o in acted],
        verbs=[(verb, verb_word(verb), needs_note(verb)) for verb in verbs_for(first.capacity)]
        if acted
        else [],
        upward_url=upward_url if upward else "",
    )


def _line(o: Obligation) -> Line:
    if o.kind == Obligation.Kind.REPORT_UPWARD:
        word = _("Report to %(who)s") % {"who": in_language(o.why)}
    elif o.kind == Obligation.Kind.FIRST_ACTION:
        word = _("First action")
    else:
        word = acknowledge_word(o.capacity, o.kind)
    return Line(obligation=o, word=word, basis=basis_words(o), answer=answer_word(o))


def answer_word(o: Obligation) -> str:
    """How a met obligation was answered, in one word; "" while it is open."""
    if o.is_open:
        return ""
    if o.kind == Obligation.Kind.REPORT_UPWARD:
        return _("reported upward")
    return done_word(o.met_verb) if o.met_verb else acknowledge_word(o.capacity, o.kind)


def joint(rows: Sequence[Obligation], words: Mapping[str, str]) -> Own | None:
    """One button for every capacity in which ``rows`` are open; ``None`` when there is one only."""
    tickable = [o for o in rows if o.is_open and o.kind in TICKED]
    capacities = list(dict.fromkeys(words.get(o.capacity, o.capacity) for o in tickable))
    if len(capacities) < 2:  # noqa: PLR2004 - one capacity has its own button
        return None
    verbs = {acknowledge_word(o.capacity, o.kind) for o in tickable}
    return Own(
        refs=[o.ref for o in tickable],
        capacities=joined(capacities),
        verb=verbs.pop() if len(verbs) == 1 else acknowledge_word(""),
    )


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
            table=entry.table.number,
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
