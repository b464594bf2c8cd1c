"""The standard posts (标准岗位) of a bureau or a school, as the rule book lists their types.

One mechanism for a new installation, the demo city and the tests: choose the
types that fit the unit, create the posts, and hand back what the responsibility
table needs to know of them; its publication gives the rights. The rule book
comes in as data: this room stands below the one that gives it its meaning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from safety.ledger.actions import Actor
from safety.posts.actions import create_posts
from safety.posts.models import Post
from safety.units.models import School, Unit

Rules = Mapping[str, Any]
PostType = Mapping[str, Any]

# An area contact is an extra charge given to somebody for named schools, not a post of its own.
NOT_STANDARD = ("AREA_CONTACT",)


@dataclass(frozen=True, kw_only=True)
class StandardPost:
    """A post just created, with what its type says for the responsibility table."""

    post: Post
    capacity: str
    line: str
    scope: Mapping[str, Any]
    business_duty: str
    safety_duty: str


def types_for(unit: Unit, *, school: School | None, rules: Rules) -> list[PostType]:
    """The post types that ``unit`` should have.

    A teaching point has none: its central school answers for it. A school of
    few staff has the merged set; a canteen, dormitory or bus brings its post.
    """
    if unit.kind == Unit.Kind.TEACHING_POINT:
        return []
    at = "school" if unit.is_school else "bureau"
    types = [
        t for t in rules["posts"]["post"] if t["at"] == at and t["capacity"] not in NOT_STANDARD
    ]
    if school is None:
        return types
    small = school.staff is not None and school.staff <= _small_staff(rules)
    return [t for t in types if _has(school, t) and (not small or t.get("small", False))]


def _has(school: School, post_type: PostType) -> bool:
    return "needs" not in post_type or bool(getattr(school, post_type["needs"]))


def _small_staff(rules: Rules) -> int:
    return int(rules["responsibility"]["small_school"]["staff"])


@transaction.atomic
def create_standard_posts(
    *, units: Sequence[Unit], rules: Rules, actor: Actor, at: datetime | None = None
) -> list[StandardPost]:
    """Create the standard posts of ``units``. ``at`` is only for seeded history.

    Raises ``Refused`` when a unit already has one of them.
    """
    schools = {school.unit_id: school for school in School.objects.filter(unit__in=units)}
    chosen = [
        (unit, post_type)
        for unit in units
        for post_type in types_for(unit, school=schools.get(unit.pk), rules=rules)
    ]
    posts = create_posts(
        posts=[(unit, t["code"], t["code"], t["zh"]) for unit, t in chosen], actor=actor, at=at
    )
    capacities = rules["responsibility"]["capacity"]
    return [
        StandardPost(
            post=post,
            capacity=t["capacity"],
            line="party" if capacities[t["capacity"]]["line"] == "party" else "administration",
            scope=t.get("scope", {}),
            business_duty=t["business_duty"],
            safety_duty=t["safety_duty"],
        )
        for post, (_unit, t) in zip(posts, chosen, strict=True)
    ]
