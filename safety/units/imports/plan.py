"""Compare rows with the tree: what is new, what changes, what cannot be imported."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from safety.units.actions import NewUnit, SchoolFacts, UnitChange
from safety.units.imports.checking import check_change, check_new
from safety.units.imports.known import SCHOOL_FIELDS, UNIT_FIELDS, Known, Node
from safety.units.imports.matching import Match, match_rows
from safety.units.imports.placing import Placing, parent_option
from safety.units.imports.rows import Row
from safety.units.models import Unit
from safety.units.tree import ROOT, path_below

# Parents stand before children, so that a file may hold a central school and its points.
RANKS = (
    (Unit.Kind.CITY,),
    Unit.DISTRICT_KINDS,
    (Unit.Kind.CENTRAL_SCHOOL, Unit.Kind.SCHOOL),
    (Unit.Kind.CAMPUS, Unit.Kind.TEACHING_POINT),
)


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the caller decides. ``day``: new units begin, closed ones are closed on it."""

    day: date
    parent: str = ""
    create_districts: bool = False
    move: bool = False


@dataclass(kw_only=True)
class Plan:
    """What an import will write, once every row has found its place."""

    creates: list[NewUnit] = field(default_factory=list)
    changes: list[UnitChange] = field(default_factory=list)
    differences: list[dict[str, Any]] = field(default_factory=list)
    unchanged: int = 0
    derived: int = 0
    without_stage: int = 0
    redirected: dict[str, int] = field(default_factory=dict)

    @property
    def writes(self) -> bool:
        return bool(self.creates or self.changes)


def make_plan(rows: Sequence[Row], options: Options) -> Plan:
    """Plan the import of ``rows``; rows that cannot be imported get their problems noted.

    Raises ``Refused`` when --parent names no unit.
    """
    known = Known.load(options.day)
    placing = Placing(
        known=known,
        parent=parent_option(known, options.parent),
        create_districts=options.create_districts,
    )
    plan = Plan(redirected=placing.redirected)
    for rank in RANKS:
        placing.spoilt |= {
            text for row in rows if row.problems for text in (row.name, row.values.get("code", ""))
        }
        of_rank = [row for row in rows if not row.problems and _kind(row, known) in rank]
        for match in match_rows(of_rank, known, placing):
            _settle(match, known, options, plan)
    used = {new.parent for new in plan.creates}
    plan.creates[:0] = [new for new in placing.districts if new.code in used]
    return plan


def _kind(row: Row, known: Known) -> str:
    """The kind the row states, else that of the unit it is about, else a school."""
    if stated := row.values.get("kind"):
        return str(stated)
    node = known.by_code.get(row.values.get("code", ""))
    return node.kind if node and not node.is_new else str(Unit.Kind.SCHOOL)


def _settle(match: Match, known: Known, options: Options, plan: Plan) -> None:
    """Turn a matched row into something to create, to change, or to leave alone."""
    row, node, parent = match.row, match.node, match.parent
    kind = _kind(row, known) if node is None else str(row.values.get("kind", node.kind))
    _know_city_direct(row, kind, parent or (node and known.by_code.get(node.parent)))
    if node is None:
        check_new(row, kind, match.code, parent, known)
        if not row.problems:
            plan.creates.append(_new(match, kind, options.day))
            plan.derived += "code" not in row.values
            plan.without_stage += kind in Unit.SCHOOL_KINDS and not row.values.get("stages")
            known.add(_added(match, kind))
        return
    moves = parent is not None and parent.code != node.parent and not _stays(row, node, parent)
    check_change(row, kind, node, parent if moves else None, known, may_move=options.move)
    if not row.problems:
        _change(row, node, parent.code if moves and parent else None, plan)


def _know_city_direct(row: Row, kind: str, parent: Node | None) -> None:
    """A school that hangs under the city bureau itself is run by it."""
    if kind not in Unit.SCHOOL_KINDS or parent is None or parent.kind != Unit.Kind.CITY:
        return
    if row.values.setdefault("city_direct", True) is False:
        row.refuse(
            "not_city_direct",
            "city_direct",
            "",
            _("The school hangs under the city bureau but is said not to be run by it."),
            _("Name its district, or correct this cell."),
        )


def _stays(row: Row, node: Node, parent: Node) -> bool:
    """A row that names only the district says nothing against a place further below it."""
    return "parent" not in row.values and node.path.startswith(parent.path)


def _new(match: Match, kind: str, day: date) -> NewUnit:
    values = match.row.values
    of_unit = {n: values[n] for n in UNIT_FIELDS if n in values and n != "kind"}
    facts = {n: values[n] for n in SCHOOL_FIELDS if n in values}
    return NewUnit(
        code=match.code,
        kind=kind,
        parent=match.parent.code if match.parent else "",
        school=SchoolFacts(**facts) if kind in Unit.SCHOOL_KINDS else None,
        **{"starts_on": day, **of_unit},
    )


def _added(match: Match, kind: str) -> Node:
    parent = match.parent
    return Node(
        code=match.code,
        parent=parent.code if parent else "",
        path=path_below(parent.path if parent else ROOT, match.code),
        values={"short_name": "", "ends_on": None, **match.row.values, "kind": kind},
        is_new=True,
    )


def _change(row: Row, node: Node, parent: str | None, plan: Plan) -> None:
    of_unit = dict(_differing(row, node, UNIT_FIELDS))
    of_school = dict(_differing(row, node, SCHOOL_FIELDS))
    shown = {**of_unit, **of_school, **({"parent": parent} if parent else {})}
    if not shown:
        plan.unchanged += 1
        return
    change = UnitChange(code=node.code, unit=of_unit, school=of_school, parent=parent)
    plan.changes.append(change)
    plan.differences += [
        {
            "code": node.code,
            "name": node.name,
            "field": name,
            "old": node.parent if name == "parent" else node.values[name],
            "new": value,
            "row": row.place,
        }
        for name, value in shown.items()
    ]


def _differing(row: Row, node: Node, names: Iterable[str]) -> Iterable[tuple[str, Any]]:
    for name in names:
        if name in row.values:
            value = row.values[name]
            old = node.values[name]
            if (list(value) if isinstance(value, tuple) else value) != old:
                yield name, value
