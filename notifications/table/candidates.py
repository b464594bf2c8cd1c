"""Rows on their way to publication, with what must be known of their units and posts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from notifications.models import ResponsibilityTable
from notifications.table.rows import FIELDS, Key, Row, row_of
from safety.units.models import Unit


@dataclass(frozen=True, kw_only=True)
class Place:
    """What the checks need of a unit."""

    code: str
    name: str
    path: str
    is_school: bool
    is_open: bool
    stages: frozenset[str]
    ownership: str


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A row, its number in the table, and the post it names."""

    number: int
    row: Row
    place: Place
    post_id: int
    post_name: str
    is_abolished: bool
    claimed_unit: str = ""  # the unit that the source names, where it names one itself

    @property
    def key(self) -> Key:
        return self.row.key

    @property
    def where(self) -> str:
        return f"{self.place.name} {self.post_name}"


def places_on(day: date) -> dict[str, Place]:
    """All units by code; whether they are open is asked of ``day``."""
    columns = (
        *("code", "name", "path", "kind", "starts_on", "ends_on"),
        *("school__stages", "school__ownership"),
    )
    return {
        code: Place(
            code=code,
            name=name,
            path=path,
            is_school=kind in Unit.SCHOOL_KINDS,
            is_open=starts <= day and (ends is None or day < ends),
            stages=frozenset(stages or ()),
            ownership=ownership or "",
        )
        for code, name, path, kind, starts, ends, stages, ownership in Unit.objects.order_by(
            "path"
        ).values_list(*columns)
    }


def candidates_of(table: ResponsibilityTable, places: Mapping[str, Place]) -> Iterator[Candidate]:
    """The rows of ``table`` in the order they have on paper."""
    more = ("serial", "post_id", "post__name", "post__abolished_at")
    rows = table.entries.order_by("serial", "id").values_list(*more, *FIELDS)
    for serial, post_id, name, abolished_at, *values in rows.iterator(chunk_size=5000):
        row = row_of(values)
        yield Candidate(
            number=serial,
            row=row,
            place=places[row.unit],
            post_id=post_id,
            post_name=name,
            is_abolished=abolished_at is not None,
        )
