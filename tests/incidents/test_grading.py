"""Every rule of the shipped rule book, hit once; unknown is never zero and never enough."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.cases import rulebook
from incidents.cases.grading import GRADES, check, grade

RULES = rulebook.load("grades")
COUNTS = ("dead", "missing", "injured", "critical")


def facts(**over: Any) -> dict[str, Any]:
    return {
        "hazards": ["OTHER"],
        "people": "counted",
        **dict.fromkeys(COUNTS),
        "several_schools": False,
        **over,
    }


HITS: dict[str, tuple[dict[str, Any], str]] = {
    "g1-deaths": ({"dead": 3}, "G1"),
    "g1-seriously-hurt": ({"critical": 50, "injured": 50}, "G1"),
    "g1-armed": ({"hazards": ["VIOL"], "people": "none", "armed": True}, "G1"),
    "g1-collapse": ({"hazards": ["BLDG"], "people": "unknown", "trapped": True}, "G1"),
    "g1-exam": ({"hazards": ["EXAM"], "people": "none", "state_exam_leak": True}, "G1"),
    "g2-drowning": ({"hazards": ["DROWN"], "missing": 1}, "G2"),
    "g2-death": ({"dead": 1}, "G2"),
    "g2-missing": ({"missing": 1, "danger_signs": True}, "G2"),
    "g2-seriously-hurt": ({"critical": 10, "injured": 10}, "G2"),
    "g2-hostage": ({"people": "none", "hostage": True}, "G2"),
    "g2-cluster": ({"hazards": ["FOOD"], "injured": 30}, "G2"),
    "g2-staff": ({"hazards": ["SEXA"], "people": "unknown", "staff_involved": True}, "G2"),
    "g2-bus": ({"hazards": ["TRAF"], "injured": 1, "school_bus": True}, "G2"),
    "g3-unknown": ({"hazards": ["DROWN"], "people": "unknown"}, "G3"),
    "g3-unknown-bus": ({"hazards": ["TRAF"], "people": "unknown", "school_bus": True}, "G3"),
    "g3-missing": ({"missing": 1}, "G3"),
    "g3-critical": ({"critical": 1, "injured": 1}, "G3"),
    "g3-injured": ({"injured": 3}, "G3"),
    "g3-assault": ({"hazards": ["SEXA"], "people": "unknown"}, "G3"),
    "g3-bullying": ({"hazards": ["BULLY"], "people": "none", "serious": True}, "G3"),
    "g3-fire": ({"hazards": ["FIRE"], "people": "none", "fire_brigade": True}, "G3"),
    "g3-intrusion": ({"hazards": ["VIOL"], "people": "none"}, "G3"),
    "g3-self-harm": ({"hazards": ["PSY"], "people": "none"}, "G3"),
    "g3-crowd": ({"people": "none", "crowd_30": True}, "G3"),
    "g3-opinion": ({"hazards": ["OPN"], "people": "none", "trending": True}, "G3"),
    "g4-injured": ({"injured": 1}, "G4"),
    "g4-bullying": ({"hazards": ["BULLY"], "people": "none"}, "G4"),
    "g4-fire": ({"hazards": ["FIRE"], "people": "none"}, "G4"),
    "g4-crowd": ({"people": "none", "crowd_5": True}, "G4"),
    "g4-building": ({"hazards": ["BLDG"], "people": "none", "closed_room": True}, "G4"),
    "g4-unknown": ({"people": "unknown"}, "G4"),
    "default": ({"people": "none"}, "G5"),
}


def test_every_rule_has_its_case_here() -> None:
    assert set(HITS) == {rule["id"] for rule in RULES["rule"]} | {"default"}


@pytest.mark.parametrize("rule", HITS)
def test_each_rule_is_hit_once(rule: str) -> None:
    over, expected = HITS[rule]

    graded = grade(facts(**over), RULES)

    assert (graded.rule, graded.grade) == (rule, expected)


@pytest.mark.parametrize("hazard", ["DROWN", "FIRE", "BLDG", "VIOL", "CROWD"])
def test_an_unknown_number_is_provisional_and_never_low(hazard: str) -> None:
    graded = grade(facts(hazards=[hazard], people="unknown"), RULES)

    assert graded.grade == "G3"
    assert graded.provisional


def test_unknown_is_not_zero_and_zero_is_not_unknown() -> None:
    unknown = grade(facts(hazards=["DROWN"], people="unknown"), RULES)
    zero = grade(facts(hazards=["DROWN"], people="none"), RULES)

    assert (unknown.grade, zero.grade) == ("G3", "G5")
    assert unknown.stat_grade == zero.stat_grade == ""


def test_nationally_one_drowned_child_is_the_lowest_grade() -> None:
    graded = grade(facts(hazards=["DROWN"], dead=1), RULES)

    assert (graded.grade, graded.stat_grade) == ("G2", "IV")


def test_e4_staff_and_a_child_under_14_reach_the_top() -> None:
    told = facts(hazards=["SEXA"], people="unknown", staff_involved=True, under_14=True)

    assert grade(told, RULES).grade == "G1"


def test_under_14_raises_only_assault_violence_and_serious_bullying() -> None:
    def raised(**over: Any) -> tuple[str, ...]:
        return grade(facts(people="none", under_14=True, **over), RULES).uplift

    assert raised(hazards=["SEXA"]) == raised(hazards=["VIOL"]) == ("under_14",)
    assert raised(hazards=["BULLY"], serious=True) == ("under_14",)
    assert raised(hazards=["BULLY"]) == raised(hazards=["INJ"]) == ()


def test_two_flags_give_at_least_yellow_and_none_goes_beyond_red() -> None:
    near_miss = facts(people="none", several_schools=True, on_social_media=True)
    deaths = facts(dead=3, several_schools=True, on_social_media=True, sensitive_period=True)

    assert grade(near_miss, RULES).grade == "G3"
    assert grade(deaths, RULES).grade == "G1"


count = st.one_of(st.none(), st.integers(0, 200))
some_facts = st.fixed_dictionaries(
    {
        "hazards": st.lists(
            st.sampled_from(["DROWN", "FIRE", "FOOD", "INJ", "VIOL", "TRAF", "BULLY"]),
            min_size=1,
            max_size=2,
            unique=True,
        ),
        "people": st.just("counted"),
        "dead": count,
        "missing": count,
        "injured": count,
        "critical": count,
        "several_schools": st.booleans(),
    },
    optional={name: st.booleans() for name in RULES["flags"]},
)


@given(some_facts, st.sampled_from(COUNTS), st.integers(0, 50))
def test_more_people_never_lower_a_grade(told: dict[str, Any], name: str, more: int) -> None:
    worse = {**told, name: (told[name] or 0) + more}

    assert GRADES.index(grade(worse, RULES).grade) <= GRADES.index(grade(told, RULES).grade)


@given(some_facts)
def test_grading_depends_on_nothing_but_the_facts(told: dict[str, Any]) -> None:
    shuffled = dict(reversed(told.items()))

    assert grade(told, RULES) == grade(shuffled, RULES)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"meta": {"default": "G9"}}, "G9"),
        ({"rule": [{"id": "r", "grade": "G7", "when": []}]}, "'r'"),
        ({"rule": [{"id": "r", "grade": "G1", "when": [{"fact": "dead"}]}]}, "'dead'"),
        (
            {"rule": [{"id": "r", "grade": "G1", "any": [{"fact": "x", "is": 1, "in": [1]}]}]},
            "'x'",
        ),
    ],
)
def test_a_rule_of_the_wrong_form_is_named(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        check({**RULES, **wrong})
