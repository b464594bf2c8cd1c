"""Whom a test addresses: the chosen posts of the published table and whoever answers for them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from notifications.chaintest.rules import TestRules
from notifications.models import Entry, ResponsibilityTable
from notifications.responsibility.plan import PlanRow
from notifications.responsibility.words import Level, Owed
from notifications.snapshot import unit_facts
from safety.posts.selectors import Held, holders_of
from safety.rules.selectors import content_of, current_rules
from safety.units.models import Unit

WHY = "警情链路测试:只检查能否送达,不是真实事件"
WHY_EN = "Test of the alert chain: it only checks whether you are reached; nothing has happened"


def entries_of(
    unit: Unit,
    *,
    below: bool,
    capacities: Collection[str],
    rules: TestRules,
    invited: Collection[int] = (),
) -> list[Entry]:
    """Rows of the table to address: every post of ``capacities``, and the ``invited`` posts.

    A leader's post is not on the list, whatever else the post answers for: it is there
    when it is invited, and then only for what makes it a leader's.
    """
    leaders = _standing().filter(capacity__in=rules.invited).values("post")
    listed = Q(capacity__in=capacities) & ~Q(post__in=leaders)
    asked = Q(post__in=invited, capacity__in=rules.invited)
    return _rows_at(unit, listed | asked, below=below)


def invitable(unit: Unit, rules: TestRules) -> list[Entry]:
    """The leaders of ``unit`` itself: only they can be invited to its test."""
    return _rows_at(unit, Q(capacity__in=rules.invited), below=False)


def _standing() -> QuerySet[Entry]:
    return Entry.objects.filter(
        table__state=ResponsibilityTable.State.PUBLISHED, post__abolished_at=None
    )


def _rows_at(unit: Unit, wanted: Q, *, below: bool) -> list[Entry]:
    day = timezone.localdate()
    place = Q(unit__path__startswith=unit.path) if below else Q(unit=unit)
    found = (
        _standing()
        .filter(place, wanted, unit__starts_on__lte=day)
        .filter(Q(unit__ends_on=None) | Q(unit__ends_on__gt=day))
        .select_related("unit", "post")
        .order_by("unit__path", "id")
    )
    return list(found)


def plan_rows(
    entries: Sequence[Entry], *, rules: TestRules, invited: Collection[int], at: datetime
) -> Iterator[PlanRow]:
    """One row for each post: it owes an acknowledgement; an invited one only notes it.

    A post that nobody answers for stays in: it is what the test is there to find.
    """
    holders = holders_of([entry.post_id for entry in entries], at)
    lines = capacity_lines()
    due = at + timedelta(minutes=rules.minutes)
    seen: set[int] = set()
    for entry in entries:
        if entry.post_id in seen:
            continue
        seen.add(entry.post_id)
        is_invited = entry.post_id in invited and entry.capacity in rules.invited
        facts = unit_facts(entry.unit)
        held = _first(holders.get(entry.post_id, []))
        yield PlanRow(
            level=Level(facts.level),
            unit=facts.id,
            unit_code=facts.code,
            unit_name=facts.name,
            post_id=entry.post_id,
            post_type=entry.post.kind,
            post_name=entry.post.name,
            capacity=entry.capacity,
            line=lines.get(entry.capacity, "other"),
            owed=Owed.READ if is_invited else Owed.ACK,
            person=held.person.pk if held else None,
            person_name=held.person.name if held else "",
            also=(),
            redacted=False,
            climbed_from=None,
            why_zh=WHY,
            why_en=WHY_EN,
            rules=("chaintest",),
            basis="reminder",
            document="",
            article="",
            ack_due_at=None if is_invited else due,
            act_due_at=None,
            read_due_at=None,
        )


def capacity_lines() -> dict[str, str]:
    capacities = content_of(current_rules())["responsibility"]["capacity"]
    return {code: str(row["line"]) for code, row in capacities.items()}


def _first(held: Sequence[Held]) -> Held | None:
    """Whoever is there: the holder, else the B角, else the named stand-in.

    Of people who are all away the first one: that they do not answer is a finding too.
    """
    present = [one for one in held if one.is_present]
    able = [one for one in held if one.can_answer]
    return next(iter(present or able), None)
