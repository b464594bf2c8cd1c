"""What keeps a table from being published: every row with its reason and remedy, all at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from django.utils import translation

from notifications.models import ResponsibilityTable
from notifications.table.checks import RowProblem
from notifications.table.drafts import (
    change_rows,
    check_table,
    publish_draft,
    put_rows,
    remove_rows,
    start_draft,
)
from notifications.table.rows import Row
from safety.errors import Refused
from safety.ledger.actions import SYSTEM
from safety.posts.actions import create_posts
from safety.posts.models import Post

COUNTY, SCHOOL, OTHER_SCHOOL, CLOSED = "520121", "5201210001", "5201020001", "5201210006"
NEW: dict[str, Any] = {
    "unit": COUNTY,
    "post": "B12",
    "capacity": "AREA_CONTACT",
    "business_duty": "联系学校",
    "safety_duty": "督促学校落实安全工作",
}


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def draft(city: ModuleType) -> ResponsibilityTable:
    return start_draft()


def problems(draft: ResponsibilityTable) -> list[tuple[str, str]]:
    """(column, message) of each problem; each names its row and a remedy."""
    found = check_table(draft)
    for problem in found:
        assert isinstance(problem, RowProblem), problem
        assert problem.remedy
        assert draft.entries.filter(serial=problem.row).exists()
        assert problem.where
    return [(problem.field.rpartition(".")[2], problem.message) for problem in found]


@pytest.mark.parametrize(
    ("over", "column", "said"),
    [
        ({"business_duty": ""}, "business_duty", "only one of the two"),
        ({"safety_duty": " \n "}, "safety_duty", "only one of the two"),
        ({"capacity": ""}, "capacity", "in which capacity"),
        ({"capacity": "HERO"}, "capacity", "not in the rule book"),
        ({"capacity": "SCH_DIRECT"}, "capacity", "no such capacity"),
        ({"scope": {"stages": ["college"]}}, "scope", "cannot be read"),
        ({"scope": {"colour": ["red"]}}, "scope", "cannot be read"),
        ({"scope": {"stages": "primary"}}, "scope", "cannot be read"),
        ({"scope": {"schools": ["0815"]}}, "scope", "no such unit below"),
        ({"scope": {"schools": [OTHER_SCHOOL]}}, "scope", "no such unit below"),
        ({"scope": {"areas": ["520102"]}}, "scope", "no such unit below"),
        ({"scope": {"schools": [CLOSED]}}, "scope", "is closed"),
        ({"scope": {"schools": [SCHOOL], "stages": ["he"]}}, "scope", "matches nothing"),
        ({"scope": {"areas": [COUNTY], "stages": ["he"]}}, "scope", "matches nothing"),
        ({"scope": {"schools": [SCHOOL], "ownership": ["private"]}}, "scope", "matches nothing"),
    ],
)
def test_a_wrong_row_is_told(
    draft: ResponsibilityTable, over: dict[str, Any], column: str, said: str
) -> None:
    put_rows(draft, [Row(**{**NEW, **over})])

    [(found, message)] = problems(draft)
    assert found == column
    assert said in message
    draft.refresh_from_db()
    assert draft.state == "draft"


@pytest.mark.parametrize(
    "scope",
    [
        {},
        {"schools": [SCHOOL]},
        {"areas": [COUNTY]},
        {"stages": ["he"]},  # a bureau may own what it does not have yet
        {"schools": [SCHOOL], "stages": ["he", "junior"]},
        {"schools": [SCHOOL], "stages": ["he"], "hazards": ["DROWN"]},
    ],
)
def test_a_right_scope_is_not_refused(draft: ResponsibilityTable, scope: dict[str, Any]) -> None:
    put_rows(draft, [Row(**{**NEW, "scope": scope})])

    assert problems(draft) == []


def test_a_school_that_does_not_have_the_stage_of_its_own_row(draft: ResponsibilityTable) -> None:
    row = draft.entries.get(unit__code=SCHOOL, post__code="SCH_DEPUTY_TEACHING")
    draft.entries.filter(pk=row.pk).update(scope={"stages": ["kindergarten"]})

    [(column, message)] = problems(draft)
    assert (column, "matches nothing" in message) == ("scope", True)


def test_a_row_without_any_duty_has_two_problems(draft: ResponsibilityTable) -> None:
    put_rows(draft, [Row(**{**NEW, "business_duty": "", "safety_duty": ""})])

    found = problems(draft)
    assert [column for column, _ in found] == ["business_duty", "safety_duty"]
    assert all("neither" in message for _, message in found)


def test_an_abolished_post_and_a_closed_unit(city: ModuleType, draft: ResponsibilityTable) -> None:
    [made] = create_posts(
        posts=[(city.unit("closed"), "SCH_GATE", "SCH_GATE", "门卫")], actor=SYSTEM
    )
    put_rows(draft, [Row(**{**NEW, "post": "B26"})])
    put_rows(draft, [Row(**{**NEW, "unit": CLOSED, "post": made.code, "capacity": "SCH_DIRECT"})])
    Post.objects.filter(unit__code=COUNTY, code="B26").update(
        abolished_at=datetime(2026, 1, 1, tzinfo=UTC)
    )

    found = dict(problems(draft))
    assert "abolished" in found["post"]
    assert "closed" in found["unit"]


def second_chief(city: ModuleType, scope: dict[str, Any]) -> Row:
    create_posts(posts=[(city.unit("county"), "B02X", "B02", "第二局长")], actor=SYSTEM)
    return Row(**{**NEW, "post": "B02X", "capacity": "ADMIN_CHIEF", "scope": scope})


@pytest.mark.parametrize("scope", [{}, {"schools": [SCHOOL]}, {"areas": [COUNTY]}])
def test_two_posts_that_claim_one_sole_duty_for_the_same_schools(
    city: ModuleType, draft: ResponsibilityTable, scope: dict[str, Any]
) -> None:
    put_rows(draft, [second_chief(city, scope)])

    [(column, message)] = problems(draft)
    assert column == "capacity"
    serial = draft.entries.get(unit__code=COUNTY, capacity="ADMIN_CHIEF", post__code="B02").serial
    assert f"Row {serial}" in message


def test_two_posts_may_share_a_sole_duty_by_schools(
    city: ModuleType, draft: ResponsibilityTable
) -> None:
    all_schools = ["5201210001", "5201210002", "5201210003", "5201210004"]
    chief = draft.entries.get(unit__code=COUNTY, capacity="ADMIN_CHIEF")
    draft.entries.filter(pk=chief.pk).update(scope={"schools": all_schools[:2]})
    put_rows(draft, [second_chief(city, {"schools": all_schools[2:]})])

    assert not [p for p in check_table(draft) if isinstance(p, RowProblem)]


def test_sections_may_share_a_duty(city: ModuleType, draft: ResponsibilityTable) -> None:
    put_rows(draft, [Row(**{**NEW, "post": "B13", "capacity": "AREA_CONTACT"}), Row(**NEW)])

    assert problems(draft) == []


def test_everything_is_told_at_once_and_nothing_is_published(draft: ResponsibilityTable) -> None:
    put_rows(
        draft,
        [
            Row(**{**NEW, "post": "B13", "safety_duty": ""}),
            Row(**{**NEW, "post": "B14", "capacity": "HERO"}),
            Row(**{**NEW, "post": "B15", "scope": {"schools": ["1", "2"]}}),
        ],
    )

    with pytest.raises(Refused) as refusal:
        publish_draft(table=draft, note="")
    assert len(refusal.value.problems) == 4
    assert ResponsibilityTable.objects.filter(number__isnull=False).count() == 1


def test_an_empty_table_is_none(draft: ResponsibilityTable) -> None:
    keys = [
        (e.unit.code, e.post.code, e.capacity) for e in draft.entries.select_related("unit", "post")
    ]
    remove_rows(draft, keys)

    [problem] = [p for p in check_table(draft) if p.field == "entries"]
    assert "nobody" in problem.message or "unnamed" in problem.message


def test_a_failed_change_of_many_rows_writes_none(draft: ResponsibilityTable) -> None:
    before = draft.entries.count()
    with pytest.raises(Refused):
        change_rows(draft, put=[Row(**NEW), Row(**{**NEW, "post": "NONE"})], remove=[])
    assert draft.entries.count() == before
