"""The pledges of the demo city: most are signed by both sides, some by one, a few by nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import uuid5

from django.db.models import Model
from django.utils import timezone

from notifications.models import Obligation
from notifications.obligations.answering import Answer, met_fact
from notifications.pledges.models import Pledge
from notifications.pledges.opening import SUBJECT, open_due_pledges
from notifications.pledges.rules import PledgeRules
from notifications.pledges.sheets import text_of
from notifications.pledges.signing import owed_above, signed_fact, work_above, work_of
from notifications.pledges.slots import SIGNING
from notifications.records.actions import Work
from notifications.records.past import Counted, count_past
from safety.ledger.actions import Actor, Fact, record
from safety.people.models import User
from safety.posts.models import Holding, Post
from safety.rules.selectors import content_of, current_rules

BATCH = 1000
ALL = 100_000  # a city is one transaction anyway
LONGEST = timedelta(days=18)  # after that many days nobody signs any more
NEVER = 0.02  # the share of people who do not sign
LATE = 0.05  # of those who sign when the upper side has signed the others already
ABOVE_NEVER = 0.05  # of upper posts that have not signed yet
FEW = 12  # whoever signs with more than these has done so
MET = ("state", "met_at", "met_by", "met_how", "met_verb")


def sign_pledges(*, now: datetime, since: datetime, changed_at: datetime, random: Random) -> None:
    """Open the pledges of the year that runs ``now`` and let most be signed, in bulk.

    They open with the year, or ``since``; those of people who took office at
    ``changed_at`` open the day after. What the actions write is written here too.
    """
    rules = PledgeRules.of(content_of(current_rules()))
    begins = rules.starts_on(rules.year_of(timezone.localdate(now)))
    first = max(timezone.make_aware(datetime.combine(begins, time(8))), since)
    renewed = changed_at + timedelta(days=1)
    ends = changed_at if changed_at > first else now
    for opened_at, until in ((first, min(ends, now)), (renewed, now)):
        if first <= opened_at < now:
            open_due_pledges(now=opened_at, portion=ALL, is_seeded=True)
            _sign(_Days(opened_at, until), random)


@dataclass(frozen=True)
class _Days:
    """The time in which pledges that opened then are signed, by day."""

    opened_at: datetime
    until: datetime

    def at(self, pace: float) -> datetime:
        """The moment after a share of the time, moved into the working day."""
        span = min(LONGEST, self.until - self.opened_at)
        moment = timezone.localtime(self.opened_at + span * pace)
        begins = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        moved = begins + timedelta(hours=8, minutes=30) + (moment - begins) * (9 / 24)
        return min(max(moved, self.opened_at), self.until)


@dataclass(frozen=True, kw_only=True)
class _Tap:
    """``person`` signs one or more sheets at once, for one post."""

    person: User
    post: Post
    at: datetime
    pledges: Sequence[Pledge]


def _sign(days: _Days, random: Random) -> None:
    """Sign what opened then, above a few days after below."""
    pledges = (
        Pledge.objects.standing()
        .filter(opened_at=days.opened_at)
        .select_related("unit", "lower_post__unit", "lower", "upper_post__unit", "rules")
        .defer("rules__content")
        .order_by("id")
    )
    below = list(_below(pledges, days, random))
    rows = Obligation.objects.open().filter(kind=Obligation.Kind.PLEDGE, subject_kind=SUBJECT)
    owed = {row.subject_ref: row for row in rows.filter(created_at=days.opened_at)}
    above = _owed_above(below, owed)
    _write_below(below, owed)
    _write_above(list(_above(below, days, random)), above)


def _below(pledges: Iterable[Pledge], days: _Days, random: Random) -> Iterator[_Tap]:
    """Who signs the own sheet, and when; who has no account cannot."""
    for pledge in pledges:
        never, late, pace = random.random(), random.random(), random.uniform(0.03, 0.6)
        if never >= NEVER and pledge.lower.has_usable_password():
            at = days.at(0.9 if late < LATE else pace)
            pledge.lower_signed_at, pledge.lower_signature = at, pledge.lower.name
            pledge.text = text_of(pledge)
            yield _Tap(person=pledge.lower, post=pledge.lower_post, at=at, pledges=[pledge])


def _owed_above(below: Sequence[_Tap], owed: Mapping[str, Obligation]) -> dict[str, Obligation]:
    """What the upper side of each sheet owes since it was signed below."""
    found = {}
    for tap in below:
        [pledge] = tap.pledges
        made = owed_above(pledge, owed[str(pledge.ref)], tap.at)
        if made is not None:
            made.ref = uuid5(pledge.ref, "upper")
            found[str(pledge.ref)] = made
    return found


def _write_below(below: Sequence[_Tap], owed: Mapping[str, Obligation]) -> None:
    noted = count_past([_counted(tap, work_of(tap.pledges[0], _day(tap.at))) for tap in below])
    met = []
    for tap, fact in zip(below, noted, strict=True):
        [pledge] = tap.pledges
        met.append(owed[str(pledge.ref)])
        signed = signed_fact(pledge, tap.person, "lower", pledge.text)
        _tell(tap, [signed, fact, _meet(met[-1], tap)])
    _update(Obligation.objects, met, MET)
    signed_below = [tap.pledges[0] for tap in below]
    _update(Pledge.objects, signed_below, ("lower_signed_at", "lower_signature", "text"))


def _above(below: Sequence[_Tap], days: _Days, random: Random) -> Iterator[_Tap]:
    """The sheets that each upper post signs at once: all that are signed below by then."""
    by_post: dict[int, list[_Tap]] = defaultdict(list)
    for tap in below:
        if tap.pledges[0].upper_post_id is not None:
            by_post[tap.pledges[0].upper_post_id].append(tap)
    holders = _holders(by_post, days.opened_at)
    for pk, taps in sorted(by_post.items()):
        drawn, at = random.random(), days.at(random.uniform(0.65, 0.85))
        person, post = holders.get(pk), taps[0].pledges[0].upper_post
        ready = [tap.pledges[0] for tap in taps if tap.at < at]
        never = drawn < ABOVE_NEVER and len(taps) <= FEW
        if never or person is None or post is None or not ready:
            continue
        for pledge in ready:
            pledge.upper_signed_at, pledge.upper = at, person
            pledge.upper_signature = person.name
        yield _Tap(person=person, post=post, at=at, pledges=ready)


def _holders(posts: Mapping[int, object], at: datetime) -> dict[int, User]:
    held = Holding.objects.at(at).filter(post__in=list(posts), kind__in=SIGNING)
    rows = held.select_related("person").order_by("-rank", "-id")
    return {row.post_id: row.person for row in rows if row.person.has_usable_password()}


def _write_above(both: Sequence[_Tap], above: Mapping[str, Obligation]) -> None:
    """Every sheet is told and its obligation met; the whole of a tap is one piece of work."""
    noted = count_past([_counted(tap, work_above(tap.pledges, _day(tap.at))) for tap in both])
    for tap, fact in zip(both, noted, strict=True):
        facts = [signed_fact(one, tap.person, "upper", one.text) for one in tap.pledges]
        met = [_meet(above[str(one.ref)], tap) for one in tap.pledges]
        _tell(tap, [*facts, fact, *met])
    Obligation.objects.bulk_create(above.values(), batch_size=BATCH)
    signed = [pledge for tap in both for pledge in tap.pledges]
    _update(Pledge.objects, signed, ("upper_signed_at", "upper_signature", "upper"))


def _update(manager: Any, rows: Sequence[Model], fields: Sequence[str]) -> None:
    """Write ``fields`` of rows that are there: several times as fast as ``bulk_update``."""
    manager.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=fields,
    )


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)


def _counted(tap: _Tap, work: Work) -> Counted:
    return Counted(
        person=tap.person,
        post=tap.post,
        work=work,
        source_kind=SUBJECT,
        source_ref=str(tap.pledges[0].ref),
        at=tap.at,
    )


def _meet(obligation: Obligation, tap: _Tap) -> Fact:
    """Let ``obligation`` be met by ``tap``, still to be written; return what the ledger is told."""
    answer = Answer(by=tap.person, verb="signed", entered_at=tap.at)
    obligation.state = Obligation.State.MET
    obligation.met_at, obligation.met_by = tap.at, tap.person
    obligation.met_how, obligation.met_verb = answer.how, answer.verb
    return met_fact(obligation, answer)


def _tell(tap: _Tap, facts: Sequence[Fact]) -> None:
    record(actor=Actor(kind="person", ref=str(tap.person.pk)), facts=facts, at=tap.at)
