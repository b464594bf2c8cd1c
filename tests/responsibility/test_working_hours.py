"""Clocks that count working time only, and the end of the next working day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.responsibility.deadlines import Clocks
from notifications.responsibility.hours import Hours
from tests.responsibility.town import MONDAY, SUNDAY, book, rules

SHANGHAI = ZoneInfo("Asia/Shanghai")
SAID = {
    "timezone": "Asia/Shanghai",
    "weekdays": [0, 1, 2, 3, 4],
    "spans": [["08:30", "12:00"], ["14:00", "17:30"]],
    "days_off": ["2026-06-19"],
    "extra_days": ["2026-06-21"],
}
HOURS = Hours.of(SAID)
DAY = 7 * 60  # working minutes
JUNE = datetime(2026, 6, 1, tzinfo=SHANGHAI).astimezone(UTC)

moments = st.integers(0, 60 * 24 * 60).map(lambda minute: JUNE + timedelta(minutes=minute))


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        (local(15, 9), 60, local(15, 10)),
        (local(15, 11, 30), 60, local(15, 14, 30)),  # over the lunch break
        (local(15, 12, 30), 60, local(15, 15)),  # starts at the next working minute
        (local(15, 17), 60, local(16, 9)),  # over night
        (local(14, 20, 21), 60, local(15, 9, 30)),  # Sunday evening
        (local(15, 8), 30, local(15, 9)),
        (local(18, 17), 60, local(21, 9)),  # Friday off, Sunday worked instead
    ],
)
def test_working_minutes(start: datetime, minutes: int, due: datetime) -> None:
    assert HOURS.after(start, minutes) == due


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (local(15, 9), local(16, 17, 30)),
        (local(14, 20, 21), local(15, 17, 30)),
        (local(18, 9), local(21, 17, 30)),
        (local(15, 0, 1), local(16, 17, 30)),
    ],
)
def test_the_end_of_the_next_working_day(start: datetime, end: datetime) -> None:
    assert HOURS.end_of_next_day(start) == end


def is_open(moment: datetime) -> bool:
    here = moment.astimezone(SHANGHAI)
    return HOURS.is_working_day(here.date()) and any(
        opens <= here.time().replace(tzinfo=None) <= closes for opens, closes in HOURS.spans
    )


@settings(max_examples=150, deadline=None)
@given(moments, st.integers(1, 3 * DAY))
def test_a_working_clock_ends_in_working_time_and_never_early(start: datetime, n: int) -> None:
    due = HOURS.after(start, n)

    assert due - start >= timedelta(minutes=n)
    assert is_open(due)


@settings(max_examples=100, deadline=None)
@given(moments, st.integers(1, DAY), st.integers(1, DAY))
def test_working_minutes_add_up(start: datetime, first: int, second: int) -> None:
    assert HOURS.after(HOURS.after(start, first), second) == HOURS.after(start, first + second)


@settings(max_examples=100, deadline=None)
@given(moments, moments, st.integers(1, DAY))
def test_who_starts_later_is_never_due_earlier(one: datetime, other: datetime, n: int) -> None:
    earlier, later = sorted((one, other))
    assert HOURS.after(earlier, n) <= HOURS.after(later, n)
    assert HOURS.end_of_next_day(earlier) <= HOURS.end_of_next_day(later)


@pytest.mark.parametrize(
    "over",
    [
        {"spans": []},
        {"spans": [["12:00", "08:30"]]},
        {"spans": [["08:30", "12:00"], ["11:00", "17:30"]]},
        {"weekdays": []},
        {"days_off": ["someday"]},
    ],
)
def test_hours_that_cannot_be_are_refused(over: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"hours|isoformat"):
        Hours.of({**SAID, **over})


@pytest.mark.parametrize(
    ("capacity", "grade", "minutes"),
    [
        ("DUTY_OFFICER", "G1", 5),
        ("DUTY_OFFICER", "G2", 5),
        ("DUTY_OFFICER", "G3", 5),
        ("DUTY_OFFICER", "G4", 15),
        ("SAFETY_OFFICE", "G2", 10),
        ("LINE_SECTION", "G3", 15),
        ("SAFETY_DEPUTY", "G1", 15),
        ("LINE_DEPUTY", "G3", 30),
        ("PARTY_CHIEF", "G2", 15),
        ("ADMIN_CHIEF", "G3", 60),
        ("AREA_CONTACT", "G3", 30),
        ("DUTY_LEADER", "G2", 15),
        ("REPORTING", "G3", 30),
        ("SCH_PRINCIPAL", "G1", 10),
        ("SCH_SAFETY_STAFF", "G3", 15),
    ],
)
def test_each_capacity_has_its_clock_day_and_night(capacity: str, grade: str, minutes: int) -> None:
    due = rules().clocks.acknowledge(capacity, grade, SUNDAY)
    assert due.at == SUNDAY + timedelta(minutes=minutes)
    assert due.basis == "reminder"


def test_g4_counts_working_time_except_in_the_duty_room() -> None:
    clocks = rules().clocks
    assert clocks.acknowledge("SAFETY_OFFICE", "G4", SUNDAY).at == local(15, 9, 30)
    assert clocks.acknowledge("SCH_PRINCIPAL", "G4", MONDAY).at == local(15, 10)
    assert clocks.acknowledge("DUTY_OFFICER", "G4", SUNDAY).at == SUNDAY + timedelta(minutes=15)
    assert clocks.first_action("G4", MONDAY).at == local(15, 15)


@pytest.mark.parametrize(("grade", "minutes"), [("G1", 30), ("G2", 30), ("G3", 60)])
def test_the_first_action_has_its_own_clock(grade: str, minutes: int) -> None:
    assert rules().clocks.first_action(grade, SUNDAY).at == SUNDAY + timedelta(minutes=minutes)


def test_g5_is_owed_by_the_end_of_the_next_working_day() -> None:
    clocks = rules().clocks
    assert clocks.acknowledge("SCH_SAFETY_STAFF", "G5", SUNDAY).at == local(15, 17, 30)
    assert clocks.first_action("G5", MONDAY).at == local(16, 17, 30)
    assert clocks.read(SUNDAY).at == local(15, 17, 30)


def test_a_capacity_without_a_clock_takes_its_next_superiors() -> None:
    said = book()["clocks"]
    without = [row for row in said["acknowledge"] if "DUTY_OFFICER" not in row["capacities"]]
    clocks = Clocks.of({**said, "acknowledge": without}, rules().climb)

    due = clocks.acknowledge("DUTY_OFFICER", "G2", SUNDAY)

    assert due == rules().clocks.acknowledge("SAFETY_OFFICE", "G2", SUNDAY)
