"""The matrix itself: what each capacity owes at each grade, per level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from notifications.responsibility.checks.reading import is_school_capacity, known, need
from notifications.responsibility.resolve import ALIKE
from notifications.responsibility.words import GRADES, Level, Owed

NAME = "responsibility"
COLUMNS = tuple(level.value for level in Level)
BUSINESS = ("LINE_SECTION", "LINE_DEPUTY", "SCH_LINE_DEPUTY", "SCH_DIRECT")
SAFETY = ("SAFETY_OFFICE", "SAFETY_DEPUTY", "SCH_SAFETY_STAFF", "SCH_SAFETY_DEPUTY")


def check_matrix(said: Mapping[str, Any]) -> None:
    matrix = need(said, "matrix", NAME)
    codes = need(said, "capacity", NAME)
    if set(matrix) != set(COLUMNS):
        raise ValueError(f"{NAME}: matrix has the columns {', '.join(COLUMNS)}, and no others")
    for column, rows in matrix.items():
        for capacity, by_grade in rows.items():
            where = f"{NAME}: matrix.{column}.{capacity}"
            known(capacity, codes, where, "a capacity")
            if is_school_capacity(capacity) != (column == Level.SCHOOL):
                raise ValueError(f"{where}: this capacity belongs to another level")
            _check_row(by_grade, where)
        _check_alike(rows, column)
        _check_both_lines(rows, column)


def _check_row(by_grade: Mapping[str, str], where: str) -> None:
    """Known words, and never less for a graver incident (raising a grade only adds)."""
    for grade, owed in by_grade.items():
        known(grade, GRADES, where, "a grade")
        known(owed, Owed.__members__, f"{where}.{grade}", f"one of {', '.join(Owed.__members__)}")
    steps = [Owed[by_grade[grade]] if grade in by_grade else 0 for grade in GRADES]
    if steps != sorted(steps, reverse=True):
        raise ValueError(f"{where}: a graver incident owes less than a lighter one")


def _check_alike(rows: Mapping[str, Mapping[str, str]], column: str) -> None:
    """Party and administrative chief owe the same (党政同责)."""
    for party, administration in ALIKE:
        if rows.get(party) != rows.get(administration):
            raise ValueError(
                f"{NAME}: matrix.{column}: {party} and {administration} have to owe the same"
            )


def _check_both_lines(rows: Mapping[str, Mapping[str, str]], column: str) -> None:
    """Where anybody is addressed, the business line and the safety line both are (I1)."""
    for grade in GRADES:
        owed = {capacity for capacity, by_grade in rows.items() if grade in by_grade}
        if all(rows[capacity][grade] == Owed.FEED.name for capacity in owed):
            continue
        for line in (BUSINESS, SAFETY):
            if not owed & set(line):
                raise ValueError(
                    f"{NAME}: matrix.{column}: at {grade} none of {', '.join(line)} is told"
                )
