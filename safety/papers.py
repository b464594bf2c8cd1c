"""Papers that offices edit, sign and stamp: Word files in the layout of official documents.

Margins, type area and typefaces follow GB/T 9704—2012; the fonts are named, not
embedded, so a machine without them shows its own. Text is written as text: nothing
in it can become a field, a link or a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

BODY, TITLE = "仿宋", "方正小标宋简体"
HEADINGS = {1: "黑体", 2: "楷体", 3: "仿宋"}
BODY_SIZE, TITLE_SIZE, CELL_SIZE, MARK_SIZE = Pt(16), Pt(22), Pt(11), Pt(10.5)
LINE = Pt(28.95)  # 22 lines on a page
INDENT = Pt(32)  # two characters
PROPERTY_MAX = 255
NO_SIGNS = frozenset("\ufffe\uffff")  # numbers of Unicode that are no sign, and end XML

_marks: list[Callable[[], str]] = []


def register_mark(mark: Callable[[], str]) -> None:
    """Let ``mark`` say what stands on top of every page of every paper; "" for nothing."""
    _marks.append(mark)


def marks() -> str:
    return " ".join(text for mark in _marks if (text := mark()))


class Paper:
    """One Word file, written from top to bottom."""

    def __init__(self, title: str) -> None:
        self._document = Document()
        section = self._document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        self._document.core_properties.title = _printable(title)[:PROPERTY_MAX]
        self._document.core_properties.author = ""
        if said := marks():
            head = section.header.paragraphs[0]
            head.alignment = WD_ALIGN_PARAGRAPH.CENTER
            _run(head, said, font=BODY, size=MARK_SIZE)
        line = self._line(title, font=TITLE, size=TITLE_SIZE)
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.paragraph_format.space_after = Pt(14)

    def centred(self, text: str) -> None:
        self._line(text).alignment = WD_ALIGN_PARAGRAPH.CENTER

    def heading(self, text: str, level: int = 1) -> None:
        line = self._line(text, font=HEADINGS[level])
        line.paragraph_format.first_line_indent = INDENT
        line.paragraph_format.keep_with_next = True

    def paragraph(self, text: str) -> None:
        self._line(text).paragraph_format.first_line_indent = INDENT

    def right(self, text: str) -> None:
        self._line(text).alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def gap(self) -> None:
        self._line("")

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A ruled table whose head is repeated on every page."""
        table = self._document.add_table(rows=1, cols=len(head), style="Table Grid")
        for cell, text in zip(table.rows[0].cells, head, strict=True):
            _fill(cell.paragraphs[0], text, font=HEADINGS[1])
        properties = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no word for it
        repeated = properties.makeelement(qn("w:tblHeader"), {qn("w:val"): "true"})
        properties.append(repeated)
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                _fill(cell.paragraphs[0], text, font=BODY)
        self.gap()

    def to_bytes(self) -> bytes:
        stream = BytesIO()
        self._document.save(stream)
        return stream.getvalue()

    def _line(self, text: str, *, font: str = BODY, size: Pt = BODY_SIZE) -> Paragraph:
        line: Paragraph = self._document.add_paragraph()
        line.paragraph_format.space_after = Pt(0)
        line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        line.paragraph_format.line_spacing = LINE
        _run(line, text, font=font, size=size)
        return line


def _fill(line: Paragraph, text: str, *, font: str) -> None:
    line.paragraph_format.space_after = Pt(0)
    _run(line, text, font=font, size=CELL_SIZE)


def _run(line: Paragraph, text: str, *, font: str, size: Pt) -> Run:
    run = line.add_run(_printable(text))
    run.font.name, run.font.size = font, size
    fonts: Any = run._element.get_or_add_rPr().get_or_add_rFonts()  # noqa: SLF001 - the only way to name a Chinese font
    fonts.set(qn("w:eastAsia"), font)
    return run


def _printable(text: str) -> str:
    """Without signs that XML cannot carry."""
    return "".join(
        sign for sign in text if sign in "\t\n" or (sign >= " " and sign not in NO_SIGNS)
    )
