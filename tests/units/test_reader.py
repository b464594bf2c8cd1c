"""Lists in every shape in which offices keep them."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from safety.errors import Refused
from safety.units.imports.cells import text_of
from safety.units.imports.mapping import locate
from safety.units.imports.reader import open_book
from safety.units.models import School, Unit

HEADER = ("学校代码", "学校名称", "所属区县")
ROW = ("071045", "甲区西山小学", "甲区")


def texts(path: Path) -> list[tuple[int, list[str]]]:
    """Every row of the first sheet as (number, texts), blank ones left out."""
    [sheet, *_more] = open_book(path).sheets
    rows = ((number, [text_of(cell) for cell in cells]) for number, cells in sheet.lines())
    return [(number, row) for number, row in rows if any(row)]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"], ids=lambda name: name
)
def test_a_csv_file_is_read_in_any_encoding_of_an_office(write_csv, encoding):
    path = write_csv(HEADER, ROW, encoding=encoding)

    assert texts(path) == [(1, list(HEADER)), (2, list(ROW))]


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_other_delimiters_are_recognised(tmp_path, delimiter):
    path = tmp_path / "list.csv"
    path.write_text("\n".join(delimiter.join(row) for row in (HEADER, ROW)), encoding="utf-8")

    assert texts(path)[1] == (2, list(ROW))


def test_blank_rows_keep_their_numbers_but_are_no_rows(write_csv):
    path = write_csv(HEADER, (), ("", " ", "\u3000"), ROW)

    assert texts(path) == [(1, list(HEADER)), (4, list(ROW))]


def test_invisible_characters_and_odd_blanks_are_no_part_of_a_name():
    assert text_of("\ufeff甲区\u200b西山小学\u3000 ") == "甲区西山小学"
    assert text_of("甲区\xa0第一  小学\n") == "甲区 第一 小学"


def test_numbers_are_read_as_they_are_shown():
    assert text_of(71045.0) == "71045"
    assert text_of(26.5) == "26.5"
    assert text_of(datetime(2026, 9, 1)) == "2026-09-01"  # noqa: DTZ001 - as calamine gives it
    assert text_of(True) == "true"


@pytest.fixture
def workbook(tmp_path):
    """A list as Excel keeps it: two title rows, merged districts, numbers, dates, a footnote."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "名单"
    sheet["B1"] = "甲区学校名单（2026年）"
    sheet.merge_cells("B1:H1")
    sheet["B2"] = "单位：所、人"
    for column, text in zip(
        "BCDEFGH",
        ("学校（园）代码*", "学校(机构)名称", "区县", "学段", "在校学生数", "建校日期", "备注"),
        strict=True,
    ):
        sheet[f"{column}3"] = text
    rows = (
        ("071045", "甲区西山小学", "甲区", "小学", 412, date(1958, 9, 1), "=1+1"),
        (5201029001, "甲区东山小学", None, "小学", 388.0, "1962年", None),
        (None,) * 7,
        ("071047", "甲区南山学校", None, "九年一贯制", "1,204", datetime(2001, 9, 1), "@SUM"),  # noqa: DTZ001
    )
    for number, row in enumerate(rows, start=4):
        for column, value in zip("BCDEFGH", row, strict=True):
            sheet[f"{column}{number}"] = value
    sheet["H4"].data_type = "s"
    sheet.merge_cells("D4:D7")
    sheet["B9"] = "合计"
    sheet["F9"] = 2004
    sheet["B10"] = "注：本表不含民办学校。"
    cover = book.create_sheet("说明")
    cover["A1"] = "填表说明"
    hidden = book.create_sheet("字典")
    hidden["A1"], hidden["A2"], hidden.sheet_state = "学校名称", "不应导入的学校", "hidden"
    path = tmp_path / "list.xlsx"
    book.save(path)
    return path


def test_a_workbook_is_read_as_excel_shows_it(run, workbook, city):
    found = run(workbook)

    assert found.errors == []
    assert (found.created, found.changed) == (3, 0)
    [file] = found.files
    assert file["file"] == "list.xlsx [名单]"
    assert file["header_row"] == 3
    assert file["skipped_rows"] == [9, 10]
    assert file["unused"] == ["备注"]
    assert any("说明" in warning for warning in found.warnings)
    assert not Unit.objects.filter(name="不应导入的学校").exists()
    number = Unit.objects.get(code="5201029001")
    assert (number.name, number.parent) == ("甲区东山小学", city.unit("district"))
    assert number.starts_on == date(1962, 1, 1)
    assert Unit.objects.get(code="071045").starts_on == date(1958, 9, 1)
    south = School.objects.get(unit__code="071047")
    assert (south.pupils, south.stages) == (1204, ["primary", "junior"])
    assert south.unit.starts_on == date(2001, 9, 1)
    again = run(workbook)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 3)


def test_an_old_xls_workbook_is_read_with_its_merged_cells(run, city):
    found = run(Path(__file__).parent / "files" / "list.xls")

    assert found.errors == []
    assert [unit["code"] for unit in found.new] == ["071045", "71046", "071047"]
    assert {unit["parent"] for unit in found.new} == {"520102"}


def test_an_ods_file_is_read(run, tmp_path, city):
    cells = "".join(
        "<table:table-row>"
        + "".join(
            '<table:table-cell office:value-type="string">'
            f"<text:p>{text}</text:p></table:table-cell>"
            for text in row
        )
        + "</table:table-row>"
        for row in (HEADER, ROW)
    )
    kind = "application/vnd.oasis.opendocument"
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
        for short in ("office", "table", "text")
    )
    path = tmp_path / "list.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", f"{kind}.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            "<manifest:manifest "
            'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            f"<office:document-content {names}><office:body><office:spreadsheet>"
            f'<table:table table:name="名单">{cells}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )

    found = run(path)

    assert found.errors == []
    assert Unit.objects.get(code="071045").name == "甲区西山小学"


def test_two_header_rows_with_merged_cells_are_one_header(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["B1"], sheet["B2"], sheet["C2"] = "学校名称", "位置", "经度", "纬度"
    sheet.merge_cells("A1:A2")
    sheet.merge_cells("B1:C1")
    sheet["A3"] = "甲区西山小学"
    book.save(tmp_path / "list.xlsx")

    table = locate(open_book(tmp_path / "list.xlsx").sheets[0], {})

    assert table is not None
    assert table.header_row == 2
    assert dict(table.columns) == {"name": 0, "longitude": 1, "latitude": 2}


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "file"),
        (b"<html><table><tr><td>x", "file"),
        (b"%PDF-1.7 ...", "file"),
        (b"PK\x03\x04 no zip at all", "file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 nothing", "file"),
        ('学校名称\n"甲区'.encode(), "file"),
    ],
    ids=["empty", "web page", "pdf", "broken xlsx", "broken xls", "open quotation mark"],
)
def test_what_is_no_list_is_refused_with_a_remedy(tmp_path, content, word):
    path = tmp_path / "list.xls"
    path.write_bytes(content)

    with pytest.raises(Refused) as refused:
        [list(sheet.lines()) for sheet in open_book(path).sheets]

    [problem] = refused.value.problems
    assert problem.field == word
    assert problem.value == str(path)[:80] + ("…" if len(str(path)) > 80 else "")
    assert problem.remedy


@pytest.mark.usefixtures("city")
def test_a_file_that_cannot_be_read_stops_the_others_too(run, write_csv, tmp_path):
    good = write_csv(HEADER, ROW)

    found = run(good, tmp_path / "missing.csv", "--valid-only")

    assert found.codes == ["bad_file"]
    assert found.failure
    assert not Unit.objects.filter(code="071045").exists()


@pytest.mark.usefixtures("city")
def test_a_list_without_header_says_how_to_name_the_columns(run, write_csv):
    path = write_csv(ROW, ("071046", "甲区东山小学", "甲区"))

    found = run(path)

    assert found.codes == ["bad_header"]
    assert "--map" in found.errors[0]["remedy"]


def test_damaged_bytes_of_a_utf8_file_show_as_lost_characters(tmp_path):
    path = tmp_path / "list.csv"
    rows = "".join(f"0710{n:02d},甲区第{n}小学,甲区\n" for n in range(40))
    text = (",".join(HEADER) + "\n" + rows).encode()
    path.write_bytes(text.replace("第7小".encode(), b"\xe7\xac7\xe5\xb0\x8f"))

    damaged = [row for _number, row in texts(path) if "\N{REPLACEMENT CHARACTER}" in row[1]]

    assert [row[0] for row in damaged] == ["071007"]
