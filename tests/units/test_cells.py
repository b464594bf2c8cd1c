"""What a cell may say, and what is said of one that cannot be used."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from safety.units.imports.cells import guarded, text_of
from safety.units.imports.fields import FIELDS, LONGEST, parse
from safety.units.imports.garbled import check_name, check_text
from safety.units.imports.mapping import ALIASES, header_key, letters
from safety.units.imports.problems import Unusable
from safety.units.models import Unit

NAMES = (
    "上海市曹杨第二中学附属江桥实验中学",
    "上海市园南中学（罗城校区）",
    "贵阳市云岩区教育局幼儿园",
    "贵州省教育厅机关幼儿园",
    "北京教育考试院附属学校",
    "上海市普陀区教育学院附属中学",
    "École Française de Shanghai",
    "Dulwich College Shanghai",
    "示范市第一〇一中学",
    "甲区八一小学(北校区)",
)


@pytest.mark.parametrize("name", NAMES)
def test_real_names_are_not_doubted(name):
    check_text(name, name)
    check_name(name)


@pytest.mark.parametrize(
    "text",
    [
        "甲区\N{REPLACEMENT CHARACTER}山小学",
        "甲区??小学",
        "甲区\x07西山小学",
        "甲区\ue123西山小学",
        "锟斤拷锟斤拷小学",
        "上海市洵阳中学".encode().decode("latin-1"),
        "上海市洵阳中学".encode("gb18030").decode("latin-1"),
        "上海市延河中学校".encode().decode("gb18030"),
        "#N/A",
        "########",
    ],
)
def test_garbled_text_is_recognised(text):
    with pytest.raises(Unusable) as unusable:
        check_text(text, text_of(text))

    assert unusable.value.code == "garbled"
    assert unusable.value.remedy


@pytest.mark.parametrize(
    "text",
    [
        "13809450001",
        "---",
        "校",
        "=HYPERLINK(1)",
        "甲区西山小学。共6个班",
        "甲区西山小学 13809450001",
        "甲区西山小学（总校",
        "上海师范大学附属第五嘉定实验上海市教育考试院学校",
    ],
)
def test_implausible_names_are_recognised(text):
    with pytest.raises(Unusable) as unusable:
        check_name(text)

    assert unusable.value.code == "implausible_name"


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        ("code", "071045", "071045"),
        ("code", 71045.0, "71045"),
        ("code", "５２０１０２", "520102"),
        ("name", "甲区 西山 小学", "甲区西山小学"),
        ("kind", "村小", "teaching_point"),
        ("stages", "初中、小学", ("primary", "junior")),
        ("stages", "完全中学", ("junior", "senior")),
        ("ownership", "民办", "private"),
        ("boarding", "√", True),
        ("near_water", "无", False),
        ("bus", True, True),
        ("pupils", "1,204人", 1204),
        ("pupils", 412.0, 412),
        ("latitude", "26.6470001", Decimal("26.647000")),
        ("datum", "高德", "gcj02"),
        ("duty_phone", "0851-85550101", "0851-85550101"),
        ("starts_on", "1958.9", date(1958, 9, 1)),
        ("starts_on", "2001年9月3日", date(2001, 9, 3)),
        ("starts_on", "20010903", date(2001, 9, 3)),
        ("status", "停办", "closed"),
    ],
)
def test_words_of_offices_become_values(field, cell, value):
    assert parse(field, cell, text_of(cell)) == value


@pytest.mark.parametrize(
    ("field", "cell", "code"),
    [
        ("code", date(2026, 1, 2), "code_is_date"),
        ("code", 5.201020000123456e17, "code_rounded"),
        ("code", "5.20102E+17", "code_rounded"),
        ("code", "52/01", "bad_code"),
        ("code", "5" * 41, "bad_code"),
        ("name", "甲" * 121, "too_long"),
        ("kind", "公司", "unknown_kind"),
        ("stages", "中学", "unknown_stage"),
        ("ownership", "外星", "unknown_ownership"),
        ("boarding", "大概", "bad_yes_no"),
        ("pupils", "约400", "bad_number"),
        ("pupils", "-4", "bad_number"),
        ("pupils", "900000", "bad_number"),
        ("latitude", "106.7", "bad_coordinate"),
        ("longitude", "26°38′", "bad_coordinate"),
        ("datum", "百度", "bad_datum"),
        ("datum", "月球", "bad_datum"),
        ("duty_phone", "张老师", "bad_phone"),
        ("starts_on", "2026-02-30", "bad_date"),
        ("starts_on", "45900", "bad_date"),
        ("status", "不详", "unknown_status"),
    ],
)
def test_what_cannot_be_a_value_says_why_and_what_to_do(field, cell, code):
    with pytest.raises(Unusable) as unusable:
        parse(field, cell, text_of(cell))

    assert unusable.value.code == code
    assert unusable.value.message
    assert unusable.value.remedy


def test_the_longest_texts_are_those_of_the_columns():
    columns = {name: Unit._meta.get_field(name).max_length for name in LONGEST}

    assert columns == LONGEST


def test_every_field_can_be_guessed_and_parsed():
    assert set(ALIASES) == set(FIELDS)
    keys = [header_key(alias) for aliases in ALIASES.values() for alias in aliases]
    assert len(keys) == len(set(keys))


def test_columns_are_named_as_spreadsheets_name_them():
    assert [letters(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@x", "＝1+1", "＋86", "－1", "＠x"])
def test_a_guarded_cell_is_no_formula_and_reads_back_as_it_was(text):
    assert guarded(text).startswith("'")
    assert text_of(guarded(text)) == text
