"""The two commands: what they print, what they write, and how they fail."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from notifications.models import Entry, ResponsibilityTable
from notifications.table.drafts import start_draft
from safety.demo.models import DemoCity
from tests.workbook.books import edited, exported, place, published, row_of, run
from tests.workbook.sheets import bureau


@pytest.fixture
def book(city, tmp_path):
    """The exported table, with one safety duty rewritten."""
    path = tmp_path / "责任表.xlsx"
    call_command("export_responsibility", str(path), stdout=io.StringIO())
    content = path.read_bytes()
    number = row_of(content, "520121", "B12")
    cell = place("safety_duty", number)
    path.write_bytes(edited(content, lambda sheet: sheet.__setitem__(cell, "新职责")))
    return path


def safety_duty(table: ResponsibilityTable) -> str:
    return Entry.objects.get(table=table, unit__code="520121", post__code="B12").safety_duty


def test_a_dry_run_shows_the_change_by_cell_and_writes_nothing(book):
    before = ResponsibilityTable.objects.count()

    found = run(book, "--dry-run")

    assert (found.ok, found.written, found.changed, found.draft) == (True, False, 1, "")
    [change] = found.changes
    assert change["cells"][0]["after"] == "新职责"
    assert change["cells"][0]["cell"][0] == place("safety_duty", 1)[0]
    assert ResponsibilityTable.objects.count() == before


def test_an_import_goes_into_a_draft_and_is_not_in_force(book):
    found = run(book)

    draft = ResponsibilityTable.objects.get(ref=found.draft)
    assert safety_duty(draft) == "新职责"
    assert safety_duty(published()) != "新职责"


def test_publish_goes_through_the_gate(book):
    before = published().number

    found = run(book, "--publish", "--note", "按新三定调整")

    assert found.failure == ""
    assert published().number == before + 1
    assert safety_duty(published()) == "新职责"


def test_what_the_gate_refuses_leaves_no_draft_behind(book):
    content = book.read_bytes()
    cell = place("business_duty", row_of(content, "520121", "B02"))
    book.write_bytes(edited(content, lambda sheet: sheet.__setitem__(cell, None)))
    before = (ResponsibilityTable.objects.count(), published().number)

    found = run(book, "--publish")

    assert found.failure
    assert (found.ok, found.written) == (False, False)
    assert (ResponsibilityTable.objects.count(), published().number) == before


def test_an_error_fails_the_command_and_names_its_cell(book):
    content = book.read_bytes()
    cell = place("capacity", row_of(content, "520121", "B02"))
    book.write_bytes(edited(content, lambda sheet: sheet.__setitem__(cell, "英雄")))

    found = run(book)

    assert found.cells == {cell: "unknown_word"}
    assert found.failure
    assert not found.written


def test_the_report_for_people_says_the_same(book):
    out = io.StringIO()
    call_command("import_responsibility", str(book), "--dry-run", stdout=out)

    assert "新职责" in out.getvalue()
    assert "修改 1 行" in out.getvalue()


def test_people_are_written_as_a_list_even_on_a_dry_run(city, tmp_path):
    path, people = tmp_path / "ugly.xlsx", tmp_path / "people.xlsx"
    path.write_bytes(bureau())

    found = run(path, "--dry-run", "--people", str(people))

    assert "赵演示安" in {person["name"] for person in found.people}
    sheet = openpyxl.load_workbook(people).active
    assert sheet["A1"].value == "单位"
    assert sheet.max_row > 1


def test_a_file_that_cannot_be_read_is_one_clear_message(city, tmp_path):
    path = tmp_path / "t.xlsx"
    path.write_bytes(b"%PDF")

    found = run(path)

    assert found.errors[0]["field"] == "file"
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_responsibility", str(tmp_path / "none.xlsx"))


def test_a_draft_and_an_older_version_can_be_exported(city, tmp_path):
    draft = start_draft()
    path = tmp_path / "t.xlsx"
    call_command(
        "export_responsibility", str(path), "--draft", str(draft.ref)[:8], stdout=io.StringIO()
    )
    assert openpyxl.load_workbook(path)["标记"]["B1"].value == str(draft.ref)
    number = str(published().number)
    call_command("export_responsibility", str(path), "--table", number, stdout=io.StringIO())
    assert openpyxl.load_workbook(path)["标记"]["B2"].value == number
    with pytest.raises(CommandError):
        call_command("export_responsibility", str(path), "--table", "999")


def test_a_demonstration_is_marked_on_every_printed_page(city):
    plain = openpyxl.load_workbook(io.BytesIO(exported()))["责任表"]
    DemoCity.objects.create(seed=1, schools=1, names="fictional", created_at=city.SINCE)
    marked = openpyxl.load_workbook(io.BytesIO(exported()))

    assert "演示数据" not in (plain["A1"].value or "")
    assert "演示数据" in marked["责任表"]["A1"].value
    assert "演示数据" in (marked["责任表"].oddHeader.center.text or "")
    assert "演示数据" in marked["说明"]["A2"].value


def test_the_workbook_helps_whoever_fills_it(city):
    book = openpyxl.load_workbook(io.BytesIO(exported()))
    sheet = book["责任表"]

    assert sheet.freeze_panes == "F3"
    assert sheet.protection.sheet
    assert sheet["A2"].protection.locked
    assert not sheet["P3"].protection.locked
    assert (
        not sheet["A4000"].protection.locked or not sheet.column_dimensions["A"].protection.locked
    )
    lists = {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation}
    assert any(place.startswith("G3") and "选项" in formula for place, formula in lists.items())
    assert book["选项"]["A2"].value == "党组织主要负责人"
    assert book["标记"].sheet_state == "hidden"
    assert "两份责任" in "".join(str(row[0].value) for row in book["说明"].iter_rows())
