"""A made-up city as bare facts, for tests of the pure core: no database anywhere.

Every standard post exists and is held by one person, whose id is found again by
``who(unit, post type)``. A test then changes what it is about: ``vacate``,
``send_away``, ``deputise``, ``merge`` and so on.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from incidents.cases import rulebook as incident_rulebook
from notifications.responsibility.inputs import (
    EntryFacts,
    Facts,
    HoldingFacts,
    LeaveFacts,
    Question,
    RestrictedGrant,
    RosterFacts,
    SchoolFacts,
    ShiftFacts,
    UnitFacts,
)
from notifications.responsibility.plan import Plan, PlanRow
from notifications.responsibility.resolve import resolve
from notifications.responsibility.rules import Rules
from notifications.responsibility.scope import Scope
from notifications.responsibility.words import Level
from notifications.rulebook import load_files

BEGAN = datetime(2024, 9, 1, tzinfo=UTC)
SUNDAY = datetime(2026, 6, 14, 12, 21, tzinfo=UTC)  # 20:21 in Shanghai
MONDAY = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
FACILITIES = frozenset({"canteen", "boarding", "bus"})


@cache
def book() -> dict[str, Any]:
    """The shipped rule book, all sections. Read only."""
    return {
        **load_files(),
        "grades": incident_rulebook.load("grades"),
        "filing": incident_rulebook.load("filing"),
    }


@cache
def rules() -> Rules:
    return Rules.of(book())


class Town:
    """Units, table and holders that a test may change before it asks."""

    def __init__(self) -> None:
        self.units: dict[str, UnitFacts] = {}
        self.schools: dict[str, SchoolFacts] = {}
        self.entries: list[EntryFacts] = []
        self.holdings: list[HoldingFacts] = []
        self.people: dict[int, str] = {}
        self.leaves: list[LeaveFacts] = []
        self.restricted: list[RestrictedGrant] = []
        self.shifts: list[ShiftFacts] = []
        self.rosters: list[RosterFacts] = []
        self._posts = 0
        self.bureau("CITY", Level.CITY)

    # ---- building ----

    def bureau(self, code: str, level: Level = Level.DISTRICT) -> UnitFacts:
        """A bureau with every standard post but the area contact."""
        path = "/CITY/" if level == Level.CITY else f"/CITY/{code}/"
        unit = self._unit(code, level, path)
        for post in book()["posts"]["post"]:
            if post["at"] == "bureau" and post["capacity"] != "AREA_CONTACT":
                self.post(unit, post["code"])
        return unit

    def school(
        self, code: str, district: str | None, *, posts: bool = True, **facts: Any
    ) -> SchoolFacts:
        """A school under ``district`` (None: directly under the city) with every standard post."""
        central: SchoolFacts | None = facts.pop("central", None)
        above = central.unit.path if central else f"/CITY/{district}/" if district else "/CITY/"
        unit = self._unit(code, Level.SCHOOL, f"{above}{code}/")
        values: dict[str, Any] = {
            "stages": ("junior",),
            "staff": 60,
            "facilities": FACILITIES,
            **facts,
        }
        school = SchoolFacts(
            unit=unit,
            city=self.units["CITY"],
            district=self.units[district] if district else None,
            central=central.unit if central else None,
            **values,
        )
        self.schools[code] = school
        if posts:
            for post in book()["posts"]["post"]:
                if post["at"] == "school" and post.get("needs") in {None, *school.facilities}:
                    self.post(unit, post["code"])
        return school

    def post(
        self,
        unit: UnitFacts,
        post_type: str,
        *,
        capacity: str = "",
        scope: dict[str, Any] | None = None,
        holder: int | None = None,
    ) -> EntryFacts:
        """A further post of ``unit``, held by a new person unless ``holder`` is given."""
        self._posts += 1
        kind = rules().post_types[post_type]
        entry = EntryFacts(
            unit=unit.id,
            post=self._posts,
            post_type=post_type,
            post_name=kind.words.zh,
            capacity=capacity or kind.capacity,
            scope=Scope.of(scope or {}),
        )
        self.entries.append(entry)
        self.hold(entry, holder or self.newcomer(f"{unit.code}.{post_type}"))
        return entry

    def newcomer(self, name: str = "") -> int:
        person = 1000 + len(self.people)
        self.people[person] = name or f"person {person}"
        return person

    def hold(self, entry: EntryFacts, person: int, *, kind: str = "principal", **over: Any) -> None:
        values = {"starts_at": BEGAN, **over}
        self.holdings.append(HoldingFacts(post=entry.post, person=person, kind=kind, **values))

    def _unit(self, code: str, level: Level, path: str) -> UnitFacts:
        unit = UnitFacts(
            id=1 + len(self.units), code=code, name=f"示范{code}", level=level, path=path
        )
        self.units[code] = unit
        return unit

    # ---- looking ----

    def entry(self, unit: str, post_type: str) -> EntryFacts:
        return next(
            e for e in self.entries if e.unit == self.units[unit].id and e.post_type == post_type
        )

    def who(self, unit: str, post_type: str) -> int:
        """The first holder of the post."""
        post = self.entry(unit, post_type).post
        return next(h.person for h in self.holdings if h.post == post)

    # ---- changing ----

    def vacate(self, unit: str, *post_types: str) -> None:
        posts = {self.entry(unit, post_type).post for post_type in post_types}
        self.holdings = [h for h in self.holdings if h.post not in posts]

    def remove(self, unit: str, *post_types: str) -> None:
        """The table has no such post at all."""
        gone = {self.entry(unit, post_type).post for post_type in post_types}
        self.entries = [e for e in self.entries if e.post not in gone]
        self.holdings = [h for h in self.holdings if h.post not in gone]

    def send_away(self, person: int, *, delegate: int | None = None) -> None:
        self.leaves.append(
            LeaveFacts(
                person=person,
                starts_at=BEGAN,
                ends_at=BEGAN + timedelta(days=3650),
                delegate=delegate,
            )
        )

    def deputise(self, unit: str, post_type: str) -> int:
        """A B角 for the post; returns the person."""
        person = self.newcomer(f"{unit}.{post_type}.B")
        self.hold(self.entry(unit, post_type), person, kind="deputy")
        return person

    def merge(self, unit: str, post_type: str, capacity: str, **scope: Any) -> None:
        """The post gets a further capacity."""
        known = self.entry(unit, post_type)
        self.entries.append(replace(known, capacity=capacity, scope=Scope.of(scope)))

    def rescope(self, unit: str, post_type: str, **scope: Any) -> None:
        known = self.entry(unit, post_type)
        self.entries[self.entries.index(known)] = replace(known, scope=Scope.of(scope))

    def keep_roster(self, unit: str, post_type: str, **over: Any) -> None:
        """From now on only shifts say who answers for the post."""
        values = {"starts_at": BEGAN, **over}
        self.rosters.append(RosterFacts(post=self.entry(unit, post_type).post, **values))

    def put_on_shift(
        self, unit: str, post_type: str, *, starts_at: datetime, hours: float, person: int = 0
    ) -> int:
        """Somebody (a new person, unless given) sits in the seat from ``starts_at`` on."""
        who = person or self.newcomer(f"{unit}.{post_type} {starts_at:%d %H}")
        self.shifts.append(
            ShiftFacts(
                post=self.entry(unit, post_type).post,
                person=who,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=hours),
            )
        )
        return who

    def clear(self, unit: str, post_type: str) -> None:
        """Holders of the post may read restricted text of the unit and below."""
        entry = self.entry(unit, post_type)
        self.restricted.append(RestrictedGrant(path=self.units[unit].path, post=entry.post))

    # ---- asking ----

    def facts(self, *schools: str) -> Facts:
        return Facts(
            table_id=1,
            rules_id=1,
            schools=tuple(self.schools[code] for code in schools or self.schools),
            entries=tuple(self.entries),
            holdings=tuple(self.holdings),
            people=dict(self.people),
            leaves=tuple(self.leaves),
            restricted=tuple(self.restricted),
            shifts=tuple(self.shifts),
            rosters=tuple(self.rosters),
        )

    def plan(
        self,
        *hazards: str,
        grade: str,
        schools: tuple[str, ...] = (),
        flags: tuple[str, ...] = (),
        at: datetime = SUNDAY,
    ) -> Plan:
        asked = Question(hazards=hazards, grade=grade, at=at, flags=frozenset(flags))
        return resolve(rules(), self.facts(*schools), asked)


def rows_at(plan: Plan, level: str, capacity: str = "", unit: str = "") -> list[PlanRow]:
    return [
        row
        for row in plan.rows
        if row.level == level and capacity in ("", row.capacity) and unit in ("", row.unit_code)
    ]


def owed_at(plan: Plan, level: str) -> dict[str, set[str]]:
    """What each capacity of a level owes."""
    found: dict[str, set[str]] = {}
    for row in rows_at(plan, level):
        found.setdefault(row.capacity, set()).add(row.owed.name)
    return found


def types_at(plan: Plan, level: str, capacity: str) -> set[str]:
    return {row.post_type for row in rows_at(plan, level, capacity)}


def codes(plan: Plan) -> set[tuple[str, str]]:
    """(code, capacity) of every finding."""
    return {(finding.code, finding.capacity) for finding in plan.findings}
