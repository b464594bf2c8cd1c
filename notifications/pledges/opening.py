"""Open the pledges that are due, end those that bind nobody any more. Safe to repeat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from notifications.models import Obligation, ResponsibilityTable
from notifications.pledges.models import Pledge
from notifications.pledges.rules import PledgeRules
from notifications.pledges.slots import Slot, slots
from safety.ledger.actions import SYSTEM, Fact, record
from safety.rules.models import RuleBook
from safety.rules.selectors import content_of, current_rules

SUBJECT = "pledge"
PORTION = 200  # of one transaction: short, so that nobody who files waits for it


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What one portion did; ``more`` says whether something is left."""

    opened: int = 0
    ended: int = 0
    more: bool = False


@dataclass(frozen=True, kw_only=True)
class _Ground:
    """What pledges rest on: the published table and the rule book in force."""

    table: ResponsibilityTable
    book: RuleBook
    rules: PledgeRules
    lines: dict[str, str]


@transaction.atomic
def open_due_pledges(*, now: datetime | None = None, portion: int = PORTION) -> Opened:
    """Open up to ``portion`` pledges that are missing or about to expire; end what is over.

    Without a published table nothing is due. Two runs at once open nothing twice: a
    pledge is unique while it stands.
    """
    moment = now or timezone.now()
    ground = _ground()
    if ground is None:
        return Opened()
    rules = ground.rules
    wanted = {slot.key: slot for slot in slots(rules, at=moment) if slot.person is not None}
    years = _years(rules, moment)
    ended = _end(wanted, years, moment, portion)
    standing = set(
        Pledge.objects.standing()
        .filter(year__in=years)
        .values_list("year", "pair", "lower_post", "lower")
    )
    missing = [
        (year, slot)
        for year in years
        for slot in wanted.values()
        if (year, *slot.key) not in standing
    ]
    opened = _open(missing[:portion], ground, moment)
    return Opened(opened=opened, ended=ended, more=len(missing) > portion or ended >= portion)


def run_portion() -> bool:
    return open_due_pledges().more


def _ground() -> _Ground | None:
    table = ResponsibilityTable.objects.filter(state=ResponsibilityTable.State.PUBLISHED).first()
    if table is None:
        return None
    book = current_rules()
    content = content_of(book)
    capacities = content["responsibility"]["capacity"]
    return _Ground(
        table=table,
        book=book,
        rules=PledgeRules.of(content),
        lines={code: row["line"] for code, row in capacities.items()},
    )


def _years(rules: PledgeRules, moment: datetime) -> list[int]:
    """The pledge year that runs, and the next one shortly before it begins."""
    today = timezone.localdate(moment)
    year = rules.year_of(today)
    soon = today + timedelta(days=int(rules.year["open_days_before"]))
    return sorted({year, rules.year_of(soon)})


def _end(wanted: dict[Any, Slot], years: Sequence[int], moment: datetime, portion: int) -> int:
    """End pledges whose year is over, or whose person no longer answers for the post."""
    over: list[tuple[Pledge, str]] = []
    read = ("ref", "year", "pair", "lower_post", "lower", "upper_signed_at")
    for pledge in Pledge.objects.standing().only(*read).order_by("id").iterator():
        if pledge.year < years[0]:
            over.append((pledge, Pledge.Ended.YEAR))
        elif (pledge.pair, pledge.lower_post_id, pledge.lower_id) not in wanted:
            over.append((pledge, Pledge.Ended.HOLDER))
        if len(over) >= portion:
            break
    for pledge, why in over:
        Pledge.objects.standing().filter(pk=pledge.pk).update(ended_at=moment, ended_why=why)
    refs = [str(pledge.ref) for pledge, _why in over]
    Obligation.objects.open().filter(
        kind=Obligation.Kind.PLEDGE, subject_kind=SUBJECT, subject_ref__in=refs
    ).update(state=Obligation.State.LAPSED)
    record(
        actor=SYSTEM,
        facts=[
            Fact(
                verb="pledge.ended",
                subject_kind=SUBJECT,
                subject_ref=str(pledge.ref),
                body={"why": str(why), "signed": pledge.is_signed},
            )
            for pledge, why in over
        ],
    )
    return len(over)


def _open(missing: Sequence[tuple[int, Slot]], ground: _Ground, moment: datetime) -> int:
    pledges = [_pledge(year, slot, ground, moment) for year, slot in missing]
    made = Pledge.objects.bulk_create(pledges)
    Obligation.objects.bulk_create(
        [
            _obligation(pledge, slot, ground)
            for pledge, (_year, slot) in zip(made, missing, strict=True)
        ]
    )
    record(
        actor=SYSTEM,
        facts=[
            Fact(
                verb="pledge.opened",
                subject_kind=SUBJECT,
                subject_ref=str(pledge.ref),
                body={
                    "pair": pledge.pair,
                    "year": pledge.year,
                    "unit": pledge.unit_id,
                    "posts": [pledge.lower_post_id, pledge.upper_post_id],
                    "person": pledge.lower_id,
                    "why": pledge.why,
                    "rules": pledge.rules_id,
                },
            )
            for pledge in made
        ],
    )
    return len(made)


def _pledge(year: int, slot: Slot, ground: _Ground, moment: datetime) -> Pledge:
    rules = ground.rules
    starts_on = rules.starts_on(year)
    begins = datetime.combine(starts_on, time.min, rules.hours.zone)
    is_new = slot.since is not None and slot.since > begins
    days = "renew_within_working_days" if is_new else "sign_within_working_days"
    return Pledge(
        pair=slot.pair.id,
        year=year,
        unit_id=slot.unit,
        lower_post_id=slot.post,
        lower_id=slot.person,
        upper_post_id=slot.upper_post,
        capacity=slot.capacity,
        why=Pledge.Why.HOLDER if is_new else Pledge.Why.YEAR,
        rules=ground.book,
        opened_at=moment,
        # Counted from the day on which it could be signed: a rule that is new blames nobody.
        due_at=rules.due(max(begins, moment), int(rules.year[days])),
        starts_on=starts_on,
        expires_on=rules.starts_on(year + 1),
    )


def _obligation(pledge: Pledge, slot: Slot, ground: _Ground) -> Obligation:
    """What the lower side owes: to sign."""
    rules = ground.rules
    label = rules.label(pledge.year)
    return Obligation(
        kind=Obligation.Kind.PLEDGE,
        subject_kind=SUBJECT,
        subject_ref=str(pledge.ref),
        level=slot.level,
        unit_id=pledge.unit_id,
        post_id=pledge.lower_post_id,
        capacity=pledge.capacity,
        line=ground.lines.get(pledge.capacity, "other"),
        person_id=pledge.lower_id,
        owed="ACK",
        why={
            "zh": f"签订{label}安全工作责任书",
            "en": f"Sign the safety pledge of {pledge.year}",
        },
        trace=[f"pledges.{pledge.pair}"],
        basis=rules.year["basis"],
        basis_document=" ".join(
            part for part in (rules.year["document"], rules.year["article"]) if part
        ),
        table=ground.table,
        rules=ground.book,
        created_at=pledge.opened_at,
        due_at=pledge.due_at,
    )
