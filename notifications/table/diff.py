"""What differs between two sets of rows: added, removed, changed, and in which columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from notifications.table.rows import COLUMNS, Key, Row


@dataclass(frozen=True, kw_only=True)
class Change:
    """The same row before and after; ``columns`` are those that differ."""

    old: Row
    new: Row
    columns: tuple[str, ...]

    @property
    def key(self) -> Key:
        return self.new.key


@dataclass(frozen=True, kw_only=True)
class Differences:
    """Each in the order of the rows it came from."""

    added: tuple[Row, ...] = ()
    removed: tuple[Row, ...] = ()
    changed: tuple[Change, ...] = ()

    def __len__(self) -> int:
        return len(self.added) + len(self.removed) + len(self.changed)


def differences(old: Iterable[Row], new: Iterable[Row]) -> Differences:
    """Compare two sets of rows by their keys (unit, post, capacity); the order is no matter."""
    before = {row.key: row for row in old}
    after = {row.key: row for row in new}
    both = ((before[key], row) for key, row in after.items() if key in before)
    return Differences(
        added=tuple(row for key, row in after.items() if key not in before),
        removed=tuple(row for key, row in before.items() if key not in after),
        changed=tuple(
            Change(old=was, new=row, columns=changed_columns(was, row))
            for was, row in both
            if was != row
        ),
    )


def changed_columns(old: Row, new: Row) -> tuple[str, ...]:
    return tuple(name for name in COLUMNS if getattr(old, name) != getattr(new, name))
