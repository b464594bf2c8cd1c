"""Who sees the coverage of which units, and may accept a gap there: the keepers of the table."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from notifications.coverage.models import AcceptedGap
from notifications.models import ResponsibilityTable
from notifications.snapshot import current_table
from notifications.table.access import get_table, table_reach
from safety.errors import Hidden
from safety.posts.access import Viewer
from safety.rules.models import RuleBook
from safety.rules.selectors import current_rules, waiting_rules
from safety.units.models import Unit


def visible_units(user: Viewer) -> QuerySet[Unit]:
    """Raises ``Hidden`` for whoever keeps no part of the table."""
    return Unit.objects.under(*table_reach(user))


def get_unit(user: Viewer, code: str) -> Unit:
    unit = visible_units(user).select_related("parent").filter(code=code).first()
    if unit is None:
        raise Hidden
    return unit


def table_to_look_at(user: Viewer, ref: str) -> ResponsibilityTable:
    """The table in force, or the version or draft ``ref``, where the reader may see it."""
    table_reach(user)
    if not ref:
        return current_table()
    try:
        return get_table(user, UUID(ref))
    except ValueError as error:
        raise Hidden from error


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What is looked at: a table, and the rule book that waits for its day if it is that one."""

    table: ResponsibilityTable
    later: RuleBook | None = None


def basis_to_look_at(user: Viewer, said: str) -> Basis:
    """The table ``said`` names; behind an @ the number of a rule book that is still to come."""
    ref, _at, number = said.partition("@")
    table = table_to_look_at(user, ref)
    if not number:
        return Basis(table=table)
    waiting = waiting_rules()
    if waiting is not None and number == str(waiting.number):
        return Basis(table=table, later=waiting)
    if number == str(current_rules().number):
        return Basis(table=table)  # its day has come meanwhile
    raise Hidden


def visible_acceptances(user: Viewer) -> QuerySet[AcceptedGap]:
    """Those of units in reach, and rules of units above that hold there too."""
    paths = table_reach(user)
    codes = {part for path in paths for part in path.split("/") if part}
    below = AcceptedGap.objects.filter(unit__in=Unit.objects.under(*paths))
    above = AcceptedGap.objects.filter(by_rule=True, unit__code__in=codes)
    return (below | above).select_related("unit", "accepted_by", "withdrawn_by")


def get_own_acceptance(user: Viewer, ref: UUID) -> AcceptedGap:
    """One that ``user`` may take back: of a unit in reach. Raises ``Hidden`` otherwise."""
    found = (
        AcceptedGap.objects.filter(ref=ref, unit__in=visible_units(user))
        .select_related("unit")
        .first()
    )
    if found is None:
        raise Hidden
    return found
