"""What differs between two versions, told by unit; and one draft's changes carried to another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast

from notifications.models import Entry, ResponsibilityTable
from notifications.table.diff import Change, Differences, differences
from notifications.table.drafts import change_rows, start_draft
from notifications.table.rows import TEXTS, Key, Row, rows_of
from notifications.table.words import ScopePart, Words, column_word, line_of
from safety.people.models import User
from safety.posts.models import Post
from safety.units.models import Unit


def differences_between(
    old: ResponsibilityTable | None,
    new: ResponsibilityTable,
    *,
    units: QuerySet[Unit] | None = None,
) -> Differences:
    """What differs from ``old`` to ``new``; the database leaves out the rows that are alike.

    ``units`` limits the rows of both.
    """
    if old is None:
        return differences((), rows_of(_within(new, units)))
    before, after = _within(old, units), _within(new, units)
    return differences(rows_of(_unlike(before, new)), rows_of(_unlike(after, old)))


def _within(table: ResponsibilityTable, units: QuerySet[Unit] | None) -> QuerySet[Entry]:
    rows = Entry.objects.filter(table=table)
    return rows if units is None else rows.filter(unit__in=units.order_by().values("pk"))


def _unlike(rows: QuerySet[Entry], other: ResponsibilityTable) -> QuerySet[Entry]:
    """``rows`` without those that stand in ``other`` word for word.

    Scopes are compared as they are written: rows that only differ in that are told
    apart again by their values.
    """
    same = {name: OuterRef(name) for name in ("post", "capacity", "line", *TEXTS)}
    alike = (
        Entry.objects.filter(table=other, **same)
        .annotate(scope_text=Cast("scope", TextField()))
        .filter(scope_text=OuterRef("scope_text"))
    )
    return rows.annotate(scope_text=Cast("scope", TextField())).filter(~Exists(alike))


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One column in words: before and after, or only one of them for a row added or removed."""

    label: str
    old: str
    new: str
    is_changed: bool


@dataclass(frozen=True, kw_only=True)
class Told:
    """One row that differs. ``kind`` is "added", "removed" or "changed"."""

    kind: str
    post: str
    capacity: str
    cells: Sequence[Cell]


@dataclass(frozen=True, kw_only=True)
class UnitTold:
    """What differs in one unit."""

    unit: str
    rows: Sequence[Told]


def in_order(found: Differences) -> list[tuple[str, Row | None, Row | None]]:
    """(kind, before, after) of every row that differs, by unit and post."""
    pairs = [
        *(("added", None, row) for row in found.added),
        *(("removed", row, None) for row in found.removed),
        *(("changed", change.old, change.new) for change in found.changed),
    ]
    return sorted(pairs, key=lambda pair: (pair[2] or pair[1]).key)  # type: ignore[union-attr]  # one of the two is there


def told(pairs: Sequence[tuple[str, Row | None, Row | None]]) -> list[UnitTold]:
    """``pairs`` of one page in words, by unit."""
    rows = [row for _kind, old, new in pairs for row in (old, new) if row is not None]
    words = Words(row.scope for row in rows)
    names = _names(rows)
    by_unit: dict[str, list[Told]] = {}
    for kind, old, new in pairs:
        row = new or old
        if row is None:
            continue
        unit, post = names.get((row.unit, row.post), (row.unit, row.post))
        by_unit.setdefault(unit, []).append(
            Told(
                kind=kind,
                post=post,
                capacity=words.capacity(row.capacity),
                cells=list(_cells(old, new, words)),
            )
        )
    return [UnitTold(unit=unit, rows=lines) for unit, lines in by_unit.items()]


def _cells(old: Row | None, new: Row | None, words: Words) -> Iterator[Cell]:
    for name in ("line", "scope", *TEXTS):
        before = _text(old, name, words) if old else ""
        after = _text(new, name, words) if new else ""
        differs = old is not None and new is not None and getattr(old, name) != getattr(new, name)
        if differs or ((old is None or new is None) and (before or after) and name != "line"):
            yield Cell(label=column_word(name), old=before, new=after, is_changed=differs)


def _text(row: Row, name: str, words: Words) -> str:
    if name == "line":
        return line_of(row.line)
    if name == "scope":
        return _scope_text(words.scope(row.scope))
    return str(getattr(row, name))


def _scope_text(parts: Sequence[ScopePart]) -> str:
    return "\n".join(f"{part.label}: {part.words}" for part in parts)


def _names(rows: Sequence[Row]) -> Mapping[tuple[str, str], tuple[str, str]]:
    posts = Post.objects.filter(unit__code__in={row.unit for row in rows}).values_list(
        "unit__code", "code", "unit__name", "name"
    )
    return {(unit, post): (unit_name, name) for unit, post, unit_name, name in posts}


@transaction.atomic
def carry_over(
    *, table: ResponsibilityTable, by: User | None = None
) -> tuple[ResponsibilityTable, tuple[Key, ...]]:
    """A new draft of the version in force with the changes of ``table``, a draft of an older one.

    Rows that the version in force changed too are left as they are there; their
    keys come back, for somebody to decide. ``table`` itself stays.
    """
    mine = differences_between(table.based_on, table)
    draft = start_draft(by=by)
    theirs = differences_between(table.based_on, draft)
    touched = _after(theirs)
    wanted = _after(mine)
    clash = {key for key in wanted if key in touched and wanted[key] != touched[key]}
    put = [row for key, row in wanted.items() if row is not None and key not in touched]
    gone = [key for key, row in wanted.items() if row is None and key not in touched]
    if put or gone:
        change_rows(draft, put=put, remove=gone, by=by)
        draft.refresh_from_db()
    return draft, tuple(sorted(clash))


def _after(found: Differences) -> dict[Key, Row | None]:
    """Each row that differs as it is afterwards; ``None`` for one that is gone."""
    changed: Sequence[Change] = found.changed
    return {
        **{row.key: row for row in found.added},
        **{row.key: None for row in found.removed},
        **{change.key: change.new for change in changed},
    }
