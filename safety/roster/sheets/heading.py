"""The heading of a roster: which column is the day, and which are seats with their times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from safety.posts.models import Post
from safety.roster.calendar import Calendar
from safety.roster.sheets.days import month_in, plain, year_in
from safety.roster.sheets.names import Known
from safety.units.imports.cells import text_of
from safety.units.imports.reader import Line

DATE_HEADS = ("日期", "时间日期", "值班日期", "date", "day")
TIME_HEADS = ("值班时间", "时段", "起止时间", "班次", "时间", "time", "shift")
LEADER_HEADS = ("带班领导", "带班", "值班领导", "leader")
OFFICER_HEADS = ("值班员", "值班人员", "值班", "officer")
TITLE_ROWS = 30


@dataclass(frozen=True, kw_only=True)
class SeatColumns:
    """Where a seat's names stand, and where its times (its own, or one for all)."""

    seat: Post
    name: int
    time: int | None


@dataclass(frozen=True, kw_only=True)
class Heading:
    row: int
    day: int
    seats: Sequence[SeatColumns]
    names: Mapping[int, str]


@dataclass(frozen=True, kw_only=True)
class Office:
    """What cells are read against: seats, people, and how days are cut."""

    seats: Sequence[Post]
    capacities: Mapping[str, str]
    known: Known
    calendar: Calendar
    pattern: str
    today: date


def heading_of(lines: Sequence[Line], office: Office) -> Heading | None:
    for number, cells in lines[:TITLE_ROWS]:
        names = {column: plain(text_of(cell)).lower() for column, cell in enumerate(cells)}
        day = next((c for c, name in names.items() if name in DATE_HEADS), None)
        if day is None:
            continue
        columns = _seat_columns(names, office)
        if columns:
            return Heading(row=number, day=day, seats=columns, names=names)
    return None


def _seat_columns(names: Mapping[int, str], office: Office) -> list[SeatColumns]:
    """Each seat's column; a time column right of it is its own, else the first one is for all."""
    found: list[tuple[int, Post]] = []
    left = list(office.seats)
    for column, name in names.items():
        seat = next((s for s in left if _names_seat(name, s, office)), None)
        if seat is not None:
            left.remove(seat)
            found.append((column, seat))
    times = [c for c, name in names.items() if name in TIME_HEADS]
    shared = next((c for c in times if not found or c < found[0][0]), None)
    ends = [column for column, _seat in found[1:]] + [max(names, default=0) + 1]
    return [
        SeatColumns(
            seat=seat,
            name=column,
            time=next(
                (t for t in times if column < t < end),
                shared if shared is not None else next(iter(times), None),
            ),
        )
        for (column, seat), end in zip(found, ends, strict=True)
    ]


def _names_seat(name: str, seat: Post, office: Office) -> bool:
    if name == plain(seat.name).lower():
        return True
    heads = LEADER_HEADS if office.capacities[seat.kind] == "DUTY_LEADER" else OFFICER_HEADS
    return name in heads


@dataclass(frozen=True, kw_only=True)
class Told:
    year: int | None
    month: int | None


def told_above(lines: Sequence[Line], heading: Heading) -> Told:
    """Year and month as the title says them."""
    title = " ".join(text_of(c) for number, cells in lines if number < heading.row for c in cells)
    return Told(year=year_in(title), month=month_in(title))
