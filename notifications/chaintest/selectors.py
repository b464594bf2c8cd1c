"""What a test found: who was reached, on which channel, how fast, and what is dead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.chaintest.access import visible_schedules, visible_tests
from notifications.chaintest.models import ChainTest, TestSchedule
from notifications.models import Alert, Obligation, Receipt, Stream, StreamRow
from notifications.words import capacity_words
from safety.people.models import User
from safety.posts.models import Leave
from safety.units.models import Unit

PAGE = 30
LIVE_WITHIN = timedelta(days=30)
SUGGEST_FOR = timedelta(hours=36)


@dataclass(frozen=True, kw_only=True)
class Result:
    """One post of a test. ``channel`` in words, "" where it was not reached; seconds from start.

    ``dead``: why it could not have been reached at all.
    """

    obligation: Obligation
    capacity: str
    channel: str
    reached_s: int | None
    answered_s: int | None
    dead: Sequence[str]
    is_invited: bool
    away: str

    @property
    def is_reached(self) -> bool:
        return self.reached_s is not None or self.answered_s is not None

    @property
    def state(self) -> str:
        if self.answered_s is not None:
            return "answered"
        if self.reached_s is not None:
            return "reached"
        return "dead" if self.dead else "silent"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A test in figures, leaders who were invited left out, and post by post."""

    test: ChainTest
    posts: int
    answered: int
    reached: int
    dead: int
    median_s: int | None
    results: Sequence[Result]
    invited: Sequence[Result]

    @property
    def percent(self) -> int:
        return round(100 * self.reached / self.posts) if self.posts else 0


@dataclass(frozen=True, kw_only=True)
class OpenTest:
    """A test as a board shows it: apart from alerts, and never counted with them."""

    alert: Alert
    unit: str
    answered: int
    posts: int
    ends_at: datetime


def history(user: User, number: Any = 1) -> tuple[Page[Any], list[TestSchedule]]:
    """Tests of the own units with their figures, newest first, and the schedules."""
    asked = Q(alert__obligations__kind=Obligation.Kind.ACKNOWLEDGE)
    answered = asked & Q(alert__obligations__state=Obligation.State.MET)
    tests = (
        visible_tests(user)
        .select_related("unit", "started_by")
        .annotate(
            posts=Count("alert__obligations", filter=asked),
            answered=Count("alert__obligations", filter=answered),
        )
        .order_by("-started_at", "-id")
    )
    schedules = visible_schedules(user).select_related("unit").order_by("unit__path", "id")
    return Paginator(tests, PAGE).get_page(number), list(schedules)


def outcome(test: ChainTest) -> Outcome:
    rows = list(
        Obligation.objects.filter(alert=test.alert_id)
        .select_related("unit", "post", "person", "met_by")
        .defer("trace", "why")
        .order_by("unit__path", "id")
    )
    people = {row.person_id for row in rows if row.person_id}
    seen = _Seen.of(test, people)
    words = capacity_words()
    results = [_result(row, test, seen, words) for row in rows]
    asked = [one for one in results if not one.is_invited]
    times = [one.answered_s for one in asked if one.answered_s is not None]
    return Outcome(
        test=test,
        posts=len(asked),
        answered=len(times),
        reached=sum(one.is_reached for one in asked),
        dead=sum(one.state == "dead" for one in asked),
        median_s=round(median(times)) if times else None,
        results=asked,
        invited=[one for one in results if one.is_invited],
    )


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """What the database knows of everybody who was addressed, asked once."""

    arrived: dict[int, datetime]
    live: frozenset[int]
    away: dict[int, Leave]

    @classmethod
    def of(cls, test: ChainTest, people: set[int]) -> _Seen:
        receipt = Receipt.objects.filter(stream=OuterRef("stream"), seq__gte=OuterRef("seq"))
        rows = StreamRow.objects.filter(
            alert=test.alert_id, kind="alert.raised", stream__kind=Stream.Kind.PERSON
        ).annotate(arrived_at=Subquery(receipt.order_by("seq").values("at")[:1]))
        until = test.ended_at or timezone.now()
        arrived = {
            owner: at
            for owner, at in rows.values_list("stream__owner", "arrived_at")
            if at is not None and at <= until
        }
        since = test.started_at - LIVE_WITHIN
        live = Receipt.objects.filter(stream__kind=Stream.Kind.PERSON, at__gte=since)
        leaves = Leave.objects.filter(starts_at__lte=test.started_at, ends_at__gt=test.started_at)
        return cls(
            arrived=arrived,
            live=frozenset(live.values_list("stream__owner", flat=True).distinct()),
            away={leave.person_id: leave for leave in leaves if leave.person_id in people},
        )


def _result(o: Obligation, test: ChainTest, seen: _Seen, words: dict[str, str]) -> Result:
    arrived = seen.arrived.get(o.person_id or 0)
    leave = seen.away.get(o.person_id or 0)
    met_s = _seconds(test, o.met_at)
    return Result(
        obligation=o,
        capacity=words.get(o.capacity, o.capacity),
        channel=_channel(o, arrived),
        reached_s=_seconds(test, arrived),
        answered_s=met_s,
        dead=_dead(o, seen) if met_s is None and arrived is None else (),
        is_invited=o.kind == Obligation.Kind.READ,
        away=_("away until %(when)s")
        % {"when": timezone.localtime(leave.ends_at).strftime("%m-%d %H:%M")}
        if leave
        else "",
    )


def _seconds(test: ChainTest, moment: datetime | None) -> int | None:
    return max(0, round((moment - test.started_at).total_seconds())) if moment else None


def _channel(o: Obligation, arrived: datetime | None) -> str:
    if arrived is not None:
        return _("open page (live)")
    if o.is_open or o.met_at is None:
        return ""
    return _("telephone") if o.met_how == Obligation.How.PHONE else _("page opened later")


def _dead(o: Obligation, seen: _Seen) -> list[str]:
    """Why nothing could arrive; whether somebody uses the system often is not asked."""
    if o.person is None:
        return [_("nobody holds the post")]
    found = []
    if o.person.last_login is None:
        found.append(_("never signed in"))
    if o.person_id not in seen.live:
        found.append(_("no device received anything in 30 days"))
    if not (o.person.phone or (o.post and o.post.phone)):
        found.append(_("no telephone number"))
    return found


def open_tests(unit: Unit) -> list[OpenTest]:
    """Open tests that concern ``unit`` or a unit below it, newest first."""
    below = Unit.objects.under(unit.path).values("pk")
    concerning = Alert.units.through.objects.filter(unit__in=below).values("alert")
    asked = Q(alert__obligations__kind=Obligation.Kind.ACKNOWLEDGE)
    answered = asked & Q(alert__obligations__state=Obligation.State.MET)
    tests = (
        ChainTest.objects.filter(ended_at=None, alert__in=concerning)
        .select_related("unit", "alert")
        .defer("alert__plan")
        .annotate(
            posts=Count("alert__obligations", filter=asked),
            answered=Count("alert__obligations", filter=answered),
        )
    )
    return [
        OpenTest(
            alert=test.alert,
            unit=test.unit.label,
            answered=test.answered,
            posts=test.posts,
            ends_at=test.ends_at,
        )
        for test in tests
    ]


def missed_test(user: User) -> ChainTest | None:
    """The last test that asked ``user`` in vain, as long as it may mean that he is away.

    Leaders who were only invited are left in peace; whoever is on leave needs no hint.
    """
    now = timezone.now()
    away = Leave.objects.filter(person=user, starts_at__lte=now, ends_at__gt=now)
    return (
        ChainTest.objects.filter(~Exists(away), ended_at__gt=now - SUGGEST_FOR)
        .filter(
            alert__obligations__in=Obligation.objects.filter(
                person=user,
                kind=Obligation.Kind.ACKNOWLEDGE,
                state=Obligation.State.LAPSED,
                alert__status=Alert.Status.TEST,
            )
        )
        .order_by("-started_at")
        .first()
    )


def lines_of(schedules: Iterable[TestSchedule]) -> list[tuple[TestSchedule, str]]:
    words = capacity_words()
    return [(one, "、".join(words.get(code, code) for code in one.capacities)) for one in schedules]
