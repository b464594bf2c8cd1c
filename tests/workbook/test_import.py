"""Import our own workbook: every change and every error by cell, all of it or nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from notifications.models import Entry, ResponsibilityTable
from notifications.table.drafts import put_rows, start_draft
from notifications.table.rows import Row, rows_of
from notifications.table.workbook.importing import import_workbook, state_of
from notifications.table.workbook.outcome import Outcome, Request
from notifications.table.workbook.previewing import preview
from notifications.table.workbook.report import cells_of
from safety.errors import Conflict, Refused
from safety.ledger.models import Event
from tests.workbook.books import FIELDS, FIRST, edited, exported, place, published, row_of

COUNTY = ("520121", "B12")


def look(content: bytes, **over: object) -> Outcome:
    return preview(Request(content=content, name="t.xlsx", **over))  # type: ignore[arg-type]


def entry(table: ResponsibilityTable, unit: str = "520121", post: str = "B12") -> Entry:
    return Entry.objects.get(table=table, unit__code=unit, post__code=post)


def change(content: bytes, field: str, text: str | None, unit: str = "520121", post: str = "B12"):
    number = row_of(content, unit, post)
    return edited(content, lambda sheet: sheet.__setitem__(place(field, number), text)), number


def test_a_changed_cell_is_shown_with_its_address_and_written_into_a_new_draft(city):
    content, number = change(exported(), "safety_duty", "新的安全职责\n第二行")

    outcome = look(content)

    [changed] = outcome.merged.changes
    [cell] = cells_of(outcome, changed)
    assert (cell.cell, cell.after) == (place("safety_duty", number), "新的安全职责\n第二行")
    assert cell.before == entry(published()).safety_duty
    draft = import_workbook(outcome=outcome)
    assert draft is not None
    assert draft.is_draft
    assert entry(draft).safety_duty == "新的安全职责\n第二行"
    assert draft.entries.count() == published().entries.count()
    event = Event.objects.filter(verb="table.workbook_imported").latest("id")
    assert (event.body["changed"], event.body["added"], event.body["removed"]) == (1, 0, 0)


def test_words_and_codes_of_a_scope_are_read_in_any_order(city):
    content, _number = change(exported(), "hazards", "学生欺凌;FIRE\n侵害(涉及教职工)")
    outcome = look(content)
    if outcome.problems:  # the rule book's own word for BULLY
        content, _number = change(exported(), "hazards", "BULLY;FIRE\n侵害(涉及教职工)")
        outcome = look(content)

    draft = import_workbook(outcome=outcome)

    assert draft is not None
    assert entry(draft).scope["hazards"] == ["BULLY", "FIRE", "SEXA+staff_involved"]


def test_rows_are_added_and_removed(city):
    content = exported()
    number = row_of(content, *COUNTY)

    def move(sheet):
        for field in ("post_code", "post", "capacity"):
            sheet[place(field, number)] = None
        sheet[place("post_code", number)] = "B12"
        sheet[place("capacity", number)] = "安全科室"

    outcome = look(edited(content, move))

    kinds = {c.kind: c.key for c in outcome.merged.changes}
    assert kinds == {
        "added": ("520121", "B12", "SAFETY_OFFICE"),
        "removed": ("520121", "B12", "LINE_SECTION"),
    }


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("unit_code", "999", "unknown_unit"),
        ("unit", "甲区教育局", "name_differs"),
        ("post_code", "NO_SUCH", "unknown_post"),
        ("post", "局长", "name_differs"),
        ("capacity", "英雄", "unknown_word"),
        ("line", "工会", "unknown_word"),
        ("stages", "小学、大本", "unknown_word"),
        ("hazards", "侵害(没有的条件)", "unknown_word"),
        ("sections", "火箭科", "unknown_word"),
        ("schools", "甲区没有的小学", "unknown_place"),
        ("schools", "520121 丁县教育局", "unknown_place"),
        ("capacity", "=1+1", "unknown_word"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_written(city, field, text, code):
    before = (ResponsibilityTable.objects.count(), Event.objects.count())
    content, number = change(exported(), field, text)

    outcome = look(content)

    assert [(p.code, p.cell) for p in outcome.problems] == [(code, place(field, number))]
    assert all(p.message and p.remedy for p in outcome.problems)
    assert outcome.merged.changes == []
    with pytest.raises(Refused):
        import_workbook(outcome=outcome)
    assert (ResponsibilityTable.objects.count(), Event.objects.count()) == before


def test_every_wrong_cell_is_told_at_once(city):
    content = exported()
    one, two = row_of(content, *COUNTY), row_of(content, "520121", "B02")

    def spoil(sheet):
        sheet[place("hazards", one)] = "没有"
        sheet[place("stages", one)] = "没有"
        sheet[place("line", two)] = "没有"

    cells = [problem.cell for problem in look(edited(content, spoil)).problems]

    assert cells == sorted(
        [place("stages", one), place("hazards", one), place("line", two)],
        key=lambda cell: int(cell[1:]),
    )


def test_the_same_row_twice_is_refused_with_the_number_of_the_first(city):
    content = exported()
    number = row_of(content, *COUNTY)

    def double(sheet):
        sheet.append([cell.value for cell in sheet[number]])

    [problem] = look(edited(content, double)).problems

    assert problem.code == "twice"
    assert str(number) in problem.message


def test_columns_may_stand_in_another_order_and_beside_own_ones(city):
    def mix(sheet):
        sheet.insert_cols(3)
        sheet["C2"] = "我的备注"
        sheet["C3"] = "随手写"
        sheet.move_range(f"R1:R{sheet.max_row}", cols=4)

    outcome = look(edited(exported(), mix))

    assert (outcome.problems, outcome.merged.changes) == ([], [])
    assert "我的备注" in outcome.found[0].unused


def test_a_renamed_or_deleted_column_is_refused_by_name(city):
    def spoil(sheet):
        sheet[place("safety_duty", 2)] = "平安工作"
        sheet.delete_cols(FIELD_OF_STAGES)

    problems = look(edited(exported(), spoil)).problems

    assert [problem.value for problem in problems] == ["学段", "安全职责"]
    assert all("平安工作" in problem.remedy for problem in problems)


FIELD_OF_STAGES = 9  # the column 学段 counted from 1


def test_a_renamed_column_can_be_named_again(city):
    content = edited(exported(), lambda s: s.__setitem__(place("safety_duty", 2), "平安工作"))

    outcome = look(content, maps={"safety_duty": "平安工作"})

    assert (outcome.problems, outcome.merged.changes) == ([], [])


def test_merged_cells_count_for_all_their_rows(city):
    content = exported()
    number = row_of(content, *COUNTY)

    def merge(sheet):
        sheet.merge_cells(f"{place('unit_code', number)}:{place('unit_code', number + 1)}")
        sheet.merge_cells(f"{place('unit', number)}:{place('unit', number + 1)}")

    outcome = look(edited(content, merge))

    assert (outcome.problems, outcome.merged.changes) == ([], [])


def test_an_empty_duty_is_told_and_kept_out_of_publication_only(city):
    content, number = change(exported(), "business_duty", None)

    outcome = look(content)

    assert [(n.code, n.cell) for n in outcome.notes] == [
        ("duty_missing", place("business_duty", number))
    ]
    draft = import_workbook(outcome=outcome)
    assert draft is not None
    assert entry(draft).business_duty == ""


def duties(draft: ResponsibilityTable, unit: str, post: str, **over: Any) -> Row:
    rows = rows_of(Entry.objects.filter(table=draft, unit__code=unit, post__code=post))
    return replace(next(iter(rows)), **over)


def test_what_others_changed_since_the_export_stays(city):
    content, _number = change(exported(), "safety_duty", "工作簿里改的")
    draft = start_draft()
    put_rows(draft, [duties(draft, "520121", "B02", safety_duty="别人改的")])
    put_rows(draft, [duties(draft, "520121", "B12", assessment="也是别人改的")])
    draft.refresh_from_db()

    outcome = look(content, draft=draft)

    assert outcome.problems == []
    assert outcome.is_merged
    import_workbook(outcome=outcome)
    assert entry(draft, post="B02").safety_duty == "别人改的"
    there = entry(draft)
    assert (there.safety_duty, there.assessment) == ("工作簿里改的", "也是别人改的")


def test_two_changes_of_one_cell_are_told_and_neither_is_lost(city):
    content, number = change(exported(), "safety_duty", "工作簿里改的")
    draft = start_draft()
    put_rows(draft, [duties(draft, "520121", "B12", safety_duty="别人改的")])
    draft.refresh_from_db()

    outcome = look(content, draft=draft)

    assert [(p.code, p.cell) for p in outcome.problems] == [
        ("changed_since", place("safety_duty", number))
    ]
    with pytest.raises(Refused):
        import_workbook(outcome=outcome)
    assert entry(draft).safety_duty == "别人改的"


def test_a_row_that_both_added_differently_is_told(city):
    content = exported()
    number = row_of(content, *COUNTY)

    def add(sheet):
        values = [cell.value for cell in sheet[number]]
        values[FIELDS.index("capacity")] = "安全科室"
        sheet.append(values)

    content = edited(content, add)
    draft = start_draft()
    key = {"unit": "520121", "post": "B12", "capacity": "SAFETY_OFFICE"}
    put_rows(draft, [Row(**key, business_duty="别人", safety_duty="写的")])
    draft.refresh_from_db()

    codes = {problem.code for problem in look(content, draft=draft).problems}

    assert codes == {"changed_since"}


def test_a_workbook_of_a_state_that_nobody_knows_any_more_is_refused_or_counts_as_it_stands(city):
    draft = start_draft()
    content = exported(draft)
    put_rows(draft, [duties(draft, "520121", "B12", safety_duty="后来改的")])
    draft.refresh_from_db()

    [problem] = look(content, draft=draft).problems
    over = look(content, draft=draft, over=True)

    assert (problem.code, problem.row) == ("other_version", 0)
    assert [c.key[:2] for c in over.merged.changes] == [("520121", "B12")]


def test_without_its_mark_a_workbook_is_not_trusted_to_remove(city):
    def unmark(sheet):
        del sheet.parent["标记"]

    content = edited(exported(), unmark)

    assert [p.code for p in look(content).problems] == ["other_version"]
    assert look(content, over=True).merged.changes == []


def test_a_part_changes_nothing_outside_it(city):
    county = city.unit("county")
    content = exported(part=county)
    number = row_of(content, *COUNTY)

    gone = look(edited(content, lambda sheet: sheet.delete_rows(number)))
    stranger = look(edited(content, lambda s: s.__setitem__(place("unit_code", number), "520102")))

    assert [(c.kind, c.key[:2]) for c in gone.merged.changes] == [("removed", COUNTY)]
    assert "outside" in {problem.code for problem in stranger.problems}


def test_an_edit_between_preview_and_import_is_a_conflict(city):
    draft = start_draft()
    content, _number = change(exported(draft), "safety_duty", "改")
    outcome = look(content, draft=draft)
    seen = state_of(outcome)
    put_rows(draft, [duties(draft, "520121", "B02", safety_duty="别人改的")])

    with pytest.raises(Conflict):
        import_workbook(
            outcome=look(content, draft=ResponsibilityTable.objects.get(pk=draft.pk), over=True),
            seen=seen,
        )
    put_rows(draft, [duties(draft, "520121", "B12", safety_duty="别人改的")])
    with pytest.raises(Conflict):
        import_workbook(outcome=outcome)
    assert entry(draft).safety_duty == "别人改的"


def test_good_rows_alone_are_taken_when_asked_for_and_nothing_is_removed(city):
    content = exported()
    bad, good, gone = (row_of(content, "520121", post) for post in ("B12", "B02", "B13"))

    def spoil(sheet):
        sheet[place("stages", bad)] = "没有"
        sheet[place("safety_duty", good)] = "好的"
        sheet.delete_rows(gone)

    outcome = look(edited(content, spoil), valid_only=True)

    assert outcome.blocking == []
    draft = import_workbook(outcome=outcome)
    assert draft is not None
    assert draft.entries.count() == published().entries.count()
    assert entry(draft, post="B02").safety_duty == "好的"


def test_a_new_post_is_created_only_when_asked_for(city):
    content = exported()

    def add(sheet):
        sheet.append(
            [
                "",
                "520121",
                "",
                "B12X",
                "第二基教科",
                "B12",
                "业务科室",
                "政",
                *[""] * 6,
                "业务",
                "安全",
            ]
        )

    content = edited(content, add)
    refused, taken = look(content), look(content, create_posts=True)

    assert [p.code for p in refused.problems] == ["new_post"]
    draft = import_workbook(outcome=taken)
    assert draft is not None
    assert entry(draft, post="B12X").post.name == "第二基教科"


def test_the_first_row_below_the_header_is_the_third_of_the_sheet(city):
    assert FIRST == 3
