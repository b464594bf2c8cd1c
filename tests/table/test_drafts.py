"""A draft is edited row by row, checked, and published as the next version."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import pytest
from django.utils import timezone, translation

from notifications.models import Entry, ResponsibilityTable
from notifications.table.diff import differences
from notifications.table.drafts import (
    change_rows,
    check_table,
    discard_draft,
    publish_draft,
    put_rows,
    remove_rows,
    start_draft,
)
from notifications.table.publishing import publish_rows
from notifications.table.rows import Row, rows_of
from safety.errors import Conflict, Refused
from safety.ledger.actions import SYSTEM
from safety.ledger.models import Event
from safety.posts.access import rights_of
from safety.posts.roles import ADMINISTRATOR, GRANTS, grant


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def draft(city: ModuleType) -> ResponsibilityTable:
    return start_draft(by=city.person("city.administrator"))


def new_row(**over: object) -> Row:
    values = {
        "unit": "520121",
        "post": "B12",
        "capacity": "AREA_CONTACT",
        "business_duty": "联系学校",
        "safety_duty": "督促学校落实安全工作",
        "scope": {"schools": ["5201210001"]},
        **over,
    }
    return Row(**values)  # type: ignore[arg-type]


def published() -> ResponsibilityTable:
    return ResponsibilityTable.objects.get(state="published")


def test_a_draft_begins_with_every_row_of_the_version_in_force(draft: ResponsibilityTable) -> None:
    assert draft.based_on == published()
    assert (draft.state, draft.number, draft.revision) == ("draft", None, 0)
    assert list(rows_of(draft.entries)) == list(rows_of(published().entries))


def test_a_row_may_be_filled_in_little_by_little(draft: ResponsibilityTable) -> None:
    put_rows(draft, [new_row(capacity="", safety_duty="")])

    assert draft.entries.filter(capacity="", safety_duty="").count() == 1
    problems = check_table(draft)
    assert {problem.field.split(".")[-1] for problem in problems} == {"capacity", "safety_duty"}


def test_a_row_of_the_same_key_is_replaced_and_keeps_its_number(draft: ResponsibilityTable) -> None:
    before = draft.entries.get(unit__code="520121", post__code="B12")
    put_rows(draft, [new_row(capacity="LINE_SECTION", safety_duty="新的", scope={})])

    after = draft.entries.get(pk=before.pk)
    assert (after.serial, after.safety_duty, after.scope) == (before.serial, "新的", {})
    assert draft.entries.count() == published().entries.count()


def test_an_edited_draft_is_published_and_says_what_it_replaced(
    city: ModuleType, draft: ResponsibilityTable
) -> None:
    before = published()
    put_rows(draft, [new_row()])
    remove_rows(draft, [("520121", "B26", "AREA_CONTACT")])
    table = publish_draft(table=draft, note="第2版", by=city.person("city.administrator"))

    before.refresh_from_db()
    assert (before.state, table.state, table.number) == ("superseded", "published", 2)
    assert table.published_by == city.person("city.administrator")
    told = differences(rows_of(before.entries), rows_of(table.entries))
    assert [row.key for row in told.added] == [("520121", "B12", "AREA_CONTACT")]
    assert [row.key for row in told.removed] == [("520121", "B26", "AREA_CONTACT")]
    assert not told.changed
    serials = list(table.entries.order_by("serial").values_list("serial", flat=True))
    assert serials == list(range(1, len(serials) + 1))
    verbs = Event.objects.filter(subject_kind__startswith="responsibility_table").order_by("id")
    assert list(verbs.values_list("verb", flat=True))[1:] == [
        "table.draft_started",
        "table.rows_changed",
        "table.rows_changed",
        "table.checked",
        "table.superseded",
        "table.published",
    ]


def test_a_checked_draft_is_a_draft_again_after_an_edit(draft: ResponsibilityTable) -> None:
    assert check_table(draft) == []
    draft.refresh_from_db()
    assert (draft.state, draft.checked_at is not None) == ("checked", True)

    put_rows(draft, [new_row()])
    draft.refresh_from_db()
    assert (draft.state, draft.checked_at) == ("draft", None)


def test_the_second_editor_of_a_row_overwrites_nothing(draft: ResponsibilityTable) -> None:
    seen = draft.revision
    row = new_row(capacity="LINE_SECTION", scope={})
    put_rows(draft, [row], seen=seen)

    with pytest.raises(Conflict) as conflict:
        put_rows(draft, [new_row(capacity="LINE_SECTION", safety_duty="别的")], seen=seen)
    assert "nothing was overwritten" in conflict.value.problems[0].message
    draft.refresh_from_db()
    assert draft.revision == 1
    assert draft.entries.get(post__code="B12", unit__code="520121").safety_duty == row.safety_duty
    # another row is no conflict
    put_rows(draft, [new_row()], seen=seen)


def test_an_edit_of_a_row_that_is_gone_is_no_silent_addition(draft: ResponsibilityTable) -> None:
    key = ("520121", "B20", "LINE_SECTION")
    seen = draft.revision
    remove_rows(draft, [key], seen=seen)

    with pytest.raises(Conflict, match="removed"):
        put_rows(draft, [new_row(post="B20", capacity="LINE_SECTION")], seen=seen, known=[key])
    with pytest.raises(Refused, match="no such row"):
        remove_rows(draft, [key], seen=seen)


def test_an_addition_does_not_overwrite_a_row_that_is_there(draft: ResponsibilityTable) -> None:
    row = new_row(capacity="LINE_SECTION")
    with pytest.raises(Conflict, match="has a row in this capacity already"):
        put_rows(draft, [row], fresh=[row.key])


def test_a_row_that_cannot_be_stored_is_refused_with_all_others(draft: ResponsibilityTable) -> None:
    rows = [new_row(post="NONE"), new_row(), new_row(), new_row(line="左"), new_row(unit="999")]
    with pytest.raises(Refused) as refusal:
        put_rows(draft, rows)

    assert len(refusal.value.problems) == 5
    draft.refresh_from_db()
    assert draft.revision == 0
    assert draft.entries.count() == published().entries.count()


def test_a_row_may_change_its_capacity_in_one_step(draft: ResponsibilityTable) -> None:
    old = ("520121", "B20", "LINE_SECTION")
    new = new_row(post="B20", capacity="SUPERVISION", scope={})
    change_rows(draft, put=[new], remove=[old], seen=0, known=[old], fresh=[new.key])

    found = draft.entries.filter(unit__code="520121", post__code="B20")
    assert [entry.capacity for entry in found] == ["SUPERVISION"]


def test_a_draft_of_a_version_that_is_not_in_force_any_more_is_not_published(
    draft: ResponsibilityTable,
) -> None:
    other = start_draft()
    publish_draft(table=other, note="")

    with pytest.raises(Conflict) as conflict:
        publish_draft(table=draft, note="")
    assert "was published since" in conflict.value.problems[0].message
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert published() == other


def test_a_published_version_is_no_draft(draft: ResponsibilityTable) -> None:
    table = publish_draft(table=draft, note="")
    for attempt in (
        lambda: put_rows(table, [new_row()]),
        lambda: remove_rows(table, [new_row().key]),
        lambda: discard_draft(table=table),
        lambda: check_table(table),
        lambda: publish_draft(table=table, note=""),
    ):
        with pytest.raises(Conflict, match="no draft any more"):
            attempt()


def test_a_draft_may_be_discarded(draft: ResponsibilityTable) -> None:
    discard_draft(table=draft)

    assert not ResponsibilityTable.objects.filter(pk=draft.pk).exists()
    assert not Entry.objects.filter(table=draft.pk).exists()
    assert Event.objects.filter(verb="table.draft_discarded").count() == 1


def test_rights_follow_the_table(city: ModuleType, draft: ResponsibilityTable) -> None:
    reporting, both = city.person("county.office"), city.person("county.safety_office")
    assert "report_upward" in rights_of(reporting)
    remove_rows(draft, [("520121", "B21", "REPORTING")])
    row = new_row(post="B11", capacity="SUPERVISION", scope={})
    put_rows(draft, [row])
    publish_rows(table=fresh(draft), note="", by=None, actor=SYSTEM, at=timezone.now())

    assert rights_of(reporting) == frozenset()
    assert {"view_incidents", "take_calls", "manage_table"} <= rights_of(both)

    later = start_draft()
    remove_rows(later, [("520121", "B11", "SAFETY_OFFICE")])
    publish_rows(table=fresh(later), note="", by=None, actor=SYSTEM, at=timezone.now())
    assert rights_of(both) - {"view_restricted"} == {"view_incidents"}  # as supervision


def test_a_post_made_administrator_by_name_stays_one(
    city: ModuleType, draft: ResponsibilityTable
) -> None:
    grant(roles=[(city.post("county.safety_office"), ADMINISTRATOR)])
    remove_rows(draft, [("520121", "B11", "SAFETY_OFFICE")])
    publish_rows(table=fresh(draft), note="", by=None, actor=SYSTEM, at=timezone.now())

    left = rights_of(city.person("county.safety_office"))
    assert set(GRANTS[ADMINISTRATOR]) <= left
    assert "take_calls" not in left


def fresh(table: ResponsibilityTable) -> ResponsibilityTable:
    return ResponsibilityTable.objects.get(pk=table.pk)
