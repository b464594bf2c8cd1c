"""Two plans of one incident, and what differs: who more, who less, which clocks. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from incidents.cases.clocks import Clock
from notifications.responsibility.plan import Plan, PlanRow

_TERMS = (
    *("ack_due_at", "act_due_at", "read_due_at", "basis", "document", "article"),
    *("act_basis", "act_document", "act_article"),
)


@dataclass(frozen=True, kw_only=True)
class RowChange:
    """One duty before and after; ``None`` where it is not owed at all."""

    before: PlanRow | None
    after: PlanRow | None

    @property
    def row(self) -> PlanRow:
        found = self.after or self.before
        if found is None:
            raise ValueError("a change has a row before or after")
        return found


@dataclass(frozen=True, kw_only=True)
class Difference:
    """``more``: told in addition, or owing more; ``less``: the reverse; ``clocks``: other times."""

    more: Sequence[RowChange]
    less: Sequence[RowChange]
    clocks: Sequence[RowChange]

    def __bool__(self) -> bool:
        return bool(self.more or self.less or self.clocks)


def difference(before: Plan, after: Plan) -> Difference:
    olds = {_slot(row): row for row in before.rows}
    news = {_slot(row): row for row in after.rows}
    pairs = [
        RowChange(before=olds.get(slot), after=news.get(slot))
        for slot in dict.fromkeys([*olds, *news])
    ]
    return Difference(
        more=[pair for pair in pairs if _strength(pair.after) > _strength(pair.before)],
        less=[pair for pair in pairs if _strength(pair.after) < _strength(pair.before)],
        clocks=[pair for pair in pairs if _is_other_clock(pair)],
    )


def _strength(row: PlanRow | None) -> int:
    return int(row.owed) if row else 0


def _is_other_clock(pair: RowChange) -> bool:
    old, new = pair.before, pair.after
    if old is None or new is None or old.owed != new.owed:
        return False
    return any(getattr(old, name) != getattr(new, name) for name in _TERMS)


def _slot(row: PlanRow) -> tuple[int, str, int | None, str]:
    """What makes two rows the same duty: the same post in the same capacity at the same unit."""
    return (row.unit, row.capacity, row.post_id, "" if row.post_id else row.post_type)


@dataclass(frozen=True, kw_only=True)
class ClockChange:
    """A clock of filing before and after, by whom it is owed and to whom."""

    before: Clock | None
    after: Clock | None


def clock_changes(before: Sequence[Clock], after: Sequence[Clock]) -> list[ClockChange]:
    """What would be owed upward otherwise, clock by clock."""
    olds = {(clock.level, clock.owed_by, clock.receiver): clock for clock in before}
    news = {(clock.level, clock.owed_by, clock.receiver): clock for clock in after}
    return [
        ClockChange(before=olds.get(key), after=news.get(key))
        for key in dict.fromkeys([*olds, *news])
        if olds.get(key) != news.get(key)
    ]
