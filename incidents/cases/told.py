"""Who was told of an incident, in which capacity, why, and how each of them answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from notifications.models import Alert, Obligation
from notifications.obligations.verbs import TICKED
from notifications.words import (
    acknowledge_word,
    basis_words,
    capacity_words,
    done_word,
    in_language,
    level_word,
    reason_of_another,
)

LEVELS = ("school", "district", "city")


@dataclass(frozen=True, kw_only=True)
class Owed:
    """One obligation of a slot: what it is called, its clock, and how it was met."""

    word: str
    obligation: Obligation
    basis: str
    verb: str


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One capacity of one unit, with the post and person that answer for it."""

    unit: str
    capacity: str
    post: str
    person: str
    is_double: bool
    why: str
    climbed: bool
    is_own: bool
    owed: list[Owed] = field(default_factory=list)

    @property
    def is_answered(self) -> bool:
        return not any(o.obligation.is_open and o.obligation.kind in TICKED for o in self.owed)


@dataclass(frozen=True, kw_only=True)
class LevelTold:
    """One floor. ``basis`` is said once for all its clocks; "" where they differ.

    ``is_own``: a post of the reader is among those told here.
    """

    level: str
    slots: list[Slot]
    copied: list[str]
    basis: str
    is_own: bool

    @property
    def answered(self) -> int:
        """How many slots have signed for it, or noted it."""
        return sum(slot.is_answered for slot in self.slots)


def told(
    alert: Alert | None, obligations: Sequence[Obligation], *, own: Collection[int] = ()
) -> list[LevelTold]:
    """Everybody addressed, floor by floor; capacities that only get a copy by name alone.

    ``own`` are the reader's posts: only there a reason says "you".
    """
    if alert is None:
        return []
    words = capacity_words()
    slots: dict[tuple[object, ...], tuple[str, Slot]] = {}
    held = {
        (o.unit_id, o.capacity, o.post_id, o.person_id) for o in obligations if not _is_upward(o)
    }
    times = Counter(slot[-1] for slot in held)
    for o in obligations:
        if _is_upward(o):
            continue
        key = (o.unit_id, o.capacity, o.post_id, o.person_id)
        if key not in slots:
            slot = _slot(
                o, words.get(o.capacity, o.capacity), own, is_double=times[o.person_id] > 1
            )
            slots[key] = (o.level, slot)
        slots[key][1].owed.append(_owed(o))
    return [
        floor
        for level in LEVELS
        if (floor := _floor(alert, level, [s for at, s in slots.values() if at == level], words))
    ]


def _floor(alert: Alert, level: str, slots: list[Slot], words: dict[str, str]) -> LevelTold | None:
    copied = _copied(alert, level, words)
    if not slots and not copied:
        return None
    bases = {owed.basis for slot in slots for owed in slot.owed}
    return LevelTold(
        level=level_word(level),
        slots=slots,
        copied=copied,
        basis=bases.pop() if len(bases) == 1 else "",
        is_own=any(slot.is_own for slot in slots),
    )


def _is_upward(o: Obligation) -> bool:
    return o.kind == Obligation.Kind.REPORT_UPWARD


def _slot(o: Obligation, capacity: str, own: Collection[int], *, is_double: bool) -> Slot:
    return Slot(
        unit=o.unit.label,
        capacity=capacity,
        post=o.post.name if o.post else "",
        person=o.person.name if o.person else "",
        is_double=o.person is not None and is_double,
        why=in_language(o.why) if o.post_id in own else reason_of_another(o.why),
        climbed=bool(o.climbed_from),
        is_own=o.post_id in own,
    )


def _owed(o: Obligation) -> Owed:
    if o.kind == Obligation.Kind.FIRST_ACTION:
        word = str(o.get_kind_display())
    else:
        word = acknowledge_word(o.capacity, o.kind)
    return Owed(
        word=word,
        obligation=o,
        basis=basis_words(o),
        verb=done_word(o.met_verb) if o.met_verb else "",
    )


def _copied(alert: Alert, level: str, words: dict[str, str]) -> list[str]:
    """Capacities that see it on the board only (抄告): no obligation, no clock."""
    return [
        f"{row['unit_name']} {words.get(row['capacity'], row['capacity'])}"
        for row in alert.plan["rows"]
        if row["level"] == level and row["owed"] == "FEED"
    ]
