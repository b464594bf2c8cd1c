"""The bridge from rows to the proof: a whole city, or a part of it, in few queries."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from notifications.models import Entry, ResponsibilityTable
from notifications.responsibility.coverage_gaps import Period
from notifications.responsibility.inputs import (
    EntryFacts,
    Facts,
    HoldingFacts,
    LeaveFacts,
    RosterFacts,
    ShiftFacts,
)
from notifications.responsibility.scope import Scope
from notifications.snapshot import school_facts, unit_facts
from safety.people.models import User
from safety.posts.models import Holding, Leave, RosterPeriod, Shift
from safety.rules.models import RuleBook
from safety.units.models import Unit

CHUNK = 5000


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a proof stands on: the facts, and from when to when each school exists."""

    facts: Facts
    lives: Mapping[str, Period]


def read_ground(
    table: ResponsibilityTable, book: RuleBook, period: Period, *, below: str = ""
) -> Ground:
    """Everything about the schools that exist in ``period``; only those under path ``below``."""
    first = timezone.localdate(period.since)
    last = timezone.localdate(period.until)
    units = {unit.code: unit for unit in Unit.objects.select_related("school")}
    lives = {
        unit.code: _life(unit)
        for unit in units.values()
        if unit.is_school
        and unit.path.startswith(below)
        and unit.starts_on <= last
        and (unit.ends_on is None or unit.ends_on > first)
    }
    facts_of = {unit.pk: unit_facts(unit) for unit in units.values()}
    schools = tuple(school_facts(units[code], units, facts_of) for code in lives)
    entries = _entries(table, below)
    posts = {entry.post for entry in entries}
    holdings = [held for held in _holdings(table, period) if held.post in posts]
    shifts = [shift for shift in _shifts(table, period) if shift.post in posts]
    return Ground(
        facts=Facts(
            table_id=table.pk,
            rules_id=book.pk,
            schools=schools,
            entries=entries,
            holdings=holdings,
            people=dict(User.objects.filter(is_active=True).values_list("pk", "name")),
            leaves=_leaves(period),
            shifts=shifts,
            rosters=[kept for kept in _rosters(table) if kept.post in posts],
        ),
        lives=lives,
    )


def _life(unit: Unit) -> Period:
    far = datetime.max.replace(tzinfo=timezone.get_current_timezone()) - timedelta(days=2)
    return Period(
        since=_midnight(unit.starts_on), until=_midnight(unit.ends_on) if unit.ends_on else far
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _entries(table: ResponsibilityTable, below: str) -> list[EntryFacts]:
    """Rows under ``below`` and of the units above it; a draft's row without capacity is none."""
    rows = Entry.objects.filter(table=table).exclude(capacity="").order_by("id")
    if below:
        codes = [part for part in below.split("/") if part]
        rows = rows.filter(Q(unit__path__startswith=below) | Q(unit__code__in=codes))
    scopes: dict[str, Scope] = {}
    found = []
    for unit, post, kind, name, capacity, scope in rows.values_list(
        "unit", "post", "post__kind", "post__name", "capacity", Cast("scope", TextField())
    ).iterator(chunk_size=CHUNK):
        if scope not in scopes:
            scopes[scope] = Scope.of(json.loads(scope))
        found.append(
            EntryFacts(
                unit=unit,
                post=post,
                post_type=kind,
                post_name=name,
                capacity=capacity,
                scope=scopes[scope],
            )
        )
    return found


def _posts(table: ResponsibilityTable) -> QuerySet[Entry, int]:
    return Entry.objects.filter(table=table).values_list("post", flat=True)


def _holdings(table: ResponsibilityTable, period: Period) -> Iterable[HoldingFacts]:
    """Holdings of posts that still exist; an abolished post is held by nobody."""
    rows = (
        Holding.objects.filter(post__in=_posts(table), post__abolished_at=None)
        .filter(starts_at__lt=period.until)
        .ending_after(period.since)
        .order_by("id")
        .values_list("post", "person", "kind", "rank", "starts_at", "ends_at")
    )
    for post, person, kind, rank, starts_at, ends_at in rows.iterator(chunk_size=CHUNK):
        yield HoldingFacts(
            post=post, person=person, kind=kind, rank=rank, starts_at=starts_at, ends_at=ends_at
        )


def _leaves(period: Period) -> list[LeaveFacts]:
    rows = (
        Leave.objects.filter(starts_at__lt=period.until, ends_at__gt=period.since)
        .order_by("id")
        .values_list("person", "delegate", "starts_at", "ends_at")
    )
    return [
        LeaveFacts(person=person, delegate=delegate, starts_at=starts_at, ends_at=ends_at)
        for person, delegate, starts_at, ends_at in rows
    ]


def _rosters(table: ResponsibilityTable) -> Iterable[RosterFacts]:
    rows = RosterPeriod.objects.filter(post__in=_posts(table), post__abolished_at=None)
    for post, starts_at, ends_at in rows.order_by("id").values_list("post", "starts_at", "ends_at"):
        yield RosterFacts(post=post, starts_at=starts_at, ends_at=ends_at)


def _shifts(table: ResponsibilityTable, period: Period) -> Iterable[ShiftFacts]:
    rows = (
        Shift.objects.filter(post__in=_posts(table))
        .between(period.since, period.until)
        .order_by("id")
        .values_list("post", "person", "starts_at", "ends_at")
    )
    for post, person, starts_at, ends_at in rows:
        yield ShiftFacts(post=post, person=person, starts_at=starts_at, ends_at=ends_at)
