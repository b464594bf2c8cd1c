"""A row of the table as the cells of the workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from notifications.table.rows import Row
from notifications.table.workbook.columns import SCOPE, canonical
from notifications.table.workbook.vocabulary import Words


@dataclass(frozen=True, kw_only=True)
class Names:
    """What codes are called: units by code, posts by (unit, post) as (name, type)."""

    units: Mapping[str, str] = field(default_factory=dict)
    posts: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    def unit(self, code: str) -> str:
        return self.units.get(code, "")

    def post(self, unit: str, code: str) -> str:
        return self.posts.get((unit, code), ("", ""))[0]

    def post_type(self, unit: str, code: str) -> str:
        return self.posts.get((unit, code), ("", ""))[1]


def stated_text(row: Row, field: str, words: Words, names: Names) -> str:
    """What the workbook says of ``row`` in the column ``field``."""
    if field == "capacity":
        return words.capacity.word(row.capacity) if row.capacity else ""
    if field == "line":
        return words.line.word(row.line)
    if field not in SCOPE:
        text: str = getattr(row, field)
        return canonical(text)
    codes = row.scope.get(field, ())
    if field in ("schools", "areas"):
        return "\n".join(f"{code} {names.unit(code)}".strip() for code in codes)
    return words.write(field, codes)


def cell_text(row: Row, field: str, words: Words, names: Names) -> str:
    """What stands in any column of the workbook, also in those that only help."""
    match field:
        case "unit_code":
            return row.unit
        case "unit":
            return names.unit(row.unit)
        case "post_code":
            return row.post
        case "post":
            return names.post(row.unit, row.post)
        case "post_type":
            return words.sections.word(names.post_type(row.unit, row.post))
        case _:
            return stated_text(row, field, words, names)
