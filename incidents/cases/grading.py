"""Grade an incident from its facts by the rule book. Pure: facts and rules in, a grade out.

Source: sections ``grades`` of the rule book (incidents/cases/rulebook/grades.toml
explains the form of a rule).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

GRADES = ("G1", "G2", "G3", "G4", "G5")
Facts = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Graded:
    """The grade, the rule that gave it, and what raised it.

    ``rule`` is the id of the criterion ("default" when none held); ``uplift``
    the ids of the flags that applied; ``provisional`` says that a number is
    still unknown; ``stat_grade`` is the national scale, "" when nobody was hurt.
    """

    grade: str
    rule: str
    uplift: tuple[str, ...]
    provisional: bool
    stat_grade: str


def grade(facts: Facts, rules: Mapping[str, Any]) -> Graded:
    """Grade ``facts`` (see grades.toml for their names); flags are applied once."""
    base = rules["meta"]["default"]
    rule_id, provisional = "default", False
    for rule in rules["rule"]:
        if _rule_holds(rule, facts):
            base, rule_id = rule["grade"], rule["id"]
            provisional = rule.get("provisional", False)
            break
    uplift = tuple(u["id"] for u in rules["uplift"] if _uplift_holds(u, facts))
    return Graded(
        grade=_raise(base, len(uplift)),
        rule=rule_id,
        uplift=uplift,
        provisional=provisional,
        stat_grade=next((s["id"] for s in rules["stat"] if _any(s["any"], facts)), ""),
    )


def _raise(base: str, flags: int) -> str:
    index = max(GRADES.index(base) - flags, 0)
    if flags >= 2:  # noqa: PLR2004 - "two or more flags give at least G3" is the rule itself
        index = min(index, GRADES.index("G3"))
    return GRADES[index]


def _rule_holds(rule: Mapping[str, Any], facts: Facts) -> bool:
    if not _all(rule.get("when", ()), facts):
        return False
    return "any" not in rule or _any(rule["any"], facts)


def _uplift_holds(uplift: Mapping[str, Any], facts: Facts) -> bool:
    if not facts.get(uplift["id"]):
        return False
    groups: Sequence[Sequence[Mapping[str, Any]]] = uplift.get("any_of", ())
    return not groups or any(_all(group, facts) for group in groups)


def _all(conditions: Sequence[Mapping[str, Any]], facts: Facts) -> bool:
    return all(_holds(condition, facts) for condition in conditions)


def _any(conditions: Sequence[Mapping[str, Any]], facts: Facts) -> bool:
    return any(_holds(condition, facts) for condition in conditions)


def _holds(condition: Mapping[str, Any], facts: Facts) -> bool:
    value = facts.get(condition["fact"])
    if "in" in condition:
        return any(item in condition["in"] for item in value or ())
    if "is" in condition:
        return bool(value == condition["is"])
    if value is None:  # unknown is never zero, and never enough either
        return False
    if "at_least" in condition:
        return bool(value >= condition["at_least"])
    return bool(value <= condition["at_most"])


def check(rules: Mapping[str, Any]) -> None:
    """Raise ``ValueError`` naming the rule whose form is wrong."""
    if rules["meta"]["default"] not in GRADES:
        raise ValueError(f"grades: meta.default '{rules['meta']['default']}' is not a grade")
    for rule in rules["rule"]:
        if rule["grade"] not in GRADES:
            raise ValueError(f"grades: rule '{rule['id']}' has the unknown grade '{rule['grade']}'")
        for condition in [*rule.get("when", ()), *rule.get("any", ())]:
            if len(set(condition) & {"at_least", "at_most", "is", "in"}) != 1:
                raise ValueError(
                    f"grades: rule '{rule['id']}' compares '{condition.get('fact')}' "
                    "not in exactly one way (at_least, at_most, is, in)"
                )
