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
from django.utils.translation import gettext as _

from notifications.access import post_ids
from notifications.delivery.boards import board_rows
from notifications.delivery.streams import NewRow, append
from notifications.models import Alert, Obligation, Stream
from notifications.obligations.verbs import ACTED, TICKED, needs_note, verbs_for
from notifications.words import verb_word
from safety.errors import Refused
from safety.ledger.actions import Actor, Fact, record
from safety.people.models import User
from safety.posts.seats import seated


@dataclass(frozen=True, kw_only=True)
class Answer:
    """How obligations are met: by whom, how, with which verb and note.

    ``by`` is who answers; for an answer given by telephone, who wrote it down.
    ``entered_at`` is only for seeded history: live answers are entered now.
    """

    by: User
    how: str = Obligation.How.SELF
    verb: str = ""
    note: str = ""
    phone: str = ""
    at: datetime | None = None
    entered_at: datetime | None = None


@transaction.atomic
def acknowledge(*, obligations: Sequence[Obligation], answer: Answer) -> list[Obligation]:
    """Meet the acknowledgements (and readings) among ``obligations``; return those that changed.

    Repeating it changes nothing. First actions are not met by acknowledging.
    """
    return _meet([o for o in obligations if o.kind in TICKED], answer)


@transaction.atomic
def act(*, obligations: Sequence[Obligation], answer: Answer) -> list[Obligation]:
    """Record a first action for ``obligations``; return every row that changed.

    It acknowledges the same slots too, where that is open: whoever acts has
    read. Raises ``Refused`` when the verb does not belong to a capacity, when
    the line that an office owes is missing, or when nothing here is acted on.
    """
    acted = [o for o in obligations if o.kind in ACTED]
    if not acted:
        raise Refused(
            _("There is nothing to act on here."),
            field="ref",
            remedy=_("A copy is only noted; an upward report has a form of its own."),
        )
    _check_verb(acted, answer)
    return _meet(_whole_slots(acted), answer)


def _check_verb(obligations: Sequence[Obligation], answer: Answer) -> None:
    for obligation in obligations:
        allowed = verbs_for(obligation.capacity)
        if answer.verb not in allowed:
            raise Refused(
                _("This kind of action does not belong to this capacity."),
                field="verb",
                value=answer.verb,
                remedy=_("Choose one of: %(verbs)s.")
                % {"verbs": ", ".join(verb_word(verb) for verb in allowed)},
            )
    if needs_note(answer.verb) and not answer.note.strip():
        raise Refused(
            _("What was done is missing."),
            field="note",
            remedy=_("Write one line: who did what."),
        )


def _whole_slots(obligations: Sequence[Obligation]) -> list[Obligation]:
    """The open acknowledgements and first actions of the slots that are acted for."""
    wanted = {_slot(o) for o in obligations}
    alerts = {o.alert_id for o in obligations}
    candidates = Obligation.objects.open().filter(alert__in=alerts, kind__in=ACTED)
    return [o for o in candidates.select_related("alert", "unit") if _slot(o) in wanted]


def _slot(o: Obligation) -> tuple[int | None, int, str, int | None, int | None]:
    return (o.alert_id, o.unit_id, o.capacity, o.post_id, o.person_id)


@transaction.atomic
def record_answer(*, obligations: Sequence[Obligation], answer: Answer) -> list[Obligation]:
    """Enter for somebody what was answered by telephone (代录); it counts as much as a tap.

    ``answer.verb`` is only given when an instruction was received too. Raises
    ``Refused`` for a time in the future or before the alert, without a number,
    and for rows that the recorder answers for, alone or beside others.
    """
    if answer.how != Obligation.How.PHONE:
        raise ValueError("record_answer() is for answers given by telephone")
    if not answer.phone.strip():
        raise Refused(
            _("The number that was called is missing."),
            field="phone",
            remedy=_("Enter the number on which the person was reached."),
        )
    _check_time(obligations, answer)
    own_posts = post_ids(answer.by)
    for obligation in obligations:
        if obligation.person_id == answer.by.pk or obligation.post_id in own_posts:
            raise Refused(
                _("This is your own: nobody records an answer for himself."),
                field="ref",
                remedy=_("Acknowledge it yourself."),
            )
        if obligation.person_id is None and not answer.note.strip():
            raise Refused(
                _("Nobody holds this post: the note says who answered."),
                field="note",
                remedy=_("Write name and post of the person who took the call."),
            )
    return (
        act(obligations=obligations, answer=answer)
        if answer.verb
        else acknowledge(obligations=obligations, answer=answer)
    )


def _check_time(obligations: Sequence[Obligation], answer: Answer) -> None:
    if answer.at is None:
        return
    remedy = _("Enter when the person really answered.")
    value = timezone.localtime(answer.at).strftime("%Y-%m-%d %H:%M")
    if answer.at > timezone.now():
        raise Refused(
            _("The call cannot lie in the future."), field="at", value=value, remedy=remedy
        )
    raised = [o.alert.created_at for o in obligations if o.alert is not None]
    # A call is entered to the minute; the alert's own minute still counts.
    if raised and answer.at < max(raised).replace(second=0, microsecond=0):
        raise Refused(
            _("The call cannot be older than the alert."), field="at", value=value, remedy=remedy
        )


@transaction.atomic
def fulfil(*, obligations: Sequence[Obligation], answer: Answer) -> list[Obligation]:
    """Meet what a record elsewhere fulfils (an upward report that was noted); return the changed.

    Call it last in the transaction of that record: it takes stream numbers.
    """
    return _meet(obligations, answer)


def _meet(obligations: Sequence[Obligation], answer: Answer) -> list[Obligation]:
    """Compare-and-set each row, then ledger and streams for those that changed."""
    now = answer.entered_at or timezone.now()
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
                met_note=answer.note.strip()[:500],
                met_phone=answer.phone.strip()[:30],
            )
        )
        if won:
            changed.append(obligation)
    if changed:
        record(
            actor=Actor(kind="person", ref=str(answer.by.pk)),
            facts=[met_fact(obligation, answer) for obligation in changed],
            at=answer.entered_at,
        )
        append(_rows(changed, answer))
    return changed


def met_fact(obligation: Obligation, answer: Answer) -> Fact:
    """What the ledger is told of an obligation that was met."""
    return Fact(
        verb="obligation.met",
        subject_kind=obligation.subject_kind,
        subject_ref=obligation.subject_ref,
        body={
            "obligation": str(obligation.ref),
            "kind": obligation.kind,
            "capacity": obligation.capacity,
            "unit": obligation.unit_id,
            "person": obligation.person_id,
            "how": answer.how,
            "verb": answer.verb,
            "phone": answer.phone,
            "at": answer.at.isoformat() if answer.at else None,
        },
    )


def _rows(changed: Sequence[Obligation], answer: Answer) -> list[NewRow]:
    """Tell every board of the alert, and the inboxes of all who could have answered."""
    by_alert: dict[int, list[Obligation]] = defaultdict(list)
    for obligation in changed:
        if obligation.alert_id is not None:
            by_alert[obligation.alert_id].append(obligation)
    alerts = Alert.objects.in_bulk(by_alert)
    rows: list[NewRow] = []
    for pk, met in sorted(by_alert.items()):
        said = {"met": [[o.level, o.capacity, o.kind, answer.how] for o in met]}
        rows += board_rows(alerts[pk], kind="alert.answered", said=said)
        rows += [
            NewRow(
                stream=Stream.Kind.PERSON,
                owner=person,
                kind="alert.answered",
                alert=alerts[pk],
                payload={"alert": str(alerts[pk].ref), "grade": alerts[pk].board_grade, **said},
            )
            for person in _people(met)
        ]
    return rows


def _people(met: Sequence[Obligation]) -> list[int]:
    """Whom the rows addressed, and whoever holds their posts today (B角 too)."""
    posts = {o.post_id for o in met if o.post_id is not None}
    addressed = {o.person_id for o in met if o.person_id is not None}
    return sorted(addressed | {seat.person.pk for seat in seated(posts, at=timezone.now())})
