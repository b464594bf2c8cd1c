"""Which facts give which grade (定级标准): criteria in order, their thresholds, what raises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from incidents.cases.models import Incident
from notifications.words import in_language
from safety.home.rulebook.conditions import Facts, number_words
from safety.home.rulebook.sheets import Cell, Content, Reader, Row, Sheet
from safety.home.rulebook.tabs.words import basis_sheet, grade_choices, in_both, reader


def criteria(content: Content) -> list[Sheet]:
    read = reader(content)
    facts = Facts.of(content)
    said = content["grades"]
    return [
        Sheet(
            title=_("Criteria: the first one that holds decides"),
            columns=[
                *(_("Criterion"), _("Grade"), _("Holds when all of this is so")),
                *(_("and one of this"), _("Chinese"), _("English")),
            ],
            rows=[_rule(read, facts, row) for row in said["rule"]],
            help=_condition_help(facts),
            path=("grades", "rule"),
        ),
        Sheet(
            title=_("What raises the grade by one"),
            columns=[_("Circumstance"), _("Only when"), _("Chinese"), _("English")],
            rows=[_uplift(read, facts, row) for row in said["uplift"]],
            help=_(
                "Never above red; two or more give at least yellow. “Only when”: one alternative"
                " a line, its conditions between semicolons; empty means always."
            ),
            path=("grades", "uplift"),
        ),
        Sheet(
            title=_("Circumstances that a report may state"),
            columns=[_("Code"), _("Chinese"), _("English")],
            rows=[
                Row(
                    head=in_language(row),
                    note=code,
                    path=("grades", "flags", code),
                    cells=in_both(read, "grades", "flags", code),
                )
                for code, row in said["flags"].items()
            ],
            path=("grades", "flags"),
        ),
        Sheet(
            title=_("National scale, for statistics only"),
            columns=[_("Grade"), _("Holds when one of this is so")],
            rows=[
                Row(
                    head=_("National scale %(grade)s") % {"grade": row["id"]},
                    path=("grades", "stat", row["id"]),
                    cells=[_some(read, facts, row, "grades", "stat", row["id"])],
                )
                for row in said["stat"]
            ],
            path=("grades", "stat"),
        ),
        Sheet(
            title=_("Otherwise"),
            columns=[_("Item"), _("Value")],
            rows=[
                Row(
                    head=_("No criterion holds"),
                    cells=[
                        read.cell(
                            "grades", "meta", "default", kind="choice", choices=grade_choices()
                        )
                    ],
                )
            ],
        ),
        basis_sheet(read, {"grades": _("Grades")}),
    ]


def _condition_help(facts: Facts) -> str:
    lines = _(
        "One condition a line. A number: %(number)s. A kind: %(kind)s. A circumstance: %(flag)s, or"
        " that it is not so: %(not)s. A number that is not known holds for nothing. What may be"
        " named: %(words)s."
    )
    flag = next((word for code, word in facts.facts.items() if code not in number_words()), "")
    return lines % {
        "number": facts.line({"fact": "dead", "at_least": 3}),
        "kind": facts.line({"fact": "hazards", "in": [*facts.hazards][:2]}),
        "flag": flag,
        "not": _("not: %(fact)s") % {"fact": flag},
        "words": "、".join(facts.facts.values()),
    }


def _rule(read: Reader, facts: Facts, row: Mapping[str, Any]) -> Row:
    path = ("grades", "rule", row["id"])
    every = _both([_condition(read, one) for one in row.get("when", ())])
    return Row(
        head=in_language(row),
        note=row["id"],
        path=path,
        cells=[
            read.cell(*path, "grade", kind="choice", choices=grade_choices()),
            read.cell(*path, "when", kind="conditions", text=every, facts=facts),
            _some(read, facts, row, *path),
            *in_both(read, *path),
        ],
    )


def _some(read: Reader, facts: Facts, row: Mapping[str, Any], *path: str) -> Cell:
    text = _either([_condition(read, one) for one in row.get("any", ())])
    return read.cell(*path, "any", kind="conditions", text=text, facts=facts)


def _uplift(read: Reader, facts: Facts, row: Mapping[str, Any]) -> Row:
    path = ("grades", "uplift", row["id"])
    groups = _groups(read, row.get("any_of", ()))
    return Row(
        head=in_language(row),
        note=row["id"],
        path=path,
        cells=[
            read.cell(*path, "any_of", kind="alternatives", text=groups, facts=facts),
            *in_both(read, *path),
        ],
    )


def _groups(read: Reader, groups: Sequence[Sequence[Mapping[str, Any]]]) -> str:
    parts = [_both([_condition(read, one) for one in group]) for group in groups]
    return _either(parts) or _("always")


def _both(parts: Sequence[str]) -> str:
    return f" {_('and')} ".join(parts)


def _either(parts: Sequence[str]) -> str:
    return f" {_('or')} ".join(parts)


def _condition(read: Reader, one: Mapping[str, Any]) -> str:
    fact = one["fact"]
    if "in" in one:
        words = read.words["hazard"]
        return "/".join(words.get(code, code) for code in one["in"])
    word = fact_word(read.content, fact)
    if "at_least" in one:
        return f"{word} ≥ {one['at_least']}"
    if "at_most" in one:
        return f"{word} ≤ {one['at_most']}"
    if fact == "people":
        return str(dict(Incident.People.choices).get(one["is"], one["is"]))
    return word if one["is"] else _("not: %(fact)s") % {"fact": word}


def fact_word(content: Content, fact: str) -> str:
    """A fact as people say it: a count, a flag, or a circumstance that raises the grade."""
    counts = number_words()
    if fact in counts:
        return counts[fact]
    grades = content["grades"]
    if fact in grades["flags"]:
        return in_language(grades["flags"][fact])
    return next((in_language(row) for row in grades["uplift"] if row["id"] == fact), fact)
