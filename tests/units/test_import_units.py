"""Compare a list with the tree: what is created, changed, refused, and left alone."""

from __future__ import annotations

import csv
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from safety.ledger.models import Event
from safety.ledger.selectors import history
from safety.units.imports.known import derived_code
from safety.units.models import School, Unit

HEADER = ("学校代码", "学校名称", "区县", "学段", "在校学生数")
NEW = ("5201020009", "甲区西山小学", "甲区", "小学", 412)
OLD = ("5201020002", "甲区第一小学", "甲区", "小学", 1300)
pytestmark = pytest.mark.usefixtures("city")


def one(found):
    [error] = found.errors
    assert error["file"]
    assert error["row"]
    assert error["column"]
    assert error["message"]
    assert error["remedy"]
    assert found.failure
    assert not found.written
    return error


def test_a_new_school_is_created_with_its_facts_and_the_ledger_knows(run, write_csv, city):
    header = (*HEADER, "性质", "寄宿", "临近水域", "经度", "纬度", "坐标系", "值班电话")
    row = (*NEW, "民办", "是", "有", "106.71", "26.58", "GCJ-02", "0851-85550101")

    found = run(write_csv(header, row), "--on", "2026-09-01")

    assert (found.created, found.written, found.failure) == (1, True, "")
    school = School.objects.select_related("unit__parent").get(unit__code=NEW[0])
    assert school.unit.parent == city.unit("district")
    assert school.unit.path == f"/520100/520102/{NEW[0]}/"
    assert (school.unit.starts_on, school.unit.duty_phone) == (date(2026, 9, 1), "0851-85550101")
    assert (school.ownership, school.boarding, school.near_water) == ("private", True, True)
    assert (school.stages, school.pupils, school.datum) == (["primary"], 412, "gcj02")
    assert [e.verb for e in history(subject_kind="unit", subject_ref=NEW[0])] == ["unit.created"]
    told = Event.objects.get(verb="units.imported")
    assert told.body["created"] == 1
    assert told.body["files"][0]["name"] == "list.csv"


def test_a_change_is_shown_as_old_and_new_and_written_once(run, write_csv):
    path = write_csv(HEADER, (*OLD[:3], "小学、初中", 1350))

    shown = run(path, "--dry-run")
    run(path)
    again = run(path)

    assert [(c["field"], c["old"], c["new"]) for c in shown.changes] == [
        ("stages", ["primary"], ["primary", "junior"]),
        ("pupils", 1300, 1350),
    ]
    [fact] = history(subject_kind="unit", subject_ref=OLD[0]).filter(verb="unit.changed")
    assert fact.body == {"stages": [["primary"], ["primary", "junior"]], "pupils": [1300, 1350]}
    assert (again.changed, again.unchanged, again.written) == (0, 1, False)


def test_an_empty_cell_takes_nothing_away(run, write_csv):
    found = run(write_csv(HEADER, (*OLD[:3], "", "")))

    assert (found.changed, found.unchanged) == (0, 1)
    assert School.objects.get(unit__code=OLD[0]).pupils == 1300


def test_a_row_without_code_is_about_the_school_of_that_name(run, write_csv):
    found = run(write_csv(HEADER[1:], ("甲区第一小学", "甲区教育局", "小学", 1301)))

    assert [(c["code"], c["new"]) for c in found.changes] == [(OLD[0], 1301)]


def test_a_new_school_without_code_gets_the_documented_one(run, write_csv):
    found = run(write_csv(HEADER[1:], NEW[1:]))

    assert [unit["code"] for unit in found.new] == [derived_code("520102", "甲区西山小学")]
    assert derived_code("520102", "甲区西山小学") == "N2UYPYMIFC63P"


def test_a_renamed_school_is_a_change_not_a_second_school(run, write_csv):
    found = run(write_csv(HEADER, (OLD[0], "甲区实验小学", *OLD[2:])))

    assert [(c["field"], c["new"]) for c in found.changes] == [("name", "甲区实验小学")]
    assert Unit.objects.get(code=OLD[0]).name == "甲区实验小学"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("5201210006", "丁县旧街小学", "丁县", "小学", ""), "closed"),
        (("", "丁县旧街小学", "丁县", "小学", ""), "closed"),
        (("5201020009", "甲区第一小学", "甲区", "小学", ""), "name_taken"),
        (("5201020002", "甲区示范民办小学", "甲区", "小学", ""), "name_taken"),
        (("5201020009", "", "甲区", "小学", ""), "no_name"),
        (("5201020009", "甲" * 121, "甲区", "小学", ""), "too_long"),
        (("52/9", "甲区西山小学", "甲区", "小学", ""), "bad_code"),
        (("5201020009", "甲区西山小学", "丙区", "小学", ""), "unknown_district"),
        (("5201020009", "甲区西山小学", "", "小学", ""), "no_parent"),
        (("5201020009", "甲区西山小学", "甲区", "中学", ""), "unknown_stage"),
        (("5201020009", "甲区西山小学", "甲区", "小学", "若干"), "bad_number"),
        (("5201020009", "甲区\N{REPLACEMENT CHARACTER}山小学", "甲区", "小学", ""), "garbled"),
        (("5201020002", "甲区第一小学", "丁县", "小学", ""), "moves"),
        (("520102", "甲区教育局", "", "小学", ""), "not_a_school"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_row_that_cannot_be_imported_says_where_why_and_what_to_do(run, write_csv, row, code):
    units = Unit.objects.count()

    error = one(run(write_csv(HEADER, NEW[:0] or row)))

    assert error["code"] == code
    assert error["row"] == 2
    assert Unit.objects.count() == units


def test_one_bad_row_keeps_every_other_row_out(run, write_csv):
    found = run(write_csv(HEADER, NEW, ("5201020010", "12345", "甲区", "小学", "")))

    assert one(found)["row"] == 3
    assert found.created == 1
    assert not Unit.objects.filter(code=NEW[0]).exists()


def test_a_code_twice_in_one_file_is_refused_in_both_rows(run, write_csv):
    found = run(write_csv(HEADER, NEW, (NEW[0], "甲区东山小学", *NEW[2:])))

    assert found.codes == ["duplicate_code", "duplicate_code"]
    assert [error["row"] for error in found.errors] == [2, 3]
    assert "list.csv" in found.errors[1]["message"]


def test_a_code_twice_across_files_is_refused(run, write_csv):
    first = write_csv(HEADER, NEW, name="one.csv")
    second = write_csv(HEADER, (NEW[0], "甲区东山小学", *NEW[2:]), name="two.csv")

    found = run(first, second)

    assert [(e["code"], e["file"]) for e in found.errors] == [
        ("duplicate_code", "one.csv"),
        ("duplicate_code", "two.csv"),
    ]


def test_a_name_twice_without_codes_is_refused(run, write_csv):
    found = run(write_csv(HEADER[1:], NEW[1:], ("甲区 西山小学", *NEW[2:])))

    assert found.codes == ["duplicate_name", "duplicate_name"]


def test_zeros_that_a_spreadsheet_has_eaten_are_noticed(run, write_csv):
    run(write_csv(HEADER, ("0012", *NEW[1:])))

    error = one(run(write_csv(HEADER, ("12", *NEW[1:]))))

    assert error["code"] == "lost_zeros"
    assert "0012" in error["message"]


def test_a_comma_in_a_name_is_noticed_by_its_surplus_cell(run, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("学校名称,区县,校车\n甲区西山小学,甲区,否,多余\n", encoding="utf-8")

    assert one(run(path))["code"] == "too_many_cells"


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (("106.7", "", "wgs84"), "half_a_point"),
        (("106.7", "26.6", ""), "no_datum"),
        (("26.6", "106.7", "wgs84"), "bad_coordinate"),
    ],
)
def test_coordinates_must_be_whole(run, write_csv, cells, code):
    path = write_csv((*HEADER, "经度", "纬度", "坐标系"), (*NEW, *cells))

    assert code in run(path).codes


# ---- places in the tree ----

PLACED = ("代码", "名称", "单位类型", "区县", "上级单位")


def test_a_teaching_point_stands_under_a_central_school_of_the_same_file(run, write_csv):
    path = write_csv(
        PLACED,
        ("P1", "甲区河边教学点", "教学点", "甲区", "甲区河边中心小学"),
        ("C1", "甲区河边中心小学", "中心校", "甲区", ""),
        ("K1", "甲区河边中心小学东校区", "校区", "甲区", "C1"),
    )

    found = run(path)

    assert found.errors == []
    assert Unit.objects.get(code="P1").path == "/520100/520102/C1/P1/"
    assert Unit.objects.get(code="K1").path == "/520100/520102/C1/K1/"
    assert run(path).unchanged == 3


def test_a_row_that_names_only_the_district_leaves_a_teaching_point_where_it_is(run, write_csv):
    found = run(write_csv(HEADER, ("5201210005", "丁县河口村教学点", "丁县", "小学", 19)))

    assert [c["field"] for c in found.changes] == ["pupils"]


@pytest.mark.parametrize(
    ("kind", "parent", "code"),
    [
        ("学校", "5201020002", "parent_is_school"),
        ("教学点", "5201020002", "parent_is_school"),
        ("教学点", "没有的中心校", "unknown_parent"),
        ("区县局", "5201020002", "parent_is_school"),
        ("校区", "5201210006", "unknown_parent"),
    ],
)
def test_an_impossible_place_is_refused(run, write_csv, kind, parent, code):
    path = write_csv(PLACED, ("X1", "甲区某某单位", kind, "甲区", parent))

    assert one(run(path))["code"] == code


def test_a_closed_parent_is_refused(run, write_csv):
    Unit.objects.filter(code="520190").update(ends_on=date(2026, 1, 1))

    found = run(write_csv(HEADER, ("X1", "示范新区某小学", "示范新区", "小学", "")))

    assert one(found)["code"] == "parent_closed"


def test_a_path_that_is_too_long_is_refused(run, write_csv):
    parent = Unit.objects.get(code="5201210004")
    long = "L" * 40
    for number in range(5):
        code = f"{number}{long}"[:40]
        parent = Unit.objects.create(
            code=code,
            name=code,
            kind="central_school",
            parent=parent,
            path=f"{parent.path}{code}/",
            starts_on=date(2020, 1, 1),
        )

    found = run(write_csv(PLACED, ("P" * 40, "丁县远山教学点", "教学点", "", parent.code)))

    assert one(found)["code"] == "path_too_long"


def test_a_district_may_be_named_in_any_usual_way(run, write_csv, city):
    names = ("520102", "甲区", "甲区教育局", "示范市甲区", "示范市甲区教育局")
    rows = [(f"X{i}", f"甲区第{i}十小学", name, "小学", "") for i, name in enumerate(names)]

    found = run(write_csv(HEADER, *rows))

    assert found.errors == []
    assert {unit["parent"] for unit in found.new} == {"520102"}


def test_another_district_than_the_parent_option_is_refused(run, write_csv):
    found = run(write_csv(HEADER, NEW), "--parent", "520121")

    assert one(found)["code"] == "other_parent"


def test_a_district_is_created_only_for_rows_that_are_imported(run, write_csv, tmp_path):
    path = write_csv(HEADER, NEW, ("X1", "12345", "丙区", "小学", ""))
    options = ("--create-districts", "--valid-only", "--rejected", tmp_path / "back.csv")

    found = run(path, *options)

    assert [unit["code"] for unit in found.new] == [NEW[0]]
    assert not Unit.objects.filter(name="丙区").exists()


def test_an_empty_house_begins_with_a_list_of_bureaus(run, write_csv, empty_house):
    bureaus = write_csv(
        ("代码", "名称", "单位类型", "上级"),
        ("520100", "示范市教育局", "市局", ""),
        ("520102", "甲区教育局", "区县局", "520100"),
        name="bureaus.csv",
    )

    found = run(bureaus, write_csv(HEADER, NEW))

    assert found.errors == []
    assert [unit["code"] for unit in found.new] == ["520100", "520102", NEW[0]]
    assert Unit.objects.get(code=NEW[0]).path == f"/520100/520102/{NEW[0]}/"


def test_a_school_under_the_city_bureau_is_run_by_it(run, write_csv):
    found = run(write_csv(HEADER, ("X1", "示范市实验中学", "示范市教育局", "高中", "")))

    assert found.created == 1
    assert School.objects.get(unit__code="X1").city_direct


def test_a_school_moves_only_when_that_is_asked_for(run, write_csv):
    path = write_csv(HEADER, (*OLD[:2], "丁县", *OLD[3:]))

    assert one(run(path))["code"] == "moves"
    moved = run(path, "--move")

    assert [(c["field"], c["old"], c["new"]) for c in moved.changes] == [
        ("parent", "520102", "520121")
    ]
    assert Unit.objects.get(code=OLD[0]).path == "/520100/520121/5201020002/"
    assert run(path).unchanged == 1


def test_a_list_closes_a_school_and_can_be_imported_again(run, write_csv):
    path = write_csv((*HEADER, "办学状态", "撤并日期"), (*OLD, "停办", "2026-09-01"))

    closed = run(path)
    again = run(path)

    assert [(c["field"], c["new"]) for c in closed.changes] == [("ends_on", "2026-09-01")]
    assert Unit.objects.get(code=OLD[0]).ends_on == date(2026, 9, 1)
    assert (again.errors, again.unchanged) == ([], 1)


def test_closed_without_a_day_and_closed_but_unknown_are_refused(run, write_csv):
    path = write_csv((*HEADER, "状态"), (*OLD, "停办"), (*NEW, "停办"))

    assert run(path).codes == ["no_closing_day", "closed_in_file"]


def test_a_central_school_with_a_teaching_point_stays_one(run, write_csv):
    path = write_csv(PLACED, ("5201210004", "丁县河口中心小学", "学校", "丁县", ""))

    assert one(run(path))["code"] == "bad_kind"


# ---- options ----


def test_columns_are_mapped_by_header_or_letter_and_shown(run, write_csv):
    path = write_csv(("编号", "单位简介", "归口"), NEW[:3])

    found = run(path, "--map", "name=单位简介", "--map", "district=C", "--map", "code=编号")

    assert found.errors == []
    assert found.files[0]["columns"] == {
        "name": "单位简介 (B)",
        "district": "归口 (C)",
        "code": "编号 (A)",
    }


@pytest.mark.parametrize(
    "option",
    [
        ("--map", "colour=A"),
        ("--map", "name"),
        ("--default", "stages=中学"),
        ("--parent", "999999"),
        ("--on", "1 September"),
    ],
)
def test_an_option_that_cannot_be_used_is_refused(write_csv, option):
    with pytest.raises(CommandError) as failure:
        call_command("import_units", str(write_csv(HEADER, NEW)), *option)

    assert option[1].split("=")[-1].split()[-1] in str(failure.value)


def test_a_map_to_a_missing_column_lists_the_columns(run, write_csv):
    found = run(write_csv(HEADER, NEW), "--map", "name=没有这一列")

    assert found.codes == ["bad_map"]
    assert "A 学校代码" in found.errors[0]["remedy"]


def test_defaults_fill_what_the_list_leaves_empty(run, write_csv):
    path = write_csv(HEADER[:3], NEW[:3])

    run(path, "--default", "stages=九年一贯制", "--default", "boarding=是")

    school = School.objects.get(unit__code=NEW[0])
    assert (school.stages, school.boarding) == (["primary", "junior"], True)


def test_an_odd_name_is_taken_when_it_is_named(run, write_csv):
    odd = "甲区实验上海市教育考试院学校"
    path = write_csv(HEADER, (NEW[0], odd, *NEW[2:]))

    assert one(run(path))["code"] == "implausible_name"
    assert run(path, "--accept-name", odd).created == 1


def test_ditto_marks_repeat_the_district_above(run, write_csv):
    rows = (NEW, ("X1", "甲区东山小学", "同上", "〃", ""))

    found = run(write_csv(HEADER, *rows))

    assert [unit["parent"] for unit in found.new] == ["520102", "520102"]
    assert School.objects.get(unit__code="X1").stages == ["primary"]


# ---- rejected rows ----


def test_rejected_rows_come_back_without_formulas_and_can_be_corrected(run, write_csv, tmp_path):
    evil = "=cmd|' /C calc'!A0"
    back = tmp_path / "back.csv"
    path = write_csv((*HEADER, "备注"), (*NEW, ""), ("X1", evil, "甲区", "小学", "", "@SUM(A1)"))

    found = run(path, "--valid-only", "--rejected", back)

    assert (found.created, found.rejected) == (1, 1)
    with back.open(encoding="utf-8-sig", newline="") as file:
        header, row = csv.reader(file)
    assert header == [*HEADER, "备注", "原因"]
    assert row[1] == f"'{evil}"
    assert row[5] == "'@SUM(A1)"
    assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]
    corrected = write_csv(header, ["X1", "甲区东山小学", *row[2:]], name="corrected.csv")
    assert run(corrected).created == 1
    assert (run(back).codes, run(back).errors[0]["value"]) == (["implausible_name"], evil)


def test_rejected_rows_of_several_files_come_back_one_by_one(run, write_csv, tmp_path):
    bad = ("X1", "12345", "甲区", "小学", "")
    files = [write_csv(HEADER, bad, name=name) for name in ("one.csv", "two.csv")]

    found = run(*files, "--valid-only", "--rejected", tmp_path / "back.csv")

    assert found.rejected_files == {
        "one.csv": str(tmp_path / "back-one.csv"),
        "two.csv": str(tmp_path / "back-two.csv"),
    }
    assert (tmp_path / "back-two.csv").is_file()


def test_rejected_rows_lie_beside_their_list(run, write_csv, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    path = write_csv(HEADER, NEW, ("X1", "12345", "甲区", "小学", ""), name="schools.csv")

    found = run(path, "--valid-only")

    assert found.rejected_files == {"schools.csv": str(tmp_path / "schools-rejected.csv")}
    assert (tmp_path / "schools-rejected.csv").is_file()
    assert not list(elsewhere.iterdir())


def test_rejected_rows_of_a_folder_that_takes_nothing_lie_with_our_data(
    run, write_csv, tmp_path, monkeypatch, settings
):
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir()
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write anywhere

    found = run(write_csv(HEADER, ("X1", "12345", "甲区", "小学", "")), "--valid-only")

    assert found.rejected_files == {"list.csv": str(tmp_path / "var" / "list-rejected.csv")}


def test_a_list_without_districts_is_told_how_to_name_one(run, write_csv):
    path = write_csv(("学校代码", "学校名称"), ("X1", "甲区东山小学"))

    refused = run(path)

    assert refused.codes == ["no_parent"]
    remedy = refused.errors[0]["remedy"]
    assert "--default district=" in remedy
    assert "--create-districts" in remedy
    assert run(path, "--default", "district=新区", "--create-districts").created == 2


def test_the_bureau_of_all_rows_may_be_named(run, write_csv):
    path = write_csv(("学校代码", "学校名称"), ("X1", "甲区东山小学"))

    found = run(path, "--parent", "甲区")

    assert [unit["parent"] for unit in found.new] == ["520102"]
    with pytest.raises(CommandError, match="nowhere"):
        call_command("import_units", str(path), "--parent", "nowhere")


def test_a_place_that_cannot_be_written_imports_nothing(write_csv, tmp_path):
    path = write_csv(HEADER, NEW, ("X1", "12345", "甲区", "小学", ""))
    where = tmp_path / "no" / "such" / "folder.csv"

    with pytest.raises(CommandError, match="folder"):
        call_command("import_units", str(path), "--valid-only", "--rejected", str(where))

    assert not Unit.objects.filter(code=NEW[0]).exists()


def test_the_report_in_words_says_each_thing_once(write_csv, capsys):
    rows = [(f"X{n}", f"丙区第{n}小学", "丙区", "小学", "") for n in range(40)]

    with pytest.raises(CommandError):
        call_command("import_units", str(write_csv(HEADER, *rows)))

    out = capsys.readouterr().out
    assert out.count("--create-districts") == 1
    assert "学校名称 (B)" in out
    assert "39" in out
