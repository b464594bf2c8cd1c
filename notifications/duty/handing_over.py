"""Change of shift (交班): what is open goes to whoever comes, with a record both sign."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.board import open_alerts
from notifications.delivery.streams import NewRow, append
from notifications.models import Alert, Obligation, Stream
from safety.errors import Conflict, Problem, Refused
from safety.ledger.actions import Actor, Fact, record
from safety.people.models import User
from safety.posts.access import posts_held
from safety.posts.models import Post
from safety.roster.access import people_for
from safety.roster.models import DutyHandOver
from safety.units.models import Unit

NOTE_MAX = 2000
ITEMS_MAX = 100
NOTHING = {"silent": 0, "late": 0, "upward": 0}


def open_items(unit: Unit) -> list[dict[str, Any]]:
    """What is open on the board of ``unit``: per alert the silent, the late and what goes upward.

    References and numbers only, no more of them than the board shows: what an alert says, and
    its grade, is asked anew by each reader.
    """
    now = timezone.now()
    alerts = list(open_alerts(unit).values_list("pk", "ref", "privacy")[:ITEMS_MAX])
    sealed = {pk for pk, _ref, privacy in alerts if privacy == Alert.Privacy.SEALED}
    rows = Obligation.objects.open().filter(alert__in=[pk for pk, _ref, _privacy in alerts])
    counted: dict[int, dict[str, int]] = {}
    for alert, kind, path, due_at, telling in rows.values_list(
        "alert", "kind", "unit__path", "due_at", "telling"
    ):
        count = counted.setdefault(alert or 0, dict(NOTHING))
        if kind == Obligation.Kind.REPORT_UPWARD:
            count["upward"] += path == unit.path and not (telling and alert in sealed)
        elif kind in (Obligation.Kind.ACKNOWLEDGE, Obligation.Kind.FIRST_ACTION) and (
            path.startswith(unit.path) or unit.path.startswith(path)
        ):
            count["silent"] += 1
            count["late"] += due_at is not None and due_at <= now
    return [{"alert": str(ref), **counted.get(pk, NOTHING)} for pk, ref, _privacy in alerts]


@transaction.atomic
def give(*, seat: Post, giver: User, taker: User, note: str) -> DutyHandOver:
    """The one who leaves signs: what is open stands in the record, and the note beside it.

    A record that nobody has taken yet is replaced.
    """
    problems = []
    if taker.pk == giver.pk:
        problems.append(_problem(_("Nobody hands over to himself."), taker.name))
    elif not _may_sit(taker, seat):
        problems.append(
            _problem(
                _("This person neither has a shift here nor belongs to this bureau."), taker.name
            )
        )
    if len(note) > NOTE_MAX:
        problems.append(_problem(_("The note is too long."), f"{len(note)} > {NOTE_MAX}"))
    if problems:
        raise Refused.of(problems)
    DutyHandOver.objects.filter(post=seat, taken_at=None).delete()
    try:
        with transaction.atomic():
            made = DutyHandOver.objects.create(
                post=seat,
                giver=giver,
                taker=taker,
                open_items=open_items(seat.unit),
                note=note.strip(),
                given_at=timezone.now(),
            )
    except IntegrityError as error:
        raise Conflict(
            _("This seat is being handed over at the same moment."),
            field="seat",
            value=str(seat),
            remedy=_("Look at the page again."),
        ) from error
    record(actor=_actor(giver), facts=[_fact("duty.given", made, items=len(made.open_items))])
    return made


@transaction.atomic
def take(*, hand_over: DutyHandOver, taker: User) -> list[Obligation]:
    """The one who comes signs; everything open of the seat carries the new name from now on.

    Returns what moved. Raises ``Refused`` for another person, and before the rights of the
    shift begin; ``Conflict`` when it was taken or replaced meanwhile.
    """
    if taker.pk != hand_over.taker_id:
        raise Refused(
            _("This record names somebody else."), field="taker", value=hand_over.taker.name
        )
    if not posts_held(taker).filter(pk=hand_over.post_id).exists():
        raise Refused(
            _("Your shift has not begun."),
            field="taker",
            value=taker.name,
            remedy=_("Sign from half an hour before it begins; or have the roster changed."),
        )
    won = DutyHandOver.objects.filter(pk=hand_over.pk, taken_at=None).update(
        taken_at=timezone.now()
    )
    if not won:
        raise Conflict(
            _("This hand-over is signed already, or was replaced."),
            field="hand_over",
            value=str(hand_over),
            remedy=_("Look at the page again."),
        )
    moved = _move(hand_over.post, taker)
    fact = _fact("duty.taken", hand_over, obligations=[str(o.ref) for o in moved])
    record(actor=_actor(taker), facts=[fact])
    append(_rows(moved, taker))
    return moved


def _move(seat: Post, taker: User) -> list[Obligation]:
    """Open obligations of ``seat`` get the name of ``taker``; each is compare-and-set.

    What the same alert already asks of ``taker`` there stays as it is: either answers both.
    """
    rows = list(
        Obligation.objects.open()
        .filter(post=seat)
        .exclude(person=taker)
        .select_related("alert")
        .order_by("pk")
    )
    own = Obligation.objects.filter(post=seat, person=taker, alert__in={o.alert_id for o in rows})
    there: set[tuple[object, ...]] = set(own.values_list("alert", "unit", "capacity", "kind"))
    moved = []
    for row in rows:
        slot = (row.alert_id, row.unit_id, row.capacity, row.kind)
        if row.alert_id is not None and slot in there:
            continue
        there.add(slot)
        mine = Obligation.objects.open().filter(pk=row.pk, person=row.person_id)
        if mine.update(person=taker):
            moved.append(row)
    return moved


def _rows(moved: Sequence[Obligation], taker: User) -> list[NewRow]:
    """Tell the new one's inbox, once per alert and without its text."""
    alerts: dict[int, Alert] = {o.alert.pk: o.alert for o in moved if o.alert is not None}
    return [
        NewRow(
            stream=Stream.Kind.PERSON,
            owner=taker.pk,
            kind="alert.handed_over",
            alert=alert,
            payload={"alert": str(alert.ref), "grade": alert.board_grade},
        )
        for _pk, alert in sorted(alerts.items())
    ]


def _may_sit(person: User, seat: Post) -> bool:
    return people_for(seat.unit).filter(pk=person.pk).exists()


def _problem(message: str, value: str) -> Problem:
    return Problem(field="taker", value=value, message=message, remedy=_("Choose who comes next."))


def _actor(person: User) -> Actor:
    return Actor(kind="person", ref=str(person.pk))


def _fact(verb: str, hand_over: DutyHandOver, **more: Any) -> Fact:
    return Fact(
        verb=verb,
        subject_kind="post",
        subject_ref=str(hand_over.post_id),
        body={
            "hand_over": str(hand_over.ref),
            "giver": hand_over.giver_id,
            "taker": hand_over.taker_id,
            **more,
        },
    )
