"""The slots of a school, a campus or a teaching point."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from notifications.responsibility.case import Case, Seat, Slot, merged, seat_of
from notifications.responsibility.inputs import EntryFacts, SchoolFacts, UnitFacts
from notifications.responsibility.words import Owed

DIRECT, LINE_DEPUTY, SAFETY_DEPUTY = "SCH_DIRECT", "SCH_LINE_DEPUTY", "SCH_SAFETY_DEPUTY"
Pick = Callable[[UnitFacts], list[EntryFacts]]


def school_slots(case: Case, school: SchoolFacts) -> list[Slot]:
    """Everything the school itself owes."""
    return merged(
        slot
        for capacity, owed in case.rules.owed("school", case.asked.grade).items()
        for slot in _slots(case, school, capacity, owed)
    )


def _slots(case: Case, school: SchoolFacts, capacity: str, owed: Owed) -> Iterator[Slot]:
    rule = f"matrix.school.{capacity}.{case.asked.grade}={owed.name}"
    if capacity == DIRECT:
        seats = _direct(case, school)
    elif capacity == LINE_DEPUTY:
        seats = _line_deputies(case, school)
    else:
        seats = iter(seats_of(case, school, capacity))
    for seat in seats:
        yield Slot(
            unit=school.unit,
            capacity=capacity,
            owed=owed,
            seat=seat,
            schools=[school],
            rules=[rule, *seat.notes],
        )


def _direct(case: Case, school: SchoolFacts) -> Iterator[Seat]:
    """The posts named for each hazard; those of a facility the school lacks are not owed."""
    for code in case.asked.hazards:
        for post_type in case.rules.hazards[code].direct:
            if not _is_owed(case, school, post_type):
                continue
            for seat in seats_of_type(case, school, DIRECT, post_type):
                yield seat.noted(f"hazard.{code}.direct {post_type}")


def _is_owed(case: Case, school: SchoolFacts, post_type: str) -> bool:
    kind = case.rules.post_types.get(post_type)
    if kind is None or not kind.needs or kind.needs in school.facilities:
        return True
    return bool(case.table.of_type(school.unit, post_type))


def _line_deputies(case: Case, school: SchoolFacts) -> Iterator[Seat]:
    """The vice-principal of each hazard; without one the deputy for safety stands for both."""
    for code in case.asked.hazards:
        keys = [f"{code}+{flag}" for flag in sorted(case.asked.flags)] + [code]
        claiming = _claiming(case, school, keys)
        post_type = next(
            (case.rules.school_line[k] for k in keys if k in case.rules.school_line), ""
        )
        if claiming:
            seats = [seat_of(entry, f"hazard.{code} by table") for entry in claiming]
        elif post_type:
            seats = seats_of_type(case, school, LINE_DEPUTY, post_type)
        else:
            seats = [
                seat.noted("the deputy for safety stands for both")
                for seat in seats_of(case, school, SAFETY_DEPUTY)
            ]
        for seat in seats:
            yield seat.noted(f"hazard.{code}.line {post_type or SAFETY_DEPUTY}")


def _claiming(case: Case, school: SchoolFacts, keys: Sequence[str]) -> list[EntryFacts]:
    entries = case.table.having(school.unit, LINE_DEPUTY)
    return [e for e in entries if any(e.scope.claims("hazard", key) for key in keys)]


def seats_of(case: Case, school: SchoolFacts, capacity: str) -> list[Seat]:
    """The posts of the school with ``capacity``."""
    return _seats(
        case,
        school,
        capacity,
        case.rules.type_of(capacity),
        lambda unit: case.table.having(unit, capacity),
    )


def seats_of_type(case: Case, school: SchoolFacts, capacity: str, post_type: str) -> list[Seat]:
    """The posts of the school with ``post_type``, in ``capacity``."""
    return _seats(
        case, school, capacity, post_type, lambda unit: case.table.of_type(unit, post_type)
    )


def _seats(
    case: Case, school: SchoolFacts, capacity: str, post_type: str, pick: Pick
) -> list[Seat]:
    """Own posts if filled; else the central school's; else what a small school merges."""
    own = pick(school.unit)
    if any(_is_filled(case, entry) for entry in own):
        return [seat_of(entry) for entry in own]
    if school.central is not None:
        inherited = [entry for entry in pick(school.central) if _is_filled(case, entry)]
        if inherited:
            note = f"inherited {school.central.code}"
            return [seat_of(entry, note, from_central=True) for entry in inherited]
    stand_in = case.rules.merged.get(capacity)
    if stand_in and _is_small(case, school) and (capacity == DIRECT or not own):
        note = f"small_school.merged {capacity} to {stand_in}"
        seats = [seat.noted(note) for seat in seats_of(case, school, stand_in)]
        if any(seat.entry is not None and _is_filled(case, seat.entry) for seat in seats):
            return seats
    return [seat_of(entry) for entry in own] or [case.vacant(capacity, post_type)]


def _is_filled(case: Case, entry: EntryFacts) -> bool:
    """Whether anybody holds the post, be he away or not."""
    held = case.offices.hold(entry.post)
    return not held.is_empty or held.wrong == "absent"


def _is_small(case: Case, school: SchoolFacts) -> bool:
    return school.staff is not None and school.staff <= case.rules.small_staff
