"""Publishing the responsibility table: both duties, no half tables, no second thoughts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from notifications.models import Entry, ResponsibilityTable
from notifications.responsibility.scope import Scope
from notifications.table.publishing import NewEntry, publish_table
from safety.errors import Conflict, Refused
from safety.ledger.actions import SYSTEM
from safety.ledger.models import Event
from safety.posts.access import rights_of
from safety.posts.actions import create_posts
from safety.posts.models import Holding, Post


@pytest.fixture
def row(city: ModuleType) -> NewEntry:
    """A row that could be published."""
    return NewEntry(
        post=city.post("county.section_basic"),
        capacity="LINE_SECTION",
        scope={"stages": ["primary", "junior"], "hazards": ["BULLY", "SEXA+staff_involved"]},
        business_duty="主管小学、初中教育教学",
        safety_duty="主管学段的安全监管",
    )


def publish(*rows: NewEntry, **over: Any) -> ResponsibilityTable:
    return publish_table(entries=rows, note="第2版", actor=SYSTEM, **over)


def test_the_next_number_is_published_and_the_one_before_superseded(row: NewEntry) -> None:
    before = ResponsibilityTable.objects.get(state="published")
    kept = list(before.entries.values_list("post", "capacity", "business_duty"))
    table = publish(row)

    before.refresh_from_db()
    assert before.number is not None
    assert (table.number, table.state) == (before.number + 1, "published")
    assert before.state == "superseded"
    assert list(before.entries.values_list("post", "capacity", "business_duty")) == kept
    entry = table.entries.get()
    assert (entry.unit, entry.post) == (row.post.unit, row.post)
    assert Scope.of(entry.scope) == Scope.of(row.scope)


def test_the_ledger_says_what_was_published_and_what_it_replaced(row: NewEntry) -> None:
    table = publish(row)

    facts = {e.verb: e for e in Event.objects.filter(subject_kind="responsibility_table")}
    published = Event.objects.filter(verb="table.published").order_by("-id").first()
    assert published is not None
    assert published.subject_ref == str(table.number)
    assert published.body["entries"] == 1
    assert len(published.body["digest"]) == 64
    assert facts["table.superseded"].body == {"by": table.number}


def test_the_digest_follows_the_content_and_not_the_order(city: ModuleType, row: NewEntry) -> None:
    other = replace(row, post=city.post("county.section_moral"), scope={})

    def digest(*rows: NewEntry) -> str:
        publish(*rows)
        newest = Event.objects.filter(verb="table.published").order_by("-id").first()
        assert newest is not None
        return str(newest.body["digest"])

    assert digest(row, other) == digest(other, row)
    assert digest(row, other) != digest(row, replace(other, safety_duty="别的"))


def test_history_may_be_seeded_at_its_own_time(row: NewEntry) -> None:
    then = datetime(2025, 9, 1, tzinfo=UTC)
    table = publish(row, at=then)

    assert (table.created_at, table.published_at) == (then, then)


def test_a_post_gets_the_rights_of_a_capacity_that_is_new_to_it(
    city: ModuleType, row: NewEntry
) -> None:
    [post] = create_posts(posts=[(city.unit("county"), "X9", "B27D", "值班室")], actor=SYSTEM)
    Holding.objects.create(post=post, person=city.person("county.office"), starts_at=city.SINCE)
    before = rights_of(city.person("county.office"))
    publish(row, replace(row, post=post, capacity="DUTY_OFFICER", scope={}))

    assert "take_calls" not in before
    assert "take_calls" in rights_of(city.person("county.office"))


def _abolished(city: ModuleType) -> Post:
    post: Post = city.post("county.section_basic")
    post.abolished_at = datetime(2026, 1, 1, tzinfo=UTC)
    return post


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"business_duty": ""}, "entries.1.business_duty"),
        ({"safety_duty": "  \n"}, "entries.1.safety_duty"),
        ({"capacity": "HERO"}, "entries.1.capacity"),
        ({"capacity": "SCH_DIRECT"}, "entries.1.capacity"),
        ({"scope": {"stage": ["primary"]}}, "entries.1.scope"),
        ({"scope": {"stages": ["college"]}}, "entries.1.scope"),
        ({"scope": {"hazards": ["SEXA+staff"]}}, "entries.1.scope"),
        ({"unit": "district"}, "entries.1.post"),
        ({"post": _abolished}, "entries.1.post"),
    ],
)
def test_a_wrong_row_is_refused_by_number_and_nothing_is_written(
    city: ModuleType, row: NewEntry, over: dict[str, Any], field: str
) -> None:
    if "unit" in over:
        over = {"unit": city.unit(over["unit"])}
    if "post" in over:
        over = {"post": over["post"](city)}
    before = (ResponsibilityTable.objects.count(), Entry.objects.count(), Event.objects.count())

    with pytest.raises(Refused) as refusal:
        publish(replace(row, **over))

    assert [problem.field for problem in refusal.value.problems] == [field]
    assert all(problem.remedy for problem in refusal.value.problems)
    after = (ResponsibilityTable.objects.count(), Entry.objects.count(), Event.objects.count())
    assert after == before


def test_every_problem_of_every_row_is_told_at_once(city: ModuleType, row: NewEntry) -> None:
    with pytest.raises(Refused) as refusal:
        publish(row, replace(row, safety_duty="", capacity="HERO"), row)

    assert [problem.field for problem in refusal.value.problems] == [
        "entries.2.safety_duty",
        "entries.2.capacity",
        "entries.3.capacity",
    ]


def test_a_table_without_rows_is_refused(city: ModuleType) -> None:
    with pytest.raises(Refused):
        publish()


def test_one_post_may_have_two_capacities(city: ModuleType, row: NewEntry) -> None:
    table = publish(row, replace(row, capacity="SAFETY_OFFICE"))

    assert table.entries.count() == 2


def test_who_publishes_second_at_the_same_moment_is_told_so(
    row: NewEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = ResponsibilityTable.objects.get(state="published").number or 0

    def same_number(**_over: Any) -> dict[str, int]:
        return {"last": taken - 1}

    manager = ResponsibilityTable.objects
    monkeypatch.setattr(manager, "aggregate", same_number, raising=False)

    with pytest.raises(Conflict):
        publish(row)
    assert ResponsibilityTable.objects.get(state="published").number == taken


def test_the_database_itself_refuses_a_row_with_one_duty(row: NewEntry) -> None:
    table = publish(row)

    with pytest.raises(IntegrityError), transaction.atomic():
        table.entries.update(safety_duty="")
