"""Whoever keeps a roster gains no confidential reading by it, on whatever way."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import ModuleType

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from safety.errors import Refused
from safety.ledger.actions import Actor
from safety.people.actions import change_password, reset_password
from safety.posts.access import reach
from safety.posts.models import Shift
from safety.posts.roles import GRANTS, RESTRICTED, grant
from safety.roster.actions import plan_shifts, replace_person
from safety.roster.calendar import ZONE
from safety.roster.models import Swap
from safety.roster.swaps import answer_swap, ask_swap
from safety.units.models import Unit, UnitGroupObjectPermission
from tests.city import person, post, send_away, sign_in, unit
from tests.roster.shifts import keep, new, now, put

SEAT = "county.duty_officer"
KEEPER = "county.administrator"  # keeps the roster and reads nothing confidential
READER = "county.safety_office"
LOCAL = "%Y-%m-%dT%H:%M"
HOUR = timedelta(hours=1)
CLOSED = "保密事件"


@pytest.fixture(autouse=True)
def confidential(city: ModuleType) -> None:
    """The duty officer of the county reads confidential cases, by the roster that is kept."""
    grant(roles=[(post(SEAT), RESTRICTED)])
    keep(SEAT)


def reads(who: str, *, at: datetime | None = None) -> bool:
    return bool(reach(person(who), "view_restricted", at=at))


def actor(who: str) -> Actor:
    return Actor(kind="person", ref=str(person(who).pk))


def plan(client, who: str, start: datetime, hours: float = 8):
    return client.post(
        reverse("roster:plan", args=[unit("county").code]),
        {
            "seat": post(SEAT).pk,
            "person": person(who).pk,
            "starts_at": timezone.localtime(start).strftime(LOCAL),
            "ends_at": timezone.localtime(start + hours * HOUR).strftime(LOCAL),
        },
    )


def test_the_keeper_plans_others_and_not_himself(client) -> None:
    sign_in(client, KEEPER)
    start = now().replace(second=0, microsecond=0)

    answer = plan(client, KEEPER, start)

    assert answer.status_code == 422
    [problem] = answer.context["problems"]
    assert problem.value == person(KEEPER).name
    assert problem.message
    assert problem.remedy
    assert not Shift.objects.exists()
    assert not reads(KEEPER)
    assert plan(client, "county.exams", start).status_code == 302
    assert Shift.objects.get().person == person("county.exams")


def test_whoever_reads_as_much_all_the_time_plans_himself_too() -> None:
    grant(roles=[(post(KEEPER), RESTRICTED)])

    [made] = plan_shifts(shifts=[new(SEAT, KEEPER, now() + HOUR)], actor=actor(KEEPER))

    assert made.person == person(KEEPER)


def test_nor_in_turn_with_others_nor_by_a_copy_nor_from_a_file(client) -> None:
    sign_in(client, KEEPER)
    own = put(SEAT, KEEPER, start=now() + 24 * HOUR)  # somebody else put him there
    day = timezone.localdate() + timedelta(days=9)
    names = [person("county.exams").name, person(KEEPER).name]
    turn = {"seat": post(SEAT).pk, "people": "、".join(names), "pattern": "day"}
    copy = {
        "span": "week",
        "day": timezone.localtime(own.starts_at).date(),
        "to": timezone.localtime(own.starts_at).date() + timedelta(days=14),
    }
    lines = f"日期,{post(SEAT).name}\n{day.isoformat()},{person(KEEPER).name}\n"
    sheet = SimpleUploadedFile("值班表.csv", lines.encode("utf-8-sig"))
    ways = [
        ("rotate", {**turn, "first": day, "last": day + timedelta(days=1)}),
        ("copy", copy),
        ("import", {"pattern": "day", "file": sheet}),
    ]

    for verb, told in ways:
        answer = client.post(reverse(f"roster:{verb}", args=[unit("county").code]), told)
        assert answer.status_code == 422, verb
        assert CLOSED in answer.content.decode(), verb

    assert list(Shift.objects.all()) == [own]


@pytest.mark.parametrize("hours", [-1, 5])
def test_he_does_not_put_himself_in_for_another(client, hours: float) -> None:
    shift = put(SEAT, "county.exams", start=now() + hours * HOUR)
    sign_in(client, KEEPER)

    client.post(reverse("roster:shift", args=[shift.ref]), {"person": person(KEEPER).pk})

    assert Shift.objects.get() == shift
    shift.refresh_from_db()
    assert shift.person == person("county.exams")
    assert not reads(KEEPER)


def test_nor_a_colleague_who_is_away_then_and_named_him(client) -> None:
    start = now().replace(second=0, microsecond=0)
    send_away("county.exams", delegate=KEEPER, hours=30, starts_at=start + 3 * HOUR)
    sign_in(client, KEEPER)

    assert plan(client, "county.exams", start + HOUR, hours=1).status_code == 302
    assert plan(client, "county.exams", start + 2 * HOUR, hours=6).status_code == 422

    assert Shift.objects.count() == 1
    assert not reads(KEEPER, at=start + 4 * HOUR)


def test_a_shift_that_runs_does_not_let_him_plan_the_next(client) -> None:
    running = put(SEAT, KEEPER, hours=3)
    sign_in(client, KEEPER)
    assert reads(KEEPER)

    for start, hours in ((running.ends_at, 8), (running.ends_at, 0.4), (now() + 99 * HOUR, 8)):
        assert plan(client, KEEPER, start, hours).status_code == 422

    assert Shift.objects.get() == running


def test_nor_a_person_whose_password_who_may_less_gave_out() -> None:
    """Not even after another one was chosen: it may have been the giver who chose it."""
    planned = person("county.exams")
    reset_password(user=planned, actor=actor(KEEPER))
    change_password(user=planned, password="a password of his own")
    later = new(SEAT, "county.exams", now() + HOUR)

    with pytest.raises(Refused, match="密码由没有同等权限的人发出"):
        plan_shifts(shifts=[later], actor=actor(KEEPER))
    assert not Shift.objects.exists()

    reset_password(user=planned, actor=actor(READER))
    plan_shifts(shifts=[later], actor=actor(KEEPER))


def test_two_who_swap_do_not_decide_who_reads() -> None:
    mine = put(SEAT, "county.exams", start=now() + 5 * HOUR)
    theirs = put("county.duty_leader", KEEPER, start=now() + 50 * HOUR)
    for given in (None, theirs):
        with pytest.raises(Refused, match=CLOSED):
            ask_swap(
                shift=mine,
                other=person(KEEPER),
                for_shift=given,
                note="",
                actor=actor("county.exams"),
            )
    with pytest.raises(Refused, match=CLOSED):
        ask_swap(
            shift=theirs,
            other=person("county.exams"),
            for_shift=mine,
            note="",
            actor=actor(KEEPER),
        )
    assert not Swap.objects.exists()


def test_two_shifts_of_the_same_seat_are_exchanged() -> None:
    mine = put(SEAT, "county.exams", start=now() + 5 * HOUR)
    theirs = put(SEAT, "county.office", start=now() + 50 * HOUR)
    swap = ask_swap(
        shift=mine,
        other=person("county.office"),
        for_shift=theirs,
        note="",
        actor=actor("county.exams"),
    )

    answer_swap(swap=swap, agrees=True, actor=actor("county.office"))

    mine.refresh_from_db()
    assert mine.person == person("county.office")


def test_a_seat_that_came_to_read_more_since_the_asking_is_refused_at_the_answer() -> None:
    leader = "county.duty_leader"
    mine = put(leader, "county.chief", start=now() + 5 * HOUR)
    swap = ask_swap(
        shift=mine, other=person(KEEPER), for_shift=None, note="", actor=actor("county.chief")
    )
    grant(roles=[(post(leader), RESTRICTED)])

    with pytest.raises(Refused, match=CLOSED):
        answer_swap(swap=swap, agrees=True, actor=actor(KEEPER))

    mine.refresh_from_db()
    assert mine.person == person("county.chief")


def test_a_reader_replaces_and_is_replaced_as_ever() -> None:
    shift = put(SEAT, "county.exams", start=now() + 5 * HOUR)

    after = replace_person(shift=shift, person=person(READER), actor=actor(READER))

    assert after.person == person(READER)
    assert after.starts_at.astimezone(ZONE) == shift.starts_at.astimezone(ZONE)


@pytest.mark.parametrize(("role", "where"), [("ADMINISTRATOR", "city"), ("DUTY_OFFICER", "city")])
def test_nor_does_he_gain_whatever_else_a_seat_may_beyond_duty(role: str, where: str) -> None:
    leader = post("county.duty_leader")
    first = new("county.duty_leader", KEEPER, now() + HOUR)
    plan_shifts(shifts=[first], actor=actor(KEEPER))  # an ordinary seat is everybody's
    kind = ContentType.objects.get_for_model(Unit)
    for right in GRANTS[role]:
        UnitGroupObjectPermission.objects.create(
            group=leader.group,
            permission=Permission.objects.get(content_type=kind, codename=right),
            content_object=unit(where),
        )

    with pytest.raises(Refused):
        plan_shifts(
            shifts=[new("county.duty_leader", KEEPER, now() + 30 * HOUR)], actor=actor(KEEPER)
        )

    assert Shift.objects.get().starts_at == first.starts_at
