"""Two sets of rows compared by what they say: not by their order, nor by how it was typed."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

from hypothesis import given
from hypothesis import strategies as st

from notifications.table.comparing import differences_between
from notifications.table.diff import differences
from notifications.table.drafts import put_rows, remove_rows, start_draft
from notifications.table.rows import Row, rows_of

A = Row(
    unit="1",
    post="B12",
    capacity="LINE_SECTION",
    scope={"stages": ["primary", "junior"]},
    business_duty="业务",
    safety_duty="安全",
)
B = replace(A, post="B13")

rows = st.lists(
    st.builds(
        Row,
        unit=st.sampled_from(["1", "2"]),
        post=st.sampled_from(["B12", "B13", "B14"]),
        capacity=st.sampled_from(["LINE_SECTION", "AREA_CONTACT"]),
        safety_duty=st.sampled_from(["甲", "乙"]),
        scope=st.sampled_from([{}, {"stages": ["primary"]}]),
    ),
    unique_by=lambda row: row.key,
)


def test_the_same_rows_typed_otherwise_are_the_same() -> None:
    typed = replace(
        A,
        scope={"hazards": [], "stages": ("junior", "primary", "junior")},
        business_duty=" 业务\r\n",
    )
    assert typed == A
    assert len(differences([A, B], [B, typed])) == 0


def test_added_removed_and_changed_are_told_apart() -> None:
    changed = replace(A, safety_duty="别的", scope={})
    found = differences([A, B], [changed, replace(B, capacity="SUPERVISION")])

    assert [row.key for row in found.added] == [("1", "B13", "SUPERVISION")]
    assert [row.key for row in found.removed] == [B.key]
    [change] = found.changed
    assert (change.old, change.new, change.columns) == (A, changed, ("scope", "safety_duty"))


@given(rows, rows)
def test_the_differences_lead_from_one_to_the_other(old: list[Row], new: list[Row]) -> None:
    found = differences(old, new)
    there = {row.key: row for row in old}
    for row in found.removed:
        del there[row.key]
    for row in (*found.added, *(change.new for change in found.changed)):
        there[row.key] = row

    assert there == {row.key: row for row in new}
    back = differences(new, old)
    assert {r.key for r in back.added} == {r.key for r in found.removed}
    assert {c.key for c in back.changed} == {c.key for c in found.changed}


def test_the_database_finds_the_same_differences(city: ModuleType) -> None:
    draft = start_draft()
    first = next(rows_of(draft.entries.filter(unit__code="520121", post__code="B12")))
    put_rows(draft, [replace(first, safety_duty="别的"), replace(first, capacity="AREA_CONTACT")])
    put_rows(draft, [next(rows_of(draft.entries.filter(unit__code="520121", post__code="B13")))])
    remove_rows(draft, [("520121", "B20", "LINE_SECTION")])
    assert draft.based_on is not None

    slow = differences(rows_of(draft.based_on.entries), rows_of(draft.entries))
    fast = differences_between(draft.based_on, draft)

    assert (fast.added, fast.removed, fast.changed) == (slow.added, slow.removed, slow.changed)
    assert len(fast) == 3
