"""What somebody pastes into a line never keeps the papers from being written."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.urls import reverse
from docx import Document

from safety.papers import PROPERTY_MAX, Paper
from tests.records.test_note_work import WHO, noted

ODD = "\ufffe\uffff\x0b\x1f\x7f\u202e"


@pytest.mark.parametrize("paper", ["records:dossier", "records:duty_report"])
def test_a_line_with_signs_that_are_none_is_still_a_paper(city, client, paper):
    noted(city, text=f"查看{ODD}宿舍用电", about=f"一中{ODD}")
    city.sign_in(client, WHO)

    answer = client.get(reverse(paper))

    assert answer.status_code == 200
    document = Document(BytesIO(answer.content))
    cells = [c.text for table in document.tables for row in table.rows for c in row.cells]
    said = "".join([*cells, *(line.text for line in document.paragraphs)])
    assert "查看" in said
    assert "宿舍用电" in said
    assert not set("\ufffe\uffff\x0b\x1f") & set(said)


@pytest.mark.usefixtures("city")
def test_a_long_title_with_odd_signs_is_cut_for_the_properties_only():
    title = f"责任书{ODD}" * 100

    document = Document(BytesIO(Paper(title).to_bytes()))

    assert document.core_properties.title.startswith("责任书")
    assert len(document.core_properties.title) == PROPERTY_MAX
    assert document.paragraphs[0].text.count("责任书") == 100


@pytest.mark.usefixtures("city")
def test_text_of_a_paper_is_no_field_and_no_link():
    paper = Paper("标题")
    paper.paragraph('=HYPERLINK("http://x")<w:fldSimple w:instr="DDE"/>{ DDEAUTO cmd }')
    paper.table(["甲"], [["=cmd|' /C calc'!A0"]])

    document = Document(BytesIO(paper.to_bytes()))

    assert "<w:fldSimple" not in document.element.xml
    assert "w:instrText" not in document.element.xml
    assert not [r for r in document.part.rels.values() if r.is_external]
    assert document.tables[0].rows[1].cells[0].text == "=cmd|' /C calc'!A0"
