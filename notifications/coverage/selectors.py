"""Gaps with what the bureau says of them: which block a publication, which are accepted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.utils import timezone

from notifications.coverage.models import AcceptedGap
from notifications.coverage.reading import read_ground
from notifications.models import ResponsibilityTable
from notifications.responsibility.coverage import prove
from notifications.responsibility.coverage_gaps import OPEN, Gap, Period, Proof
from notifications.snapshot import compiled, current_table
from safety.rules.models import RuleBook
from safety.rules.selectors import current_rules
from safety.units.models import Unit

DAYS = 30


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A gap, and the acceptance that covers it today, if there is one."""

    gap: Gap
    acceptance: AcceptedGap | None = None

    @property
    def is_open(self) -> bool:
        """Nobody answers in the post itself; else it is only something to know."""
        return self.gap.kind == OPEN

    @property
    def blocks(self) -> bool:
        return self.is_open and self.acceptance is None


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """The proof for one table, judged. ``schools`` were looked at."""

    table: ResponsibilityTable
    book: RuleBook
    period: Period
    schools: int
    judged: tuple[Judged, ...]

    @cached_property
    def blocking(self) -> tuple[Judged, ...]:
        return tuple(one for one in self.judged if one.blocks)

    @cached_property
    def accepted(self) -> tuple[Judged, ...]:
        return tuple(one for one in self.judged if one.is_open and not one.blocks)

    @cached_property
    def notices(self) -> tuple[Judged, ...]:
        return tuple(one for one in self.judged if not one.is_open)

    @property
    def publishable(self) -> bool:
        return not self.blocking


def cover(
    table: ResponsibilityTable | None = None,
    *,
    below: str = "",
    at: datetime | None = None,
    days: int = DAYS,
) -> Coverage:
    """Prove ``table`` (the one in force) for the next ``days`` from ``at``, and judge it.

    ``below``: only units under this path. Raises ``Refused`` when nothing is published.
    """
    since = at or timezone.now()
    period = Period(since=since, until=since + timedelta(days=days))
    wanted, book = table or current_table(), current_rules()
    return judged(wanted, book, proof_of(wanted, book, period, below=below), below=below)


def proof_of(
    table: ResponsibilityTable, book: RuleBook, period: Period, *, below: str = ""
) -> Proof:
    """The bare proof, of bureaus and schools under ``below``."""
    ground = read_ground(table, book, period, below=below)
    return prove(compiled(book), ground.facts, period, lives=ground.lives)


def judged(
    table: ResponsibilityTable, book: RuleBook, proof: Proof, *, below: str = ""
) -> Coverage:
    """``proof`` with the acceptances of today."""
    gaps = [gap for gap in proof.gaps if gap.unit.path.startswith(below)]
    return Coverage(
        table=table,
        book=book,
        period=proof.period,
        schools=proof.schools,
        judged=judged_gaps(gaps, on=timezone.localdate()),
    )


def judged_gaps(gaps: Sequence[Gap], *, on: date) -> tuple[Judged, ...]:
    accepting = acceptances_of(gaps, on=on)
    return tuple(
        Judged(gap=gap, acceptance=accepting.get(number)) for number, gap in enumerate(gaps)
    )


@dataclass(frozen=True, kw_only=True)
class _Place:
    """What a rule asks of a unit."""

    path: str
    kind: str
    staff: int | None


def acceptances_of(gaps: Sequence[Gap], *, on: date) -> Mapping[int, AcceptedGap]:
    """For the places of ``gaps`` in their list: the acceptance in force ``on`` that day.

    One for the unit itself comes before a rule; of several the longest counts.
    """
    by_capacity: dict[str, list[AcceptedGap]] = defaultdict(list)
    for one in AcceptedGap.objects.in_force_on(on).select_related("unit", "accepted_by"):
        by_capacity[one.capacity].append(one)
    for ones in by_capacity.values():
        ones.sort(key=lambda one: (one.by_rule, -one.ends_on.toordinal(), one.pk))
    if not by_capacity:
        return {}
    concerned = [
        (number, gap)
        for number, gap in enumerate(gaps)
        if gap.kind == OPEN and gap.capacity in by_capacity
    ]
    places = _places({gap.unit.id for _, gap in concerned})
    found: dict[int, AcceptedGap] = {}
    for number, gap in concerned:
        place = places[gap.unit.id]
        fitting = (one for one in by_capacity[gap.capacity] if _fits(one, gap, place))
        accepted = next(fitting, None)
        if accepted is not None:
            found[number] = accepted
    return found


def _places(wanted: Iterable[int]) -> dict[int, _Place]:
    ids = set(wanted)
    rows = Unit.objects.values_list("pk", "path", "kind", "school__staff")
    return {
        pk: _Place(path=path, kind=kind, staff=staff) for pk, path, kind, staff in rows if pk in ids
    }


def _fits(accepted: AcceptedGap, gap: Gap, place: _Place) -> bool:
    if accepted.post_type not in ("", gap.post_type):
        return False
    if not accepted.by_rule:
        return accepted.unit_id == gap.unit.id
    if not place.path.startswith(accepted.unit.path):
        return False
    if accepted.kinds and place.kind not in accepted.kinds:
        return False
    limit = accepted.staff_max
    return limit is None or (place.staff is not None and place.staff <= limit)
