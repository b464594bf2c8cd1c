"""What is refused before anything of a workbook is read."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Mapping
from contextlib import suppress

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.table.workbook.opening import open_workbook
from safety.errors import Refused
from tests.workbook.books import sheet_of

ROWS = (("单位", "岗位", "业务职责", "安全职责"), ("示范市教育局", "局长", "a", "b"))


def remade(content: bytes, changed: Mapping[str, bytes]) -> bytes:
    """The same archive with members replaced or added."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, changed.get(name) or old.read(name))
        for name in changed.keys() - set(old.namelist()):
            new.writestr(name, changed[name])
    return file.getvalue()


def sheet_xml(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        open_workbook(content, "t.xlsx")
    [problem] = refused.value.problems
    assert problem.field == "file"
    assert problem.remedy
    return problem.message


def test_a_plain_workbook_is_read():
    [sheet] = open_workbook(sheet_of(*ROWS), "t.xlsx").sheets

    assert [texts for _number, texts in sheet.lines()] == [tuple(row) for row in ROWS]


@pytest.mark.parametrize("member", ["xl/vbaProject.bin", "xl/macros/VBAproject.BIN"])
def test_macros_are_refused(member):
    assert "宏" in refusal(remade(sheet_of(*ROWS), {member: b"x"}))


def test_macros_in_an_old_workbook_are_refused():
    content = b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "_VBA_PROJECT".encode("utf-16-le")

    assert "宏" in refusal(content)


@pytest.mark.parametrize("member", ["xl/externalLinks/externalLink1.xml", "xl/connections.xml"])
def test_links_to_other_files_are_refused(member):
    assert "引用了别的文件" in refusal(remade(sheet_of(*ROWS), {member: b"<x/>"}))


def test_a_bomb_is_stopped_while_it_is_unpacked(settings):
    settings.WORKBOOK_UNPACKED_MB = 2
    bomb = remade(sheet_of(*ROWS), {"xl/media/image1.png": b"\0" * 5_000_000})

    assert len(bomb) < 50_000
    assert "解开后" in refusal(bomb)


def test_a_bomb_in_the_directory_is_stopped_too(settings):
    settings.WORKBOOK_UNPACKED_MB = 2
    content = sheet_of(*ROWS)
    for member in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        assert "解开后" in refusal(remade(content, {member: b"<a>" + b" " * 5_000_000 + b"</a>"}))


def test_text_that_never_ends_a_cell_costs_no_more_than_its_length():
    content = sheet_of(*ROWS)
    xml = sheet_xml(content).replace(b"<sheetData>", b"<sheetData>" + b'<c r="A' * 400_000)
    began = time.monotonic()

    assert refusal(remade(content, {"xl/worksheets/sheet1.xml": xml}))
    assert time.monotonic() - began < 20


def test_a_size_that_lies_is_found_out(settings):
    settings.WORKBOOK_UNPACKED_MB = 2
    content = bytearray(remade(sheet_of(*ROWS), {"xl/big.xml": b"<a>" + b" " * 5_000_000}))
    true, lie = (5_000_003).to_bytes(4, "little"), (10).to_bytes(4, "little")
    assert content.count(true) == 2
    while true in content:
        at = content.index(true)
        content[at : at + 4] = lie

    assert refusal(bytes(content))


def test_a_file_that_is_too_large_is_refused(settings):
    settings.WORKBOOK_MB = 0

    assert "超过" in refusal(sheet_of(*ROWS))


@pytest.mark.parametrize("place", ["XFD3", "A1048576", "ZZZZ9", "A99999999999"])
def test_a_cell_at_the_end_of_the_world_is_refused_before_room_is_made_for_it(place):
    content = sheet_of(*ROWS)
    far = sheet_xml(content).replace(b'r="A2"', f'r="{place}"'.encode())

    assert "超出" in refusal(remade(content, {"xl/worksheets/sheet1.xml": far}))


def test_areas_that_merge_millions_of_rows_are_refused():
    content = sheet_of(*ROWS)
    merged = b"".join(f'<mergeCell ref="{column}2:{column}1048576"/>'.encode() for column in "ABCD")
    xml = sheet_xml(content).replace(
        b"</sheetData>", b"</sheetData><mergeCells>" + merged + b"</mergeCells>"
    )

    assert "超出" in refusal(remade(content, {"xl/worksheets/sheet1.xml": xml}))


def test_entities_are_refused():
    content = sheet_of(*ROWS)
    xml = b'<!DOCTYPE a [<!ENTITY b "c">]>' + sheet_xml(content)

    assert refusal(remade(content, {"xl/worksheets/sheet1.xml": xml}))


def test_other_files_are_refused_with_a_remedy():
    for content in (b"", b"%PDF-1.7", b"PK\x03\x04rest", "单位,岗位".encode(), b"\xd0\xcf\x11\xe0"):
        assert refusal(content)
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("content.xml", "<x/>")
    assert refusal(other.getvalue())


def test_a_formula_is_its_text_and_never_a_result():
    book = openpyxl.Workbook()
    book.active["A1"], book.active["B1"] = "=1+1", '=HYPERLINK("http://x","<y>")'
    file = io.BytesIO()
    book.save(file)

    [sheet] = open_workbook(file.getvalue(), "t.xlsx").sheets

    assert dict(sheet.lines()) == {1: ("=1+1", '=HYPERLINK("http://x","<y>")')}


@settings(max_examples=60, deadline=None)
@given(cuts=st.lists(st.tuples(st.integers(0, 5000), st.binary(max_size=6)), max_size=4))
def test_a_damaged_workbook_is_refused_and_nothing_worse(cuts):
    content = bytearray(sheet_of(*ROWS))
    for place, put in cuts:
        at = place % len(content)
        content[at : at + len(put)] = put
    with suppress(Refused):
        for sheet in open_workbook(bytes(content), "t.xlsx").sheets:
            list(sheet.lines())
