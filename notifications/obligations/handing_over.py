"""Nothing open is ever without a holder: what a post owes follows whoever holds it.

``settle`` looks at every open obligation whose person no longer answers for its post
and gives it to the successor; where there is none it climbs by the table, and comes
back when the post is filled. It runs inside the action that changes a holding, and in
the dispatcher when a holding begins or ends by the clock. Posts with a duty roster are
left alone: there the seat owes, whoever sits in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from notifications.delivery.boards import board_rows
from notifications.delivery.streams import NewRow, append
from notifications.handing.models import HandedItem, HandOver
from notifications.models import Alert, Obligation, Stream
from notifications.obligations.moves import Move, Settling, passed_on
from safety.ledger.actions import SYSTEM, Actor, Fact, record
from safety.posts.access import rights_revision, rights_state
from safety.posts.selectors import holders_of

VERB = "obligations.handed_over"


@transaction.atomic
def settle(
    *, posts: Collection[int] | None = None, actor: Actor = SYSTEM, now: datetime | None = None
) -> list[HandOver]:
    """Hand over whatever nobody answers for who is named for it; return the notes.

    ``posts`` limits it to what these posts owe or gave away. Call it last in a
    transaction: it takes stream numbers. Repeating it changes nothing.
    """
    moment = now or timezone.now()
    moves = Settling(moment).moves(posts)
    return _hand_over(moves, actor, moment)


def _hand_over(moves: Sequence[Move], actor: Actor, now: datetime) -> list[HandOver]:
    won: dict[tuple[object, ...], list[Move]] = defaultdict(list)
    for move in sorted(moves, key=lambda one: one.obligation.pk):
        if _win(move):
            won[move.key].append(move)
    notes = [_note(moved, now) for moved in won.values()]
    if notes:
        record(
            actor=actor, facts=[_fact(note, won[key]) for note, key in zip(notes, won, strict=True)]
        )
        append(_rows(notes, won))
    return notes


def _win(move: Move) -> bool:
    """Compare-and-set: an answer, or another settling, may have been quicker."""
    o = move.obligation
    values: dict[str, object] = {"post": move.post, "person": move.person}
    if move.why == HandOver.Why.CLIMBED:
        kind = o.post.kind if o.post is not None else ""
        values["climbed_from"] = o.climbed_from or f"{o.capacity}:{kind}:vacant"
    elif move.why == HandOver.Why.RETURNED:
        values["climbed_from"] = _before_climbing(o)
    rows = Obligation.objects.open().filter(pk=o.pk, post=o.post_id, person=o.person_id)
    return bool(rows.update(**values))


def _before_climbing(o: Obligation) -> str:
    items = HandedItem.objects.filter(obligation=o, hand_over__why=HandOver.Why.CLIMBED)
    last = items.order_by("-pk").first()
    return str(last.before.get("climbed_from", "")) if last else ""


def _note(moved: Sequence[Move], now: datetime) -> HandOver:
    first = moved[0]
    note = HandOver.objects.create(
        post_id=first.obligation.post_id,
        to_post=first.post,
        giver_id=first.obligation.person_id,
        taker_id=first.person,
        why=first.why,
        made_at=now,
    )
    HandedItem.objects.bulk_create(
        [
            HandedItem(
                hand_over=note,
                obligation=move.obligation,
                before={
                    "post": move.obligation.post_id,
                    "person": move.obligation.person_id,
                    "climbed_from": move.obligation.climbed_from,
                },
            )
            for move in moved
        ]
    )
    return note


def _fact(note: HandOver, moved: Sequence[Move]) -> Fact:
    return Fact(
        verb=VERB,
        subject_kind="post",
        subject_ref=str(note.post_id or ""),
        body={
            "hand_over": str(note.ref),
            "why": str(note.why),
            "to_post": note.to_post_id,
            "giver": note.giver_id,
            "taker": note.taker_id,
            "obligations": [str(move.obligation.ref) for move in moved],
        },
    )


def _rows(
    notes: Sequence[HandOver], won: Mapping[tuple[object, ...], Sequence[Move]]
) -> list[NewRow]:
    """Tell both people, and the boards of every alert: no name and no text, as everywhere."""
    rows = [
        NewRow(
            stream=Stream.Kind.PERSON,
            owner=person,
            kind="obligations.handed_over",
            payload={"hand_over": str(note.ref), "why": str(note.why), "items": len(moved)},
        )
        for note, moved in zip(notes, won.values(), strict=True)
        for person in (note.giver_id, note.taker_id)
        if person is not None
    ]
    said: dict[int, list[list[str]]] = defaultdict(list)
    for moved in won.values():
        for o in (move.obligation for move in moved):
            if o.alert_id is not None:
                said[o.alert_id].append([o.level, o.capacity, o.kind])
    for pk, alert in sorted(Alert.objects.in_bulk(said).items()):
        rows += board_rows(alert, kind="alert.handed_over", said={"handed": said[pk]})
    return rows


def unanswerable(now: datetime, *, posts: Collection[int] | None = None) -> QuerySet[Obligation]:
    """Open obligations that nobody at all can answer at ``now``: to be handed over."""
    open_rows = passed_on()
    if posts is not None:
        open_rows = open_rows.filter(post__in=posts)
    owed = set(open_rows.exclude(post=None).order_by().values_list("post", flat=True).distinct())
    held = holders_of(owed, now)
    empty = [post for post in owed if not any(one.can_answer for one in held.get(post, ()))]
    return open_rows.filter(Q(post__in=empty) | Q(post=None))


class Settler:
    """Settles when a holding, leave or shift changed, or began or ended by the clock."""

    def __init__(self) -> None:
        self._revision = -1
        self._next: datetime | None = None

    def run(self) -> list[HandOver]:
        """One cheap question as long as nothing changed."""
        now = timezone.now()
        if rights_revision() == self._revision and (self._next is None or now < self._next):
            return []
        revision, moment = rights_state()
        notes = settle()
        self._revision, self._next = revision, moment
        return notes
