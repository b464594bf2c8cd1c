"""A plan as a table for a terminal; Chinese characters are two columns wide there."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from django.utils import timezone

from notifications.responsibility.plan import Plan, PlanRow

HEAD = ("LEVEL", "UNIT", "CAPACITY", "POST", "PERSON", "OWED", "DUE", "WHY")


def as_lines(plan: Plan) -> Iterator[str]:
    yield (
        f"{plan.grade} {' '.join(plan.hazards)} · {' '.join(plan.schools)} · "
        f"{timezone.localtime(plan.at):%Y-%m-%d %H:%M}"
    )
    rows = [HEAD, *(_cells(row) for row in plan.rows)]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(HEAD))]
    for row in rows:
        cells = zip(row, widths, strict=True)
        yield "  ".join(cell + " " * (width - _width(cell)) for cell, width in cells).rstrip()
    for finding in plan.findings:
        yield (
            f"{finding.code} {finding.unit_code} {finding.capacity} "
            f"{finding.post_name}: {finding.detail}"
        )
    yield f"table {plan.table_id} · rules {plan.rules_id} · {plan.hash}"


def _cells(row: PlanRow) -> Sequence[str]:
    due = timezone.localtime(row.due_at).strftime("%m-%d %H:%M") if row.due_at else "-"
    return (
        row.level.value,
        row.unit_code,
        row.capacity,
        row.post_name,
        row.person_name or "-",
        row.owed.name + (" (redacted)" if row.redacted else ""),
        due,
        row.why_zh,
    )


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
