"""Which open obligations pass on at a moment, and to whom: the successor, or up by the table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from notifications.handing.models import HandedItem, HandOver
from notifications.models import Obligation
from notifications.obligations.kinds import personal_kinds
from notifications.obligations.superiors import Superiors
from safety.posts.models import Holding, Post
from safety.posts.seats import rostered
from safety.posts.selectors import Held, first_to_answer, holders_of


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


def stranded(moment: datetime) -> QuerySet[Obligation]:
    """Open obligations whose person does not hold their post now; others need no look."""
    fine = Holding.objects.at(moment).filter(
        post=OuterRef("post"), person=OuterRef("person"), person__is_active=True
    )
    return passed_on().filter(~Exists(fine))


def passed_on() -> QuerySet[Obligation]:
    """What is open and follows its post; a pledge binds whoever is to sign it."""
    return Obligation.objects.open().exclude(kind__in=personal_kinds())


class Settling:
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
        takers = [(post, first_to_answer(self._held[post.pk])) for post in above]
        # Whoever is there goes before whoever is nearer but away.
        for post, one in sorted(takers, key=lambda pair: not (pair[1] and pair[1].is_present)):
            move = self._to(o, post, one.person.pk, HandOver.Why.CLIMBED) if one else None
            if move is not None:
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
