"""The duty room: hand-over signed by both, a log that only grows, checks with a clock."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from notifications.duty import checking
from notifications.duty.desk import to_tell
from notifications.duty.handing_over import give, open_items, take
from notifications.duty.log import write_line
from notifications.models import Alert, Obligation, StreamRow
from safety.errors import Conflict, Refused
from safety.ledger.models import Event
from safety.roster.models import CallCheck, DutyHandOver, LogEntry
from tests.city import make_incident, person, post, sign_in, unit
from tests.roster.shifts import keep, now, put

SEAT = "county.duty_officer"
ROOM = "county"
OWED = {"acknowledge", "first_action", "report_upward"}


def room(key: str = ROOM) -> str:
    return reverse("duty:room", args=[unit(key).code])


def change_of_shift() -> None:
    """exams leaves in ten minutes, office comes then: both may work in the room."""
    keep(SEAT)
    put(SEAT, "county.exams", start=now() - timedelta(hours=8), hours=8 + 1 / 6)
    put(SEAT, "county.office", start=now() + timedelta(minutes=10), hours=8)


def called_by(caller: str, called: str) -> CallCheck:
    officer = person(f"{caller}.duty_officer")
    return checking.ask(unit=unit(called), caller=unit(caller), by=officer)


def owed(who: str) -> set[str]:
    rows = Obligation.objects.open().filter(post=post(SEAT), person=person(who))
    return set(rows.values_list("kind", flat=True))


def test_the_record_is_prefilled_with_what_is_open_and_both_sign(city: ModuleType, client) -> None:
    change_of_shift()
    make_incident(hazard="DROWN", people="unknown")
    alert = Alert.objects.get()
    sign_in(client, "county.exams")
    address = reverse("duty:give", args=[unit(ROOM).code, post(SEAT).pk])
    assert client.get(address).context["form"].initial["taker"] == person("county.office")

    client.post(address, {"taker": person("county.office").pk, "note": "22点回电丁县一中"})
    record = DutyHandOver.objects.get()
    [item] = record.open_items
    assert item["alert"] == str(alert.ref)
    assert (
        item["silent"]
        == alert.obligations.filter(kind__in=["acknowledge", "first_action"], state="open").count()
    )
    assert "where" not in item
    assert owed("county.exams") == OWED

    sign_in(client, "county.office")
    page = client.get(reverse("duty:hand_over", args=[record.ref])).content.decode()
    assert "22点回电丁县一中" in page
    client.post(reverse("duty:hand_over", args=[record.ref]))

    record.refresh_from_db()
    assert record.taken_at is not None
    assert owed("county.exams") == set()
    assert owed("county.office") == OWED
    assert StreamRow.objects.filter(
        kind="alert.handed_over", stream__owner=person("county.office").pk, alert=alert
    ).exists()
    assert set(Event.objects.filter(verb__startswith="duty.").values_list("verb", flat=True)) == {
        "duty.given",
        "duty.taken",
    }


def test_it_is_signed_once_and_by_the_named_person_only(city: ModuleType) -> None:
    change_of_shift()
    record = give(
        seat=post(SEAT), giver=person("county.exams"), taker=person("county.office"), note=""
    )
    with pytest.raises(Refused):
        take(hand_over=record, taker=person("county.chief"))

    take(hand_over=record, taker=person("county.office"))

    with pytest.raises(Conflict):
        take(hand_over=record, taker=person("county.office"))


def test_a_new_record_and_the_signature_on_the_old_one_at_once_end_with_one_of_both(
    city_committed: ModuleType,
) -> None:
    change_of_shift()
    make_incident(hazard="DROWN", people="unknown")
    exams, office = person("county.exams"), person("county.office")
    seat = post(SEAT)
    old = give(seat=seat, giver=exams, taker=office, note="1")
    ready = threading.Barrier(3)
    told: list[object] = []

    def run(work: Callable[[], object]) -> None:
        try:
            ready.wait(timeout=10)
            work()
            told.append("done")
        except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
            told.append(error)
        finally:
            connection.close()

    works: list[Callable[[], object]] = [
        lambda: take(hand_over=old, taker=office),
        lambda: take(hand_over=old, taker=office),
        lambda: give(seat=seat, giver=exams, taker=office, note="2"),
    ]
    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert len(told) == 3
    assert all(one == "done" or isinstance(one, Conflict) for one in told), told
    assert DutyHandOver.objects.filter(taken_at__isnull=False).count() <= 1
    taken = DutyHandOver.objects.filter(pk=old.pk, taken_at__isnull=False).exists()
    assert owed("county.office") == (OWED if taken else set())
    assert Event.objects.filter(verb="duty.taken").count() == int(taken)


def test_nobody_signs_before_the_rights_of_the_shift_begin(city: ModuleType) -> None:
    keep(SEAT)
    put(SEAT, "county.exams", hours=8)
    put(SEAT, "county.office", start=now() + timedelta(hours=7))
    record = give(
        seat=post(SEAT), giver=person("county.exams"), taker=person("county.office"), note=""
    )

    with pytest.raises(Refused):
        take(hand_over=record, taker=person("county.office"))

    record.refresh_from_db()
    assert record.taken_at is None


def test_what_the_new_one_owes_already_is_not_doubled(city: ModuleType) -> None:
    change_of_shift()
    make_incident(hazard="DROWN", people="unknown")
    first = Obligation.objects.get(post=post(SEAT), kind="acknowledge")
    twin = Obligation.objects.get(pk=first.pk)
    twin.pk = None
    twin.ref = make_incident(hazard="FIRE").ref
    twin.person = person("county.office")
    twin.save()
    record = give(
        seat=post(SEAT), giver=person("county.exams"), taker=person("county.office"), note=""
    )

    moved = take(hand_over=record, taker=person("county.office"))

    assert first.pk not in {o.pk for o in moved}
    assert moved


def test_only_whoever_sits_in_the_seat_hands_it_over(city: ModuleType, client) -> None:
    change_of_shift()
    address = reverse("duty:give", args=[unit(ROOM).code, post(SEAT).pk])
    for who in ("county.safety_office", "city.duty_officer", "county.chief"):
        sign_in(client, who)
        assert client.get(address).status_code == 404


def test_a_record_is_read_by_its_room_and_its_two_people_only(city: ModuleType, client) -> None:
    change_of_shift()
    record = give(
        seat=post(SEAT), giver=person("county.exams"), taker=person("county.office"), note="x"
    )
    address = reverse("duty:hand_over", args=[record.ref])
    for who, status in (
        ("county.exams", 200),
        ("county.chief", 200),
        ("city.duty_officer", 200),
        ("district.duty_officer", 404),
        ("county.section_basic", 404),
        ("school.principal", 404),
    ):
        sign_in(client, who)
        assert client.get(address).status_code == status, who


def test_a_sealed_alert_is_a_number_in_the_record_and_no_word(city: ModuleType, client) -> None:
    change_of_shift()
    make_incident(hazard="SEXA")
    record = give(
        seat=post(SEAT), giver=person("county.exams"), taker=person("county.office"), note=""
    )
    assert len(record.open_items) == len(open_items(unit(ROOM))) == 1
    sign_in(client, "county.exams")

    page = client.get(reverse("duty:hand_over", args=[record.ref])).content.decode()

    assert unit("school").name not in page
    assert unit("school").label not in page
    assert "侵害" not in page


@pytest.mark.parametrize("kept", ["now", "before"])
def test_the_grade_of_a_sealed_alert_is_told_to_those_it_names_only(
    city: ModuleType, client, kept: str
) -> None:
    change_of_shift()
    make_incident(hazard="SEXA")
    record = give(
        seat=post(SEAT), giver=person("county.exams"), taker=person("county.office"), note=""
    )
    assert set(record.open_items[0]) == {"alert", "silent", "late", "upward"}
    if kept == "before":  # as records were written once
        items = [{**record.open_items[0], "grade": "G1"}]
        DutyHandOver.objects.update(open_items=items)
    pages = [
        room(),
        reverse("duty:give", args=[unit(ROOM).code, post(SEAT).pk]),
        reverse("duty:hand_over", args=[record.ref]),
    ]

    sign_in(client, "county.exams")
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200
        assert "duty-items" in answer.content.decode(), page
        assert "grade-g" not in answer.content.decode(), page
    sign_in(client, "county.safety_office")
    assert "grade-g" in client.get(pages[-1]).content.decode()


def test_what_tells_the_category_of_a_sealed_alert_is_not_counted(city: ModuleType) -> None:
    make_incident(hazard="SEXA")
    owed = Obligation.objects.filter(kind="report_upward", unit=unit(ROOM))
    assert open_items(unit(ROOM))[0]["upward"] == owed.filter(telling=False).count()
    owed.update(telling=True)

    assert open_items(unit(ROOM))[0]["upward"] == 0


def test_records_of_before_lose_their_grades(city: ModuleType) -> None:
    record = give(
        seat=post(SEAT), giver=person("county.exams"), taker=person("county.office"), note=""
    )
    item = {"alert": str(uuid4()), "silent": 1, "late": 0, "upward": 1}
    DutyHandOver.objects.update(open_items=[{**item, "grade": "G1"}])

    import_module("safety.roster.migrations.0003_records_without_grades").drop_grades(apps, None)

    record.refresh_from_db()
    assert record.open_items == [item]


def test_the_log_is_written_by_the_room_and_corrected_by_a_further_line(
    city: ModuleType, client
) -> None:
    sign_in(client, "county.duty_officer")
    address = reverse("duty:log", args=[unit(ROOM).code])
    client.post(address, {"matter": "市局来电询问", "handling": "已答复"})
    first = LogEntry.objects.get()

    client.post(address, {"matter": "应为省厅来电", "corrects": str(first.ref)})

    assert LogEntry.objects.count() == 2
    assert LogEntry.objects.exclude(pk=first.pk).get().corrects == first
    page = client.get(room()).content.decode()
    assert "市局来电询问" in page
    assert "应为省厅来电" in page


def test_a_correction_of_a_line_of_another_log_or_of_none_is_not_written(
    city: ModuleType, client
) -> None:
    other = write_line(
        unit=unit("district"), by=person("district.duty_officer"), at=None, matter="x"
    )
    sign_in(client, "county.duty_officer")
    address = reverse("duty:log", args=[unit(ROOM).code])

    for ref in (str(other.ref), str(uuid4()), "nonsense"):
        assert client.post(address, {"matter": "y", "corrects": ref}).status_code == 404

    assert LogEntry.objects.get() == other


def test_a_line_written_after_the_hand_over_is_told_at_the_next(city: ModuleType) -> None:
    change_of_shift()
    officer: dict[str, Any] = {
        "unit": unit(ROOM),
        "by": person("county.exams"),
        "to_hand_over": True,
    }
    write_line(**officer, at=now() - timedelta(hours=2), matter="先前")
    record = give(
        seat=post(SEAT), giver=person("county.exams"), taker=person("county.office"), note=""
    )
    take(hand_over=record, taker=person("county.office"))
    write_line(**officer, at=now() - timedelta(hours=1), matter="补记")

    told = to_tell(unit(ROOM), post(SEAT))

    assert "补记" in told
    assert "先前" not in told


def test_checks_that_wait_come_first_and_then_the_newest(city: ModuleType, client) -> None:
    units = [unit(key) for key in ("district", "county", "zone")]
    first = now() - timedelta(days=9)
    CallCheck.objects.bulk_create(
        CallCheck(
            unit=units[number % 2],
            asked_by=person("city.duty_officer"),
            asked_at=first + timedelta(hours=number),
            due_at=first + timedelta(hours=number, minutes=5),
            closed_at=first + timedelta(hours=number, minutes=9),
        )
        for number in range(25)
    )
    sign_in(client, "city.duty_officer")
    client.post(reverse("duty:ask", args=[unit("city").code]), {"unit": units[2].name})

    asked = client.get(room("city")).context["room"].asked

    assert len(asked) == 20
    assert asked[0].unit == units[2]
    assert [check.asked_at for check in asked[1:]] == [
        first + timedelta(hours=number) for number in range(24, 5, -1)
    ]


@pytest.mark.parametrize("who", ["county.chief", "city.duty_officer", "county.section_basic"])
def test_nobody_else_writes_into_the_log(city: ModuleType, client, who: str) -> None:
    sign_in(client, who)

    answer = client.post(reverse("duty:log", args=[unit(ROOM).code]), {"matter": "x"})

    assert answer.status_code == 404
    assert not LogEntry.objects.exists()


def test_the_future_and_long_ago_are_refused_with_what_was_typed(city: ModuleType, client) -> None:
    sign_in(client, "county.duty_officer")
    for days in (1, -5):
        at = timezone.localtime(now() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")
        answer = client.post(
            reverse("duty:log", args=[unit(ROOM).code]), {"matter": "停电", "at": at}
        )
        assert answer.status_code == 422
        assert "停电" in answer.content.decode()
    assert not LogEntry.objects.exists()


def test_a_district_answers_the_city_on_the_screen_in_time(city: ModuleType, client) -> None:
    sign_in(client, "city.duty_officer")
    client.post(reverse("duty:ask", args=[unit("city").code]), {"unit": unit(ROOM).name})
    check = CallCheck.objects.get()
    assert check.due_at - check.asked_at == timedelta(minutes=5)
    assert client.post(reverse("duty:answer", args=[check.ref])).status_code == 404

    sign_in(client, "county.duty_officer")
    board = client.get(reverse("notifications:board", args=[unit(ROOM).code]))
    assert board.context["board"].head.check == check
    client.post(reverse("duty:answer", args=[check.ref]))

    check.refresh_from_db()
    assert (check.in_time, check.how, check.answered_by) == (
        True,
        "screen",
        person("county.duty_officer"),
    )


def test_a_check_reaches_the_board_at_once_and_leaves_it_at_once(city: ModuleType, client) -> None:
    def told() -> int:
        of_board = StreamRow.objects.filter(stream__kind="board", kind="duty.check")
        return of_board.filter(stream__owner=unit(ROOM).pk, alert=None).count()

    def head() -> str:
        address = reverse("notifications:board_rows", args=[unit(ROOM).code])
        return str(client.get(address).content.decode())

    sign_in(client, "county.duty_officer")
    check = called_by("city", ROOM)
    assert told() == 1
    assert room() in head()

    checking.answer(check=check, by=person("county.duty_officer"))
    assert told() == 2
    assert room() not in head()
    called_by("city", "school")
    assert StreamRow.objects.filter(kind="duty.check").count() == 2


def test_an_answer_after_five_minutes_counts_as_later_and_a_call_as_much_as_a_tap(
    city: ModuleType,
) -> None:
    start = timezone.now().replace(microsecond=0)
    with time_machine.travel(start, tick=False):
        check = called_by("city", ROOM)
    with time_machine.travel(start + timedelta(minutes=9), tick=False):
        checking.record_answer(
            check=check,
            by=person("city.duty_officer"),
            at=start + timedelta(minutes=4),
            name="丁县值班员",
            phone="0851-00000121",
        )
    assert (check.in_time, check.seconds, check.how) == (True, 240, "phone")

    with time_machine.travel(start + timedelta(hours=1), tick=False):
        late = called_by("city", ROOM)
    with time_machine.travel(start + timedelta(hours=1, minutes=6), tick=False):
        checking.answer(check=late, by=person("county.duty_officer"))
    assert (late.in_time, late.seconds) == (False, 360)


def test_nobody_is_given_up_before_the_time_is_over(city: ModuleType) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        check = checking.ask(
            unit=unit("school"), caller=unit("city"), by=person("city.duty_officer")
        )
        with pytest.raises(Refused):
            checking.give_up(check=check, by=person("city.duty_officer"))
        with pytest.raises(Conflict):
            checking.ask(
                unit=unit("school"), caller=unit("county"), by=person("county.duty_officer")
            )
    with time_machine.travel(start + timedelta(minutes=5), tick=False):
        checking.give_up(check=check, by=person("city.duty_officer"))

    assert check.in_time is False


def test_a_school_is_checked_by_its_bureau_and_answers_itself(city: ModuleType, client) -> None:
    sign_in(client, "county.duty_officer")
    client.post(reverse("duty:ask", args=[unit(ROOM).code]), {"unit": unit("school").code})
    check = CallCheck.objects.get()
    assert check.unit == unit("school")

    sign_in(client, "boarding.safety_staff")
    assert client.post(reverse("duty:answer", args=[check.ref])).status_code == 404
    sign_in(client, "school.safety_staff")
    client.post(reverse("duty:answer", args=[check.ref]))

    check.refresh_from_db()
    assert check.in_time


def test_the_answer_is_written_down_by_the_room_that_called_only(city: ModuleType, client) -> None:
    sign_in(client, "city.duty_officer")
    client.post(reverse("duty:ask", args=[unit("city").code]), {"unit": unit("school").code})
    check = CallCheck.objects.get()
    address = reverse("duty:check", args=[check.ref])

    sign_in(client, "county.duty_officer")
    page = client.get(room()).content.decode()
    assert address not in page
    assert client.get(address).status_code == 404
    assert client.post(address, {"name": "值班员"}).status_code == 404

    sign_in(client, "city.duty_leader")
    assert address in client.get(room("city")).content.decode()
    client.post(address, {"name": "值班员"})
    check.refresh_from_db()
    assert (check.how, check.recorded_by) == ("phone", person("city.duty_leader"))


def test_a_check_that_nobody_closed_is_not_answered_after_two_hours(
    city: ModuleType, client
) -> None:
    start = timezone.now()
    with time_machine.travel(start - timedelta(hours=2), tick=False):
        check = called_by("city", ROOM)
    sign_in(client, "county.duty_officer")

    with time_machine.travel(start, tick=False):
        board = client.get(reverse("notifications:board", args=[unit(ROOM).code]))
        shown = client.get(room()).context["room"]
        client.post(reverse("duty:answer", args=[check.ref]))

    assert board.context["board"].head.check is None
    assert shown.own_check is None
    assert (shown.reached.asked, shown.reached.in_time, shown.reached.later) == (1, 0, 0)
    check.refresh_from_db()
    assert (check.answered_at, check.in_time) == (None, False)


@pytest.mark.parametrize("name", ["丁县", "示范市教育局", "甲区第一小学", "没有这个单位"])
def test_a_room_checks_only_one_unit_below_it(city: ModuleType, client, name: str) -> None:
    sign_in(client, "county.duty_officer")

    answer = client.post(reverse("duty:ask", args=[unit(ROOM).code]), {"unit": name})

    assert answer.status_code == 422
    assert not CallCheck.objects.exists()


def test_the_three_steps_stand_on_the_board_and_not_on_the_wall(city: ModuleType, client) -> None:
    sign_in(client, "county.duty_officer")
    address = reverse("notifications:board", args=[unit(ROOM).code])

    assert "three-steps" in client.get(address).content.decode()
    assert "three-steps" not in client.get(f"{address}?wall=1").content.decode()


def test_my_page_tells_the_next_shift_and_what_waits(city: ModuleType, client) -> None:
    keep(SEAT)
    put(SEAT, "county.exams")
    called_by("city", ROOM)
    give(seat=post(SEAT), giver=person("county.office"), taker=person("county.exams"), note="")
    sign_in(client, "county.exams")

    duty = client.get(reverse("notifications:mine")).context["duty"]

    assert duty.runs
    assert [check.unit for check in duty.checks] == [unit(ROOM)]
    assert [record.post for record in duty.to_take] == [post(SEAT)]
    sign_in(client, "county.chief")
    assert client.get(reverse("notifications:mine")).context["duty"].is_empty
