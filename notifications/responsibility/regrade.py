"""A new grade for an incident that is already told: only ever more, never less.

Raising adds rows and strengthens obligations; what was already owed keeps its
clock, and an acknowledgement that was given stays given: only what is new is
asked for. Lowering changes no row at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from notifications.responsibility.plan import Plan, PlanRow
from notifications.responsibility.words import GRADES, Owed

_CLOCKS = ("ack_due_at", "act_due_at", "read_due_at")


@dataclass(frozen=True, kw_only=True)
class Strengthened:
    """A row that owes more than before. ``asks`` are the clocks that are new in ``after``."""

    before: PlanRow
    after: PlanRow
    asks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Regraded:
    """What the new grade changes, and the plan that holds from now on."""

    plan: Plan
    added: tuple[PlanRow, ...] = ()
    strengthened: tuple[Strengthened, ...] = ()


def regrade(old: Plan, new: Plan) -> Regraded:
    """Compare the plan in force with the one a new grade would give.

    The result keeps every row of ``old``. Everybody in its rows is to be told of
    the change, also when nothing is added.
    """
    if GRADES.index(new.grade) > GRADES.index(old.grade):
        return Regraded(plan=replace(old, grade=new.grade))
    wanted = {_slot(row): row for row in new.rows}
    had = {_slot(row) for row in old.rows}
    stronger = {
        _slot(row): _strengthen(row, wanted[_slot(row)])
        for row in old.rows
        if _slot(row) in wanted and wanted[_slot(row)].owed > row.owed
    }
    kept = [stronger[_slot(row)].after if _slot(row) in stronger else row for row in old.rows]
    added = tuple(row for row in new.rows if _slot(row) not in had)
    return Regraded(
        plan=replace(
            new,
            rows=(*kept, *added),
            findings=tuple(dict.fromkeys([*old.findings, *new.findings])),
        ),
        added=added,
        strengthened=tuple(stronger.values()),
    )


def _slot(row: PlanRow) -> tuple[int, str, int | None, str]:
    """What makes two rows the same duty, whoever holds the post by now."""
    return (row.unit, row.capacity, row.post_id, "" if row.post_id else row.post_type)


def _strengthen(before: PlanRow, wanted: PlanRow) -> Strengthened:
    """``wanted``, with the clocks that already run for ``before``."""
    running = {name: getattr(before, name) for name in _CLOCKS if getattr(before, name) is not None}
    if before.owed >= Owed.ACK:  # the acknowledgement keeps what it rests on, too
        running |= {
            "basis": before.basis,
            "document": before.document,
            "article": before.article,
        }
    after = replace(wanted, **running)
    asks = tuple(
        name for name in _CLOCKS if getattr(after, name) is not None and name not in running
    )
    return Strengthened(before=before, after=after, asks=asks)
