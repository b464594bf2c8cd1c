"""What the bridge keeps in memory between questions, and what it notices at once."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from django.utils import timezone

from notifications import holders
from notifications.responsibility.plan import Plan
from notifications.snapshot import snapshot
from notifications.table.publishing import NewEntry, publish_table
from safety.ledger.actions import SYSTEM
from safety.people.models import User
from safety.units.models import UnitGroupObjectPermission


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    holders.forget()


def ask(city: ModuleType, key: str, *, hazard: str = "DROWN") -> Plan:
    known = snapshot([city.unit(key)])
    return known.resolve(hazards=[hazard], grade="G2", at=timezone.now())


def test_a_warm_snapshot_asks_four_questions(
    city_committed: ModuleType, django_assert_num_queries: Any
) -> None:
    school = [city_committed.unit("school")]
    snapshot(school)
    with django_assert_num_queries(4):
        snapshot(school).resolve(hazards=["DROWN"], grade="G2", at=timezone.now())


def test_another_school_of_the_county_reads_only_itself(
    city_committed: ModuleType, django_assert_max_num_queries: Any
) -> None:
    snapshot([city_committed.unit("school")])
    other = [city_committed.unit("boarding")]
    with django_assert_max_num_queries(10):
        snapshot(other)


def test_a_change_of_holder_is_seen_at_once(city_committed: ModuleType) -> None:
    before = ask(city_committed, "school")
    city_committed.vacate("county.safety_office")
    after = ask(city_committed, "school")

    assert not before.findings
    assert ("F-VAC", "SAFETY_OFFICE") in {(f.code, f.capacity) for f in after.findings}


@pytest.mark.parametrize("change", ["leave", "inactive", "grant"])
def test_leave_sign_in_and_rights_are_seen_at_once(city_committed: ModuleType, change: str) -> None:
    cast = city_committed
    before = ask(cast, "primary", hazard="SEXA")
    if change == "leave":
        cast.send_away("district.section_moral", delegate="district.office")
    elif change == "inactive":
        User.objects.filter(username="district.section_moral").update(is_active=False)
    else:
        UnitGroupObjectPermission.objects.filter(
            group=cast.post("district.section_moral").group
        ).delete()
    after = ask(cast, "primary", hazard="SEXA")

    assert before.rows != after.rows


def test_a_new_table_is_seen_at_once(city_committed: ModuleType) -> None:
    cast = city_committed
    before = ask(cast, "school")
    only = NewEntry(
        post=cast.post("county.safety_office"),
        capacity="SAFETY_OFFICE",
        business_duty="综合监管",
        safety_duty="本科室安全",
    )
    published = publish_table(entries=[only], note="", actor=SYSTEM)
    after = ask(cast, "school")

    assert after.table_id == published.pk
    assert after.hash != before.hash


def test_inside_a_transaction_nothing_is_kept(city: ModuleType) -> None:
    ask(city, "school")
    assert holders._kept._parts == {}
