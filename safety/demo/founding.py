"""Found the demo city: units, posts, people, holdings, and a published table without gaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import NAMESPACE_OID, uuid5

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from notifications.table.publishing import NewEntry, publish_table
from safety.demo.layout import plan_units
from safety.demo.roles import RESTRICTED_KINDS
from safety.demo.staffing import Staff, staff_city
from safety.ledger.actions import SYSTEM
from safety.people.models import User
from safety.posts.actions import create_posts
from safety.posts.models import Holding, Leave, Post
from safety.posts.roles import ADMINISTRATOR, RESTRICTED, grant
from safety.posts.standard import StandardPost, create_standard_posts
from safety.rules.actions import default_content, publish_rules
from safety.rules.selectors import content_of
from safety.units.actions import create_units
from safety.units.models import Unit

BATCH = 2000
NO_ACCOUNT = f"{UNUSABLE_PASSWORD_PREFIX}demo"
LEADERS = ("B03", "B04", "B05", "B06", "B07", "B08", "B09")  # each is the contact of some schools
TABLE_REF = uuid5(NAMESPACE_OID, "table of the demo city")  # the same in every demo city
AWAY = ("520111.deputy_health", "520111.deputy_private")  # who is away, and who stands in


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """How the city is to be built. ``password`` is stored hashed: the same for everybody."""

    schools: int
    names: str
    password: str
    now: datetime
    history_days: int


def changed_at(wanted: Wanted) -> datetime:
    """When a few principals took office."""
    return wanted.now - timedelta(days=wanted.history_days // 4)


def found(wanted: Wanted, random: Random) -> list[Unit]:
    """Build everything but the history; return all units, bureaus first."""
    since = wanted.now - timedelta(days=wanted.history_days + 60)
    book = publish_rules(content=default_content(), note="", actor=SYSTEM, at=since)
    new = plan_units(schools=wanted.schools, names=wanted.names, random=random)
    units = create_units(units=new, actor=SYSTEM, at=since)
    standard = create_standard_posts(units=units, rules=content_of(book), actor=SYSTEM, at=since)
    posts = [s.post for s in standard] + _administrators(units, since)
    grant(roles=[(p, RESTRICTED) for p in posts if p.kind in RESTRICTED_KINDS])
    staff = staff_city(
        posts=_by_unit(units, posts),
        since=since,
        changed_at=changed_at(wanted),
        random=random,
    )
    _write_staff(staff, wanted.password, since)
    _send_away(wanted.now)
    publish_table(
        entries=[*map(_entry, standard), *_contacts(units, standard)],
        note="演示责任表",
        actor=SYSTEM,
        at=since,
        ref=TABLE_REF,
    )
    return units


def _administrators(units: Iterable[Unit], since: datetime) -> list[Post]:
    bureaus = [unit for unit in units if not unit.is_school]
    made = create_posts(
        posts=[(unit, "ADMIN", "ADMIN", "系统管理员") for unit in bureaus],
        actor=SYSTEM,
        at=since,
    )
    grant(roles=[(post, ADMINISTRATOR) for post in made])
    return made


def _by_unit(units: Sequence[Unit], posts: Iterable[Post]) -> dict[Unit, list[Post]]:
    held: dict[Unit, list[Post]] = {unit: [] for unit in units}
    for post in posts:
        held[post.unit].append(post)
    return held


def _write_staff(staff: Staff, password: str, since: datetime) -> None:
    """Write people and holdings at once: a demo needs no fact in the ledger for each."""
    people = User.objects.bulk_create(
        [
            User(
                username=person.username,
                name=person.name,
                phone=person.phone,
                password=password if person.has_account else NO_ACCOUNT,
                date_joined=since,
            )
            for person in staff.people
        ],
        batch_size=BATCH,
    )
    by_name = {person.username: person for person in people}
    Holding.objects.bulk_create(
        [
            Holding(
                post=holding.post,
                person=by_name[holding.username],
                kind=holding.kind,
                starts_at=holding.starts_at,
                ends_at=holding.ends_at,
                recorded_at=holding.starts_at,
            )
            for holding in staff.holdings
        ],
        batch_size=BATCH,
    )


def _send_away(now: datetime) -> None:
    """One leader is away this week, and another stands in."""
    people = User.objects.in_bulk(AWAY, field_name="username")
    Leave.objects.create(
        person=people[AWAY[0]],
        delegate=people[AWAY[1]],
        starts_at=now - timedelta(days=2),
        ends_at=now + timedelta(days=5),
        recorded_at=now - timedelta(days=2),
    )


def _entry(standard: StandardPost) -> NewEntry:
    return NewEntry(
        post=standard.post,
        capacity=standard.capacity,
        line=standard.line,
        scope=standard.scope,
        business_duty=standard.business_duty,
        safety_duty=standard.safety_duty,
        assessment="年度述职和安全目标考核",
    )


def _contacts(units: Sequence[Unit], standard: Iterable[StandardPost]) -> Iterator[NewEntry]:
    """Each leader is the contact of some schools of the district; at the city, of districts."""
    below: dict[int, list[Unit]] = defaultdict(list)
    for unit in units:
        if unit.parent_id is not None:
            below[unit.parent_id].append(unit)
    for post in (s.post for s in standard if s.post.kind in LEADERS):
        number = LEADERS.index(post.kind)
        mine = below[post.unit_id][number :: len(LEADERS)]
        if not mine:
            continue
        yield NewEntry(
            post=post,
            capacity="AREA_CONTACT",
            scope={
                "schools": [unit.code for unit in mine if unit.is_school],
                "areas": [unit.code for unit in mine if not unit.is_school],
            },
            business_duty="联系片区和学校的各项工作",
            safety_duty="督促联系片区和学校落实安全工作",
        )
