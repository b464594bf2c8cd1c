"""What is refused before a workbook is read: bombs, macros, links to other files, huge sheets.

A workbook is a zip of XML. Everything in it is unpacked once, counted and thrown
away, so that the reader (which trusts sizes) never meets one that lies. The same
pass notes the formulas, of which the reader only tells results.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO
from xml.etree import ElementTree as ET

from django.conf import settings
from django.utils.translation import gettext as _

from safety.errors import Refused

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
MEMBERS_MAX = 2000
COLUMNS_MAX = 256
MERGED_MAX = 500_000
CHUNK = 1 << 20
DIRECTORY_MAX = 2 << 20  # bytes of the parts that only name the others
MB = 1 << 20

_PLACE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{0,9})(\d{1,12})[\"']")
_FORMULA = re.compile(
    rb"<(?:\w{1,9}:)?c\b[^<>]{0,300}?\br\s{0,9}=\s{0,9}[\"']([A-Z]{1,3}\d{1,7})[\"'][^<>]{0,300}>"
    rb"\s{0,9}<(?:\w{1,9}:)?f\b[^<>]{0,300}?(?:/>|>([^<]*)<)"
)
_VBA = "_VBA_PROJECT".encode("utf-16-le")


@dataclass
class Inspected:
    """What a pass over the whole file found. ``formulas``: sheet → cell → its text."""

    formulas: dict[str, dict[str, str]] = field(default_factory=dict)


def inspect(content: bytes, name: str) -> Inspected:
    """Raise ``Refused`` unless ``content`` is a workbook that may be read."""
    limit = settings.WORKBOOK_MB
    if len(content) > limit * MB:
        raise refused(
            name,
            _("The file is larger than %(limit)d MB.") % {"limit": limit},
            _("Import it in parts, district by district, or take pictures out of it."),
        )
    if content.startswith(OLE):
        if _VBA in content:
            raise _has_macros(name)
        return Inspected()
    if not content.startswith(ZIP):
        raise _no_workbook(name)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _archive(archive, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise refused(
            name,
            _("The workbook is damaged."),
            _("Open it in a spreadsheet program and save it as .xlsx."),
        ) from error


def refused(name: str, message: str, remedy: str) -> Refused:
    return Refused(message, field="file", value=name, remedy=remedy)


def _no_workbook(name: str) -> Refused:
    return refused(
        name,
        _("This is no workbook that can be read here."),
        _("Save it as .xlsx or .xls and give that file."),
    )


def _has_macros(name: str) -> Refused:
    return refused(
        name,
        _("The workbook holds macros."),
        _("Save it as .xlsx, which keeps none, and give that file."),
    )


def _archive(archive: zipfile.ZipFile, name: str) -> Inspected:
    members = archive.namelist()
    if len(members) > MEMBERS_MAX or len(set(members)) < len(members):
        raise refused(
            name,
            _("The workbook is not built as spreadsheet programs build it."),
            _("Open it in a spreadsheet program and save it as .xlsx."),
        )
    if any(member.lower().endswith("vbaproject.bin") for member in members):
        raise _has_macros(name)
    if any(m.lower().startswith(("xl/externallinks/", "xl/connections")) for m in members):
        raise refused(
            name,
            _("The workbook refers to other files or to a database."),
            _("Break the links (Data, Edit links), save it, and give that file."),
        )
    if "xl/workbook.xml" not in members:
        raise _no_workbook(name)
    return _unpack(archive, name)


def _unpack(archive: zipfile.ZipFile, name: str) -> Inspected:
    budget = _Budget(settings.WORKBOOK_UNPACKED_MB * MB, name)
    told: dict[str, dict[str, str]] = {}
    for member in archive.infolist():
        with archive.open(member) as file:
            for text in _pieces(file, budget):
                _check_piece(text, name)
                if cells := _formulas(text):
                    told.setdefault(member.filename, {}).update(cells)
    sheets = _sheet_names(archive)
    return Inspected({sheets.get(member, member): cells for member, cells in told.items()})


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
        end = kept.rfind(b"row>", searched)
        if end >= 0:
            yield bytes(kept[: end + 4])
            del kept[: end + 4]
    yield bytes(kept)


def _check_piece(text: bytes, name: str) -> None:
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise refused(
            name,
            _("The workbook is not built as spreadsheet programs build it."),
            _("Open it in a spreadsheet program and save it as .xlsx."),
        )
    if b"row" not in text:
        return
    rows = settings.WORKBOOK_ROWS
    for found in _PLACE.finditer(text):
        if int(found[2]) > rows:
            raise too_large(name, rows)
        if len(found[1]) > 2 or column_of(found[1].decode()) > COLUMNS_MAX:  # noqa: PLR2004 - IV is column 256
            raise too_large(name, rows)


def too_large(name: str, rows: int) -> Refused:
    return refused(
        name,
        _("A sheet reaches beyond row %(rows)d or column IV.") % {"rows": rows},
        _(
            "Delete the cells far from the table, also blank ones that have a format; "
            "or split the table."
        ),
    )


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
