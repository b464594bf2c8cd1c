"""One pass over everything in a zip of XML, counted and thrown away.

The reader trusts sizes; after this pass it never meets one that lies. The same pass notes
the formulas, of which the reader only tells results.
"""

from __future__ import annotations

import html
import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO
from xml.etree import ElementTree as ET

from django.conf import settings
from django.utils.translation import gettext as _

from safety.units.imports.refusals import no_workbook, refused, too_large, unusual

MEMBERS_MAX = 2000
COLUMNS_MAX = 256
CHUNK = 1 << 20
PIECE_MAX = 64 << 20  # bytes of one row, or of one text that many cells share
DIRECTORY_MAX = 2 << 20  # bytes of the parts that only name the others
MB = 1 << 20
# What the standard library raises on a zip that lies, as its methods of packing do.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,  # also what is encrypted, or packed in an unknown way
    ValueError,
)

_PLACE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{0,9})(\d{1,12})[\"']")
_EMPTY = re.compile(  # the rest of a row or cell that holds nothing
    rb"(?:\s+[\w:]+\s*=\s*\"[^\"<>]*\")*\s*(?:/>|>\s*</(?:\w{1,9}:)?(?:row|c)>)"
)
_FORMULA = re.compile(
    rb"<(?:\w{1,9}:)?c\b[^<>]{0,300}?\br\s{0,9}=\s{0,9}[\"']([A-Z]{1,3}\d{1,7})[\"'][^<>]{0,300}>"
    rb"\s{0,9}<(?:\w{1,9}:)?f\b[^<>]{0,300}?(?:/>|>([^<]*)<)"
)


@dataclass
class Inspected:
    """What a pass over the whole file found. ``formulas``: sheet → cell → its text."""

    formulas: dict[str, dict[str, str]] = field(default_factory=dict)
    is_open_document: bool = False
    has_macros: bool = False
    has_links: bool = False


def unpack(content: bytes, name: str) -> Inspected:
    """Look at everything in a zipped workbook. Raises ``Refused``."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _archive(archive, name)
    except DAMAGED as error:
        raise refused(
            name,
            _("The workbook is damaged."),
            _("Open it in a spreadsheet program and save it as .xlsx."),
        ) from error


def _archive(archive: zipfile.ZipFile, name: str) -> Inspected:
    members = archive.namelist()
    if len(members) > MEMBERS_MAX or len(set(members)) < len(members):
        raise unusual(name)
    if "xl/workbook.xml" in members:
        found = _unpack(archive, name)
        found.formulas = _by_sheet(archive, found.formulas)
    elif {"mimetype", "content.xml"} <= set(members):
        found = _unpack(archive, name)
        found.is_open_document = True
    else:
        raise no_workbook(name)
    lower = [member.lower() for member in members]
    found.has_macros = any(member.endswith("vbaproject.bin") for member in lower)
    found.has_links = any(m.startswith(("xl/externallinks/", "xl/connections")) for m in lower)
    return found


def _unpack(archive: zipfile.ZipFile, name: str) -> Inspected:
    budget = _Budget(settings.WORKBOOK_UNPACKED_MB * MB, name)
    told: dict[str, dict[str, str]] = {}
    for member in archive.infolist():
        with archive.open(member) as file:
            for text in _pieces(file, budget):
                _check_piece(text, name)
                if cells := _formulas(text):
                    told.setdefault(member.filename, {}).update(cells)
    return Inspected(told)


def _by_sheet(
    archive: zipfile.ZipFile, told: dict[str, dict[str, str]]
) -> dict[str, dict[str, str]]:
    sheets = _sheet_names(archive)
    return {sheets.get(member, member): cells for member, cells in told.items()}


@dataclass
class _Budget:
    """How many unpacked bytes may still come."""

    left: int
    name: str

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise refused(
                self.name,
                _("Unpacked, the workbook is larger than %(limit)d MB.")
                % {"limit": settings.WORKBOOK_UNPACKED_MB},
                _("Delete what is not part of the table, or import it in parts."),
            )


def _pieces(file: IO[bytes], budget: _Budget) -> Iterator[bytes]:
    """The content of ``file`` in pieces that end where a row ends: no cell is cut in two."""
    kept = bytearray()
    while chunk := file.read(CHUNK):
        budget.spend(len(chunk))
        searched = max(len(kept) - 3, 0)
        kept += chunk
        end = max(kept.rfind(b"row>", searched), kept.rfind(b"/si>", searched))
        if end >= 0:
            yield bytes(kept[: end + 4])
            del kept[: end + 4]
        elif len(kept) > PIECE_MAX:
            raise unusual(budget.name)
    yield bytes(kept)


def _check_piece(text: bytes, name: str) -> None:
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise unusual(name)
    if b"row" not in text:
        return
    rows = settings.WORKBOOK_ROWS
    for found in _PLACE.finditer(text):
        letters = found[1]
        far = len(letters) > 2 or column_of(letters.decode()) > COLUMNS_MAX  # noqa: PLR2004 - IV is column 256
        if (far or int(found[2]) > rows) and not _EMPTY.match(text, found.end()):
            raise too_large(name, rows)


def column_of(letters: str) -> int:
    """The number of a column by its letters: A is 1."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index


def _formulas(text: bytes) -> dict[str, str]:
    if b"<f" not in text and b":f" not in text:
        return {}
    return {
        found[1].decode(): "=" + html.unescape((found[2] or b"").decode("utf-8", "replace"))
        for found in _FORMULA.finditer(text)
    }


def _sheet_names(archive: zipfile.ZipFile) -> dict[str, str]:
    """Member of the archive → name of the sheet in it. Only after everything was looked at."""
    parts = []
    for member in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        try:
            with archive.open(member) as file:
                parts.append(ET.fromstring(file.read(DIRECTORY_MAX)))  # noqa: S314 - no entities
        except (KeyError, ET.ParseError) as error:
            raise zipfile.BadZipFile(member) from error
    targets = {
        link.get("Id"): str(PurePosixPath("xl", link.get("Target", "")))
        for link in parts[1]
        if not link.get("Target", "").startswith("/")
    } | {
        link.get("Id"): link.get("Target", "")[1:]
        for link in parts[1]
        if link.get("Target", "").startswith("/")
    }
    found = {}
    for element in parts[0].iter():
        if element.tag.endswith("}sheet"):
            relation = next((v for k, v in element.attrib.items() if k.endswith("}id")), None)
            if relation in targets:
                found[targets[relation]] = element.get("name", "")
    return found
