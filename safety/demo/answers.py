"""How the people of the demo city answer: most in time, a few late, and all of what is over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from incidents.cases.models import Incident
from incidents.cases.recording import Upward, record_upward
from notifications.models import Obligation
from notifications.obligations.answering import Answer, acknowledge, act, met_fact
from notifications.obligations.upward import receivers_of
from notifications.obligations.verbs import needs_note, verbs_for
from safety.ledger.actions import SYSTEM, record
from safety.people.models import User
from safety.posts.models import Holding

Kind = Obligation.Kind
LATE = 0.06  # the share of people who answer after the time


@dataclass(frozen=True, kw_only=True)
class Given:
    """One answer, and the obligations that it meets."""

    rows: Sequence[Obligation]
    answer: Answer


def answer_past(incidents: Sequence[Incident], *, random: Random) -> None:
    """Everybody addressed has answered long ago: written in bulk, one update per answer.

    The ledger is told as ever. Inboxes and boards are not: nobody waits for news of the past.
    """
    tellers = _tellers()
    for given in _planned(incidents, share=1.0, random=random):
        answer = _as_entered(given, tellers)
        Obligation.objects.open().filter(pk__in=[o.pk for o in given.rows]).update(
            state=Obligation.State.MET,
            met_at=answer.at,
            met_by=answer.by,
            met_how=answer.how,
            met_verb=answer.verb,
            met_note=answer.note,
            met_phone=answer.phone,
        )
        facts = [met_fact(obligation, answer) for obligation in given.rows]
        record(actor=SYSTEM, facts=facts, at=answer.at)
    _report_upward({str(incident.ref): incident for incident in incidents})


def answer_now(incident: Incident, *, until: datetime, share: float, random: Random) -> None:
    """``share`` of the people addressed answer through the real actions, if before ``until``.

    Who has no account is still to be told.
    """
    for given in _planned([incident], share=share, random=random):
        if not given.answer.by.has_usable_password():
            continue
        if given.answer.at is not None and given.answer.at <= until:
            do = act if given.answer.verb else acknowledge
            do(obligations=given.rows, answer=replace(given.answer, entered_at=given.answer.at))


def _tellers() -> dict[int, User]:
    """The safety officer of each school."""
    held = Holding.objects.filter(
        post__kind="SCH_SAFETY_STAFF", kind=Holding.Kind.PRINCIPAL, ends_at=None
    )
    return {
        holding.post.unit_id: holding.person for holding in held.select_related("post", "person")
    }


def _as_entered(given: Given, tellers: Mapping[int, User]) -> Answer:
    """The answer as it is written down: the safety officer enters it for who has no account."""
    answer = given.answer
    if answer.by.has_usable_password():
        return answer
    teller = tellers[given.rows[0].unit_id]
    return replace(answer, by=teller, how=Obligation.How.PHONE, phone=answer.by.phone)


def _planned(incidents: Sequence[Incident], *, share: float, random: Random) -> Iterator[Given]:
    """Who answers when: one tap for all acknowledgements, one action for each kind of verb."""
    owed = (
        Obligation.objects.open()
        .filter(subject_kind="incident", subject_ref__in=[str(i.ref) for i in incidents])
        .exclude(kind=Kind.REPORT_UPWARD)
        .select_related("person")
    )
    by_person: dict[tuple[str, User], list[Obligation]] = defaultdict(list)
    for obligation in owed.order_by("id"):
        if obligation.person is not None:
            by_person[obligation.subject_ref, obligation.person].append(obligation)
    for (_incident, person), rows in by_person.items():
        if random.random() < share:
            late = random.random() < LATE
            pace = random.uniform(1.05, 2.5) if late else random.uniform(0.1, 0.9)
            yield from _of_person(rows, person, pace)


def _of_person(rows: Sequence[Obligation], person: User, pace: float) -> Iterator[Given]:
    ticks = [o for o in rows if o.kind in (Kind.ACKNOWLEDGE, Kind.READ)]
    if ticks:
        yield Given(rows=ticks, answer=Answer(by=person, at=_moment(ticks, pace)))
    acts: dict[str, list[Obligation]] = defaultdict(list)
    for obligation in rows:
        if obligation.kind == Kind.FIRST_ACTION:
            acts[verbs_for(obligation.capacity)[0]].append(obligation)
    for verb, owed in acts.items():
        note = "已按预案处置,情况稳定" if needs_note(verb) else "请按预案处置,有变化即报"
        answer = Answer(by=person, verb=verb, note=note, at=_moment(owed, pace))
        yield Given(rows=owed, answer=answer)


def _moment(rows: Iterable[Obligation], pace: float) -> datetime:
    """When a person answers: a share of the time that the tightest of ``rows`` leaves."""
    spans = [(o.due_at or o.created_at + timedelta(days=1)) - o.created_at for o in rows]
    return next(iter(rows)).created_at + min(spans) * pace


def _report_upward(incidents: Mapping[str, Incident]) -> None:
    """What was owed upward went up, by telephone, well within the time."""
    owed = Obligation.objects.open().filter(
        kind=Kind.REPORT_UPWARD, subject_kind="incident", subject_ref__in=incidents
    )
    for obligation in owed.select_related("unit", "person").order_by("id"):
        if obligation.person is None:
            continue
        incident = incidents[obligation.subject_ref]
        due_at = max(obligation.due_at or incident.filed_at, incident.filed_at)
        sent_at = incident.filed_at + (due_at - incident.filed_at) * 0.6
        for receiver in receivers_of(obligation):
            record_upward(
                incident=incident,
                unit=obligation.unit,
                upward=Upward(
                    receiver=receiver,
                    received_by="演示值班员",
                    how="phone",
                    sent_at=sent_at,
                ),
                by=obligation.person,
                at=sent_at,
            )
