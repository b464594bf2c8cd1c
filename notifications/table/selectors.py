"""Reads of the responsibility table for pages: versions, and rows as they are filtered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from notifications.models import Entry, ResponsibilityTable
from notifications.table.access import own_entries, visible_entries, visible_tables
from notifications.table.words import ScopePart, Words, line_of
from safety.posts.access import Viewer
from safety.posts.models import Post
from safety.units.models import Unit

__all__ = [
    "own_entries",
    "own_row",
    "posts_of",
    "published_table",
    "rows_for",
    "units_like",
    "versions",
    "worded",
]

UNITS_MAX = 20
INCOMPLETE = Q(capacity="") | Q(business_duty="") | Q(safety_duty="")


def published_table() -> ResponsibilityTable | None:
    """The version in force, if any was ever published."""
    return ResponsibilityTable.objects.filter(state=ResponsibilityTable.State.PUBLISHED).first()


def versions(user: Viewer) -> QuerySet[ResponsibilityTable]:
    """The versions that ``user`` may see: drafts first, then the newest. With ``n_rows``."""
    rows = Entry.objects.filter(table=OuterRef("pk")).order_by().values("table")
    number = Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    return (
        visible_tables(user)
        .select_related("based_on", "made_by", "published_by")
        .annotate(n_rows=Coalesce(number, 0))
        .order_by(F("number").desc(nulls_first=True), "-created_at", "-pk")
    )


@dataclass(frozen=True, kw_only=True)
class RowFilter:
    """What was asked of the rows; empty means no limit."""

    q: str = ""
    unit: str = ""
    capacity: str = ""
    hazard: str = ""
    incomplete: bool = False


def rows_for(user: Viewer, table: ResponsibilityTable, wanted: RowFilter) -> QuerySet[Entry]:
    """The rows of ``table`` in the reach of ``user``, in the order they have on paper."""
    rows = visible_entries(user, table).select_related("unit", "post")
    if wanted.q:
        names = ("unit__name", "unit__short_name", "post__name")
        said = Q(unit__code=wanted.q) | Q(post__code__iexact=wanted.q)
        for name in names:
            said |= Q(**{f"{name}__icontains": wanted.q})
        rows = rows.filter(said)
    if wanted.unit:
        rows = rows.filter(unit__code=wanted.unit)
    if wanted.capacity:
        rows = rows.filter(capacity=wanted.capacity)
    if wanted.hazard:
        # Written as JSON a hazard stands in quotes, or before the "+" of its condition.
        rows = rows.annotate(scope_text=Cast("scope", TextField())).filter(
            Q(scope_text__contains=f'"{wanted.hazard}"')
            | Q(scope_text__contains=f'"{wanted.hazard}+')
        )
    if wanted.incomplete:
        rows = rows.filter(INCOMPLETE)
    return rows.order_by("serial", "id")


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """An entry with its words."""

    entry: Entry
    capacity: str
    line: str
    scope: Sequence[ScopePart]

    @property
    def is_incomplete(self) -> bool:
        entry = self.entry
        return not (entry.capacity and entry.business_duty and entry.safety_duty)


def worded(entries: Sequence[Entry], words: Words) -> list[TableRow]:
    return [
        TableRow(
            entry=entry,
            capacity=words.capacity(entry.capacity),
            line=line_of(entry.line),
            scope=words.scope(entry.scope),
        )
        for entry in entries
    ]


def own_row(table: ResponsibilityTable, serial: int) -> Entry | None:
    """The row with this number of a draft."""
    return table.entries.select_related("unit", "post").filter(serial=serial).first()


def units_like(q: str) -> QuerySet[Unit]:
    """Open units by a part of their name or their code: as many as one can choose from."""
    named = Q(name__icontains=q) | Q(short_name__icontains=q) | Q(code=q)
    found: QuerySet[Unit] = Unit.objects.open_on(timezone.localdate()).filter(named)
    return found.order_by("path")[:UNITS_MAX]


def posts_of(unit: str) -> QuerySet[Post]:
    """The posts of the unit with the code ``unit`` that are not abolished."""
    return (
        Post.objects.filter(unit__code=unit, abolished_at=None)
        .select_related("unit")
        .order_by("code")
    )
