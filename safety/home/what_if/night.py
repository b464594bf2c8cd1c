"""One bad night: many supposed incidents at once, and who would carry how much of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle, islice

from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.responsibility.plan import PlanRow
from notifications.responsibility.words import Owed
from notifications.snapshot import Snapshot, snapshot
from safety.errors import Problem, Refused
from safety.home.what_if.access import reads_sealed_names
from safety.posts.access import Viewer
from safety.units.models import Unit

INCIDENTS_MAX = 300
AT_ONCE = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class Night:
    """``each`` is "hazard": one incident per hazard, the schools in turn; or "school"."""

    unit: Unit
    schools: Sequence[Unit]
    hazards: Sequence[str]
    each: str
    grade: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Carried:
    """One row that one incident of the night would give to somebody."""

    school: str
    hazard: str
    row: PlanRow


@dataclass(kw_only=True)
class Load:
    """What one person (or one vacant post) would carry.

    ``answers`` are the capacities to sign, ``acts`` those of them that also owe an
    action, ``at_once`` those that are due within half an hour.
    """

    key: str
    name: str
    posts: Sequence[str]
    carried: Sequence[Carried]
    at: datetime

    @property
    def answers(self) -> int:
        return sum(one.row.owed >= Owed.ACK for one in self.carried)

    @property
    def acts(self) -> int:
        return sum(one.row.owed == Owed.ACT for one in self.carried)

    @property
    def reads(self) -> int:
        return sum(one.row.owed == Owed.READ for one in self.carried)

    @property
    def at_once(self) -> int:
        until = self.at + AT_ONCE
        return sum(
            one.row.owed >= Owed.ACK and one.row.due_at is not None and one.row.due_at <= until
            for one in self.carried
        )

    @property
    def incidents(self) -> int:
        return len({(one.school, one.hazard) for one in self.carried})

    @property
    def capacities(self) -> int:
        return len({(one.row.unit, one.row.capacity) for one in self.carried})


@dataclass(frozen=True, kw_only=True)
class Concentration:
    """The loads, heaviest first, and what was left out because it is not for this reader."""

    incidents: int
    loads: Sequence[Load]
    left_out: Sequence[str]

    @property
    def answers(self) -> int:
        return sum(load.answers for load in self.loads)

    @property
    def top_share(self) -> int:
        """Per cent of all answers that the ten most loaded would owe."""
        top = sum(load.answers for load in self.loads[:10])
        return round(100 * top / self.answers) if self.answers else 0


def evenly(schools: Sequence[Unit], number: int) -> list[Unit]:
    """``number`` of ``schools``, taken at even distances, so that every district has its share."""
    if number >= len(schools):
        return list(schools)
    return [schools[index * len(schools) // number] for index in range(number)]


def concentration(user: Viewer, night: Night) -> Concentration:
    """Resolve every incident of ``night`` by the table, rules and holders of its time.

    Sealed kinds are left out for whoever may not know their readers: the numbers
    would tell. Raises ``Refused`` when there is nothing to do, or too much.
    """
    if not night.schools or not night.hazards:
        raise Refused(
            _("There is no school or no kind of incident to choose from."),
            field="schools",
            remedy=_("Choose another unit, or other schools."),
        )
    plain = _plain(user, night)
    pairs = _pairs(night, plain)
    if len(pairs) > INCIDENTS_MAX:
        problem = Problem(
            field="schools",
            value=str(len(pairs)),
            message=_("These are too many incidents for one night."),
            remedy=_("Choose at most %(limit)d.") % {"limit": INCIDENTS_MAX},
        )
        raise Refused.of([problem])
    return Concentration(
        incidents=len(pairs),
        loads=_loads(night, pairs),
        left_out=[hazard for hazard in night.hazards if hazard not in plain],
    )


def _plain(user: Viewer, night: Night) -> list[str]:
    known = snapshot(night.schools[:1], as_of=night.at)
    if reads_sealed_names(user, [night.unit]):
        return [hazard for hazard in night.hazards if hazard in known.hazards]
    return [
        hazard
        for hazard in night.hazards
        if hazard in known.hazards and known.privacy([hazard]) != "sealed"
    ]


def _pairs(night: Night, hazards: Sequence[str]) -> list[tuple[Unit, str]]:
    if not hazards:
        return []
    if night.each == "school":
        return list(zip(night.schools, islice(cycle(hazards), len(night.schools)), strict=True))
    schools = islice(cycle(night.schools), len(hazards))
    return list(zip(schools, hazards, strict=True))


def _loads(night: Night, pairs: Iterable[tuple[Unit, str]]) -> list[Load]:
    known: dict[int, Snapshot] = {}
    carried: dict[str, list[Carried]] = {}
    for school, hazard in pairs:
        if school.pk not in known:
            known[school.pk] = snapshot([school], as_of=night.at)
        plan = known[school.pk].resolve(hazards=[hazard], grade=night.grade, at=night.at)
        for row in plan.rows:
            if row.owed != Owed.FEED:
                one = Carried(school=school.label, hazard=hazard, row=row)
                carried.setdefault(_key(row), []).append(one)
    loads = [_load(key, rows, night.at) for key, rows in carried.items()]
    return sorted(loads, key=lambda load: (-load.answers, -load.acts, -load.reads, load.key))


def _load(key: str, rows: Sequence[Carried], at: datetime) -> Load:
    posts = dict.fromkeys(f"{one.row.unit_name} {one.row.post_name}" for one in rows)
    return Load(key=key, name=rows[0].row.person_name, posts=list(posts), carried=rows, at=at)


def _key(row: PlanRow) -> str:
    """The person; a vacant seat by unit and capacity, for nobody carries what nobody holds."""
    if row.person is not None:
        return str(row.person)
    return f"vacant-{row.unit}-{row.capacity}-{row.post_type}"


def schools_of(unit: Unit, at: datetime) -> list[Unit]:
    """Every school below ``unit`` that is open on that day, in the order of the tree."""
    day = timezone.localdate(at)
    return list(Unit.objects.under(unit.path).schools().open_on(day).order_by("path"))
