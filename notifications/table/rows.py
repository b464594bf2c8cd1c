"""One row of a table as plain values: what pages, workbooks and comparisons speak of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Manager, QuerySet

from notifications.models import Entry
from notifications.responsibility.scope import KEYS

Key = tuple[str, str, str]
TEXTS = ("business_duty", "safety_duty", "assessment")
COLUMNS = ("line", "scope", *TEXTS)
FIELDS = ("unit__code", "post__code", "capacity", *COLUMNS)


@dataclass(frozen=True, kw_only=True)
class Row:
    """Unit and post by their codes, then what the version says of them.

    Always in one form, so that equal rows compare equal: texts without outer
    blanks and with plain line ends, scopes sorted and without empty lists.
    """

    unit: str
    post: str
    capacity: str = ""
    line: str = Entry.Line.ADMINISTRATION
    scope: Mapping[str, Any] = field(default_factory=dict)
    business_duty: str = ""
    safety_duty: str = ""
    assessment: str = ""

    def __post_init__(self) -> None:
        for name in ("unit", "post", "capacity", "line"):
            object.__setattr__(self, name, str(getattr(self, name)).strip())
        for name in TEXTS:
            object.__setattr__(self, name, tidy_text(getattr(self, name)))
        object.__setattr__(self, "scope", tidy_scope(self.scope))

    @property
    def key(self) -> Key:
        """What makes it the same row in another version."""
        return (self.unit, self.post, self.capacity)


def tidy_text(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def tidy_scope(said: Mapping[str, Any]) -> dict[str, Any]:
    """The same scope in its one form; what cannot be read stays, for the checks to name."""
    order = {key: number for number, key in enumerate(KEYS)}
    names = sorted(said, key=lambda key: (order.get(key, len(KEYS)), key))
    return {name: _tidy_words(said[name]) for name in names if said[name]}


def _tidy_words(words: Any) -> Any:
    is_list = isinstance(words, list | tuple) and all(isinstance(word, str) for word in words)
    return sorted(set(words)) if is_list else words


def row_of(values: Sequence[Any]) -> Row:
    """A row from the columns ``FIELDS``."""
    unit, post, capacity, *rest = values
    return Row(unit=unit, post=post, capacity=capacity, **dict(zip(COLUMNS, rest, strict=True)))


def rows_of(entries: QuerySet[Entry] | Manager[Entry]) -> Iterator[Row]:
    """``entries`` as plain rows, read in few large pieces, in the order they have on paper."""
    ordered = entries.order_by("serial", "id").values_list(*FIELDS)
    return map(row_of, ordered.iterator(chunk_size=5000))
