"""Planning shifts: what is refused, all at once and with nothing written; gaps, turns, copies."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import ModuleType

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from hypothesis import given
from hypothesis import strategies as st

from notifications.duty.own import own_duty
from safety.errors import Conflict, Refused
from safety.ledger.actions import SYSTEM
from safety.people.models import User
from safety.posts.models import RosterPeriod, Shift
from safety.roster import rulebook
from safety.roster.actions import (
    keep_roster,
    plan_shifts,
    remove_shift,
    replace_person,
    stop_roster,
)
from safety.roster.calendar import ZONE, calendar_of
from safety.roster.checks import NewShift
from safety.roster.gaps import gaps_of
from safety.roster.models import Swap
from safety.roster.planning import copied, month_of, rotation, week_of
from safety.roster.selectors import gaps_ahead, kept_between, shifts_between
from safety.roster.swaps import answer_swap, ask_swap, withdraw_swap
from tests.city import give, person, post, send_away, sign_in, unit, vacate
from tests.roster.shifts import keep, new, now, put

SEAT, LEADER = "county.duty_officer", "county.duty_leader"
HOUR = timedelta(hours=1)


def refused(*shifts: NewShift) -> int:
    """How many problems ``shifts`` have; nothing of them is written."""
    before = Shift.objects.count()
    with pytest.raises(Refused) as caught:
        plan_shifts(shifts=shifts, actor=SYSTEM)
    assert Shift.objects.count() == before
    assert all(p.message and p.remedy for p in caught.value.problems)
    return len(caught.value.problems)


def test_a_seat_that_is_taken_and_a_person_twice_at_once_are_refused(city: ModuleType) -> None:
    start = now() + HOUR
    put(SEAT, "county.exams", start=start, hours=8)

    assert refused(new(SEAT, "county.office", start + 7 * HOUR)) == 1
    assert refused(new(LEADER, "county.exams", start - 7 * HOUR)) == 1
    assert refused(new("city.duty_officer", "county.exams", start)) == 1
    plan_shifts(
        shifts=[new(SEAT, "county.office", start + 8 * HOUR), new(LEADER, "county.chief", start)],
        actor=SYSTEM,
    )


def test_clashes_among_the_new_ones_are_told_too_and_all_at_once(city: ModuleType) -> None:
    start = now() + HOUR

    assert (
        refused(
            new(SEAT, "county.exams", start),
            new(SEAT, "county.office", start + HOUR),
            new(LEADER, "county.exams", start + HOUR),
            new(LEADER, "county.chief", start - 200 * HOUR),
        )
        == 3
    )


@pytest.mark.parametrize(("offset", "hours"), [(1, -1), (1, 0), (1, 49), (-9, 8), (24 * 401, 8)])
def test_impossible_times_are_refused(city: ModuleType, offset: float, hours: float) -> None:
    assert refused(new(SEAT, "county.exams", now() + offset * HOUR, hours)) >= 1


def test_whoever_is_shut_out_is_not_planned(city: ModuleType) -> None:
    gone = person("county.exams")
    gone.is_active = False
    gone.save()

    assert refused(new(SEAT, "county.exams", now() + HOUR)) == 1


def test_a_shift_to_come_changes_hands_and_one_that_runs_is_cut(city: ModuleType) -> None:
    ahead = put(SEAT, "county.exams", start=now() + 10 * HOUR)
    replace_person(shift=ahead, person=person("county.office"), actor=SYSTEM)
    ahead.refresh_from_db()
    assert ahead.person == person("county.office")

    runs = put(SEAT, "county.exams", hours=8)
    end = runs.ends_at
    after = replace_person(shift=runs, person=person("county.chief"), actor=SYSTEM)
    runs.refresh_from_db()
    assert runs.person == person("county.exams")
    assert runs.ends_at == after.starts_at <= timezone.now()
    assert (after.person, after.ends_at) == (person("county.chief"), end)


def test_what_is_over_or_changed_meanwhile_stays(city: ModuleType) -> None:
    over = put(SEAT, "county.exams", start=now() - 20 * HOUR, hours=8)
    runs = put(SEAT, "county.exams", hours=8)
    with pytest.raises(Refused):
        replace_person(shift=over, person=person("county.office"), actor=SYSTEM)
    for shift in (over, runs):
        with pytest.raises(Refused):
            remove_shift(shift=shift, actor=SYSTEM)
    ahead = put(LEADER, "county.chief", start=now() + HOUR)
    stale = Shift.objects.get(pk=ahead.pk)
    replace_person(shift=ahead, person=person("county.office"), actor=SYSTEM)
    with pytest.raises(Conflict):
        replace_person(shift=stale, person=person("county.safety_office"), actor=SYSTEM)


def test_a_roster_is_kept_once_and_never_backwards(city: ModuleType) -> None:
    seat = post(SEAT)
    with pytest.raises(Refused):
        keep_roster(post=seat, starts_at=now() - HOUR, actor=SYSTEM)
    keep_roster(post=seat, starts_at=now() + HOUR, actor=SYSTEM)
    with pytest.raises(Conflict):
        keep_roster(post=seat, starts_at=now() + 2 * HOUR, actor=SYSTEM)

    stop_roster(post=seat, actor=SYSTEM)

    assert not seat.roster_periods.exists()
    with pytest.raises(Conflict):
        stop_roster(post=seat, actor=SYSTEM)


@pytest.mark.parametrize("round_", range(3))
@pytest.mark.parametrize("manager", ["replaces", "removes"])
def test_a_swap_and_the_manager_at_once_end_with_one_of_both(
    city_committed: ModuleType, manager: str, round_: int
) -> None:
    mine = put(SEAT, "county.exams", start=now() + 30 * HOUR)
    theirs = put(SEAT, "county.chief", start=now() + 60 * HOUR)
    swap = ask_swap(
        shift=mine, other=person("county.chief"), for_shift=theirs, note="", actor=SYSTEM
    )
    ready = threading.Barrier(2)
    told: list[object] = []

    def agree() -> None:
        answer_swap(swap=swap, agrees=True, actor=SYSTEM)

    def change() -> None:
        if manager == "removes":
            remove_shift(shift=mine, actor=SYSTEM)
        else:
            replace_person(shift=mine, person=person("county.office"), actor=SYSTEM)

    def run(work: Callable[[], None]) -> None:
        try:
            ready.wait(timeout=10)
            work()
            told.append("done")
        except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
            told.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in (agree, change)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert len(told) == 2
    assert "done" in told
    assert all(one == "done" or isinstance(one, Refused) for one in told), told
    theirs.refresh_from_db()
    sits = dict(Shift.objects.filter(pk=mine.pk).values_list("pk", "person__username"))
    swapped = theirs.person == person("county.exams")
    assert sits.get(mine.pk) in (
        ({"county.chief", None} if swapped else {None})
        if manager == "removes"
        else ({"county.chief"} if swapped else {"county.office"})
    )


def test_a_roster_that_would_end_by_itself_is_stopped_now(city: ModuleType) -> None:
    keep(SEAT, until=now() + 40 * HOUR)
    keep(LEADER, until=now() - HOUR)

    stop_roster(post=post(SEAT), actor=SYSTEM)

    assert not RosterPeriod.objects.ending_after(now()).exists()
    with pytest.raises(Conflict):
        stop_roster(post=post(LEADER), actor=SYSTEM)


@pytest.mark.parametrize(
    "wanted",
    [
        [(SEAT, "county.exams"), (SEAT, "county.office")],
        [(SEAT, "county.exams"), ("city.duty_officer", "county.exams")],
    ],
    ids=["one seat", "one person"],
)
def test_two_managers_at_once_end_with_one_shift_and_one_clear_message(
    city_committed: ModuleType, wanted: list[tuple[str, str]]
) -> None:
    start = now() + HOUR
    ready = threading.Barrier(2)
    told: list[str] = []

    def plan(seat: str, who: str) -> None:
        try:
            shift = new(seat, who, start)
            ready.wait(timeout=10)
            plan_shifts(shifts=[shift], actor=SYSTEM)
            told.append("planned")
        except Refused as refusal:
            told.append(refusal.problems[0].message)
        finally:
            connection.close()

    threads = [threading.Thread(target=plan, args=one) for one in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert Shift.objects.count() == 1
    assert sorted(text == "planned" for text in told) == [False, True]


# ---- swaps ----


def test_a_takeover_and_an_exchange(city: ModuleType) -> None:
    mine = put(SEAT, "county.exams", start=now() + 30 * HOUR)
    swap = ask_swap(
        shift=mine, other=person("county.office"), for_shift=None, note="", actor=SYSTEM
    )
    with pytest.raises(Conflict):
        ask_swap(shift=mine, other=person("county.chief"), for_shift=None, note="", actor=SYSTEM)
    answer_swap(swap=swap, agrees=True, actor=SYSTEM)
    with pytest.raises(Conflict):
        answer_swap(swap=swap, agrees=False, actor=SYSTEM)

    mine.refresh_from_db()
    assert mine.person == person("county.office")


def test_a_swap_that_would_put_somebody_in_two_seats_is_refused(city: ModuleType) -> None:
    start = now() + 30 * HOUR
    mine = put(SEAT, "county.exams", start=start)
    put(LEADER, "county.office", start=start + HOUR)
    with pytest.raises(Refused):
        ask_swap(shift=mine, other=person("county.office"), for_shift=None, note="", actor=SYSTEM)
    swap = ask_swap(shift=mine, other=person("county.chief"), for_shift=None, note="", actor=SYSTEM)
    put("city.duty_leader", "county.chief", start=start)

    with pytest.raises(Refused):
        answer_swap(swap=swap, agrees=True, actor=SYSTEM)

    swap.refresh_from_db()
    mine.refresh_from_db()
    assert (swap.state, mine.person) == (Swap.State.ASKED, person("county.exams"))


@pytest.mark.parametrize("gone", ["county.office", "county.exams"])
def test_whoever_left_the_bureau_between_asking_and_answering_gets_no_seat(
    city: ModuleType, gone: str
) -> None:
    mine = put(SEAT, "county.exams", start=now() + 30 * HOUR)
    theirs = put("city.duty_officer", "county.office", start=now() + 60 * HOUR)
    if gone == "county.exams":
        give("city.exams", "county.exams")  # the one who asks serves in both bureaus
    swap = ask_swap(
        shift=mine,
        other=person("county.office"),
        for_shift=theirs if gone == "county.exams" else None,
        note="",
        actor=SYSTEM,
    )
    vacate(gone if gone == "county.office" else "city.exams")

    with pytest.raises(Refused) as caught:
        answer_swap(swap=swap, agrees=True, actor=SYSTEM)

    assert {p.value for p in caught.value.problems} == {person(gone).name}
    swap.refresh_from_db()
    mine.refresh_from_db()
    assert (swap.state, mine.person) == (Swap.State.ASKED, person("county.exams"))


def test_strangers_the_past_and_withdrawn_swaps_come_to_nothing(city: ModuleType) -> None:
    ahead = put(SEAT, "county.exams", start=now() + HOUR)
    runs = put(LEADER, "county.chief")
    with pytest.raises(Refused):
        ask_swap(
            shift=ahead, other=person("district.office"), for_shift=None, note="", actor=SYSTEM
        )
    with pytest.raises(Refused):
        ask_swap(shift=runs, other=person("county.office"), for_shift=None, note="", actor=SYSTEM)
    swap = ask_swap(
        shift=ahead, other=person("county.office"), for_shift=None, note="", actor=SYSTEM
    )
    withdraw_swap(swap=swap, actor=SYSTEM)

    with pytest.raises(Conflict):
        answer_swap(swap=swap, agrees=True, actor=SYSTEM)


def test_a_shift_that_changed_hands_is_asked_about_anew(city: ModuleType) -> None:
    mine = put(SEAT, "county.exams", start=now() + 30 * HOUR)
    theirs = put(SEAT, "county.chief", start=now() + 60 * HOUR)
    old = ask_swap(shift=mine, other=person("county.chief"), for_shift=None, note="", actor=SYSTEM)
    other = ask_swap(
        shift=theirs, other=person("county.exams"), for_shift=mine, note="", actor=SYSTEM
    )

    after = replace_person(shift=mine, person=person("county.office"), actor=SYSTEM)

    for swap in (old, other):
        swap.refresh_from_db()
        assert swap.state == Swap.State.WITHDRAWN
    again = ask_swap(
        shift=after, other=person("county.chief"), for_shift=theirs, note="", actor=SYSTEM
    )
    third = ask_swap(
        shift=theirs, other=person("county.exams"), for_shift=None, note="", actor=SYSTEM
    )
    answer_swap(swap=again, agrees=True, actor=SYSTEM)
    third.refresh_from_db()
    assert third.state == Swap.State.WITHDRAWN


def test_a_swap_of_a_shift_that_has_begun_waits_for_nobody(city: ModuleType, client) -> None:
    mine = put(SEAT, "county.exams", start=now() + HOUR)
    ask_swap(shift=mine, other=person("county.chief"), for_shift=None, note="", actor=SYSTEM)
    sign_in(client, "county.chief")
    assert own_duty(person("county.chief")).swaps == 1
    assert len(client.get(reverse("roster:own")).context["swaps"]) == 1

    Shift.objects.update(starts_at=now() - HOUR)

    assert own_duty(person("county.chief")).swaps == 0
    assert client.get(reverse("roster:own")).context["swaps"] == []


# ---- days, turns, copies ----


def test_holidays_and_worked_weekends_are_data() -> None:
    known = calendar_of(rulebook.load())

    assert known.is_rest(date(2026, 2, 17))  # Spring Festival, a Tuesday
    assert not known.is_rest(date(2026, 2, 14))  # a Saturday that is worked
    assert known.is_rest(date(2026, 10, 1))
    assert not known.is_rest(date(2026, 10, 10))
    assert known.is_rest(date(2026, 11, 28))  # a plain Saturday
    [holiday] = [h for h in known.holidays if h.first == date(2026, 10, 1)]
    assert (holiday.zh, holiday.last) == ("国庆节", date(2026, 10, 7))
    assert known.hand_in_by(holiday) == date(2026, 9, 26)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: s["pattern"][0]["workday"][0].update(hours=0), "hours"),
        (lambda s: s["pattern"][0].update(en=""), "languages"),
        (lambda s: s["year"][0]["holiday"][0].update(to="2024-12-31"), "first day"),
        (lambda s: s["year"][1]["workdays"].append("2026-10-02"), "holiday and a workday"),
        (lambda s: s["year"][1]["workdays"].append("2026-11-25"), "weekend"),
        (lambda s: s["year"].append(s["year"][0]), "once"),
        (lambda s: s["call_back"].update(minutes=0), "minutes"),
        (lambda s: s["handing_in"].update(basis="x"), "basis"),
    ],
)
def test_a_section_of_another_shape_is_refused(change, words: str) -> None:
    section = rulebook.load()
    change(section)

    with pytest.raises(ValueError, match=words):
        rulebook.check({"roster": section})
    rulebook.check({})  # a book older than the section


def test_a_rotation_goes_on_over_seats_that_are_taken(city: ModuleType) -> None:
    known = calendar_of(rulebook.load())
    first = timezone.localdate() + timedelta(days=2)
    start = datetime.combine(first, datetime.min.time(), ZONE)
    put(SEAT, "county.chief", start=start + 33 * HOUR, hours=3)
    people = [person("county.exams"), person("county.office")]

    planned = rotation(
        seat=post(SEAT),
        people=people,
        pattern=known.patterns["day"],
        first=first,
        last=first + timedelta(days=3),
        calendar=known,
    )

    assert planned.kept == 1
    assert [s.person for s in planned.shifts] == [people[0], people[0], people[1]]


def test_a_week_is_copied_day_by_day_into_gaps_only(city: ModuleType) -> None:
    monday, sunday = week_of(timezone.localdate() + timedelta(days=7))
    start = datetime.combine(monday, datetime.min.time(), ZONE) + 8 * HOUR
    for n in range(3):
        put(SEAT, "county.exams", start=start + n * 24 * HOUR)
    put(SEAT, "county.office", start=start + (7 * 24 + 2) * HOUR)

    planned = copied(seats=[post(SEAT)], first=monday, last=sunday, to=monday + timedelta(days=7))
    made = plan_shifts(shifts=planned.shifts, actor=SYSTEM)

    assert planned.kept == 1
    assert [s.starts_at for s in made] == [start + n * 24 * HOUR for n in (8, 9)]
    with pytest.raises(Refused):
        copied(seats=[post(LEADER)], first=monday, last=sunday, to=monday + timedelta(days=7))


def test_weeks_and_months_have_their_days() -> None:
    assert week_of(date(2026, 11, 25)) == (date(2026, 11, 23), date(2026, 11, 29))
    assert month_of(date(2026, 2, 10)) == (date(2026, 2, 1), date(2026, 2, 28))
    assert month_of(date(2026, 12, 31)) == (date(2026, 12, 1), date(2026, 12, 31))


# ---- gaps ----

BASE = datetime(2026, 11, 25, tzinfo=UTC)
hours = st.integers(0, 60)
spans = st.lists(
    st.tuples(hours, st.integers(1, 12)).map(
        lambda t: (BASE + t[0] * HOUR, BASE + (t[0] + t[1]) * HOUR)
    ),
    max_size=6,
)


@given(taken=spans)
def test_gaps_and_shifts_together_cover_what_is_kept_and_never_overlap(
    taken: list[tuple[datetime, datetime]],
) -> None:
    kept = (BASE, BASE + 48 * HOUR)

    found = gaps_of(1, [kept], taken)

    for n in range(48):
        at = BASE + n * HOUR
        sits = any(start <= at < end for start, end in taken)
        empty = sum(gap.starts_at <= at < gap.ends_at for gap in found)
        assert empty == (not sits)


def test_ten_gaps_put_in_by_hand_are_found_and_no_other(city: ModuleType) -> None:
    seat = post(SEAT)
    keep(SEAT)
    start = now().replace(microsecond=0)
    removed = {3, 4, 8, 12, 15, 18, 20, 22, 25, 28, 29}  # 3 and 4, 28 and 29 are one gap each
    for n in range(-1, 31):
        if n not in removed:
            put(
                SEAT,
                "county.exams" if n % 2 else "county.office",
                start=start + n * 24 * HOUR,
                hours=24,
            )

    found = gaps_ahead([unit("county").pk], start, start + timedelta(days=30))

    assert [(gap.post, (gap.starts_at - start).days) for gap in found] == [
        (seat.pk, n) for n in sorted(removed - {4, 29})
    ]


@pytest.mark.parametrize("stand_in", ["", "county.office"])
def test_a_shift_of_whoever_is_away_then_is_a_gap_unless_somebody_stands_in(
    city: ModuleType, client, stand_in: str
) -> None:
    start = now().replace(minute=0, second=0, microsecond=0) + 48 * HOUR
    keep(SEAT, since=start, until=start + 24 * HOUR)
    put(SEAT, "county.exams", start=start, hours=12)
    put(SEAT, "county.chief", start=start + 12 * HOUR, hours=12)
    begins, ends = start + 10 * HOUR, start + 13 * HOUR
    send_away("county.exams", delegate=stand_in, starts_at=begins, ends_at=ends)

    found = gaps_ahead([unit("county").pk], start, start + 72 * HOUR)

    told = [(gap.starts_at - start, gap.ends_at - start) for gap in found]
    assert told == ([] if stand_in else [(10 * HOUR, 12 * HOUR)])
    day = timezone.localtime(start).date()
    address = reverse("roster:sheet", args=[unit("county").code])
    for who, sees in (("county.administrator", True), ("county.exams", False)):
        sign_in(client, who)
        page = client.get(f"{address}?from={day}").content.decode()
        assert (_("away") in page) is (sees and not stand_in)


def test_a_shift_of_whoever_was_shut_out_is_a_gap(city: ModuleType) -> None:
    start = now()
    keep(SEAT)
    put(SEAT, "county.exams", start=start - HOUR, hours=30)
    assert gaps_ahead([unit("county").pk], start, start + 20 * HOUR) == []

    User.objects.filter(username="county.exams").update(is_active=False)

    [gap] = gaps_ahead([unit("county").pk], start, start + 20 * HOUR)
    assert (gap.starts_at, gap.ends_at) == (start, start + 20 * HOUR)


def test_shifts_and_periods_are_read_for_many_units_at_once(
    city: ModuleType, django_assert_num_queries
) -> None:
    for key in ("county", "district"):
        keep(f"{key}.duty_officer")
        put(f"{key}.duty_officer", f"{key}.exams")
    units = [unit("county").pk, unit("district").pk]

    with django_assert_num_queries(2):
        shifts = list(shifts_between(units, now(), now() + HOUR))
        periods = list(kept_between(units, now(), now() + HOUR))
        assert {s.post.unit_id for s in shifts} == {p.post.unit_id for p in periods} == set(units)
