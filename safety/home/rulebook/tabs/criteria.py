"""Which facts give which grade (定级标准): criteria in order, their thresholds, what raises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from incidents.cases.models import Incident
from notifications.words import in_language
from safety.home.rulebook.paths import Path
from safety.home.rulebook.sheets import Content, Reader, Row, Sheet, plain
from safety.home.rulebook.tabs.words import basis_sheet, grade_choices, in_both, reader


def criteria(content: Content) -> list[Sheet]:
    read = reader(content)
    said = content["grades"]
    return [
        Sheet(
            title=_("Criteria: the first one that holds decides"),
            columns=[_("Criterion"), _("Grade"), _("Holds when"), _("Chinese"), _("English")],
            rows=[_rule(read, row) for row in said["rule"]],
            path=("grades", "rule"),
        ),
        Sheet(
            title=_("Thresholds"),
            columns=[_("Criterion"), _("Fact"), _("Number")],
            rows=[*_thresholds(read)],
            help=_("A number that is not known holds for nothing."),
        ),
        Sheet(
            title=_("What raises the grade by one"),
            columns=[_("Circumstance"), _("Only when"), _("Chinese"), _("English")],
            rows=[
                Row(
                    head=in_language(row),
                    note=row["id"],
                    path=("grades", "uplift", row["id"]),
                    cells=[
                        plain(_groups(read, row.get("any_of", ()))),
                        *in_both(read, "grades", "uplift", row["id"]),
                    ],
                )
                for row in said["uplift"]
            ],
            help=_("Never above red; two or more give at least yellow."),
            path=("grades", "uplift"),
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


def _rule(read: Reader, row: Mapping[str, Any]) -> Row:
    path = ("grades", "rule", row["id"])
    return Row(
        head=in_language(row),
        note=row["id"],
        path=path,
        cells=[
            read.cell(*path, "grade", kind="choice", choices=grade_choices()),
            plain(_sentence(read, row)),
            *in_both(read, *path),
        ],
    )


def _sentence(read: Reader, row: Mapping[str, Any]) -> str:
    every = [_condition(read, one) for one in row.get("when", ())]
    some = [_condition(read, one) for one in row.get("any", ())]
    if some:
        either = _either(some)
        every.append(f"({either})" if every and len(some) > 1 else either)
    return _both(every)


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
    counts = {
        "dead": _("Dead"),
        "missing": _("Missing"),
        "injured": _("Injured, in hospital"),
        "critical": _("Critical"),
        "people": _("People"),
    }
    if fact in counts:
        return counts[fact]
    grades = content["grades"]
    if fact in grades["flags"]:
        return in_language(grades["flags"][fact])
    return next((in_language(row) for row in grades["uplift"] if row["id"] == fact), fact)


def _thresholds(read: Reader) -> Iterator[Row]:
    said = read.content["grades"]
    for kind in ("rule", "stat"):
        for row in said[kind]:
            head = in_language(row) or _("National scale %(grade)s") % {"grade": row["id"]}
            for path, one, way in _numbers(row, ("grades", kind, row["id"])):
                sign = "≥" if way == "at_least" else "≤"
                yield Row(
                    head=head,
                    note=row["id"],
                    path=path,
                    cells=[
                        plain(f"{fact_word(read.content, one['fact'])} {sign}"),
                        read.cell(*path, way, kind="count"),
                    ],
                )


def _numbers(row: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Mapping[str, Any], str]]:
    for key in ("when", "any"):
        for index, one in enumerate(row.get(key, ())):
            for way in ("at_least", "at_most"):
                if way in one:
                    yield (*path, key, str(index)), one, way
