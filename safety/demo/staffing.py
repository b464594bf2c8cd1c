"""Who holds which post in the demo city: every post is filled, and people hold several.

Pure: posts in, people and holdings out. Names are visibly synthetic, telephone
numbers begin with 164, which no subscriber has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from random import Random

from safety.demo.names import TOUR_SCHOOL, person_name
from safety.demo.roles import role_of
from safety.posts.models import Holding, Post
from safety.units.models import Unit

CHIEF_IS_SECRETARY = ("520103", "520190")  # director and party secretary in one person

# Kinds of posts that one person holds together, by size of the house; all others stand alone.
_BUREAU_TOGETHER = (
    ("B05", "B06"),
    ("B07", "B08"),
    ("B09", "B27L"),
    ("B13", "B16"),
    ("B14", "B15"),
    ("B24", "B10"),
)
_SCHOOL_TOGETHER = (
    ("SCH_SAFETY_DEPUTY", "SCH_DEPUTY_LOGISTICS"),
    ("SCH_DEPUTY_TEACHING", "SCH_ACADEMIC"),
    ("SCH_DEPUTY_MORAL", "SCH_MORAL_HEAD", "SCH_LIAISON"),
    ("SCH_SAFETY_STAFF", "SCH_GENERAL_AFFAIRS"),
    ("SCH_CLASS_TEACHER", "SCH_GRADE_LEADER"),
    ("SCH_DOCTOR", "SCH_CANTEEN", "SCH_PSYCHOLOGY"),
    ("SCH_GATE", "SCH_ELECTRICIAN", "SCH_DORM", "SCH_BUS"),
    ("SCH_OFFICE", "SCH_UNION", "SCH_ETEACH", "SCH_LAB", "SCH_PE_TEACHER"),
)
_SMALL_TOGETHER = (
    ("SCH_PRINCIPAL", "SCH_SECRETARY", "SCH_SAFETY_DEPUTY"),
    ("SCH_SAFETY_STAFF", "SCH_CANTEEN", "SCH_DORM", "SCH_BUS"),
)
# The B角 that every responsibility table demands: a person of their own for the seats that
# must answer at once, the next section's head for the sections.
_OWN_DEPUTY = ("B11", "B27D", "B27L")
_SECTIONS = ("B12", "B13", "B14", "B15", "B16", "B17", "B18", "B19", "B20", "B22", "B23", "B25")
# They never sign in: the school's safety officer tells them and enters it.
WITHOUT_ACCOUNT = ("SCH_CLASS_TEACHER", "SCH_GATE")
_SECRETARY_IS_PRINCIPAL = 0.4
_PRINCIPAL_IS_NEW = 0.06


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    username: str
    name: str
    phone: str
    has_account: bool = True


@dataclass(frozen=True, kw_only=True)
class NewHolding:
    post: Post
    username: str
    starts_at: datetime
    ends_at: datetime | None = None
    kind: str = Holding.Kind.PRINCIPAL


@dataclass(kw_only=True)
class Staff:
    """The people of the city and what each of them holds."""

    people: list[NewPerson] = field(default_factory=list)
    holdings: list[NewHolding] = field(default_factory=list)


def staff_city(
    *, posts: Mapping[Unit, Sequence[Post]], since: datetime, changed_at: datetime, random: Random
) -> Staff:
    """Fill every post from ``since`` on; a few principals are new since ``changed_at``."""
    staff = Staff()
    numbers = count(1)
    for unit, held in posts.items():
        holder: dict[str, NewPerson] = {}
        for head, kinds in _together({post.kind for post in held}, unit, random).items():
            person = _person(unit, head, _name(unit, head, held, random), numbers)
            staff.people.append(person)
            holder |= dict.fromkeys(kinds, person)
        for post in held:
            start = since
            if post.kind == "SCH_PRINCIPAL" and random.random() < _PRINCIPAL_IS_NEW:
                former = _person(unit, "former_principal", person_name(random), numbers)
                staff.people.append(former)
                staff.holdings.append(_holding(post, former, since, changed_at))
                start = changed_at
            staff.holdings.append(_holding(post, holder[post.kind], start))
        for post, deputy in _deputies(unit, held, holder, numbers):
            if deputy not in holder.values():
                staff.people.append(deputy)
            staff.holdings.append(_holding(post, deputy, since, kind=Holding.Kind.DEPUTY))
    return staff


def _together(kinds: set[str], unit: Unit, random: Random) -> dict[str, list[str]]:
    """The kinds of posts in groups of one person each, by the kind that names the person."""
    groups: Sequence[tuple[str, ...]]
    if not unit.is_school:
        groups = () if unit.kind == Unit.Kind.CITY else _BUREAU_TOGETHER
        if unit.code in CHIEF_IS_SECRETARY:
            groups = (*groups, ("B02", "B01"))
    elif "SCH_GATE" not in kinds:
        groups = _SMALL_TOGETHER
    else:
        groups = _SCHOOL_TOGETHER
        if random.random() < _SECRETARY_IS_PRINCIPAL:
            groups = (*groups, ("SCH_PRINCIPAL", "SCH_SECRETARY"))
    heads = {kind: group[0] for group in groups for kind in group}
    found: dict[str, list[str]] = {}
    for kind in sorted(kinds):
        found.setdefault(heads.get(kind, kind), []).append(kind)
    return found


def _deputies(
    unit: Unit, held: Sequence[Post], holder: Mapping[str, NewPerson], numbers: Iterator[int]
) -> Iterator[tuple[Post, NewPerson]]:
    """The B角 of each post that needs one, never its own holder."""
    for post in held:
        if post.kind in _OWN_DEPUTY:
            name = f"演示·{unit.label}{post.name}B角"
            yield post, _person(unit, f"{role_of(post.kind)}_b", name, numbers)
        elif post.kind in _SECTIONS:
            start = _SECTIONS.index(post.kind) + 1
            order = (*_SECTIONS[start:], *_SECTIONS[:start])
            others = (holder[kind] for kind in order if kind in holder)
            yield post, next(other for other in others if other != holder[post.kind])


def _name(unit: Unit, head: str, held: Sequence[Post], random: Random) -> str:
    if unit.is_school:
        return person_name(random)
    return f"演示·{unit.label}{next(post.name for post in held if post.kind == head)}"


def _person(unit: Unit, role: str, name: str, numbers: Iterator[int]) -> NewPerson:
    number = next(numbers)
    return NewPerson(
        username=f"{unit.code}.{role_of(role)}",
        name=name,
        phone=f"164{number:08d}",
        has_account=unit.code != TOUR_SCHOOL or role not in WITHOUT_ACCOUNT,
    )


def _holding(
    post: Post,
    person: NewPerson,
    starts_at: datetime,
    ends_at: datetime | None = None,
    *,
    kind: str = Holding.Kind.PRINCIPAL,
) -> NewHolding:
    return NewHolding(
        post=post, username=person.username, starts_at=starts_at, ends_at=ends_at, kind=kind
    )
