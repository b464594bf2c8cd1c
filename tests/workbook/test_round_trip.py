"""What was exported and imported unchanged is identical, also through LibreOffice."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications.models import ResponsibilityTable
from notifications.table.drafts import put_rows, start_draft
from notifications.table.rows import Row, rows_of
from notifications.table.workbook.outcome import Request
from notifications.table.workbook.previewing import preview
from safety.demo.actions import build_city
from tests.workbook.books import FIELDS, FIRST, exported, published

NOW = datetime(2026, 6, 14, 3, 0, tzinfo=UTC)
# Whatever a database keeps and a person can have typed or pasted.
TEXTS = st.text(
    st.one_of(
        st.characters(blacklist_categories=["Cs", "Cc"]),
        st.sampled_from(list("\n\t=+-@'\"、,;()0123长安全职责😀\u3000\xa0\u200b")),
    ),
    min_size=0,
    max_size=60,
) | st.sampled_from(
    [
        *("=1+1", "=cmd|'/C calc'!A0", "+86", "-", "@here", "'quoted", "0012", "1e5", "TRUE"),
        *("2026-01-01", "#N/A", "第一行\n第二行\n\n第四行", "_x000D_", "_x0041_", "长" * 3000),
        *("👨‍👩‍👧‍👦", "<b>&amp;</b>", "a\r\nb", "\ufeff前", "a\x0bb", "12.0", " 前后 "),
    ]
)


@pytest.fixture
def draft(city) -> ResponsibilityTable:
    return start_draft()


def unchanged(content: bytes, draft: ResponsibilityTable | None = None) -> int:
    """Assert that nothing would change, and return the number of rows."""
    outcome = preview(Request(content=content, name="t.xlsx", draft=draft))
    assert outcome.problems == []
    assert outcome.merged.changes == []
    return outcome.merged.unchanged


def test_an_unchanged_workbook_changes_nothing(city):
    assert unchanged(exported()) == published().entries.count()


def test_libreoffice_opens_and_saves_it_and_nothing_changes(through_libreoffice, draft):
    rows = list(rows_of(draft.entries.all()))
    odd = [
        *("=1+1", "007", "第一行\n第二行", "长" * 5000, "😀👨‍👩‍👧", "-3", "@a", "'b"),
        *("2026-01-01", "1e5", "_x000D_"),
    ]
    changed = [
        Row(
            **{
                **_values(row),
                "business_duty": text,
                "safety_duty": f"{text}安全",
                "assessment": text,
            }
        )
        for row, text in zip(rows, odd, strict=False)
    ]
    put_rows(draft, changed)
    draft.refresh_from_db()

    saved = through_libreoffice(exported(draft))

    assert unchanged(saved, draft) == len(rows)


def test_the_demo_city_goes_through_libreoffice_and_nothing_changes(
    through_libreoffice, empty_house
):
    build_city(schools=14, seed=7, names="fictional", password="x", now=NOW)

    saved = through_libreoffice(exported())

    assert unchanged(saved) == published().entries.count() > 200


def test_libreoffice_saves_the_old_kind_and_nothing_changes(through_libreoffice, city):
    assert unchanged(through_libreoffice(exported(), "xls")) == published().entries.count()


def _values(row: Row) -> dict[str, Any]:
    names = ("unit", "post", "capacity", "line", "scope", "business_duty", "safety_duty")
    return {name: getattr(row, name) for name in names}


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    texts=st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=12),
    hazards=st.lists(st.sampled_from(["DROWN", "FIRE", "SEXA+staff_involved", "TRAF"]), max_size=4),
    stages=st.lists(st.sampled_from(["primary", "junior", "kindergarten", "he"]), max_size=4),
    line=st.sampled_from(["party", "administration", "both"]),
)
def test_any_text_comes_back_as_it_went(draft, texts, hazards, stages, line):
    rows = list(islice(rows_of(draft.entries.all()), len(texts)))
    schools = [row.unit for row in rows_of(published().entries.filter(unit__kind="school"))][:2]
    put_rows(
        draft,
        [
            Row(
                unit=row.unit,
                post=row.post,
                capacity=row.capacity,
                line=line,
                scope={"hazards": hazards, "stages": stages, "schools": schools},
                business_duty=business,
                safety_duty=safety,
                assessment=assessment,
            )
            for row, (business, safety, assessment) in zip(rows, texts, strict=False)
        ],
    )
    draft.refresh_from_db()

    assert unchanged(exported(draft), draft) == draft.entries.count()


def test_no_cell_is_a_formula(draft, tmp_path):
    [row, *_rest] = rows_of(draft.entries.all())
    put_rows(draft, [Row(**{**_values(row), "business_duty": '=HYPERLINK("http://x","y")'})])
    path = tmp_path / "t.xlsx"
    path.write_bytes(exported(draft))

    sheet = openpyxl.load_workbook(path)["责任表"]
    kinds = {cell.data_type for cells in sheet.iter_rows() for cell in cells if cell.value}

    assert kinds <= {"s", "inlineStr"}
    column = FIELDS.index("business_duty") + 1
    values = [sheet.cell(n, column).value for n in range(FIRST, sheet.max_row + 1)]
    assert '=HYPERLINK("http://x","y")' in values


def test_a_part_holds_the_rows_below_its_unit_and_no_others(city, tmp_path):
    county = city.unit("county")
    path = tmp_path / "t.xlsx"
    path.write_bytes(exported(part=county))

    sheet = openpyxl.load_workbook(path)["责任表"]
    codes = {sheet.cell(n, 2).value for n in range(FIRST, sheet.max_row + 1)}
    inside = published().entries.filter(unit__path__startswith=county.path)

    assert codes == set(inside.values_list("unit__code", flat=True))
    assert unchanged(path.read_bytes()) == inside.count()
