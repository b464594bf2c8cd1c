"""Answer obligations: acknowledge, record a first action, enter an answer given by phone.

State changes are compare-and-set: of two answers at once exactly one wins, on
every database. Nobody's answer discharges anybody else's capacity: each row is
met on its own, and a button that ticks two capacities writes two rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from notifications.delivery.streams import NewRow, append
from notifications.models import Alert, Obligation, Stream
from safety.errors import Refused
from safety.ledger.actions import Actor, Fact, record
from safety.people.models import User

# What counts as a first action: leaders instruct or come, offices report handling.
LEADER_VERBS = ("instruction", "phone_instruction", "on_site")
OFFICE_VERBS = ("handling",)
LEADERS = (
    "PARTY_CHIEF",
    "ADMIN_CHIEF",
    "SAFETY_DEPUTY",
    "LINE_DEPUTY",
    "SCH_PRINCIPAL",
    "SCH_SECRETARY",
    "DUTY_LEADER",
)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """How obligations are met: by whom, how, with which verb and note."""

    by: User
    how: str = Obligation.How.SELF
    verb: str = ""
    note: str = ""
    phone: str = ""
    at: datetime | None = None


def verbs_for(capacity: str) -> tuple[str, ...]:
    return LEADER_VERBS if capacity in LEADERS else OFFICE_VERBS


@transaction.atomic
def acknowledge(*, obligations: Sequence[Obligation], answer: Answer) -> int:
    """Meet the acknowledgements (and readings) among ``obligations``; return how many changed.

    Repeating it changes nothing. First actions are not met by acknowledging.
    """
    tickable = [
        o for o in obligations if o.kind in (Obligation.Kind.ACKNOWLEDGE, Obligation.Kind.READ)
    ]
    return _meet(tickable, answer)


@transaction.atomic
def act(*, obligations: Sequence[Obligation], answer: Answer) -> int:
    """Record a first action for ``obligations``: it acknowledges them too, where that is open.

    Raises ``Refused`` when the verb does not belong to the capacity or the note
    that an office owes is missing.
    """
    for obligation in obligations:
        if answer.verb not in verbs_for(obligation.capacity):
            raise Refused(
                "This kind of action does not belong to this capacity.",
                field="verb",
                value=answer.verb,
                remedy="Choose one of: " + ", ".join(verbs_for(obligation.capacity)),
            )
    if answer.verb in OFFICE_VERBS and not answer.note.strip():
        raise Refused(
            "What was done is missing.",
            field="note",
            value="",
            remedy="Write one line: who did what.",
        )
    slots = _same_slots(obligations)
    return _meet([*slots, *obligations], answer)


def _same_slots(obligations: Sequence[Obligation]) -> list[Obligation]:
    """The open acknowledgements of the slots whose first action is recorded."""
    wanted = {(o.alert_id, o.unit_id, o.capacity, o.post_id, o.person_id) for o in obligations}
    candidates = Obligation.objects.open().filter(
        alert__in={o.alert_id for o in obligations}, kind=Obligation.Kind.ACKNOWLEDGE
    )
    return [
        o
        for o in candidates.select_related("alert")
        if (o.alert_id, o.unit_id, o.capacity, o.post_id, o.person_id) in wanted
    ]


@transaction.atomic
def record_answer(*, obligation: Obligation, answer: Answer) -> int:
    """Enter for somebody what he answered by telephone (代录); counts as much as a tap.

    Meets the acknowledgement of the whole slot. Raises ``Refused`` for a time
    in the future or before the alert.
    """
    now = timezone.now()
    at = answer.at or now
    if at > now:
        raise Refused(
            "The call cannot lie in the future.",
            field="at",
            value=at.isoformat(timespec="minutes"),
            remedy="Enter when the person really answered.",
        )
    if obligation.alert is not None and at < obligation.alert.created_at.replace(
        second=0, microsecond=0
    ):
        raise Refused(
            "The call cannot be older than the alert.",
            field="at",
            value=at.isoformat(timespec="minutes"),
            remedy="Enter when the person really answered.",
        )
    return _meet([obligation], answer)


def _meet(obligations: Sequence[Obligation], answer: Answer) -> int:
    """Compare-and-set each row, then ledger and streams for those that changed."""
    now = timezone.now()
    changed: list[Obligation] = []
    for obligation in sorted(obligations, key=lambda o: o.pk):
        won = (
            Obligation.objects.open()
            .filter(pk=obligation.pk)
            .update(
                state=Obligation.State.MET,
                met_at=answer.at or now,
                met_by=answer.by,
                met_how=answer.how,
                met_verb=answer.verb,
                met_note=answer.note[:500],
                met_phone=answer.phone[:30],
            )
        )
        if won:
            changed.append(obligation)
    if changed:
        record(
            actor=Actor(kind="person", ref=str(answer.by.pk)),
            facts=[_fact(obligation, answer) for obligation in changed],
        )
        append(_rows(changed, answer))
    return len(changed)


def _fact(obligation: Obligation, answer: Answer) -> Fact:
    return Fact(
        verb="obligation.met",
        subject_kind=obligation.subject_kind,
        subject_ref=obligation.subject_ref,
        body={
            "obligation": str(obligation.ref),
            "kind": obligation.kind,
            "capacity": obligation.capacity,
            "unit": obligation.unit_id,
            "how": answer.how,
            "verb": answer.verb,
            "phone": answer.phone,
            "at": answer.at.isoformat() if answer.at else None,
        },
    )


def _rows(changed: Sequence[Obligation], answer: Answer) -> list[NewRow]:
    """Tell every board of the alert, and the inboxes of those addressed, that rows were met."""
    by_alert: dict[Alert, list[Obligation]] = defaultdict(list)
    for obligation in changed:
        if obligation.alert is not None:
            by_alert[obligation.alert].append(obligation)
    rows: list[NewRow] = []
    for alert, met in by_alert.items():
        payload = {
            "alert": str(alert.ref),
            "grade": alert.grade,
            "met": [[o.level, o.capacity, o.kind, answer.how] for o in met],
        }
        boards = alert.units.exclude(
            kind__in=("school", "central_school", "campus", "teaching_point")
        ).values_list("pk", flat=True)
        rows += [
            NewRow(
                stream=Stream.Kind.BOARD,
                owner=unit,
                kind="alert.answered",
                alert=alert,
                payload=payload,
            )
            for unit in boards
        ]
        people = sorted({o.person_id for o in met if o.person_id is not None})
        rows += [
            NewRow(
                stream=Stream.Kind.PERSON,
                owner=person,
                kind="alert.answered",
                alert=alert,
                payload=payload,
            )
            for person in people
        ]
    return rows
