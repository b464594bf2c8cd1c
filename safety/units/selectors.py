"""Read the unit tree. Ancestors come from the path, in one query."""

from __future__ import annotations

from collections.abc import Iterable

from safety.units.models import Unit


def ancestor(unit: Unit, *kinds: str) -> Unit | None:
    """The nearest unit above ``unit`` of one of ``kinds``, or ``None``."""
    codes = unit.ancestor_codes()[:-1]
    found = Unit.objects.filter(code__in=codes, kind__in=kinds).order_by("-path")
    return found.first()


def district_of(unit: Unit) -> Unit | None:
    """The district bureau or functional zone above a school; ``None`` under the city itself."""
    return ancestor(unit, *Unit.DISTRICT_KINDS)


def city_of(unit: Unit) -> Unit:
    """The city bureau at the root of the unit's path."""
    return Unit.objects.get(code=unit.ancestor_codes()[0])


def central_school_of(unit: Unit) -> Unit | None:
    """The central school whose posts stand in for those of a teaching point or campus."""
    if unit.kind not in (Unit.Kind.TEACHING_POINT, Unit.Kind.CAMPUS):
        return None
    return ancestor(unit, Unit.Kind.CENTRAL_SCHOOL, Unit.Kind.SCHOOL)


def with_ancestors(units: Iterable[Unit]) -> dict[str, Unit]:
    """``units`` and everything above them, by code, in one query."""
    codes = {code for unit in units for code in unit.ancestor_codes()}
    return {unit.code: unit for unit in Unit.objects.filter(code__in=codes)}


def school_by_code(code: str) -> Unit | None:
    return Unit.objects.schools().filter(code=code).select_related("school").first()
