"""Raise an alert: the frozen plan becomes obligations, inbox rows and ledger facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone

from notifications.delivery.streams import NewRow, append
from notifications.models import Alert, Obligation, Stream
from notifications.responsibility.plan import Plan, PlanRow
from notifications.responsibility.words import Level, Owed
from safety.bulk import insert
from safety.ledger.actions import Actor, Fact, record
from safety.posts.models import Liaison


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What the alert is about, as the room above describes it.

    ``words`` are for people who may know everything an alert says,
    ``masked_words`` for redacted recipients, ``board_words`` for whoever reads a
    stream: its rows outlive every post and right. All map a short name to text
    ("title", "where", "hazard" …) and never hold a person's name.
    """

    kind: str
    ref: str
    link: str
    privacy: str
    words: Mapping[str, Any]
    masked_words: Mapping[str, Any]
    board_words: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Extra:
    """An obligation beside the plan (an upward report): who owes it, by when, on what basis.

    ``telling``: note and document say what the subject is about.
    """

    row: PlanRow
    kind: str
    due_at: datetime
    basis: str
    document: str
    note: str = ""
    note_en: str = ""
    telling: bool = False


def raise_alert(
    *,
    subject: Subject,
    plan: Plan,
    extras: Iterable[Extra] = (),
    facts: Sequence[Fact] = (),
    actor: Actor,
    status: str = Alert.Status.ACTUAL,
    at: datetime | None = None,
) -> Alert:
    """Write the alert and everything that follows from its plan.

    Call it inside the transaction that writes the subject, as the last thing:
    it takes the numbers of the streams. ``facts`` are what the ledger keeps of the
    subject itself, before the alert's own. ``at`` is only for history that is
    seeded: its references follow from that of the subject, so that the same
    history is the same rows. Live alerts are raised now and drawn by lot.
    """
    now = at or timezone.now()
    alert = Alert.objects.create(
        subject_kind=subject.kind,
        subject_ref=subject.ref,
        link=subject.link,
        grade=plan.grade,
        status=status,
        privacy=subject.privacy,
        words=dict(subject.words),
        masked_words=dict(subject.masked_words),
        plan=plan.as_json(),
        named=list(plan.named),
        plan_hash=plan.hash,
        table_id=plan.table_id,
        rules_id=plan.rules_id,
        created_at=now,
    )
    Alert.units.through.objects.bulk_create(
        Alert.units.through(alert=alert, unit_id=unit)
        for unit in sorted({row.unit for row in plan.rows})
    )
    obligations = [o for row in plan.rows for o in _owed(alert, row, now)]
    obligations += [_extra(alert, extra, now) for extra in extras]
    if at is not None:
        _name_again(alert, obligations)
    insert(obligations)
    record(actor=actor, facts=[*facts, *_facts(alert, plan, obligations)], at=at)
    append(
        [
            *_inbox(alert, subject, plan, obligations),
            *_copies(alert, subject, plan, now),
            *_boards(alert, subject, plan),
        ]
    )
    return alert


def _name_again(alert: Alert, obligations: Iterable[Obligation]) -> None:
    alert.ref = uuid5(NAMESPACE_URL, f"alert/{alert.subject_kind}/{alert.subject_ref}")
    alert.save(update_fields=["ref"])
    for number, obligation in enumerate(obligations):
        obligation.ref = uuid5(alert.ref, str(number))


def _owed(alert: Alert, row: PlanRow, now: datetime) -> list[Obligation]:
    """The rows one plan row becomes: ACT owes an acknowledgement and a first action."""
    kinds = {
        Owed.ACT: [
            (Obligation.Kind.ACKNOWLEDGE, row.ack_due_at),
            (Obligation.Kind.FIRST_ACTION, row.act_due_at),
        ],
        Owed.ACK: [(Obligation.Kind.ACKNOWLEDGE, row.ack_due_at)],
        Owed.READ: [(Obligation.Kind.READ, row.read_due_at)],
        Owed.FEED: [],
    }[Owed(row.owed)]
    return [_obligation(alert, row, kind, due_at, now) for kind, due_at in kinds]


def _obligation(
    alert: Alert, row: PlanRow, kind: str, due_at: datetime | None, now: datetime
) -> Obligation:
    if kind == Obligation.Kind.FIRST_ACTION:  # its clock may rest on another document
        basis, document, article = row.act_basis, row.act_document, row.act_article
    else:
        basis, document, article = row.basis, row.document, row.article
    return Obligation(
        kind=kind,
        subject_kind=alert.subject_kind,
        subject_ref=alert.subject_ref,
        alert=alert,
        level=row.level,
        unit_id=row.unit,
        post_id=row.post_id,
        capacity=row.capacity,
        line=row.line,
        person_id=row.person,
        owed=row.owed.name,
        redacted=row.redacted,
        climbed_from=climbed_words(row),
        why={"zh": row.why_zh, "en": row.why_en},
        trace=list(row.rules),
        basis=basis,
        basis_document=" ".join(part for part in (document, article) if part),
        table_id=alert.table_id,
        rules_id=alert.rules_id,
        created_at=now,
        due_at=due_at,
    )


def climbed_words(row: PlanRow) -> str:
    """The slot a row climbed from, as "capacity:post type:reason"; empty when it did not."""
    if not row.climbed_from:
        return ""
    origin = row.climbed_from
    return f"{origin['capacity']}:{origin.get('post_type') or ''}:{origin['reason']}"


def _extra(alert: Alert, extra: Extra, now: datetime) -> Obligation:
    obligation = _obligation(alert, extra.row, extra.kind, extra.due_at, now)
    obligation.basis = extra.basis
    obligation.basis_document = extra.document
    obligation.why = {"zh": extra.note, "en": extra.note_en or extra.note}
    obligation.telling = extra.telling
    return obligation


def _facts(alert: Alert, plan: Plan, obligations: Sequence[Obligation]) -> list[Fact]:
    return [
        Fact(
            verb="alert.raised",
            subject_kind="alert",
            subject_ref=str(alert.ref),
            body={
                "about": [alert.subject_kind, alert.subject_ref],
                "grade": alert.grade,
                "plan": plan.hash,
                "table": alert.table_id,
                "rules": alert.rules_id,
                "findings": [finding.code for finding in plan.findings],
            },
        ),
        Fact(
            verb="obligations.made",
            subject_kind="alert",
            subject_ref=str(alert.ref),
            body={
                "rows": [
                    [str(o.ref), o.kind, o.level, o.unit_id, o.capacity, o.post_id, o.person_id]
                    for o in obligations
                ]
            },
        ),
    ]


def _inbox(
    alert: Alert, subject: Subject, plan: Plan, obligations: Sequence[Obligation]
) -> list[NewRow]:
    """One message per person, listing every capacity in which it concerns them.

    It says no more than a board does; the pages tell the rest, to those who may
    read it on that day.
    """
    by_slot: dict[tuple[int, str, int | None, int | None], list[Obligation]] = defaultdict(list)
    for o in obligations:
        by_slot[(o.unit_id, o.capacity, o.post_id, o.person_id)].append(o)
    per_person: dict[int, list[PlanRow]] = defaultdict(list)
    for row in plan.rows:
        for person in (row.person, *row.also):
            if person is not None:
                per_person[person].append(row)
    return [
        NewRow(
            stream=Stream.Kind.PERSON,
            owner=person,
            kind="alert.raised",
            alert=alert,
            payload={
                "alert": str(alert.ref),
                "grade": alert.board_grade,
                "status": alert.status,
                "words": dict(subject.board_words),
                "capacities": [
                    {
                        "capacity": row.capacity,
                        "level": row.level,
                        "owed": row.owed.name,
                        "obligations": [
                            {"ref": str(o.ref), "kind": o.kind, "due_at": _iso(o.due_at)}
                            for o in by_slot[(row.unit, row.capacity, row.post_id, row.person)]
                        ],
                    }
                    for row in rows
                ],
            },
        )
        for person, rows in sorted(per_person.items())
    ]


def _copies(alert: Alert, subject: Subject, plan: Plan, now: datetime) -> list[NewRow]:
    """A copy for the 联络员 of each leader addressed; guarded and sealed ones are the leader's."""
    if alert.privacy != Alert.Privacy.OPEN:
        return []
    told = {person for row in plan.rows for person in (row.person, *row.also)}
    links = Liaison.objects.filter(leader__in=told - {None})
    if not links.agreed(now).exists():  # most alerts; the whole question takes a millisecond
        return []
    people = set(links.at(now).values_list("person", flat=True))
    return [
        NewRow(
            stream=Stream.Kind.PERSON,
            owner=person,
            kind="alert.copied",
            alert=alert,
            payload={
                "alert": str(alert.ref),
                "grade": alert.board_grade,
                "status": alert.status,
                "words": dict(subject.board_words),
            },
        )
        for person in sorted(people - told)
    ]


def _boards(alert: Alert, subject: Subject, plan: Plan) -> list[NewRow]:
    units = {row.unit for row in plan.rows if row.level != Level.SCHOOL}
    return [
        NewRow(
            stream=Stream.Kind.BOARD,
            owner=unit,
            kind="alert.raised",
            alert=alert,
            payload={
                "alert": str(alert.ref),
                "grade": alert.board_grade,
                "status": alert.status,
                "words": dict(subject.board_words),
            },
        )
        for unit in sorted(units)
    ]


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
