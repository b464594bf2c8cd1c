"""Names and numbers as offices write them."""

from __future__ import annotations

import pytest

from notifications.table.workbook.people import is_ditto, read_people, read_phones, with_phones


def names(text: str) -> list[str]:
    return [person.name for person in read_people(text).people]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("张三", ["张三"]),
        ("张 三", ["张三"]),
        ("张　三", ["张三"]),
        ("张三、李四", ["张三", "李四"]),
        ("张三,李四;王五", ["张三", "李四", "王五"]),
        ("张三\n李四", ["张三", "李四"]),
        ("张三 李四", ["张三", "李四"]),
        ("张三(兼)、李四（兼任）", ["张三", "李四"]),
        ("张三兼", ["张三"]),
        ("张三局长", ["张三"]),
        ("阿卜杜·热合曼", ["阿卜杜·热合曼"]),
        ("欧阳娜娜", ["欧阳娜娜"]),
        ("张三(13900001234、微信同号)", ["张三"]),
    ],
)
def test_names_are_read(text, expected):
    assert names(text) == expected
    assert read_people(text).unreadable == ()


@pytest.mark.parametrize("text", ["空缺", "待定", "(暂缺)", "无", "—", "/"])
def test_a_vacancy_is_no_name(text):
    assert read_people(text).is_vacant
    assert names(text) == []


@pytest.mark.parametrize("text", ["李局长", "各班班主任", "值班人员", "ZHANG", "A1"])
def test_what_is_no_single_person_is_listed_and_not_guessed(text):
    assert names(text) == []
    assert read_people(text).unreadable == (text,)


def test_what_stands_beside_a_name_is_kept():
    [first, second] = read_people("张三(兼)、李四(主持工作,139 0000 1234)").people

    assert (first.is_concurrent, first.is_acting) == (True, False)
    assert (second.is_acting, second.phone) == (True, "13900001234")


@pytest.mark.parametrize(
    ("text", "numbers", "remark"),
    [
        ("13900001234", ("13900001234",), ""),
        ("139-0000-1234", ("13900001234",), ""),
        ("139 0000 1234(微信同号)", ("13900001234",), "微信同号"),
        ("0851-12345678转801", ("0851-12345678转801",), ""),
        ("13900001234/13800001111", ("13900001234", "13800001111"), ""),
        ("无", (), ""),
        ("见通讯录", (), "见通讯录"),
    ],
)
def test_numbers_are_parted_from_their_remarks(text, numbers, remark):
    found = read_phones(text)

    assert (found.numbers, found.remark) == (numbers, remark)


def test_numbers_go_to_the_people_in_their_order_and_none_is_lost():
    people = read_people("张三、李四").people

    given = with_phones(people, read_phones("13900001234、13800001111、8801234"))

    assert [person.phone for person in given] == ["13900001234", "13800001111"]
    assert given[1].note == "8801234"


def test_ditto_is_known_in_its_usual_forms():
    assert all(map(is_ditto, ("同上", "〃", '"')))
    assert not is_ditto("同上级")
