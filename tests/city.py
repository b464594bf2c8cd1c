"""The cast of the tests: one small city in which every standard post is filled.

Who somebody is follows from the name: ``person("county.section_basic")`` is the
head of the basic-education section of 丁县, ``person("school.safety_staff")`` the
safety officer of the junior school there. The first word names the unit (see
``UNITS``), the second the post's role (``safety.demo.roles``). ``post`` and
``unit`` take the same names. Everything is read from the database at the moment
of asking, so nothing goes stale between tests.

The city is in the database before each test; ``conftest.py`` sees to that.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from incidents.cases.actions import report_incident
from incidents.cases.first_report import FirstReport
from incidents.cases.models import Incident
from notifications.table.publishing import NewEntry, publish_table
from safety.demo.roles import RESTRICTED_KINDS, role_of
from safety.ledger.actions import SYSTEM
from safety.people.models import User
from safety.posts.actions import create_posts
from safety.posts.models import Holding, Leave, Post
from safety.posts.roles import ADMINISTRATOR, RESTRICTED, grant
from safety.posts.standard import StandardPost, create_standard_posts
from safety.rules.actions import default_content, publish_rules
from safety.units.actions import NewUnit, SchoolFacts, create_units
from safety.units.models import Unit

PASSWORD = "shifan-tests-only"
BEGAN = date(2020, 9, 1)
SINCE = datetime(2024, 9, 1, tzinfo=UTC)

# key: (code, name, short name, kind, key of the parent)
UNITS = {
    "city": ("520100", "示范市教育局", "示范市", "city", ""),
    "district": ("520102", "甲区教育局", "甲区", "district", "city"),
    "county": ("520121", "丁县教育局", "丁县", "district", "city"),
    "zone": ("520190", "示范新区教育处", "示范新区", "zone", "city"),
    "school": ("5201210001", "丁县第一初级中学", "丁县一中", "school", "county"),
    "boarding": ("5201210002", "丁县寄宿制中学", "", "school", "county"),
    "small": ("5201210003", "丁县山坡小学", "", "school", "county"),
    "central": ("5201210004", "丁县河口中心小学", "", "central_school", "county"),
    "point": ("5201210005", "丁县河口村教学点", "", "teaching_point", "central"),
    "closed": ("5201210006", "丁县旧街小学", "", "school", "county"),
    "private": ("5201020001", "甲区示范民办小学", "", "school", "district"),
    "primary": ("5201020002", "甲区第一小学", "", "school", "district"),
    "kindergarten": ("5201900001", "示范新区第一幼儿园", "", "school", "zone"),
    "vocational": ("5201000001", "示范市职业技术学校", "", "school", "city"),
}
SCHOOLS: dict[str, dict[str, Any]] = {
    "school": {"stages": ("junior",), "pupils": 900, "staff": 70, "near_water": True},
    "boarding": {
        "stages": ("junior", "senior"),
        "pupils": 1800,
        "staff": 150,
        "boarding": True,
        "canteen": True,
        "bus": True,
    },
    "small": {"stages": ("primary",), "pupils": 96, "staff": 11, "canteen": True},
    "central": {"stages": ("primary",), "pupils": 480, "staff": 34, "canteen": True},
    "point": {"stages": ("primary",), "pupils": 21, "staff": 2},
    "closed": {"stages": ("primary",), "pupils": 0, "staff": 20},
    "private": {
        "stages": ("primary",),
        "ownership": "private",
        "pupils": 600,
        "staff": 48,
        "canteen": True,
        "bus": True,
    },
    "primary": {"stages": ("primary",), "pupils": 1300, "staff": 82, "near_main_road": True},
    "kindergarten": {"stages": ("kindergarten",), "pupils": 240, "staff": 31, "canteen": True},
    "vocational": {
        "stages": ("vocational",),
        "city_direct": True,
        "pupils": 3200,
        "staff": 210,
        "boarding": True,
        "canteen": True,
    },
}
CLOSED_ON = {"closed": date(2023, 9, 1)}
# The leader who is the contact (包片) of one school of the county.
CONTACT = ("county", "area_contact", ["school"])


def unit(key: str) -> Unit:
    """The unit with the key of ``UNITS``."""
    return Unit.objects.get(code=UNITS[key][0])


def person(name: str) -> User:
    """The person who holds (or held) the post ``name``: their user name is the same."""
    return User.objects.get(username=name)


def post(name: str) -> Post:
    """The post "unit.role"."""
    key, _dot, role = name.partition(".")
    found = {role_of(p.kind): p for p in Post.objects.filter(unit__code=UNITS[key][0])}
    return found[role]


def sign_in(client: Client, name: str) -> User:
    """Sign ``name`` in without the form and return the person."""
    found = person(name)
    client.force_login(found)
    return found


def first_report(**over: Any) -> FirstReport:
    """A small, valid first report of the junior school; ``over`` changes any field.

    ``school`` and ``hazard`` are short for one of each; ``school`` and
    ``schools`` may be keys of ``UNITS``.
    """
    if "school" in over:
        over["schools"] = (over.pop("school"),)
    if "hazard" in over:
        over["hazards"] = (over.pop("hazard"),)
    fields: dict[str, Any] = {
        "schools": ("school",),
        "hazards": ("INJ",),
        "people": "none",
        "aware_at": timezone.now(),
        **over,
    }
    fields["schools"] = tuple(unit(s) if isinstance(s, str) else s for s in fields["schools"])
    return FirstReport(**fields)


def make_incident(
    *,
    reporter: str | User = "",
    via: str = Incident.Via.WEB,
    key: str = "",
    at: datetime | None = None,
    **over: Any,
) -> Incident:
    """File ``first_report(**over)`` through the real action and return the incident.

    Who files is the safety officer of the first school unless ``reporter`` says otherwise.
    """
    if at is not None:
        over.setdefault("aware_at", at)
    report = first_report(**over)
    if not reporter:
        reporter = f"{key_of(report.schools[0])}.safety_staff"
    filed = report_incident(
        report=report,
        reporter=person(reporter) if isinstance(reporter, str) else reporter,
        via=via,
        key=key or str(uuid4()),
        at=at,
    )
    return filed.incident


def key_of(school: Unit) -> str:
    """The key of a unit; a teaching point has no posts, so its central school's."""
    key = next(key for key, row in UNITS.items() if row[0] == school.code)
    return "central" if key == "point" else key


# ---- what may happen to the cast in a test ----


def vacate(name: str, *, at: datetime | None = None) -> None:
    """Nobody holds the post ``name`` any more (E6: ``vacate("district.safety_deputy")``)."""
    Holding.objects.filter(post=post(name), ends_at=None).update(ends_at=at or timezone.now())


def give(name: str, to: str, *, kind: str = Holding.Kind.PRINCIPAL, **over: Any) -> Holding:
    """The person ``to`` holds the post ``name`` beside whoever has it already."""
    values = {"starts_at": SINCE, **over}
    return Holding.objects.create(post=post(name), person=person(to), kind=kind, **values)


def unite_chiefs(key: str) -> User:
    """The director of ``key`` is also its party secretary (E7)."""
    vacate(f"{key}.party_chief")
    give(f"{key}.party_chief", f"{key}.chief")
    return person(f"{key}.chief")


def send_away(name: str, *, delegate: str = "", hours: float = 24, **over: Any) -> Leave:
    """``name`` is away from an hour ago for ``hours``; ``delegate`` stands in, if named."""
    start = timezone.now() - timedelta(hours=1)
    values = {"starts_at": start, "ends_at": start + timedelta(hours=hours), **over}
    return Leave.objects.create(
        person=person(name), delegate=person(delegate) if delegate else None, **values
    )


# ---- building it ----


def make_city() -> None:
    """Build the city in an empty database: rules, units, posts, people, published table."""
    book = publish_rules(content=default_content(), note="", actor=SYSTEM)
    units = _make_units()
    standard = create_standard_posts(
        units=[u for key, u in units.items() if key not in CLOSED_ON],
        rules=book.content,
        actor=SYSTEM,
    )
    posts = [(p.post, p.capacity) for p in standard] + _make_extra_posts(units)
    _fill([made for made, _role in posts], {u.pk: key for key, u in units.items()})
    grant(roles=[(made, RESTRICTED) for made, _ in posts if made.kind in RESTRICTED_KINDS])
    publish_table(
        entries=[_entry(p) for p in standard] + [_contact_entry(units)], note="", actor=SYSTEM
    )


def _make_units() -> dict[str, Unit]:
    new = [
        NewUnit(
            code=code,
            name=name,
            short_name=short,
            kind=kind,
            parent=UNITS[parent][0] if parent else "",
            duty_phone="" if key in SCHOOLS else f"0851-0000{code[-4:]}",
            starts_on=BEGAN,
            ends_on=CLOSED_ON.get(key),
            school=SchoolFacts(**SCHOOLS[key]) if key in SCHOOLS else None,
        )
        for key, (code, name, short, kind, parent) in UNITS.items()
    ]
    return dict(zip(UNITS, create_units(units=new, actor=SYSTEM), strict=True))


def _make_extra_posts(units: dict[str, Unit]) -> list[tuple[Post, str]]:
    """An administrator for each bureau, and one area contact."""
    bureaus = [key for key in units if key not in SCHOOLS]
    wanted = [(units[key], "ADMIN", "ADMIN", "系统管理员") for key in bureaus]
    wanted.append((units[CONTACT[0]], "B26", "B26", "包片(联系)领导"))
    made = create_posts(posts=wanted, actor=SYSTEM)
    roles = [(p, ADMINISTRATOR if p.kind == "ADMIN" else "AREA_CONTACT") for p in made]
    grant(roles=roles)
    return roles


def _fill(posts: list[Post], keys: dict[int, str]) -> None:
    """One synthetic person for each post, named after it."""
    password = make_password(PASSWORD)
    people = User.objects.bulk_create(
        [
            User(
                username=f"{keys[p.unit_id]}.{role_of(p.kind)}",
                name=f"{p.unit.label}{p.name}",
                phone=f"1640000{number:04d}",
                password=password,
                date_joined=SINCE,
            )
            for number, p in enumerate(posts)
        ]
    )
    Holding.objects.bulk_create(
        [
            Holding(post=p, person=holder, starts_at=SINCE, recorded_at=SINCE)
            for p, holder in zip(posts, people, strict=True)
        ]
    )


def _entry(standard: StandardPost) -> NewEntry:
    return NewEntry(
        post=standard.post,
        capacity=standard.capacity,
        line=standard.line,
        scope=standard.scope,
        business_duty=standard.business_duty,
        safety_duty=standard.safety_duty,
        assessment="",
    )


def _contact_entry(units: dict[str, Unit]) -> NewEntry:
    key, role, schools = CONTACT
    return NewEntry(
        post=post(f"{key}.{role}"),
        capacity="AREA_CONTACT",
        line="administration",
        scope={"schools": [units[s].code for s in schools]},
        business_duty="联系片区学校的各项工作",
        safety_duty="督促联系学校落实安全工作",
        assessment="",
    )
