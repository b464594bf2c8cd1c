"""Start a test, end it, keep schedules. A test is an alert of status TEST and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.chaintest.models import ChainTest, TestSchedule
from notifications.chaintest.rules import TestRules
from notifications.chaintest.targets import entries_of, plan_rows
from notifications.delivery.boards import board_rows
from notifications.delivery.streams import append
from notifications.models import Alert, Obligation
from notifications.obligations.raising import Subject, raise_alert
from notifications.responsibility.hours import Hours
from notifications.responsibility.plan import Plan
from notifications.snapshot import current_table
from safety.errors import Conflict, Problem, Refused
from safety.ledger.actions import SYSTEM, Actor, Fact, record
from safety.people.models import User
from safety.rules.selectors import content_of, current_rules
from safety.units.models import Unit

SUBJECT = "chain_test"
_SAID = ("unit", "below", "capacities", "day", "at", "note", "active")
MOST = 3000  # posts of one test: it is one transaction


@transaction.atomic
def start_test(
    *,
    unit: Unit,
    below: bool,
    capacities: Collection[str],
    invited: Collection[int] = (),
    note: str = "",
    person: User | None,
    schedule: TestSchedule | None = None,
) -> ChainTest:
    """Address a test alert to the chosen posts of ``unit`` (and ``below``) now.

    Raises ``Refused`` where nothing is chosen, a leader stands among the capacities
    (he is invited, or left in peace), or a test of the unit is still open.
    """
    book = current_rules()
    rules = TestRules.of(content_of(book))
    Unit.objects.select_for_update().get(pk=unit.pk)  # one after the other, where rows lock
    _refuse(unit=unit, capacities=capacities, invited=invited, rules=rules)
    entries = entries_of(unit, below=below, capacities=capacities, rules=rules, invited=invited)
    if not entries or len(entries) > MOST:
        raise _wrong_number(len(entries))
    now = timezone.now()
    ref = uuid4()
    plan = Plan(
        grade="",
        hazards=(),
        flags=(),
        schools=(),
        at=now,
        rows=tuple(plan_rows(entries, rules=rules, invited=invited, at=now)),
        findings=(),
        table_id=current_table().pk,
        rules_id=book.pk,
    )
    actor = Actor(kind="person", ref=str(person.pk)) if person else SYSTEM
    words = _words(unit, note)
    alert = raise_alert(
        subject=Subject(
            kind=SUBJECT,
            ref=str(ref),
            link="",  # what was found is for those who test, not for those who answer
            privacy=Alert.Privacy.OPEN,
            words=words,
            masked_words=words,
            board_words=words,
        ),
        plan=plan,
        actor=actor,
        status=Alert.Status.TEST,
    )
    return ChainTest.objects.create(
        ref=ref,
        unit=unit,
        alert=alert,
        schedule=schedule,
        note=note,
        started_by=person,
        started_at=now,
        ends_at=now + timedelta(minutes=rules.minutes),
    )


def _words(unit: Unit, note: str) -> dict[str, str]:
    return {
        "hazard_zh": "警情链路测试(不是真实事件)",
        "hazard_en": "Test of the alert chain (nothing has happened)",
        "district": "",
        "where": unit.label,
        "summary": note,
        "grade": "",
    }


def _refuse(
    *, unit: Unit, capacities: Collection[str], invited: Collection[int], rules: TestRules
) -> None:
    wrong = _wrong_capacities(capacities, rules)
    if not capacities and not invited:
        wrong.append(
            Problem(
                field="capacities",
                value="",
                message=_("Nobody is chosen."),
                remedy=_("Choose at least one kind of post."),
            )
        )
    if wrong:
        raise Refused.of(wrong)
    if ChainTest.objects.filter(unit=unit, ended_at=None).exists():
        raise Conflict(
            _("A test of this unit is still open."),
            field="unit",
            value=unit.label,
            remedy=_("Wait until it has ended, or end it on its page."),
        )


def _wrong_capacities(capacities: Collection[str], rules: TestRules) -> list[Problem]:
    return [
        Problem(
            field="capacities",
            value=capacity,
            message=_("Leaders are not tested by a list, only invited one by one."),
            remedy=_("Take this capacity out."),
        )
        for capacity in capacities
        if capacity not in rules.capacities
    ]


def _wrong_number(n: int) -> Refused:
    if n:
        return Refused(
            _("These are too many posts for one test."),
            field="capacities",
            value=str(n),
            remedy=_("Test at most %(max)d posts at once: choose a smaller unit.") % {"max": MOST},
        )
    return Refused(
        _("The published table has no such post there."),
        field="capacities",
        remedy=_("Choose another kind of post, or the units below too."),
    )


@transaction.atomic
def end_test(*, test: ChainTest, actor: Actor) -> bool:
    """Close the test: nobody owes an answer any more. Whether it was still open."""
    now = timezone.now()
    if not ChainTest.objects.filter(pk=test.pk, ended_at=None).update(ended_at=now):
        return False
    Alert.objects.filter(pk=test.alert_id).update(closed_at=now)
    Obligation.objects.open().filter(alert=test.alert_id).update(state=Obligation.State.LAPSED)
    record(
        actor=actor,
        facts=[Fact(verb="chain_test.ended", subject_kind=SUBJECT, subject_ref=str(test.ref))],
    )
    append(board_rows(test.alert, kind="alert.closed", said={"status": Alert.Status.TEST}))
    return True


@dataclass(frozen=True, kw_only=True)
class Monthly:
    """What a schedule says: whom to test, on which day of the month, at what time."""

    unit: Unit
    below: bool
    capacities: Sequence[str]
    day: int
    at: time
    note: str = ""
    active: bool = True


@transaction.atomic
def save_schedule(
    *, monthly: Monthly, person: User, schedule: TestSchedule | None = None, seen: int = 0
) -> TestSchedule:
    """Make a monthly test, or change ``schedule`` (``seen``: the version that was on screen)."""
    content = content_of(current_rules())
    wrong = _wrong_capacities(monthly.capacities, TestRules.of(content))
    if not monthly.capacities:
        wrong.append(
            Problem(
                field="capacities",
                value="",
                message=_("Nobody is chosen."),
                remedy=_("Choose at least one kind of post."),
            )
        )
    if wrong:
        raise Refused.of(wrong)
    now = timezone.now()
    values = {name: getattr(monthly, name) for name in _SAID} | {
        "next_at": next_time(day=monthly.day, at=monthly.at, after=now)
    }
    if schedule is None:
        found = TestSchedule.objects.create(made_by=person, made_at=now, **values)
    else:
        won = TestSchedule.objects.filter(pk=schedule.pk, version=seen).update(
            version=seen + 1, **values
        )
        if not won:
            raise Conflict(
                _("Somebody else changed this schedule meanwhile."),
                field="version",
                value=str(seen),
                remedy=_("Look at it again, then change it."),
            )
        found = TestSchedule.objects.get(pk=schedule.pk)
    _tell_schedule(found, person)
    return found


def _tell_schedule(found: TestSchedule, person: User) -> None:
    fact = Fact(
        verb="chain_test.scheduled",
        subject_kind="test_schedule",
        subject_ref=str(found.ref),
        body={
            "unit": found.unit_id,
            "below": found.below,
            "capacities": found.capacities,
            "day": found.day,
            "at": found.at.isoformat(timespec="minutes"),
            "active": found.active,
        },
    )
    record(actor=Actor(kind="person", ref=str(person.pk)), facts=[fact])


def next_time(*, day: int, at: time, after: datetime) -> datetime:
    """The next moment after ``after``: at ``at`` on the first working day from ``day`` on."""
    hours = Hours.of(content_of(current_rules())["clocks"]["hours"])
    local = timezone.localtime(after)
    year, month = local.year, local.month
    while True:
        date = datetime(year, month, day, tzinfo=local.tzinfo).date()
        while not hours.is_working_day(date):
            date += timedelta(days=1)
        moment = timezone.make_aware(datetime.combine(date, at))
        if moment > after:
            return moment
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)  # noqa: PLR2004 - months
