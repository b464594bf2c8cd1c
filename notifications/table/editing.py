"""Write changed rows into a draft: one upsert and one delete, however many rows they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Max
from django.utils.translation import gettext as _

from notifications.models import Entry
from notifications.table.rows import COLUMNS, Key, Row
from safety.errors import Conflict, Problem, Refused
from safety.posts.models import Post

BATCH = 2000
LISTED_MAX = 50  # above it the ledger tells the number
WIDE = 300  # above it all rows of the draft are looked at, below it those of the posts concerned
CAPACITY_MAX = 30


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What is to change in the draft ``table``, and what its editor had seen of it."""

    table: int
    revision: int
    seen: int | None
    put: Sequence[Row]
    remove: frozenset[Key]
    known: frozenset[Key]
    fresh: frozenset[Key]

    @property
    def touched(self) -> frozenset[Key]:
        return self.remove | self.known | self.fresh | {row.key for row in self.put}


@dataclass(frozen=True, kw_only=True)
class There:
    """A row that is in the draft already."""

    id: int
    serial: int
    revision: int


def apply(edit: Edit) -> dict[str, object]:
    """Refuse, or write; returns what the ledger is told. Call it inside a transaction."""
    there = _there(edit)
    conflicts = tuple(_conflicts(edit, there))
    if conflicts:
        raise Conflict.of(conflicts)
    posts = _posts(row.key for row in edit.put)
    wrong = tuple(_unusable(edit, there, posts))
    if wrong:
        raise Refused.of(wrong)
    gone = [there[key].id for key in edit.remove if key in there]
    for begin in range(0, len(gone), BATCH):
        Entry.objects.filter(pk__in=gone[begin : begin + BATCH]).delete()
    kept = {key: row for key, row in there.items() if key not in edit.remove}
    _write(edit, kept, posts)
    added = [row.key for row in edit.put if row.key not in kept]
    return {
        "put": len(edit.put),
        "added": len(added),
        "removed": len(gone),
        "keys": _listed(sorted({*(row.key for row in edit.put), *edit.remove})),
    }


def _listed(keys: Sequence[Key]) -> list[str]:
    return ["/".join(key) for key in keys] if len(keys) <= LISTED_MAX else []


def _there(edit: Edit) -> dict[Key, There]:
    """The rows of the draft that the edit is about."""
    rows = Entry.objects.filter(table=edit.table)
    touched = edit.touched
    if len(touched) <= WIDE:
        units = {unit for unit, _post, _capacity in touched}
        rows = rows.filter(unit__code__in=units)
    columns = ("unit__code", "post__code", "capacity", "id", "serial", "revision")
    return {
        (unit, post, capacity): There(id=pk, serial=serial, revision=revision)
        for unit, post, capacity, pk, serial, revision in rows.values_list(*columns)
        if (unit, post, capacity) in touched
    }


def _conflicts(edit: Edit, there: Mapping[Key, There]) -> Iterator[Problem]:
    for key in sorted(edit.touched):
        found = there.get(key)
        if found is None and key in edit.known:
            yield _problem(
                key,
                _("Somebody else removed this row meanwhile."),
                _("Look at the draft; add the row anew if it is still needed."),
            )
        elif found is not None and edit.seen is not None and found.revision > edit.seen:
            yield _problem(
                key,
                _("Somebody else changed this row meanwhile; nothing was overwritten."),
                _("Look at the row as it is now, then make your change again."),
            )
        elif found is not None and key in edit.fresh and key not in edit.remove:
            yield _problem(
                key,
                _("This post has a row in this capacity already: row %(row)s.")
                % {"row": found.serial},
                _("Change that row instead."),
            )


def _posts(keys: Iterator[Key]) -> dict[tuple[str, str], tuple[int, int]]:
    """(unit code, post code) → (unit id, post id) of the posts that ``keys`` name."""
    wanted = {(unit, post) for unit, post, _capacity in keys}
    rows = Post.objects.all()
    if len(wanted) <= WIDE:
        rows = rows.filter(unit__code__in={unit for unit, _post in wanted})
    columns = ("unit__code", "code", "unit_id", "id")
    return {
        (unit, code): (unit_id, pk)
        for unit, code, unit_id, pk in rows.values_list(*columns)
        if (unit, code) in wanted
    }


def _unusable(
    edit: Edit, there: Mapping[Key, There], posts: Mapping[tuple[str, str], tuple[int, int]]
) -> Iterator[Problem]:
    """Rows that cannot even be stored; whatever else is wrong, the check says."""
    for key in sorted(edit.remove - there.keys()):
        yield _problem(key, _("There is no such row."), _("Look at the draft again."))
    seen: set[Key] = set()
    for row in edit.put:
        if (row.unit, row.post) not in posts:
            yield _problem(
                row.key,
                _("There is no such post."),
                _("Choose a post of the unit, or create it first."),
            )
        if row.key in seen:
            yield _problem(
                row.key,
                _("This post has this capacity twice."),
                _("Keep one of the two rows; widen its scope where needed."),
            )
        seen.add(row.key)
        if len(row.capacity) > CAPACITY_MAX or row.line not in Entry.Line.values:
            yield _problem(
                row.key,
                _("This row names a capacity or line that does not exist."),
                _("Choose one of the list."),
            )


def _write(
    edit: Edit, kept: Mapping[Key, There], posts: Mapping[tuple[str, str], tuple[int, int]]
) -> None:
    last = Entry.objects.filter(table=edit.table).aggregate(last=Max("serial"))["last"] or 0
    entries = []
    for row in edit.put:
        unit_id, post_id = posts[row.unit, row.post]
        if row.key in kept:
            serial = kept[row.key].serial
        else:
            last += 1
            serial = last
        entries.append(
            Entry(
                table_id=edit.table,
                serial=serial,
                revision=edit.revision,
                unit_id=unit_id,
                post_id=post_id,
                capacity=row.capacity,
                line=row.line,
                scope=dict(row.scope),
                business_duty=row.business_duty,
                safety_duty=row.safety_duty,
                assessment=row.assessment,
            )
        )
    Entry.objects.bulk_create(
        entries,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["table", "post", "capacity"],
        update_fields=["revision", *COLUMNS],
    )


def _problem(key: Key, message: str, remedy: str) -> Problem:
    return Problem(field="row", value=" / ".join(key), message=message, remedy=remedy)
