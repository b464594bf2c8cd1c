"""What the ledger is told of units: one fact each, or batches when there are very many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from safety.ledger.actions import Fact
from safety.units.models import Unit

# Beyond this many units at once there is one fact per parent and batch, so that an
# import of a province does not keep the sealer busy for minutes.
ONE_BY_ONE = 500


def created_facts(units: Sequence[Unit]) -> list[Fact]:
    if len(units) > ONE_BY_ONE:
        rows = ((unit, [unit.code, unit.name, unit.kind]) for unit in units)
        return _in_batches("units.created", rows)
    return [
        Fact(
            verb="unit.created",
            subject_kind="unit",
            subject_ref=unit.code,
            body={
                "name": unit.name,
                "kind": unit.kind,
                "path": unit.path,
                "starts_on": plain(unit.starts_on),
            },
        )
        for unit in units
    ]


def changed_facts(told: Sequence[tuple[Unit, dict[str, Any]]]) -> list[Fact]:
    """``told`` pairs a unit with its differences: field → [old, new]."""
    if len(told) > ONE_BY_ONE:
        return _in_batches("units.changed", ((unit, [unit.code, what]) for unit, what in told))
    return [
        Fact(verb="unit.changed", subject_kind="unit", subject_ref=unit.code, body=what)
        for unit, what in told
    ]


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _in_batches(verb: str, rows: Iterable[tuple[Unit, list[Any]]]) -> list[Fact]:
    by_parent: dict[str, list[list[Any]]] = {}
    for unit, row in rows:
        codes = unit.ancestor_codes()
        by_parent.setdefault(codes[-2] if len(codes) > 1 else codes[-1], []).append(row)
    return [
        Fact(
            verb=verb,
            subject_kind="unit",
            subject_ref=parent,
            body={"units": told[start : start + ONE_BY_ONE]},
        )
        for parent, told in sorted(by_parent.items())
        for start in range(0, len(told), ONE_BY_ONE)
    ]
