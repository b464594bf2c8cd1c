"""The bridge from rows to the pure core: one snapshot of table, rules and holders.

Tables and rule books never change once published and are kept by id; entries
and holders are kept per unit under the revision that every change of a holding
raises. Only the units on the way from a school to its city are read, so the
cost does not grow with the number of schools. Names of people may lag until the
revision next rises; who holds what never does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from django.utils.translation import gettext as _

from notifications.holders import UnitPart, parts_of
from notifications.models import ResponsibilityTable
from notifications.responsibility.inputs import Facts, Question, SchoolFacts, UnitFacts
from notifications.responsibility.plan import Plan
from notifications.responsibility.resolve import resolve
from notifications.responsibility.rules import Rules
from notifications.responsibility.words import Level
from safety.errors import Refused
from safety.rules.models import RuleBook
from safety.rules.selectors import content_of, current_rules, rules_at
from safety.units.models import School, Unit

FACILITIES = ("canteen", "boarding", "bus")


@dataclass(frozen=True)
class Snapshot:
    """Everything a plan for these schools depends on, at the moment of asking.

    ``units``: the schools and everything above them, by code.
    """

    book: RuleBook
    facts: Facts
    units: Mapping[str, Unit]

    @property
    def rules_id(self) -> int:
        return self.facts.rules_id

    @property
    def table_id(self) -> int:
        return self.facts.table_id

    @cached_property
    def rules(self) -> Mapping[str, Any]:
        """The sections of the rule book, by name. Read only."""
        return content_of(self.book)

    @cached_property
    def hazards(self) -> Mapping[str, Mapping[str, str]]:
        """Code → code, Chinese and English word, and privacy of every hazard."""
        wanted = ("code", "zh", "en", "privacy")
        return {
            hazard["code"]: {name: hazard[name] for name in wanted}
            for hazard in self.rules["hazards"]["hazard"]
        }

    def resolve(
        self,
        *,
        hazards: Sequence[str],
        grade: str,
        at: datetime,
        flags: Mapping[str, bool] | Iterable[str] = (),
    ) -> Plan:
        """Who must be told; ``flags`` are those that are set. See the pure ``resolve``."""
        if isinstance(flags, Mapping):
            flags = (name for name, is_set in flags.items() if is_set)
        asked = Question(
            hazards=tuple(dict.fromkeys(hazards)), grade=grade, at=at, flags=frozenset(flags)
        )
        return resolve(compiled(self.book), self.facts, asked)

    def privacy(self, hazards: Iterable[str]) -> str:
        """The strongest of ``hazards``: "open", "guarded" or "sealed"."""
        return compiled(self.book).privacy(hazards)


def snapshot(schools: Sequence[Unit], *, as_of: datetime | None = None) -> Snapshot:
    """Read what a plan for ``schools`` needs. Raises ``Refused`` when nothing is published.

    ``as_of`` asks for the versions in force at that moment (the first ones, if
    it lies before them) instead of those of today.
    """
    if as_of is None:
        table, book = current_table(), current_rules()
    else:
        table, book = _table_of(as_of), rules_at(as_of)
    on_the_way = _units(schools)
    facts_of = {unit.pk: unit_facts(unit) for unit in on_the_way.values()}
    told = tuple(school_facts(on_the_way[school.code], on_the_way, facts_of) for school in schools)
    parts = parts_of(table, [unit.id for unit in facts_of.values()], as_of=as_of)
    return Snapshot(book=book, facts=_facts(table, book, told, parts), units=on_the_way)


def current_table() -> ResponsibilityTable:
    """The table in force. Raises ``Refused`` when none was ever published."""
    table = ResponsibilityTable.objects.filter(state=ResponsibilityTable.State.PUBLISHED).first()
    if table is None:
        raise Refused(
            _("No responsibility table is published."),
            field="table",
            remedy=_("Publish one: manage.py import_responsibility FILE --publish."),
        )
    return table


def _table_of(moment: datetime) -> ResponsibilityTable:
    published = ResponsibilityTable.objects.filter(state__in=ResponsibilityTable.FINAL)
    earlier = published.filter(published_at__lte=moment).order_by("-published_at", "-number")
    return earlier.first() or published.order_by("number").first() or current_table()


def compiled(book: RuleBook) -> Rules:
    """The rules of ``book`` as the resolver reads them, compiled once per version."""
    return _compiled(book.pk, book.digest)


@lru_cache(maxsize=8)
def _compiled(pk: int, digest: str) -> Rules:
    return Rules.of(content_of(RuleBook(pk=pk, digest=digest)))


def _units(schools: Sequence[Unit]) -> dict[str, Unit]:
    """The schools and everything above them, by code, with what is known of schools."""
    codes = {code for school in schools for code in school.ancestor_codes()}
    found = Unit.objects.filter(code__in=codes).select_related("school")
    return {unit.code: unit for unit in found}


def unit_facts(unit: Unit) -> UnitFacts:
    """A unit as the resolver knows it."""
    if unit.kind == Unit.Kind.CITY:
        level = Level.CITY
    elif unit.kind in Unit.DISTRICT_KINDS:
        level = Level.DISTRICT
    else:
        level = Level.SCHOOL
    return UnitFacts(id=unit.pk, code=unit.code, name=unit.name, level=level, path=unit.path)


def school_facts(
    school: Unit, on_the_way: Mapping[str, Unit], facts_of: Mapping[int, UnitFacts]
) -> SchoolFacts:
    """``school`` as the resolver knows it; both maps hold it and every unit above it."""
    above = [on_the_way[code] for code in reversed(school.ancestor_codes()[:-1])]
    known = _school_row(school)
    central = next((unit for unit in above if unit.is_school), None)
    if school.kind not in (Unit.Kind.TEACHING_POINT, Unit.Kind.CAMPUS):
        central = None
    rows = [row for row in (known, _school_row(central) if central else None) if row]
    district = next((unit for unit in above if unit.kind in Unit.DISTRICT_KINDS), None)
    if any(row.city_direct for row in rows):
        district = None
    return SchoolFacts(
        unit=facts_of[school.pk],
        city=facts_of[above[-1].pk],
        district=facts_of[district.pk] if district else None,
        central=facts_of[central.pk] if central else None,
        stages=next((tuple(row.stages) for row in rows if row.stages), ()),
        ownership=rows[0].ownership if rows else School.Ownership.PUBLIC,
        staff=known.staff if known else None,
        facilities=frozenset(name for name in FACILITIES if known and getattr(known, name)),
    )


def _school_row(unit: Unit) -> School | None:
    """What is known of a school; None for one that was imported without it."""
    return getattr(unit, "school", None)


def _facts(
    table: ResponsibilityTable,
    book: RuleBook,
    schools: tuple[SchoolFacts, ...],
    parts: Sequence[UnitPart],
) -> Facts:
    holdings = {holding.id: holding.facts for part in parts for holding in part.holdings}
    people: dict[int, str] = {}
    for part in parts:
        people |= part.people
    return Facts(
        table_id=table.pk,
        rules_id=book.pk,
        schools=schools,
        entries=[entry for part in parts for entry in part.entries],
        holdings=list(holdings.values()),
        people=people,
        leaves=list(dict.fromkeys(leave for part in parts for leave in part.leaves)),
        shifts=list(dict.fromkeys(shift for part in parts for shift in part.shifts)),
        rosters=list(dict.fromkeys(kept for part in parts for kept in part.rosters)),
        restricted=[given for part in parts for given in part.restricted],
    )
