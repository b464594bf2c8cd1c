"""Small files that make a trusting reader ask for all the memory there is, or never end."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

OLD = Path(__file__).parent / "files" / "list.xls"
KIND = "application/vnd.oasis.opendocument"
LABEL = b"\xfd\x00\x0a\x00"  # a cell with a text of the workbook
DIMENSIONS = b"\x00\x02\x0e\x00"


def far_apart(place: str = "XFD1048576", rows: int = 1) -> bytes:
    """Two cells, at the two ends of the largest sheet there can be."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in range(1, rows + 1):
        sheet.cell(row, 1, "学校名称")
    sheet[place] = "x"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_sheet(xml: bytes) -> bytes:
    """A workbook whose only sheet is ``xml``."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(far_apart("B2"))) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            is_sheet = name == "xl/worksheets/sheet1.xml"
            new.writestr(name, xml if is_sheet else old.read(name))
    return file.getvalue()


def sheet_of_xml(rows: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def cells_without_places() -> bytes:
    """A blank row at the very end, and below it a cell that says nothing of where it is."""
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048575"/>'
        f"<row>{'<c/>' * 16000}<c><v>1</v></c></row>"
    )
    return with_sheet(sheet_of_xml(rows))


def bomb() -> bytes:
    """Hundreds of megabytes of nothing in some hundred kilobytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        with zipfile.ZipFile(io.BytesIO(far_apart("B2"))) as old:
            for name in old.namelist():
                new.writestr(name, old.read(name))
        with new.open("xl/media/image1.png", "w") as member:
            for _part in range(310):
                member.write(bytes(1 << 20))
    return file.getvalue()


def open_document(cells: str) -> bytes:
    """An .ods file with one sheet of these rows."""
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
        for short in ("office", "table", "text")
    )
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", f"{KIND}.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{manifest}"/>'
        )
        archive.writestr(
            "content.xml",
            f"<office:document-content {names}><office:body><office:spreadsheet>"
            f'<table:table table:name="名单">{cells}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return file.getvalue()


def repeated() -> bytes:
    """A million rows of thousands of cells, in one line of text."""
    cell = (
        '<table:table-cell office:value-type="string" table:number-columns-repeated="16000">'
        "<text:p>x</text:p></table:table-cell>"
    )
    row = f'<table:table-row table:number-rows-repeated="%d">{cell}</table:table-row>'
    return open_document(row % 1 + row % 1_000_000)


def old_and_vast() -> bytes:
    """An old workbook whose sheet says that it has 65,536 rows of 65,535 columns."""
    content = bytearray(OLD.read_bytes())
    at = content.index(DIMENSIONS)
    content[at + 4 : at + 16] = struct.pack("<IIHH", 0, 65535, 0, 65534)
    return bytes(content)


def old_and_far() -> bytes:
    """An old workbook with a cell in a column that no program writes."""
    content = bytearray(OLD.read_bytes())
    at = content.rindex(LABEL)
    content[at + 4 : at + 8] = struct.pack("<HH", 65535, 65534)
    return bytes(content)


def old_and_endless() -> bytes:
    """An old workbook whose chains of sectors lead back to their beginning."""
    content = bytearray(OLD.read_bytes())
    table = 512 + 512 * int(struct.unpack_from("<I", content, 76)[0])
    for at in range(table, table + 512, 4):
        if struct.unpack_from("<I", content, at)[0] == 0xFFFFFFFE:
            struct.pack_into("<I", content, at, 0)
    return bytes(content)


HOSTILE = {
    "far apart": far_apart,
    "without places": cells_without_places,
    "bomb": bomb,
    "repeated": repeated,
    "old and vast": old_and_vast,
    "old and far": old_and_far,
    "old and endless": old_and_endless,
}
