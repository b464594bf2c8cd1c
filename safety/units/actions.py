"""Create units, change them, move and close them: every write to the tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from safety.errors import Conflict, Problem, Refused
from safety.ledger.actions import Actor, record
from safety.units.facts import changed_facts, created_facts, plain
from safety.units.models import School, Unit
from safety.units.tree import ROOT, code_fault, kind_fault, parent_fault, path_below, path_fault

BATCH = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class SchoolFacts:
    """What is known of a new school; the fields of ``School``."""

    stages: tuple[str, ...] = ()
    ownership: str = School.Ownership.PUBLIC
    city_direct: bool = False
    pupils: int | None = None
    staff: int | None = None
    boarding: bool = False
    bus: bool = False
    canteen: bool = False
    near_water: bool = False
    near_main_road: bool = False
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    datum: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewUnit:
    """A unit that is not written yet.

    ``parent`` is the code of an existing unit, or of one in the same list.
    """

    code: str
    name: str
    kind: str
    starts_on: date
    parent: str = ""
    ends_on: date | None = None
    short_name: str = ""
    duty_phone: str = ""
    school: SchoolFacts | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitChange:
    """New values of one unit; what is not named stays as it is."""

    code: str
    unit: Mapping[str, Any] = field(default_factory=dict)
    school: Mapping[str, Any] = field(default_factory=dict)
    parent: str | None = None


@transaction.atomic
def create_units(
    *, units: Sequence[NewUnit], actor: Actor, at: datetime | None = None
) -> list[Unit]:
    """Create ``units`` with their places in the tree and their school facts, in the given order.

    ``at`` is only for seeded history: when the ledger says that it was done.
    Raises ``Refused`` naming every unit whose code, parent or path is not
    possible, ``Conflict`` when somebody else creates the same code meanwhile.
    """
    if not units:
        return []
    if problems := list(_code_problems(units)):
        raise Refused.of(problems)
    wanted = {new.parent for new in units if new.parent} - {new.code for new in units}
    known = Unit.objects.in_bulk(wanted, field_name="code")
    try:
        with transaction.atomic():
            for level in _levels(units):
                rows = _rows(level, known)
                known |= {row.code: row for row in Unit.objects.bulk_create(rows, BATCH)}
            schools = [
                School(unit=known[new.code], **_columns(asdict(new.school)))
                for new in units
                if new.school is not None
            ]
            School.objects.bulk_create(schools, batch_size=BATCH)
    except IntegrityError as error:
        raise Conflict(
            _("Somebody else created one of these units at the same moment."),
            field="code",
            value=units[0].code,
            remedy=_("Look again: what is there now is compared anew."),
        ) from error
    made = [known[new.code] for new in units]
    record(actor=actor, facts=created_facts(made), at=at)
    return made


@transaction.atomic
def update_units(*, changes: Sequence[UnitChange], actor: Actor) -> list[Unit]:
    """Change units and return those that differ now; the ledger keeps old and new values.

    A new parent moves the unit with everything below it. Where nothing differs,
    nothing is written. Raises ``Refused`` for an unknown unit or an impossible place.
    """
    units = _known({change.code for change in changes})
    told: list[tuple[Unit, dict[str, Any]]] = []
    for change in changes:
        unit = units[change.code]
        difference = _set(unit, change.unit)
        if change.school:
            school = getattr(unit, "school", None) or School(unit=unit)
            difference |= _set(school, _columns(change.school))
        if change.parent is not None:
            difference |= _move(unit, change.parent)
        if "kind" in difference and (fault := kind_fault(unit)):
            raise Refused.of([fault])
        if difference:
            told.append((unit, difference))
    _save(told)
    record(actor=actor, facts=changed_facts(told))
    return [unit for unit, _difference in told]


@transaction.atomic
def close_unit(*, unit: Unit, ends_on: date, actor: Actor) -> None:
    """Close ``unit`` from ``ends_on`` on; refused while an open unit stands below it."""
    below = Unit.objects.under(unit.path).exclude(pk=unit.pk).open_on(ends_on).order_by("path")
    if child := below.first():
        raise Refused(
            _("Units below this one are still open."),
            field="ends_on",
            value=str(child),
            remedy=_("Close or move them first."),
        )
    if ends_on <= unit.starts_on:
        raise Refused(
            _("The unit would end before it begins."),
            field="ends_on",
            value=ends_on.isoformat(),
            remedy=_("Choose a later day."),
        )
    update_units(changes=[UnitChange(code=unit.code, unit={"ends_on": ends_on})], actor=actor)


def _code_problems(units: Sequence[NewUnit]) -> Iterable[Problem]:
    codes = [new.code for new in units]
    seen = set(Unit.objects.in_bulk(codes, field_name="code"))
    for code in codes:
        if fault := code_fault(code):
            yield fault
        if code in seen:
            yield Problem(
                field="code",
                value=code,
                message=_("This code is taken."),
                remedy=_("Use another code, or change the unit that has it."),
            )
        seen.add(code)


def _levels(units: Sequence[NewUnit]) -> Iterable[list[NewUnit]]:
    """``units`` in groups, each of which stands under units of earlier groups."""
    waiting = list(units)
    while waiting:
        inside = {new.code for new in waiting}
        if not (level := [new for new in waiting if new.parent not in inside]):
            raise Refused(
                _("These units name each other as parents."),
                field="parent",
                value=", ".join(sorted(inside)),
                remedy=_("Correct the parents."),
            )
        yield level
        waiting = [new for new in waiting if new.parent in inside]


def _rows(level: Sequence[NewUnit], known: Mapping[str, Unit]) -> list[Unit]:
    rows, problems = [], []
    for new in level:
        parent = known.get(new.parent)
        path = path_below(parent.path if parent else ROOT, new.code)
        kind_above = parent.kind if parent else None
        if fault := path_fault(path) or parent_fault(new.kind, kind_above, new.parent):
            problems.append(fault)
        rows.append(
            Unit(
                code=new.code,
                name=new.name,
                short_name=new.short_name,
                kind=new.kind,
                parent=parent,
                path=path,
                duty_phone=new.duty_phone,
                starts_on=new.starts_on,
                ends_on=new.ends_on,
            )
        )
    if problems:
        raise Refused.of(problems)
    return rows


def _known(codes: set[str]) -> dict[str, Unit]:
    units = Unit.objects.select_related("school").in_bulk(codes, field_name="code")
    if missing := sorted(codes - set(units)):
        raise Refused(
            _("There is no unit with this code."),
            field="code",
            value=", ".join(missing),
            remedy=_("Look at the list of units for the right code."),
        )
    return units


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """School facts as their columns keep them."""
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in values.items()
    }


def _set(row: Unit | School, values: Mapping[str, Any]) -> dict[str, Any]:
    """Put ``values`` on ``row``; return what differs as field → [old, new]."""
    difference = {}
    for name, value in values.items():
        old = getattr(row, name)
        if old != value:
            setattr(row, name, value)
            difference[name] = [plain(old), plain(value)]
    return difference


def _move(unit: Unit, parent_code: str) -> dict[str, Any]:
    """Put ``unit`` and all below it under another parent, reading paths afresh.

    Afresh, because an earlier move of the same list may have changed them.
    """
    parent = _known({parent_code})[parent_code]
    if unit.parent_id == parent.pk:
        return {}
    unit.refresh_from_db(fields=["path"])
    old_path, old_parent = unit.path, unit.ancestor_codes()[-2:-1]
    fault = parent_fault(unit.kind, parent.kind, parent.name)
    if parent.path.startswith(old_path):
        fault = Problem(
            field="parent",
            value=parent.name,
            message=_("A unit cannot stand below itself."),
            remedy=_("Choose another parent."),
        )
    new_path = path_below(parent.path, unit.code)
    moved = list(Unit.objects.under(old_path))
    for one in moved:
        one.path = new_path + one.path.removeprefix(old_path)
        fault = fault or path_fault(one.path)
    if fault is not None:
        raise Refused.of([fault])
    Unit.objects.bulk_update(moved, ["path"], batch_size=BATCH)
    Unit.objects.filter(pk=unit.pk).update(parent=parent)
    unit.parent, unit.path = parent, new_path
    return {"parent": [*(old_parent or [""]), parent.code]}


def _save(told: Sequence[tuple[Unit, dict[str, Any]]]) -> None:
    changed = {name for _unit, difference in told for name in difference} - {"parent"}
    of_unit = changed & {"name", "short_name", "kind", "duty_phone", "starts_on", "ends_on"}
    units = [unit for unit, _difference in told]
    if of_unit:
        Unit.objects.bulk_update(units, sorted(of_unit), batch_size=BATCH)
    if of_school := changed - of_unit:
        schools = [unit.school for unit in units if hasattr(unit, "school")]
        known = [school for school in schools if school.pk is not None]
        School.objects.bulk_create([one for one in schools if one.pk is None], batch_size=BATCH)
        School.objects.bulk_update(known, sorted(of_school), batch_size=BATCH)
