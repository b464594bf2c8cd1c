"""Which pledges have to be there now: the tree of the rule book, filled with today's holders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from notifications.models import Entry, ResponsibilityTable
from notifications.pledges.rules import Pair, PledgeRules
from notifications.responsibility.words import Level
from safety.posts.models import Holding
from safety.units.models import Unit

SIGNING = (Holding.Kind.PRINCIPAL, Holding.Kind.ACTING)


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One pledge that is asked for. ``person`` is None where the post is vacant: a gap."""

    pair: Pair
    unit: int
    post: int
    capacity: str
    level: str
    person: int | None
    since: datetime | None
    upper_post: int | None

    @property
    def key(self) -> tuple[str, int, int | None]:
        return (self.pair.id, self.post, self.person)


@dataclass(frozen=True, kw_only=True)
class _Row:
    post: int
    unit: int
    path: str
    level: str
    capacity: str


def slots(rules: PledgeRules, *, below: str = "", at: datetime | None = None) -> Iterator[Slot]:
    """Every pledge the rules ask for, of units at or below the path ``below`` (all without it).

    A person who would answer in one unit for two posts of a pair signs once; whoever
    would sign with himself does not sign.
    """
    moment = at or timezone.now()
    rows = _rows(rules, moment, below)
    holders = _holders(moment)
    posts: dict[tuple[int, str], int] = {}
    for row in rows:
        posts.setdefault((row.unit, row.capacity), row.post)
    unit_at = {row.path: row.unit for row in rows}
    seen: set[tuple[str, int, int | None]] = set()
    for row in rows:
        if not row.path.startswith(below):
            continue
        for pair in rules.pairs:
            if row.capacity not in pair.lower or row.level not in pair.levels:
                continue
            upper_post = _upper(pair, row, posts, unit_at)
            for slot in _of_holders(pair, row, upper_post, holders):
                once = (pair.id, row.unit, slot.person)
                if slot.person is None or once not in seen:
                    seen.add(once)
                    yield slot


def _of_holders(
    pair: Pair,
    row: _Row,
    upper_post: int | None,
    holders: Mapping[int, list[tuple[int, datetime]]],
) -> Iterator[Slot]:
    above = {person for person, _since in holders.get(upper_post or 0, [])}
    here: list[tuple[int | None, datetime | None]] = [*holders.get(row.post, [])]
    for person, since in here or [(None, None)]:
        if person is None or person not in above:
            yield Slot(
                pair=pair,
                unit=row.unit,
                post=row.post,
                capacity=row.capacity,
                level=row.level,
                person=person,
                since=since,
                upper_post=upper_post,
            )


def _rows(rules: PledgeRules, moment: datetime, below: str) -> list[_Row]:
    """Rows of the published table that sign, in ``below`` and above it, in the tree's order."""
    wanted = {c for pair in rules.pairs for c in (pair.upper, *pair.lower)}
    day = timezone.localdate(moment)
    parts = [part for part in below.split("/") if part]
    above = [f"/{'/'.join(parts[:n])}/" for n in range(1, len(parts))]
    found = (
        Entry.objects.filter(
            table__state=ResponsibilityTable.State.PUBLISHED,
            capacity__in=wanted,
            post__abolished_at=None,
            unit__starts_on__lte=day,
        )
        .filter(Q(unit__path__startswith=below) | Q(unit__path__in=above))
        .filter(Q(unit__ends_on=None) | Q(unit__ends_on__gt=day))
        .order_by("unit__path", "id")
        .values_list("post", "unit", "unit__path", "unit__kind", "capacity")
    )
    return [
        _Row(post=post, unit=unit, path=path, level=level_of(kind), capacity=capacity)
        for post, unit, path, kind, capacity in found
    ]


def level_of(kind: str) -> str:
    if kind == Unit.Kind.CITY:
        return Level.CITY.value
    return (Level.DISTRICT if kind in Unit.DISTRICT_KINDS else Level.SCHOOL).value


def _holders(moment: datetime) -> dict[int, list[tuple[int, datetime]]]:
    """Who may sign for each post: its holders and whoever acts, not a B角, not a stand-in."""
    found: dict[int, list[tuple[int, datetime]]] = defaultdict(list)
    held = Holding.objects.at(moment).filter(kind__in=SIGNING, person__is_active=True)
    for post, person, since in held.order_by("rank", "id").values_list(
        "post", "person", "starts_at"
    ):
        found[post].append((person, since))
    return found


def _upper(
    pair: Pair, row: _Row, posts: Mapping[tuple[int, str], int], unit_at: Mapping[str, int]
) -> int | None:
    """The post that signs above: of the own unit, or of the nearest one above that has it."""
    if pair.at == "own":
        return posts.get((row.unit, pair.upper))
    parts = [part for part in row.path.split("/") if part][:-1]
    while parts:
        unit = unit_at.get(f"/{'/'.join(parts)}/")
        if unit is not None and (unit, pair.upper) in posts:
            return posts[unit, pair.upper]
        parts.pop()
    return None
