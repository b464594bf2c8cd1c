"""The tiles and clocks of the rule book."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest
from django.utils import translation

from incidents.cases import clocks
from incidents.cases.tiles import check, tiles
from safety.rules.actions import default_content

CONTENT: Mapping[str, Any] = default_content()
SUMMER = ("溺水", "交通/校车", "受伤生病", "食品饮水", "火情用电", "打架欺凌", "暴力闯入")
SUMMER_END = ("走失失联", "校舍设施", "自然灾害", "舆情信访", "其他")


@pytest.mark.parametrize("month", range(1, 13))
def test_drowning_comes_first_from_may_to_october(month: int) -> None:
    offered = [tile for tile in tiles(CONTENT, month=month) if not tile.sealed]

    assert len(offered) == 12
    assert (offered[0].hazard == "DROWN") == (5 <= month <= 10)


def test_the_summer_order_is_the_one_that_was_agreed() -> None:
    with translation.override("zh-hans"):
        words = tuple(tile.word for tile in tiles(CONTENT, month=6) if not tile.sealed)

    assert words == (*SUMMER, *SUMMER_END)


def test_sealed_hazards_are_never_on_the_first_screen() -> None:
    privacy = {h["code"]: h["privacy"] for h in CONTENT["hazards"]["hazard"]}

    for tile in tiles(CONTENT, month=6):
        assert (privacy[tile.hazard] == "sealed") == tile.sealed


def test_tiles_speak_the_readers_language() -> None:
    with translation.override("en"):
        (first, *_rest) = tiles(CONTENT, month=6)

    assert (first.word, first.place) == ("Drowning", "off_campus")
    assert first.hint.startswith("How many")


def test_a_flag_is_asked_in_words() -> None:
    with translation.override("zh-hans"):
        bus = next(tile for tile in tiles(CONTENT, month=1) if tile.hazard == "TRAF")

    assert [(ask.flag, ask.word) for ask in bus.asks] == [("school_bus", "校车")]


def changed(**over: Any) -> Mapping[str, Any]:
    content = copy.deepcopy(dict(CONTENT))
    content["filing"].update(over)
    return content


def owed_to(chinese: str, english: str) -> dict[str, Any]:
    named = {"receiver_zh": chinese, "receiver_en": english}
    return {"grades": ["G1"], "minutes": 1, "basis": "reminder", "document": "", **named}


@pytest.mark.parametrize(
    ("over", "named"),
    [
        ({"tile": [{"hazard": "UFO"}]}, "UFO"),
        ({"tile": [{"hazard": "FIRE", "ask": ["unheard_of"]}]}, "unheard_of"),
        ({"tile": [{"hazard": "SEXA"}]}, "SEXA"),
        ({"sealed_tile": [{"hazard": "GHOST"}]}, "GHOST"),
    ],
)
def test_a_tile_that_offers_the_unknown_is_named(over: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        check(changed(**over))


@pytest.mark.parametrize(
    ("over", "named"),
    [
        ({"first_report_clock": []}, "G1"),
        (
            {"upward_clock": [{"grades": ["G1"], "minutes": 1, "basis": "whim", "document": ""}]},
            "whim",
        ),
        (
            {"upward_clock": [{"grades": ["G1"], "minutes": 1, "basis": "bureau", "document": ""}]},
            "document",
        ),
        ({"upward_clock": [owed_to("甲室、乙室", "Office A")]}, "甲室、乙室"),
        ({"upward_clock": [owed_to("甲室", "")]}, "receiver_en"),
        ({"upward_clock": [owed_to("", "")]}, "receiver_zh"),
    ],
)
def test_a_clock_that_cannot_be_right_is_named(over: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        clocks.check(changed(**over)["filing"])


def test_a_default_without_a_cited_text_only_reminds() -> None:
    filing = CONTENT["filing"]

    for row in [*filing["first_report_clock"], *filing["upward_clock"]]:
        assert (row["basis"] == "reminder") == (not row["document"])
