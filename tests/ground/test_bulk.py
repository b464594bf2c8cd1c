"""Rows inserted in bulk are the rows that Django itself would have written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from notifications.models import Obligation, ResponsibilityTable, Stream, StreamRow
from safety.bulk import insert
from safety.ledger.models import Event
from safety.rules.models import RuleBook

pytestmark = pytest.mark.django_db
SAID = ["引号\"'与\\反斜线", "tab\tand\nline", "NULL", "\\N", "{a,b}", "😀", ""]


def _event(said: str) -> Event:
    return Event(
        at=datetime(2026, 6, 14, 12, 14, 3, 456789, tzinfo=UTC),
        actor_kind="person",
        actor_ref="7",
        verb="row.written",
        subject_kind="incident",
        subject_ref=said[:60],
        body={"said": said, "none": None, "number": 1.5, "deep": [{"x": [said]}]},
        digest="0" * 64,
    )


def _columns(row: Event) -> dict[str, object]:
    fields = [field for field in Event._meta.concrete_fields if not field.primary_key]
    return {field.attname: getattr(row, field.attname) for field in fields}


@pytest.mark.parametrize("said", SAID)
def test_what_comes_back_is_what_bulk_create_would_have_kept(said):
    Event.objects.bulk_create([_event(said)])
    insert([_event(said)])

    theirs, ours = Event.objects.filter(verb="row.written").order_by("pk")
    assert _columns(ours) == _columns(theirs)


def test_rows_keep_their_order():
    insert([_event(f"row {number}") for number in range(300)])

    refs = (
        Event.objects.filter(verb="row.written")
        .order_by("pk")
        .values_list("subject_ref", flat=True)
    )
    assert list(refs) == [f"row {number}" for number in range(300)]


def test_choices_and_empty_columns_are_written_as_their_values(city):
    before = Obligation.objects.count()
    insert(
        [
            Obligation(
                kind=Obligation.Kind.READ,
                subject_kind="incident",
                subject_ref="x",
                level="city",
                unit=city.unit("city"),
                capacity="ADMIN_CHIEF",
                line="administration",
                owed="READ",
                table=ResponsibilityTable.objects.get(),
                rules=RuleBook.objects.get(),
                created_at=datetime(2026, 6, 14, tzinfo=UTC),
            )
        ]
    )

    made = Obligation.objects.get(subject_ref="x")
    assert Obligation.objects.count() == before + 1
    assert (made.kind, made.state, made.due_at, made.post_id) == ("read", "open", None, None)


def test_a_broken_row_keeps_all_of_them_out():
    stream = Stream.objects.create(kind=Stream.Kind.BOARD, owner=10**12)
    rows = [
        StreamRow(stream=stream, seq=seq, kind="x", payload={}, created_at=datetime.now(UTC))
        for seq in (1, 2, 2)
    ]

    with pytest.raises(IntegrityError), transaction.atomic():
        insert(rows)

    assert not StreamRow.objects.filter(stream=stream).exists()


def test_nothing_to_write_asks_nothing():
    with CaptureQueriesContext(connection) as asked:
        insert([])

    assert not asked.captured_queries
