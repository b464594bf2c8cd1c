"""A file that somebody sends never ends the server, whatever is in it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile

import openpyxl
import pytest

from safety.errors import Refused
from safety.units.imports.cells import text_of
from safety.units.imports.reader import open_book
from tests.units.hostile import HOSTILE, cells_without_places, far_apart, sheet_of_xml, with_sheet

# The reader as the server calls it, in a process that may not take more than 2 GB.
READER = """
import json, resource, sys
from pathlib import Path
import django
django.setup()
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
from safety.errors import Refused
from safety.units.imports.reader import open_book
try:
    for sheet in open_book(Path(sys.argv[1])).sheets:
        for line in sheet.lines():
            pass
except Refused as refused:
    print(json.dumps([[p.field, p.message, p.remedy] for p in refused.problems]))
"""


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_and_the_process_lives(tmp_path, kind):
    path = tmp_path / "list"
    path.write_bytes(HOSTILE[kind]())

    done = subprocess.run(
        [sys.executable, "-c", READER, path],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr[-500:]
    assert path.stat().st_size < 1 << 20
    [[field, message, remedy]] = json.loads(done.stdout)
    assert field == "file"
    assert message
    assert remedy


def refusal(path) -> str:
    with pytest.raises(Refused) as refused:
        open_book(path)
    [problem] = refused.value.problems
    return problem.message


def test_a_sheet_that_is_only_large_is_refused_before_its_rows_are_walked(tmp_path, settings):
    path = tmp_path / "list.xlsx"
    path.write_bytes(far_apart("IV50000"))
    settings.WORKBOOK_MEMORY_MB = 2048

    assert "超出" in refusal(path)


def test_without_memory_for_the_trial_nothing_is_read(tmp_path, settings):
    path = tmp_path / "list.xlsx"
    path.write_bytes(far_apart("B2"))
    assert open_book(path).sheets
    settings.WORKBOOK_MEMORY_MB = 8

    assert refusal(path)


def test_a_trial_that_cannot_be_held_is_a_refusal_too(tmp_path, monkeypatch):
    path = tmp_path / "list.xlsx"
    path.write_bytes(far_apart("B2"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "missing"))

    assert refusal(path)


def test_no_secret_of_ours_is_where_the_file_is_read(tmp_path, monkeypatch):
    path = tmp_path / "list.xlsx"
    path.write_bytes(far_apart("B2"))
    look = tmp_path / "look.py"
    told = tmp_path / "told.txt"
    look.write_text(f"import os, sys; open({str(told)!r}, 'w').write(repr(dict(os.environ)))")
    monkeypatch.setattr("safety.units.imports.guarding.TRIAL", look)
    monkeypatch.setenv("SAFETY_SECRET_KEY", "hush")

    assert open_book(path).sheets
    assert "hush" not in told.read_text()
    assert "PATH" in told.read_text()


@pytest.mark.usefixtures("city")
def test_the_command_names_the_hostile_file_and_writes_nothing(run, tmp_path):
    path = tmp_path / "list.xlsx"
    path.write_bytes(cells_without_places())

    found = run(path)

    assert found.codes == ["bad_file"]
    assert found.errors[0]["remedy"]
    assert found.failure


def test_blank_rows_and_cells_far_away_that_have_a_format_only_are_no_reason(tmp_path):
    path = tmp_path / "list.xlsx"
    path.write_bytes(
        with_sheet(
            sheet_of_xml(
                '<row r="1"><c r="A1"><v>7</v></c><c r="XFD1" s="0"/></row>'
                '<row r="1048575" ht="12.8" customHeight="false"></row>'
                '<row r="1048576" ht="12.8" customHeight="false"/>'
            )
        )
    )

    [sheet] = open_book(path).sheets

    assert [[text_of(c) for c in cells] for _number, cells in sheet.lines()] == [["7"]]


def test_a_cell_far_away_is_not_hidden_by_a_sign_in_its_attributes(tmp_path):
    path = tmp_path / "list.xlsx"
    path.write_bytes(
        with_sheet(
            sheet_of_xml('<row r="1"><c r="A1"><v>7</v></c><c r="XFD9" s="/>"><v>1</v></c></row>')
        )
    )

    assert "超出" in refusal(path)


def test_a_list_may_hold_macros_and_links_for_nothing_of_them_is_read(tmp_path):
    path = tmp_path / "list.xlsm"
    book = openpyxl.Workbook()
    book.active["A1"] = "学校名称"
    book.save(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
        archive.writestr("xl/externalLinks/externalLink1.xml", b"<x/>")

    [sheet] = open_book(path).sheets

    assert [tuple(cells) for _number, cells in sheet.lines()] == [("学校名称",)]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_is_packed_in_another_way_and_damaged_is_refused(tmp_path, method):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>" * 5000)
        at = archive.infolist()[0].header_offset
    content = bytearray(file.getvalue())
    content[at + 55 : at + 75] = b"\xff" * 20
    path = tmp_path / "list.xlsx"
    path.write_bytes(content)

    assert refusal(path)
