"""Five sheets as bureaus keep them, made of synthetic names; and what is found in them."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from notifications.models import Entry
from notifications.table.workbook.holdings import HEADINGS, write_proposals
from notifications.table.workbook.importing import import_workbook
from notifications.table.workbook.opening import open_workbook
from notifications.table.workbook.outcome import Outcome, Request
from notifications.table.workbook.previewing import preview
from notifications.table.workbook.report import as_text, proposals_of
from safety.errors import Refused
from safety.ledger.actions import SYSTEM
from safety.people.models import User
from safety.posts.models import Holding
from safety.rules.actions import default_content, publish_rules
from safety.units.models import Unit
from tests.workbook.books import published, sheet_of
from tests.workbook.sheets import bureau, districts, schools, sections, two_sheets

FIXTURES = Path(__file__).parent / "fixtures"


def look(content: bytes, **over: object) -> Outcome:
    return preview(Request(content=content, name="责任表.xlsx", **over))  # type: ignore[arg-type]


def said(outcome: Outcome, unit: str, post: str):
    [found] = [s.row for key, s in outcome.reading.statements.items() if key[:2] == (unit, post)]
    return found


def people(outcome: Outcome) -> dict[str, tuple[str, str, str]]:
    return {p.name: (p.post, p.phone, p.note) for p in proposals_of(outcome) if p.name}


def test_the_bureaus_sheet_with_titles_merged_cells_and_people(city):
    outcome = look(bureau())

    assert outcome.problems == []
    assert not outcome.is_own
    row = said(outcome, "520100", "B03")
    assert row.safety_duty == "组织、协调、督促全市校园安全\n每季度专题研究一次"
    assert row.capacity == "SAFETY_DEPUTY"
    found = people(outcome)
    assert found["赵演示安"] == ("局长", "13900000001", "微信同号")
    assert found["钱演示平"][2] == "兼任"
    assert {"孙演示一", "李演示二"} <= set(found)
    assert found["李演示二"][1] == "0851-88000002转801"
    vacant = [p for p in proposals_of(outcome) if p.does == "vacant"]
    assert [p.post for p in vacant] == ["分管体卫艺副局长"]


def test_nothing_is_removed_and_an_empty_cell_states_nothing(city):
    before = Entry.objects.get(table=published(), unit__code="520100", post__code="B02")

    outcome = look(bureau())

    assert {change.kind for change in outcome.merged.changes} == {"changed"}
    row = said(outcome, "520100", "B02")
    assert row.assessment == before.assessment
    assert row.scope == before.scope


def test_nobody_is_appointed_and_the_list_says_what_would_be_to_do(city):
    before = Holding.objects.count()
    outcome = look(bureau())
    file = io.BytesIO()

    import_workbook(outcome=outcome)
    number = write_proposals(file, proposals_of(outcome))

    assert Holding.objects.count() == before
    sheet = openpyxl.load_workbook(file).active
    rows = [tuple(cell or "" for cell in row) for row in sheet.iter_rows(values_only=True)]
    assert rows[0] == HEADINGS
    assert number == len(rows) - 1
    assert ("示范市教育局", "局长", "赵演示安", "13900000001", "", "微信同号") in rows


def test_somebody_who_holds_the_post_already_needs_nothing(city):
    User.objects.filter(pk=city.person("city.chief").pk).update(name="何演示")
    content = sheet_of(("单位", "岗位", "责任人"), ("示范市教育局", "局长", "何演示"))

    assert [p.does for p in proposals_of(look(content))] == ["stays"]


def test_headings_in_two_lines_and_ditto(city):
    outcome = look(districts())

    assert outcome.problems == []
    duties = [said(outcome, unit, "B12").safety_duty for unit in ("520102", "520121", "520190")]
    assert duties == ["学段安全监管"] * 3
    assert said(outcome, "520121", "B11").business_duty == "综合监管"
    assert people(outcome)["周演示三"][1] == "13900000003"


def test_sections_stand_where_units_are_expected(city):
    outcome = look(sections())

    assert outcome.problems == []
    assert said(outcome, "520100", "B11").safety_duty == "24小时值守"
    assert said(outcome, "520100", "B12").business_duty == "基础教育"
    assert [(n.code, n.cell) for n in outcome.notes] == [
        ("unreadable_person", "D4"),
        ("unreadable_phone", "E5"),
    ]


def test_schools_grouped_under_a_heading_and_a_footnote(city):
    outcome = look(schools())

    assert [(p.code, p.cell) for p in outcome.problems] == [("unknown_post", "B6")]
    assert said(outcome, "5201210001", "SCH_PRINCIPAL").safety_duty == "第一责任人"
    assert said(outcome, "5201020002", "SCH_PRINCIPAL").safety_duty == "第一责任人"
    assert outcome.reading.skipped == [9]
    taken = look(schools(), valid_only=True)
    draft = import_workbook(outcome=taken)
    assert draft is not None
    assert draft.entries.get(post__code="SCH_PRINCIPAL", unit__code="5201210001").safety_duty == (
        "第一责任人"
    )


def test_every_visible_sheet_is_read_and_headers_printed_again_are_none(city):
    outcome = look(two_sheets())

    assert outcome.problems == []
    assert [found.sheet.name for found in outcome.found] == ["机关", "学校"]
    assert said(outcome, "5201210001", "SCH_SAFETY_STAFF").business_duty == "安全专职"


@pytest.mark.parametrize("name", ["ugly.xls", "ugly.et"])
def test_old_excel_and_wps_files_say_the_same(city, name):
    content = (FIXTURES / name).read_bytes()

    old, new = look(content), look(bureau())

    assert old.problems == []
    assert {k: s.row for k, s in old.reading.statements.items()} == {
        k: s.row for k, s in new.reading.statements.items()
    }
    assert people(old) == people(new)


def test_the_fixtures_are_the_sheet_of_the_bureau():
    [old] = open_workbook((FIXTURES / "ugly.xls").read_bytes(), "ugly.xls").sheets
    [new] = open_workbook(bureau(), "ugly.xlsx").sheets

    assert [t for _n, t in old.lines() if any(t)] == [t for _n, t in new.lines() if any(t)]


def test_the_columns_are_shown_and_can_be_named(city):
    rows = (("谁家", "干啥的", "平安"), ("示范市教育局", "局长", "新职责"))
    outcome = look(sheet_of(*rows), maps={"unit": "A", "post": "干啥的", "safety_duty": "C"})

    assert said(outcome, "520100", "B02").safety_duty == "新职责"
    assert "post ← 干啥的 (B)" in "\n".join(as_text(outcome))


def test_a_post_of_a_known_kind_is_created_only_when_asked_for(city):
    rows = (
        ("单位", "岗位", "业务职责", "安全职责"),
        ("丁县教育局", "包片(联系)领导二", "联系学校", "督促联系学校"),
        ("丁县河口村教学点", "校长", "全面", "第一责任人"),
    )

    refused = look(sheet_of(*rows))
    taken = look(sheet_of(*rows), create_posts=True, valid_only=True)

    assert [(p.code, p.cell) for p in refused.problems] == [
        ("unknown_post", "B2"),
        ("new_post", "B3"),
    ]
    draft = import_workbook(outcome=taken)
    assert draft is not None
    entry = draft.entries.get(unit=city.unit("point"))
    assert (entry.post.kind, entry.capacity, entry.safety_duty) == (
        *("SCH_PRINCIPAL", "SCH_PRINCIPAL"),
        "第一责任人",
    )


def test_the_first_table_of_a_new_installation_comes_from_the_bureaus_own_sheet(empty_house):
    publish_rules(content=default_content(), note="", actor=SYSTEM)
    Unit.objects.create(
        code="520100",
        name="示范市教育局",
        kind="city",
        path="/520100/",
        starts_on=date(2020, 1, 1),
    )

    refused, taken = look(bureau()), look(bureau(), create_posts=True)

    assert {p.code for p in refused.problems} == {"new_post"}
    draft = import_workbook(outcome=taken)
    assert draft is not None
    assert draft.based_on is None
    row = draft.entries.get(post__kind="B12")
    assert (row.capacity, row.scope["stages"][0]) == ("LINE_SECTION", "junior")
    assert (row.business_duty, row.safety_duty) == ("主管中小学", "监管中小学安全")
    assert {p.does for p in proposals_of(taken)} == {"appoint"}


def test_a_name_alone_is_one_more_person_of_the_post_above(city):
    rows = (
        ("单位", "岗位", "责任人", "业务职责", "安全职责"),
        ("甲区教育局", "基础教育科", "吴演示", "基教", "学段安全"),
        (None, None, "郑演示", None, None),
    )

    found = people(look(sheet_of(*rows)))

    assert {name: told[0] for name, told in found.items()} == {
        "吴演示": "基础教育科",
        "郑演示": "基础教育科",
    }


def test_rows_below_one_that_cannot_be_read_do_not_slip_to_the_unit_above(city):
    rows = (
        ("单位", "岗位", "责任人", "业务职责", "安全职责"),
        ("甲区教育局", "局长", "吴演示", "全面", "第一责任人"),
        ("戊区教育局", "局长", "郑演示", "全面", "第一责任人"),
        (None, "基础教育科", "王演示", "基教", "学段安全"),
        ("丁县教育局", "宇航员", "冯演示", "飞行", "飞行安全"),
        (None, None, "陈演示", None, None),
        (None, "基础教育科", "褚演示", "基教", "县里的学段安全"),
    )

    outcome = look(sheet_of(*rows), valid_only=True)

    assert [p.cell for p in outcome.problems] == ["A3", "A4", "B5"]
    assert outcome.reading.skipped == [6]
    assert [key[:2] for key in outcome.reading.statements] == [
        ("520102", "B02"),
        ("520121", "B12"),
    ]
    assert set(people(outcome)) == {"吴演示", "褚演示"}


def test_a_sheet_without_a_table_is_refused(city):
    with pytest.raises(Refused) as refused:
        look(sheet_of(("通知",), ("请各单位……",)))

    assert "--map" in refused.value.problems[0].remedy
