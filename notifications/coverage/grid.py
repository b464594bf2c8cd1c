"""The heat grid: units against capacities or hazards, each cell with its worst state and count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from notifications.coverage.selectors import Coverage, Judged
from notifications.responsibility.checks.reading import is_school_capacity
from notifications.responsibility.words import Level

# from harmless to urgent; the word stands in the cell beside shape and colour
STATES = ("ok", "notice", "accepted", "soon", "now")
WORDS = {
    "ok": gettext_lazy("in order"),
    "notice": gettext_lazy("to know"),
    "accepted": gettext_lazy("accepted"),
    "soon": gettext_lazy("will be vacant"),
    "now": gettext_lazy("nobody in post"),
}
ICONS = {"ok": "check", "notice": "info", "accepted": "minus", "soon": "clock", "now": "alert"}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """``gaps`` of the worst ``state`` among them; ``query`` leads to their rows."""

    key: str
    word: str
    state: str
    gaps: int
    query: str

    @property
    def state_word(self) -> str:
        return str(WORDS[self.state])

    @property
    def icon(self) -> str:
        return ICONS[self.state]


@dataclass(frozen=True, kw_only=True)
class Row:
    """``code`` leads on: to the unit, or to the schools of a bureau (``of_schools``)."""

    code: str
    name: str
    of_schools: bool
    schools: int
    cells: Sequence[Cell]

    @property
    def is_in_order(self) -> bool:
        return all(cell.state == "ok" for cell in self.cells)

    @property
    def troubled(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.state != "ok"]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the grid before it is counted: the unit itself, or schools below it."""

    code: str
    name: str
    of_schools: bool = False
    schools: int = 0


def state_of(one: Judged, known: Coverage) -> str:
    """How urgent a single gap is."""
    if not one.is_open:
        return "notice"
    if one.acceptance is not None:
        return "accepted"
    return "now" if one.gap.since <= known.period.since else "soon"


def rows_of(
    known: Coverage,
    lines: Iterable[Line],
    columns: Mapping[str, str],
    *,
    by_hazard: bool,
) -> list[Row]:
    """One row for each of ``lines``, with a cell for each of ``columns`` (key → word)."""
    counted = _counted(known, by_hazard=by_hazard)
    return [
        Row(
            code=line.code,
            name=line.name,
            of_schools=line.of_schools,
            schools=line.schools,
            cells=[
                _cell(
                    line,
                    key,
                    word,
                    counted.get((line.code, line.of_schools, key), {}),
                    by_hazard=by_hazard,
                )
                for key, word in columns.items()
            ],
        )
        for line in lines
    ]


def _cell(line: Line, key: str, word: str, states: Mapping[str, int], *, by_hazard: bool) -> Cell:
    worst = max(states, key=STATES.index, default="ok")
    name = "hazard" if by_hazard else "capacity"
    where = "below" if line.of_schools else "own"
    return Cell(
        key=key,
        word=word,
        state=worst,
        gaps=states.get(worst, 0),
        query=f"unit={line.code}&{where}=1&{name}={key}&state={worst}",
    )


def _counted(known: Coverage, *, by_hazard: bool) -> dict[tuple[str, bool, str], dict[str, int]]:
    """How many gaps of each state: by unit (or, for schools, also by every unit above) and key."""
    found: dict[tuple[str, bool, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in known.judged:
        gap, state = one.gap, state_of(one, known)
        keys = {key.partition("+")[0] for key in gap.hazards} if by_hazard else {gap.capacity}
        homes = [(gap.unit.code, False)]
        if gap.unit.level == Level.SCHOOL:
            homes += [(code, True) for code in gap.unit.codes - {gap.unit.code}]
        for home, of_schools in homes:
            for key in keys:
                found[(home, of_schools, key)][state] += 1
    return found


def columns_of(
    matrix: Mapping[str, Mapping[str, object]], words: Mapping[str, str], *, schools: bool
) -> dict[str, str]:
    """The capacities that the matrix asks of bureaus or of schools, in the rule book's order."""
    asked = {capacity for rows in matrix.values() for capacity in rows}
    return {
        code: word
        for code, word in words.items()
        if code in asked and is_school_capacity(code) == schools
    }
