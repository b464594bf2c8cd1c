"""Nothing open is ever without a holder: what a post owes follows whoever holds it.

``settle`` looks at every open obligation whose person no longer answers for its post
and gives it to the successor; where there is none it climbs by the table, and comes
back when the post is filled. It runs inside the action that changes a holding, and in
the dispatcher when a holding begins or ends by the clock. Posts with a duty roster are
left alone: there the seat owes, whoever sits in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from notifications.delivery.boards import board_rows
from notifications.delivery.streams import NewRow, append
from notifications.handing.models import HandedItem, HandOver
from notifications.models import Alert, Obligation, Stream
from notifications.obligations.kinds import personal_kinds
from notifications.obligations.superiors import Superiors
from safety.ledger.actions import SYSTEM, Actor, Fact, record
from safety.posts.access import rights_revision, rights_state
from safety.posts.models import Holding, Post
from safety.posts.seats import rostered
from safety.posts.selectors import Held, first_to_answer, holders_of

VERB = "obligations.handed_over"


@dataclass(frozen=True, kw_only=True)
class Move:
    """One obligation and where it goes. Without a person it waits to be handed over."""

    obligation: Obligation
    post: Post | None
    person: int | None
    why: str

    @property
    def key(self) -> tuple[int | None, int | None, int | None, int | None, str]:
        """What makes one note: from post and person, to post and person."""
        o, to = self.obligation, self.post
        return (o.post_id, to.pk if to else None, o.person_id, self.person, self.why)


@transaction.atomic
def settle(
    *, posts: Collection[int] | None = None, actor: Actor = SYSTEM, now: datetime | None = None
) -> list[HandOver]:
    """Hand over whatever nobody answers for who is named for it; return the notes.

    ``posts`` limits it to what these posts owe or gave away. Call it last in a
    transaction: it takes stream numbers. Repeating it changes nothing.
    """
    moment = now or timezone.now()
    moves = _Settling(moment).moves(posts)
    return _hand_over(moves, actor, moment)


def stranded(moment: datetime) -> QuerySet[Obligation]:
    """Open obligations whose person does not hold their post now; others need no look."""
    fine = Holding.objects.at(moment).filter(
        post=OuterRef("post"), person=OuterRef("person"), person__is_active=True
    )
    return _passed_on().filter(~Exists(fine))


def _passed_on() -> QuerySet[Obligation]:
    """What is open and follows its post; a pledge binds whoever is to sign it."""
    return Obligation.objects.open().exclude(kind__in=personal_kinds())


class _Settling:
    """Finds the moves of one moment."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment
        self._held: dict[int, list[Held]] = {}
        self._taken: set[tuple[object, ...]] = set()

    def moves(self, posts: Collection[int] | None) -> list[Move]:
        backs = self._backs(posts)
        gone = {move.obligation.pk for move in backs}
        rows = stranded(self._moment)
        if posts is not None:
            rows = rows.filter(post__in=posts)
        found = [o for o in rows.select_related("post__unit", "unit", "alert") if o.pk not in gone]
        on_roster = rostered([o.post_id for o in found if o.post_id], at=self._moment)
        open_rows = [o for o in found if o.post_id not in on_roster]
        self._look_up(o.post_id for o in open_rows)
        self._know_slots(open_rows)
        superiors = Superiors(open_rows)
        moves = [move for o in open_rows if (move := self._move(o, superiors)) is not None]
        return [*backs, *moves]

    def _look_up(self, posts: Iterable[int | None]) -> None:
        wanted = {post for post in posts if post is not None} - self._held.keys()
        if wanted:
            self._held |= {post: [] for post in wanted} | holders_of(wanted, self._moment)

    def _know_slots(self, rows: Sequence[Obligation]) -> None:
        """Which slots of the same alerts exist: nobody owes one thing twice."""
        alerts = {o.alert_id for o in rows if o.alert_id is not None}
        self._taken |= {
            (*slot,)
            for slot in Obligation.objects.filter(alert__in=alerts).values_list(
                "alert", "unit", "capacity", "kind", "post", "person"
            )
        }

    def _move(self, o: Obligation, superiors: Superiors) -> Move | None:
        held = self._held.get(o.post_id or 0, [])
        if any(one.person.pk == o.person_id and one.can_answer for one in held):
            return None
        delegable = superiors.delegable(o.capacity, o.alert.grade if o.alert else "")
        taker = first_to_answer(one for one in held if delegable or one.is_holder)
        if taker is None and held:
            taker = first_to_answer(held)
        if taker is not None:
            return self._to(o, o.post, taker.person.pk, HandOver.Why.SUCCESSOR)
        above = list(superiors.of(o))
        self._look_up(post.pk for post in above)
        for is_wanted in (lambda one: one.is_present, lambda one: one.can_answer):
            for post in above:
                one = first_to_answer(h for h in self._held[post.pk] if is_wanted(h))
                move = one and self._to(o, post, one.person.pk, HandOver.Why.CLIMBED)
                if move:
                    return move
        if o.person_id is None:
            return None  # waits already
        return self._to(o, o.post, None, HandOver.Why.NOBODY)

    def _to(self, o: Obligation, post: Post | None, person: int | None, why: str) -> Move | None:
        """The move, unless that place owes the same thing for the same alert already."""
        place = (o.alert_id, o.unit_id, o.capacity, o.kind, post.pk if post else None, person)
        if o.alert_id is not None and place in self._taken:
            return None
        self._taken.add(place)
        return Move(obligation=o, post=post, person=person, why=why)

    def _backs(self, posts: Collection[int] | None) -> list[Move]:
        """What superiors took over from posts that somebody holds again."""
        notes = HandedItem.objects.filter(
            hand_over__why=HandOver.Why.CLIMBED, obligation__state=Obligation.State.OPEN
        )
        if posts is not None:
            notes = notes.filter(hand_over__post__in=posts)
        last: dict[int, HandedItem] = {}
        rows = notes.select_related(
            "hand_over__post__unit", "obligation__post", "obligation__unit", "obligation__alert"
        )
        for item in rows.order_by("pk"):
            last[item.obligation_id] = item
        still = {
            pk: item
            for pk, item in last.items()
            if item.obligation.post_id == item.hand_over.to_post_id
        }
        self._look_up(item.hand_over.post_id for item in still.values())
        self._know_slots([item.obligation for item in still.values()])
        found = []
        for item in still.values():
            home = item.hand_over.post
            taker = first_to_answer(self._held.get(home.pk, ())) if home else None
            if home is None or taker is None:
                continue
            move = self._to(item.obligation, home, taker.person.pk, HandOver.Why.RETURNED)
            if move:
                found.append(move)
        return found


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
    open_rows = _passed_on()
    if posts is not None:
        open_rows = open_rows.filter(post__in=posts)
    owed = set(open_rows.exclude(post=None).values_list("post", flat=True))
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
