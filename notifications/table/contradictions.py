"""Rows that contradict each other: the same capacity twice, or one duty claimed by two posts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from django.utils.translation import gettext as _

from notifications.responsibility.scope import Scope
from notifications.table.candidates import Candidate, Place

Found = tuple[Candidate, str, str, str, str]
SUBJECTS = ("stages", "hazards", "ownership", "sections")


def contradictions(
    rows: Sequence[Candidate], places: Mapping[str, Place], book: Mapping[str, Mapping[str, Any]]
) -> Iterator[Found]:
    """(row, column, value, message, remedy) of the second of each two rows that contradict."""
    yield from _twice(rows)
    capacities = book["responsibility"]["capacity"]
    sole = {code for code, said in capacities.items() if said.get("sole")}
    together: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
    for row in rows:
        if row.row.capacity in sole:
            together[row.row.unit, row.row.capacity].append(row)
    for claimants in together.values():
        yield from _both_claim(claimants, places, capacities)


def _twice(rows: Sequence[Candidate]) -> Iterator[Found]:
    seen: set[tuple[int, str]] = set()
    for row in rows:
        key = (row.post_id, row.row.capacity)
        if key in seen:
            yield (
                row,
                "capacity",
                row.row.capacity,
                _("This post has this capacity twice."),
                _("Keep one of the two rows; widen its scope where needed."),
            )
        seen.add(key)


def _both_claim(
    rows: Sequence[Candidate], places: Mapping[str, Place], capacities: Mapping[str, Any]
) -> Iterator[Found]:
    """Of a sole capacity a unit has one post, or several with schools of their own each."""
    for first, second in combinations(rows, 2):
        if first.post_id == second.post_id:
            continue  # told already: the same capacity twice
        if _overlap(first.row.scope, second.row.scope, places):
            yield (
                second,
                "capacity",
                second.row.capacity,
                _("Row %(row)s (%(post)s) claims the same for the same schools.")
                % {"row": first.number, "post": first.post_name},
                _("%(capacity)s is one post: keep one row, or give each its own schools.")
                % {"capacity": capacities[second.row.capacity]["zh"]},
            )


def _overlap(one: Mapping[str, Any], other: Mapping[str, Any], places: Mapping[str, Place]) -> bool:
    try:
        a, b = Scope.of(one), Scope.of(other)
    except ValueError:
        return False  # told already: a scope that cannot be read
    return _share_subject(a, b) and _share_place(a, b, places)


def _share_subject(a: Scope, b: Scope) -> bool:
    if not a.has_subject or not b.has_subject:
        return True
    return any(getattr(a, name) & getattr(b, name) for name in SUBJECTS)


def _share_place(a: Scope, b: Scope, places: Mapping[str, Place]) -> bool:
    if not a.has_place or not b.has_place:
        return True
    paths = [[places[c].path for c in s.schools | s.areas if c in places] for s in (a, b)]
    return any(x.startswith(y) or y.startswith(x) for x in paths[0] for y in paths[1])
