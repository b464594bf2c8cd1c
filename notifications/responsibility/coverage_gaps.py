"""What the coverage proof says: gaps, each with the hours it lasts and who would stand in.

A gap is a capacity at a unit for which nobody answers in the post that should.
Two kinds leave nobody unaddressed: DEPUTY, a vacant post whose B角 answers, and
GRAVE, a chief whose stand-in does not count at the gravest grades.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from notifications.responsibility.inputs import UnitFacts

OPEN, DEPUTY, GRAVE = "open", "deputy", "grave"
NOBODY = "nobody"
Cell = tuple[str, str]  # stage ("" while unknown), hazard (with "+flag" where only that needs it)


@dataclass(frozen=True, kw_only=True, order=True)
class Period:
    """From ``since`` (included) to ``until`` (excluded)."""

    since: datetime
    until: datetime

    def __bool__(self) -> bool:
        return self.since < self.until

    def within(self, other: Period) -> Period:
        return Period(since=max(self.since, other.since), until=min(self.until, other.until))


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A slot that is not as it should be.

    ``climb`` is the capacity that answers instead, "deputy" for a B角, "nobody".
    """

    capacity: str
    post_type: str
    post_name: str
    post: int
    kind: str
    code: str
    climb: str
    climb_post: int | None
    climb_name: str

    @property
    def slot(self) -> tuple[str, str, str, int, str]:
        return (self.capacity, self.post_type, self.post_name, self.post, self.kind)


@dataclass(frozen=True, kw_only=True)
class Window:
    """How long a gap looks the same. ``person`` is who would answer when it begins.

    ``lasts``: it is still there when the period that was looked at ends. ``cells``
    are all questions that meet the gap, ``told`` those that need to be told apart.
    """

    since: datetime
    until: datetime
    lasts: bool
    code: str
    climb: str
    climb_post: int | None
    climb_name: str
    person: int | None
    cells: tuple[Cell, ...]

    @property
    def told(self) -> tuple[Cell, ...]:
        """Without the conditions whose hazard has the gap anyway."""
        known = set(self.cells)
        bare = [(stage, hazard, hazard.partition("+")[0]) for stage, hazard in self.cells]
        return tuple((s, h) for s, h, base in bare if h == base or (s, base) not in known)


@dataclass(frozen=True, kw_only=True)
class Gap:
    """``post`` is None where the table has no such post. ``schools`` are on whose way it lies."""

    unit: UnitFacts
    capacity: str
    post_type: str
    post_name: str
    post: int | None
    kind: str
    windows: tuple[Window, ...]
    schools: tuple[str, ...]

    @property
    def since(self) -> datetime:
        return self.windows[0].since

    @property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(sorted({cell for window in self.windows for cell in window.told}))

    @property
    def hazards(self) -> tuple[str, ...]:
        return tuple(sorted({hazard for _, hazard in self.cells}))

    @property
    def stages(self) -> tuple[str, ...]:
        return tuple(sorted({stage for stage, _ in self.cells}))


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Everything that is not as it should be, in one period."""

    period: Period
    gaps: tuple[Gap, ...]
    schools: int


class Record:
    """Takes down what is seen of one unit, and tells it as gaps."""

    def __init__(self, unit: UnitFacts, period: Period) -> None:
        self._unit = unit
        self._end = period.until
        self._spans: dict[tuple[Seen, Cell], dict[Period, int | None]] = defaultdict(dict)
        self._schools: dict[tuple[str, str, str, int, str], set[str]] = defaultdict(set)

    def add(
        self,
        seen: Seen,
        person: int | None,
        *,
        cells: Iterable[Cell],
        schools: Iterable[str],
        during: Period,
    ) -> None:
        """``seen`` holds ``during`` this time; ``person`` would answer when it begins."""
        for cell in cells:
            self._spans[(seen, cell)].setdefault(during, person)
        self._schools[seen.slot].update(schools)

    def gaps(self) -> Iterator[Gap]:
        """In the order of capacity and post; windows in the order of time."""
        found: dict[tuple[str, str, str, int, str], dict[tuple[Period, Seen], set[Cell]]]
        found = defaultdict(lambda: defaultdict(set))
        people: dict[tuple[Period, Seen], int | None] = {}
        for (seen, cell), spans in self._spans.items():
            for span, person in _joined(spans):
                found[seen.slot][(span, seen)].add(cell)
                people.setdefault((span, seen), person)
        for slot in sorted(found):
            capacity, post_type, post_name, post, kind = slot
            ordered = sorted(found[slot], key=lambda key: (key[0], key[1].climb))
            yield Gap(
                unit=self._unit,
                capacity=capacity,
                post_type=post_type,
                post_name=post_name,
                post=post or None,
                kind=kind,
                windows=tuple(
                    self._window(key[0], key[1], people[key], found[slot][key]) for key in ordered
                ),
                schools=tuple(sorted(self._schools[slot])),
            )

    def _window(self, span: Period, seen: Seen, person: int | None, cells: set[Cell]) -> Window:
        return Window(
            since=span.since,
            until=span.until,
            lasts=span.until >= self._end,
            code=seen.code,
            climb=seen.climb,
            climb_post=seen.climb_post,
            climb_name=seen.climb_name,
            person=person,
            cells=tuple(sorted(cells)),
        )


def _joined(spans: Mapping[Period, int | None]) -> Iterator[tuple[Period, int | None]]:
    """Spans that touch as one, with whoever answered first."""
    now: Period | None = None
    person: int | None = None
    for span in sorted(spans):
        if now is not None and span.since <= now.until:
            now = Period(since=now.since, until=max(now.until, span.until))
            continue
        if now is not None:
            yield now, person
        now, person = span, spans[span]
    if now is not None:
        yield now, person
