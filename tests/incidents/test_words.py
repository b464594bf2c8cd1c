"""The words of alerts: unknown is never 0, and what a reader may not know is not there."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.cases.words import Where, people_words, people_words_en, tell

HAZARD = {"code": "BULLY", "zh": "打架欺凌", "en": "fighting or bullying"}


def people(**over: Any) -> dict[str, Any]:
    return {
        "people": "counted",
        **dict.fromkeys(("dead", "missing", "injured", "critical")),
        **over,
    }


def told(privacy: str) -> Any:
    return tell(
        privacy=privacy,
        hazard=HAZARD,
        people=people(injured=2),
        where=Where(
            schools=("丁县第一初级中学",), district="丁县", kind="on_campus", place="三楼厕所"
        ),
        summary="两人受伤",
        number="2026-0614-0007",
        aware_at="2026-06-14T20:14:00+08:00",
        filed_at="2026-06-14T20:21:00+08:00",
    )


@pytest.mark.parametrize(
    ("over", "chinese", "english"),
    [
        ({"people": "none"}, "无人员伤亡", "no one hurt"),
        ({"people": "unknown"}, "人数不清,正在核实", "number unknown, being checked"),
        ({"missing": 1}, "失联1人", "missing 1"),
        ({"dead": 0, "missing": 1, "injured": 3}, "失联1人 受伤3人", "missing 1, injured 3"),
        ({"injured": 3, "critical": 1}, "受伤3人 危重1人", "injured 3, critical 1"),
    ],
)
def test_people_in_words(over: dict[str, Any], chinese: str, english: str) -> None:
    assert people_words(people(**over)) == chinese
    assert people_words_en(people(**over)) == english


@given(
    st.fixed_dictionaries(
        {
            name: st.none() | st.integers(0, 50)
            for name in ("dead", "missing", "injured", "critical")
        }
    )
)
def test_a_zero_is_never_written(numbers: dict[str, int | None]) -> None:
    words = people_words({"people": "counted", **numbers})

    assert not re.search(r"(?<!\d)0人", words)
    assert words.count("人") == sum(bool(n) for n in numbers.values())


def test_an_open_incident_is_told_in_full_to_all_but_the_streams_of_boards() -> None:
    words = told("open")

    assert words.full == words.masked
    assert words.board == {**words.full, "summary": "", "place_zh": "校内", "place_en": "on campus"}
    assert words.full["place_zh"] == "校内·三楼厕所"
    assert words.full["place_en"] == "on campus·三楼厕所"
    assert words.full["where"] == "丁县第一初级中学"


def test_a_guarded_one_hides_its_text_and_on_boards_the_school() -> None:
    words = told("guarded")

    for secret in ("三楼厕所", "两人受伤"):
        assert secret in json.dumps(words.full, ensure_ascii=False)
        assert secret not in json.dumps([words.masked, words.board], ensure_ascii=False)
    assert words.masked["where"] == "丁县第一初级中学"
    assert words.board["where"] == ""
    assert words.board["hazard_zh"] == "打架欺凌"


def test_of_a_sealed_one_grade_district_and_clock_are_all_that_strangers_get() -> None:
    words = told("sealed")

    shown = {key: value for key, value in words.board.items() if value}
    assert shown == {
        "sealed": True,
        "district": "丁县",
        "filed_at": "2026-06-14T20:21:00+08:00",
        "hazard_zh": "受限事件",
        "hazard_en": "Restricted incident",
    }
    assert words.masked == words.board
    assert words.full["summary"] == "两人受伤"


@pytest.mark.parametrize("privacy", ["open", "guarded", "sealed"])
def test_every_rendering_has_the_same_keys(privacy: str) -> None:
    words = told(privacy)

    assert set(words.full) == set(words.masked) == set(words.board)
