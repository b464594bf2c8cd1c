"""The lists of three districts as they were published: 120 rows, one of them garbled."""

from __future__ import annotations

import csv

import pytest

from safety.ledger.models import Event
from safety.units.models import School, Unit

GARBLED = "上海师范大学附属第五嘉定实验上海市教育考试院学校"
pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def all_three(real_lists):
    return [real_lists.putuo, real_lists.xuhui, real_lists.jiading]


# The list of 徐汇 has no column for the district.
OPTIONS = ("--create-districts", "--default", "district=徐汇区", "--default", "stages=初中")


def test_the_garbled_row_is_named_and_nothing_is_imported(run, all_three):
    units, events = Unit.objects.count(), Event.objects.count()

    found = run(*all_three, *OPTIONS)

    assert found.failure
    assert not found.written
    [error] = found.errors
    assert error["code"] == "implausible_name"
    assert (error["file"], error["row"]) == ("jiading_junior_2026.csv", 45)
    assert error["column"] == "school_name (A)"
    assert error["value"] == GARBLED
    assert "教育考试院" in error["message"]
    assert error["remedy"]
    assert (Unit.objects.count(), Event.objects.count()) == (units, events)


def test_valid_only_imports_119_schools_and_gives_the_garbled_row_back(run, all_three, tmp_path):
    schools = School.objects.count()
    back = tmp_path / "back.csv"

    found = run(*all_three, *OPTIONS, "--valid-only", "--rejected", back)

    assert not found.failure
    assert found.written
    assert (found.created, found.rejected) == (122, 1)  # three districts among them
    assert School.objects.count() == schools + 119
    assert found.rejected_files == {"jiading_junior_2026.csv": str(back)}
    assert back.read_bytes().startswith(b"\xef\xbb\xbf")
    with back.open(encoding="utf-8-sig", newline="") as file:
        header, row = csv.reader(file)
    assert header == ["school_name", "district", "ownership", "原因"]
    assert row[:3] == [GARBLED, "嘉定区", "公办"]
    assert "45" in row[3]


def test_importing_twice_writes_nothing(run, all_three, tmp_path):
    arguments = (*all_three, *OPTIONS, "--valid-only", "--rejected", tmp_path / "back.csv")
    run(*arguments)
    before = list(Unit.objects.values_list()), list(School.objects.values_list())
    events = Event.objects.count()

    found = run(*arguments)

    assert (found.created, found.changed, found.unchanged) == (0, 0, 119)
    assert not found.written
    assert (list(Unit.objects.values_list()), list(School.objects.values_list())) == before
    assert Event.objects.count() == events


def test_a_dry_run_tells_the_same_and_writes_nothing(run, real_lists, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    units, events = Unit.objects.count(), Event.objects.count()

    found = run(real_lists.putuo, *OPTIONS, "--dry-run", "--valid-only")

    assert not found.failure
    assert (found.created, found.written) == (42, False)
    assert (Unit.objects.count(), Event.objects.count()) == (units, events)
    assert list(tmp_path.iterdir()) == []


def test_codes_keep_their_zeros_and_schools_stand_in_their_district(run, real_lists):
    run(real_lists.putuo, *OPTIONS)

    school = Unit.objects.select_related("parent", "school").get(code="071045")
    assert school.name == "上海市洵阳中学"
    assert school.parent.name == "普陀区"
    assert school.path == f"/520100/{school.parent.code}/071045/"
    assert school.school.stages == ["junior"]
    assert school.school.ownership == "public"


def test_codes_made_for_a_list_without_codes_are_the_same_every_time(run, real_lists):
    first = run(real_lists.xuhui, *OPTIONS, "--dry-run")
    again = run(real_lists.xuhui, *OPTIONS)

    assert len({unit["code"] for unit in first.new}) == 36
    assert first.new == again.new


def test_columns_that_only_look_like_facts_are_left_alone(run, real_lists):
    found = run(real_lists.xuhui, *OPTIONS)

    [file] = found.files
    assert file["columns"].keys() == {"name", "ownership", "code"}
    assert "enrollment_classes" in file["unused"]
    names = [unit["name"] for unit in found.new]
    assert School.objects.filter(unit__name__in=names, pupils=None).count() == 35


def test_a_missing_district_is_an_error_with_two_ways_out(run, real_lists, city):
    found = run(real_lists.putuo)

    assert found.failure
    assert set(found.codes) == {"unknown_district"}
    assert len(found.errors) == 41
    assert "--create-districts" in found.errors[0]["remedy"]
    assert "--parent" in found.errors[0]["remedy"]
    put_under = run(real_lists.putuo, "--parent", "520102")
    assert not put_under.failure
    assert Unit.objects.get(code="071045").parent == city.unit("district")
    assert any("普陀区" in warning for warning in put_under.warnings)


def test_a_row_without_district_and_without_parent_is_an_error(run, real_lists):
    found = run(real_lists.xuhui)

    assert set(found.codes) == {"no_parent"}
    assert not found.written
