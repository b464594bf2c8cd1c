"""Entries and holders of units, read in few queries and kept until a holding changes."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from notifications.models import Entry, ResponsibilityTable
from notifications.responsibility.inputs import (
    EntryFacts,
    HoldingFacts,
    LeaveFacts,
    RestrictedGrant,
    RosterFacts,
    ShiftFacts,
)
from notifications.responsibility.scope import Scope
from safety.people.models import User
from safety.posts.access import rights_revision
from safety.posts.models import Holding, Leave, Post, RosterPeriod, Shift
from safety.units.models import UnitGroupObjectPermission

Version = tuple[object, ...]
# Shifts are many; those long over are only read when the past is asked about (``as_of``), and
# a roster then counts as kept since that day: whoever asks further back hears of holdings.
SHIFTS_BACK = timedelta(days=60)


@dataclass(frozen=True, kw_only=True)
class HeldRow:
    """A holding with its id: one post may be reached through two units."""

    id: int
    facts: HoldingFacts


@dataclass(frozen=True, kw_only=True)
class UnitPart:
    """What the table and the roster say of one unit."""

    entries: Sequence[EntryFacts]
    holdings: Sequence[HeldRow]
    people: Mapping[int, str]
    leaves: Sequence[LeaveFacts]
    restricted: Sequence[RestrictedGrant]
    shifts: Sequence[ShiftFacts] = ()
    rosters: Sequence[RosterFacts] = ()


class _Kept:
    """Parts by unit, all of one version; a new version forgets the old one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._version: Version = ()
        self._parts: dict[int, UnitPart] = {}

    def get(self, version: Version, units: Iterable[int]) -> dict[int, UnitPart]:
        with self._lock:
            if version != self._version:
                return {}
            return {unit: self._parts[unit] for unit in units if unit in self._parts}

    def put(self, version: Version, parts: Mapping[int, UnitPart]) -> None:
        with self._lock:
            if version != self._version:
                self._version, self._parts = version, {}
            self._parts |= parts

    def forget(self) -> None:
        with self._lock:
            self._version, self._parts = (), {}


_kept = _Kept()


def forget() -> None:
    """Drop what is kept in memory: after the database was put back to an earlier state."""
    _kept.forget()


def parts_of(
    table: ResponsibilityTable, units: Sequence[int], *, as_of: datetime | None = None
) -> list[UnitPart]:
    """What ``table`` and the roster say of ``units``; with the shifts around ``as_of``, if given.

    Inside a transaction nothing is kept and nothing kept is used: what it wrote
    may be rolled back, and the number of its revision given out again.
    """
    if as_of is not None or transaction.get_connection().in_atomic_block:
        return list(_read(table, units, as_of).values())
    version: Version = (table.pk, table.published_at, rights_revision())
    found = _kept.get(version, units)
    missing = [unit for unit in units if unit not in found]
    if missing:
        read = _read(table, missing, None)
        _kept.put(version, read)
        found |= read
    return [found[unit] for unit in units]


def _read(
    table: ResponsibilityTable, units: Sequence[int], as_of: datetime | None
) -> dict[int, UnitPart]:
    entries = _entries(table, units)
    grants = _grants(units)
    posts = {e.post for rows in entries.values() for e in rows}
    posts |= {given.post for rows in grants.values() for given in rows}
    holdings = _holdings(posts)
    since = (as_of or timezone.now()) - SHIFTS_BACK
    rosters = _rosters(posts, since)
    shifts = _shifts(rosters, since) if rosters else {}
    holders = {row.facts.person for rows in holdings.values() for row in rows}
    holders |= {shift.person for rows in shifts.values() for shift in rows}
    leaves = _leaves(holders)
    people = _people(holders | {leave.delegate for rows in leaves.values() for leave in rows})
    found = _Found(holdings=holdings, rosters=rosters, shifts=shifts, leaves=leaves, people=people)
    return {unit: _part(entries[unit], grants[unit], found) for unit in units}


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What was read for all units together, by post and by person."""

    holdings: Mapping[int, Sequence[HeldRow]]
    rosters: Mapping[int, Sequence[RosterFacts]]
    shifts: Mapping[int, Sequence[ShiftFacts]]
    leaves: Mapping[int, Sequence[LeaveFacts]]
    people: Mapping[int, str]


def _part(
    entries: Sequence[EntryFacts], grants: Sequence[RestrictedGrant], found: _Found
) -> UnitPart:
    posts = sorted({entry.post for entry in entries} | {given.post for given in grants})
    held = [row for post in posts for row in found.holdings.get(post, ())]
    shifts = [shift for post in posts for shift in found.shifts.get(post, ())]
    holders = sorted({*(row.facts.person for row in held), *(shift.person for shift in shifts)})
    delegates = {
        leave.delegate
        for person in holders
        for leave in found.leaves.get(person, ())
        if leave.delegate is not None
    }
    near = sorted({*holders, *delegates})
    return UnitPart(
        entries=entries,
        holdings=held,
        people={person: found.people[person] for person in near if person in found.people},
        leaves=[leave for person in near for leave in found.leaves.get(person, ())],
        restricted=grants,
        shifts=shifts,
        rosters=[kept for post in posts for kept in found.rosters.get(post, ())],
    )


def _entries(table: ResponsibilityTable, units: Sequence[int]) -> dict[int, list[EntryFacts]]:
    found: dict[int, list[EntryFacts]] = defaultdict(list)
    rows = Entry.objects.filter(table=table, unit__in=units).select_related("post").order_by("id")
    for row in rows:
        found[row.unit_id].append(
            EntryFacts(
                unit=row.unit_id,
                post=row.post_id,
                post_type=row.post.kind,
                post_name=row.post.name,
                capacity=row.capacity,
                scope=Scope.of(row.scope),
            )
        )
    return found


def _grants(units: Sequence[int]) -> dict[int, list[RestrictedGrant]]:
    """Posts whose holders read restricted text of one of ``units`` (and below)."""
    found: dict[int, list[RestrictedGrant]] = defaultdict(list)
    rows = UnitGroupObjectPermission.objects.filter(
        content_object__in=units, permission__codename="view_restricted", group__post__isnull=False
    ).values_list("content_object", "content_object__path", "group__post")
    for unit, path, post in rows.order_by("id"):
        found[unit].append(RestrictedGrant(path=path, post=post))
    return found


def _holdings(posts: Iterable[int]) -> dict[int, list[HeldRow]]:
    """All holdings of ``posts``, with their dates; an abolished post is held by nobody."""
    found: dict[int, list[HeldRow]] = defaultdict(list)
    alive = Post.objects.filter(pk__in=posts, abolished_at=None)
    for row in Holding.objects.filter(post__in=alive).order_by("id"):
        facts = HoldingFacts(
            post=row.post_id,
            person=row.person_id,
            kind=row.kind,
            rank=row.rank,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
        )
        found[row.post_id].append(HeldRow(id=row.pk, facts=facts))
    return found


def _rosters(posts: Iterable[int], since: datetime) -> dict[int, list[RosterFacts]]:
    """From when to when, after ``since``, a duty roster is kept for one of ``posts``."""
    found: dict[int, list[RosterFacts]] = defaultdict(list)
    rows = RosterPeriod.objects.ending_after(since).filter(post__in=posts, post__abolished_at=None)
    for post, starts_at, ends_at in rows.order_by("id").values_list("post", "starts_at", "ends_at"):
        begins = max(starts_at, since)
        found[post].append(RosterFacts(post=post, starts_at=begins, ends_at=ends_at))
    return found


def _shifts(posts: Iterable[int], since: datetime) -> dict[int, list[ShiftFacts]]:
    """The shifts of ``posts`` that are not over at ``since``, however far ahead."""
    found: dict[int, list[ShiftFacts]] = defaultdict(list)
    rows = Shift.objects.filter(post__in=posts, ends_at__gt=since).order_by("starts_at", "id")
    for post, person, starts_at, ends_at in rows.values_list(
        "post", "person", "starts_at", "ends_at"
    ):
        found[post].append(
            ShiftFacts(post=post, person=person, starts_at=starts_at, ends_at=ends_at)
        )
    return found


def _leaves(people: Iterable[int]) -> dict[int, list[LeaveFacts]]:
    """Leave of ``people``, and of those who stand in for them."""
    found: dict[int, list[LeaveFacts]] = defaultdict(list)
    stands_in = Q(person__delegations__person__in=people)
    rows = Leave.objects.filter(Q(person__in=people) | stands_in).distinct().order_by("id")
    for row in rows:
        found[row.person_id].append(
            LeaveFacts(
                person=row.person_id,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                delegate=row.delegate_id,
            )
        )
    return found


def _people(ids: Iterable[int | None]) -> dict[int, str]:
    """Names of those who can be reached: active people."""
    wanted = [person for person in ids if person is not None]
    return dict(User.objects.filter(pk__in=wanted, is_active=True).values_list("pk", "name"))
