"""A published version never changes, whichever way it is tried; and none lacks a duty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from notifications.models import Entry, ResponsibilityTable
from notifications.table.drafts import put_rows, start_draft
from notifications.table.rows import Row


@pytest.fixture
def table(city: ModuleType) -> ResponsibilityTable:
    return ResponsibilityTable.objects.get(state="published")


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def content(table: ResponsibilityTable) -> tuple[object, ...]:
    return (
        ResponsibilityTable.objects.filter(pk=table.pk).values().get(),
        list(Entry.objects.filter(table=table).order_by("pk").values()),
    )


def _save_row(table: ResponsibilityTable) -> None:
    entry = table.entries.first()
    assert entry is not None
    entry.safety_duty = "改了"
    entry.save()


def _copy_in(table: ResponsibilityTable) -> None:
    entry = table.entries.first()
    assert entry is not None
    Entry.objects.create(
        table=table,
        unit=entry.unit,
        post=entry.post,
        capacity="SUPERVISION",
        business_duty="业务",
        safety_duty="安全",
    )


def _move_out(table: ResponsibilityTable) -> None:
    table.entries.update(table=start_draft(based_on=None))


def _move_in(table: ResponsibilityTable) -> None:
    draft = start_draft(based_on=table)
    draft.entries.update(capacity="SUPERVISION", table=table)


def _save_table(table: ResponsibilityTable) -> None:
    table.note = "改了"
    table.save()


WAYS: dict[str, Callable[[ResponsibilityTable], object]] = {
    "saving a row": _save_row,
    "updating rows": lambda table: table.entries.update(safety_duty="改了"),
    "updating in bulk": lambda table: Entry.objects.bulk_update(
        [Entry(pk=pk, business_duty="改了") for pk in table.entries.values_list("pk", flat=True)],
        ["business_duty"],
    ),
    "adding a row": _copy_in,
    "deleting a row": lambda table: table.entries.first().delete(),  # type: ignore[union-attr]
    "deleting rows": lambda table: table.entries.all().delete(),
    "moving rows out": _move_out,
    "moving rows in": _move_in,
    "saving the version": _save_table,
    "another number": lambda table: ResponsibilityTable.objects.filter(pk=table.pk).update(
        number=99
    ),
    "a draft again": lambda table: ResponsibilityTable.objects.filter(pk=table.pk).update(
        state="draft", number=None, published_at=None
    ),
    "another time": lambda table: ResponsibilityTable.objects.filter(pk=table.pk).update(
        published_at=datetime(2020, 1, 1, tzinfo=UTC)
    ),
    "deleting in SQL": lambda table: sql(
        f"DELETE FROM notifications_entry WHERE table_id = {table.pk}"
    ),
    "updating in SQL": lambda _table: sql("UPDATE notifications_entry SET scope = '{}'"),
    "deleting the version in SQL": lambda table: sql(
        f"DELETE FROM notifications_responsibilitytable WHERE id = {table.pk}"
    ),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("state", ["published", "superseded"])
def test_it_cannot_be_changed(table: ResponsibilityTable, way: str, state: str) -> None:
    if state == "superseded":
        ResponsibilityTable.objects.filter(pk=table.pk).update(state=state)
    before = content(table)

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        WAYS[way](table)

    assert content(table) == before


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no TRUNCATE")
@pytest.mark.parametrize("name", ["notifications_entry", "notifications_responsibilitytable"])
def test_it_cannot_be_emptied_as_a_whole(table: ResponsibilityTable, name: str) -> None:
    connection.check_constraints()
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        sql(f"TRUNCATE {name} CASCADE")


def test_superseded_is_final(table: ResponsibilityTable) -> None:
    ResponsibilityTable.objects.filter(pk=table.pk).update(state="superseded")

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        ResponsibilityTable.objects.filter(pk=table.pk).update(state="published")


@pytest.mark.parametrize("lacking", ["capacity", "business_duty", "safety_duty"])
def test_the_database_publishes_no_table_with_a_row_that_lacks_something(
    table: ResponsibilityTable, lacking: str
) -> None:
    draft = start_draft()
    values: dict[str, Any] = {
        "capacity": "AREA_CONTACT",
        "business_duty": "业务",
        "safety_duty": "安全",
    }
    put_rows(draft, [Row(unit="520121", post="B12", **{**values, lacking: ""})])
    ResponsibilityTable.objects.filter(pk=table.pk).update(state="superseded")

    with pytest.raises(IntegrityError, match="lacks"), transaction.atomic():
        ResponsibilityTable.objects.filter(pk=draft.pk).update(
            state="published", number=2, published_at=datetime(2026, 1, 1, tzinfo=UTC)
        )


def test_a_draft_has_no_number_and_a_version_has_one(table: ResponsibilityTable) -> None:
    draft = start_draft()
    for wrong in ({"number": 7}, {"state": "superseded"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ResponsibilityTable.objects.filter(pk=draft.pk).update(**wrong)
