"""The bridge: what is read from the database is what the pure core would have been told."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from django.utils import timezone

from notifications import holders
from notifications.models import Entry, ResponsibilityTable
from notifications.responsibility.inputs import (
    EntryFacts,
    Facts,
    HoldingFacts,
    LeaveFacts,
    Question,
    RestrictedGrant,
    SchoolFacts,
    UnitFacts,
)
from notifications.responsibility.plan import Plan
from notifications.responsibility.resolve import resolve
from notifications.responsibility.rules import Rules
from notifications.responsibility.scope import Scope
from notifications.responsibility.words import Level
from notifications.snapshot import snapshot
from notifications.table.publishing import NewEntry, publish_table
from safety.errors import Refused
from safety.ledger.actions import SYSTEM
from safety.people.models import User
from safety.posts.actions import create_posts
from safety.posts.models import Holding, Leave, Post
from safety.rules.actions import publish_rules
from safety.rules.selectors import content_of, current_rules
from safety.units.models import School, Unit, UnitGroupObjectPermission

SUNDAY = datetime(2026, 6, 14, 12, 21, tzinfo=UTC)
LEVELS = {"city": Level.CITY, "district": Level.DISTRICT, "zone": Level.DISTRICT}


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    holders.forget()


def whole_database(*schools: SchoolFacts) -> Facts:
    """Every row there is, without any of the bridge's short cuts."""
    table = ResponsibilityTable.objects.get(state="published")
    return Facts(
        table_id=table.pk,
        rules_id=current_rules().pk,
        schools=schools,
        entries=[
            EntryFacts(
                unit=e.unit_id,
                post=e.post_id,
                post_type=e.post.kind,
                post_name=e.post.name,
                capacity=e.capacity,
                scope=Scope.of(e.scope),
            )
            for e in Entry.objects.filter(table=table).select_related("post")
        ],
        holdings=[
            HoldingFacts(
                post=h.post_id,
                person=h.person_id,
                kind=h.kind,
                rank=h.rank,
                starts_at=h.starts_at,
                ends_at=h.ends_at,
            )
            for h in Holding.objects.filter(post__abolished_at=None)
        ],
        people={p.pk: p.name for p in User.objects.filter(is_active=True)},
        leaves=[
            LeaveFacts(
                person=x.person_id,
                starts_at=x.starts_at,
                ends_at=x.ends_at,
                delegate=x.delegate_id,
            )
            for x in Leave.objects.all()
        ],
        restricted=[
            RestrictedGrant(path=g.content_object.path, post=g.group.post.pk)
            for g in UnitGroupObjectPermission.objects.filter(
                permission__codename="view_restricted"
            )
        ],
    )


def facts_of(unit: Unit) -> UnitFacts:
    level = LEVELS.get(unit.kind, Level.SCHOOL)
    return UnitFacts(id=unit.pk, code=unit.code, name=unit.name, level=level, path=unit.path)


def school_facts(city: ModuleType, key: str, district: str | None, **over: Any) -> SchoolFacts:
    school = School.objects.get(unit=city.unit(key))
    values: dict[str, Any] = {
        "unit": facts_of(city.unit(key)),
        "city": facts_of(city.unit("city")),
        "district": facts_of(city.unit(district)) if district else None,
        "stages": tuple(school.stages),
        "ownership": school.ownership,
        "staff": school.staff,
        "facilities": frozenset(
            name for name in ("canteen", "boarding", "bus") if getattr(school, name)
        ),
    }
    return SchoolFacts(**{**values, **over})


def ask(city: ModuleType, *keys: str, hazard: str = "DROWN", grade: str = "G2") -> Plan:
    schools = [city.unit(key) for key in keys]
    return snapshot(schools).resolve(hazards=[hazard], grade=grade, at=timezone.now())


@pytest.mark.parametrize(
    ("key", "district", "hazard", "grade"),
    [
        ("school", "county", "DROWN", "G2"),
        ("private", "district", "FOOD", "G3"),
        ("primary", "district", "SEXA", "G1"),
        ("kindergarten", "zone", "BULLY", "G4"),
        ("vocational", None, "FIRE", "G4"),
        ("small", "county", "FOOD", "G3"),
    ],
)
def test_the_bridge_says_what_the_core_says_of_the_whole_database(
    city: ModuleType, key: str, district: str | None, hazard: str, grade: str
) -> None:
    city.vacate("county.safety_deputy")
    city.send_away("county.section_basic", delegate="county.office")
    city.give("district.safety_office", "district.office", kind="deputy")
    now = timezone.now()
    question = Question(hazards=(hazard,), grade=grade, at=now, flags=frozenset({"staff_involved"}))

    bridged = snapshot([city.unit(key)]).resolve(
        hazards=[hazard], grade=grade, at=now, flags={"staff_involved": True, "serious": False}
    )
    pure = resolve(
        Rules.of(content_of(current_rules())),
        whole_database(school_facts(city, key, district)),
        question,
    )

    assert bridged.rows == pure.rows
    assert bridged.hash == pure.hash


def test_a_teaching_point_is_answered_for_by_its_central_school(city: ModuleType) -> None:
    plan = ask(city, "point")

    mine = [row for row in plan.rows if row.level == "school"]
    assert {row.unit_code for row in mine} == {city.unit("point").code}
    assert {row.post_id for row in mine if row.capacity == "SCH_PRINCIPAL"} == {
        city.post("central.principal").pk
    }
    assert not plan.findings


def test_a_school_under_the_city_skips_the_district_whatever_its_place(city: ModuleType) -> None:
    School.objects.filter(unit=city.unit("primary")).update(city_direct=True)

    assert not [row for row in ask(city, "primary").rows if row.level == "district"]


def test_an_imported_unit_without_facts_still_gets_a_plan(city: ModuleType) -> None:
    School.objects.filter(unit=city.unit("school")).delete()
    plan = ask(city, "school")

    assert ("F-VAC", "LINE_SECTION") in {(f.code, f.capacity) for f in plan.findings}
    assert all(row.person is not None for row in plan.rows)


def test_privacy_and_hazards_come_from_the_rule_book(city: ModuleType) -> None:
    known = snapshot([city.unit("school")])

    assert known.privacy(["DROWN"]) == "open"
    assert known.privacy(["DROWN", "BULLY"]) == "guarded"
    assert known.privacy(["BULLY", "SEXA"]) == "sealed"
    assert known.hazards["DROWN"] == {
        "code": "DROWN",
        "zh": "溺水",
        "en": "drowning",
        "privacy": "open",
    }
    assert known.rules["grades"]["meta"]["default"] == "G5"


def test_restricted_text_goes_to_those_who_were_given_it_by_name(city: ModuleType) -> None:
    plan = ask(city, "primary", hazard="SEXA", grade="G1")

    full = {row.post_type for row in plan.rows if not row.redacted}
    assert full == {"B03", "B11", "B17", "SCH_PRINCIPAL", "SCH_LIAISON"}


def test_an_abolished_post_is_held_by_nobody(city: ModuleType) -> None:
    Post.objects.filter(pk=city.post("county.section_basic").pk).update(abolished_at=timezone.now())

    assert ("F-VAC", "LINE_SECTION") in {(f.code, f.capacity) for f in ask(city, "school").findings}


def test_without_a_published_table_nobody_can_be_told(city: ModuleType) -> None:
    ResponsibilityTable.objects.update(state="superseded")

    with pytest.raises(Refused) as refusal:
        ask(city, "school")
    assert refusal.value.problems[0].field == "table"


def test_the_past_is_asked_of_the_table_and_rules_of_that_time(city: ModuleType) -> None:
    first, rules = ResponsibilityTable.objects.get(), current_rules()
    now = timezone.now()
    only = NewEntry(
        post=city.post("county.safety_office"),
        capacity="SAFETY_OFFICE",
        business_duty="综合监管",
        safety_duty="本科室安全",
    )
    second = publish_table(entries=[only], note="", actor=SYSTEM)
    changed = json.loads(json.dumps(content_of(rules)))
    changed["responsibility"]["small_school"]["staff"] = 5
    newer = publish_rules(content=changed, note="", actor=SYSTEM)
    school = [city.unit("school")]

    today = snapshot(school)
    then = snapshot(school, as_of=now)
    before_everything = snapshot(school, as_of=SUNDAY - timedelta(days=9999))

    assert (today.table_id, today.rules_id) == (second.pk, newer.pk)
    assert (then.table_id, then.rules_id) == (first.pk, rules.pk)
    assert before_everything.table_id == first.pk


def test_a_person_is_cleared_by_another_posts_grant_on_a_unit_above(city: ModuleType) -> None:
    [extra] = create_posts(posts=[(city.unit("city"), "X1", "B17", "专案")], actor=SYSTEM)
    right = UnitGroupObjectPermission.objects.filter(permission__codename="view_restricted").first()
    assert right is not None
    UnitGroupObjectPermission.objects.create(
        group=extra.group, permission=right.permission, content_object=city.unit("city")
    )
    Holding.objects.create(
        post=extra, person=city.person("district.chief"), starts_at=timezone.now()
    )
    plan = ask(city, "primary", hazard="SEXA")

    [chief] = [r for r in plan.rows if (r.level, r.capacity) == ("district", "ADMIN_CHIEF")]
    assert not chief.redacted
