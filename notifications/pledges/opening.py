"""Open the pledges that are due, end those that bind nobody any more. Safe to repeat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from notifications.models import Obligation, ResponsibilityTable
from notifications.pledges.models import Pledge
from notifications.pledges.readdressing import readdress, strayed
from notifications.pledges.rules import PledgeRules
from notifications.pledges.slots import Slot, slots
from safety.ledger.actions import SYSTEM, Fact, record
from safety.posts.access import rights_state
from safety.rules.models import RuleBook
from safety.rules.selectors import content_of, current_rules

SUBJECT = "pledge"
PORTION = 500  # of one transaction: short, so that nobody who files waits for it
_READ = ("pk", "year", "pair", "lower_post", "lower")


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


def open_due_pledges(
    *, now: datetime | None = None, portion: int = PORTION, is_seeded: bool = False
) -> Opened:
    """Open up to ``portion`` pledges that are missing or about to expire; end what is over.

    Without a published table nothing is due. Everything is read before anything is
    written, so that nobody who files waits for the reading. Two runs at once open
    nothing twice: a pledge is unique while it stands, and who comes second looks again.
    ``is_seeded``: history that is told afterwards, whose references follow from it.
    """
    moment = now or timezone.now()
    ground = _ground()
    if ground is None:
        return Opened()
    years = _years(ground.rules, moment)
    wanted = {slot.key: slot for slot in slots(ground.rules, at=moment) if slot.person is not None}
    standing = list(Pledge.objects.standing().order_by("id").values_list(*_READ))
    over = [
        (pk, Pledge.Ended.YEAR if year < years[0] else Pledge.Ended.HOLDER)
        for pk, year, *key in standing
        if year < years[0] or tuple(key) not in wanted
    ]
    moved, stranded = strayed(wanted, years)
    over += [(pk, Pledge.Ended.HOLDER) for pk in stranded]
    there = {(year, *key) for _pk, year, *key in standing}
    missing = [
        (year, slot) for year in years for slot in wanted.values() if (year, *slot.key) not in there
    ]
    try:
        with transaction.atomic():
            ended = _end(over[:portion], moment)
            readdress(moved[:portion], at=moment)
            opened = _open(missing[:portion], ground, moment, is_seeded=is_seeded)
    except IntegrityError:
        return Opened(more=True)
    left = max(len(missing), len(over), len(moved)) > portion
    return Opened(opened=opened, ended=ended, more=left or bool(stranded))  # they open anew


class Opener:
    """Looks only when something may be due: a holding, the table, the rules, or the day changed.

    Inside a transaction nothing is kept: what it saw may be rolled back.
    """

    def __init__(self) -> None:
        self._seen: tuple[object, ...] = ()
        self._until: datetime | None = None

    def run(self) -> bool:
        revision, following = rights_state()
        newest = ResponsibilityTable.objects.order_by("-published_at").values_list("pk", flat=True)
        state = (revision, newest.first(), current_rules().pk, timezone.localdate())
        is_kept = self._until is None or timezone.now() < self._until
        if state == self._seen and is_kept and not connection.in_atomic_block:
            return False
        more = open_due_pledges().more
        is_final = not more and not connection.in_atomic_block
        self._seen, self._until = (state if is_final else ()), following
        return more


run_portion = Opener().run


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


def _end(over: Sequence[tuple[int, str]], moment: datetime) -> int:
    """End pledges whose year is over, or whose person no longer answers for the post."""
    whys = dict(over)
    ending = list(Pledge.objects.standing().filter(pk__in=whys))
    for why in set(whys.values()):
        of_why = [pledge.pk for pledge in ending if whys[pledge.pk] == why]
        Pledge.objects.standing().filter(pk__in=of_why).update(ended_at=moment, ended_why=why)
    Obligation.objects.open().filter(
        kind=Obligation.Kind.PLEDGE,
        subject_kind=SUBJECT,
        subject_ref__in=[str(pledge.ref) for pledge in ending],
    ).update(state=Obligation.State.LAPSED)
    record(
        actor=SYSTEM,
        facts=[
            Fact(
                verb="pledge.ended",
                subject_kind=SUBJECT,
                subject_ref=str(pledge.ref),
                body={"why": str(whys[pledge.pk]), "signed": pledge.is_signed},
            )
            for pledge in ending
        ],
        at=moment,
    )
    return len(ending)


def _open(
    missing: Sequence[tuple[int, Slot]], ground: _Ground, moment: datetime, *, is_seeded: bool
) -> int:
    pledges = [_pledge(year, slot, ground, moment) for year, slot in missing]
    owed = [
        _obligation(pledge, slot, ground)
        for pledge, (_year, slot) in zip(pledges, missing, strict=True)
    ]
    if is_seeded:
        _name_by_content(pledges, owed)
    made = Pledge.objects.bulk_create(pledges)
    Obligation.objects.bulk_create(owed)
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
        at=moment,
    )
    return len(made)


def _name_by_content(pledges: Sequence[Pledge], owed: Sequence[Obligation]) -> None:
    """Let the references follow from what the sheets are, and from when they were opened."""
    for pledge, obligation in zip(pledges, owed, strict=True):
        sides = f"{pledge.lower_post_id}/{pledge.lower_id}/{pledge.opened_at.isoformat()}"
        pledge.ref = uuid5(NAMESPACE_URL, f"pledge/{pledge.year}/{pledge.pair}/{sides}")
        obligation.subject_ref = str(pledge.ref)
        obligation.ref = uuid5(pledge.ref, "lower")


def _pledge(year: int, slot: Slot, ground: _Ground, moment: datetime) -> Pledge:
    """A sheet for ``slot``, which has a person: vacant ones are gaps, and open nothing."""
    if slot.person is None:
        raise ValueError("nobody could sign for a vacant post")
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
