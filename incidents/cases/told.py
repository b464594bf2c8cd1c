"""Who was told of an incident, in which capacity, why, and how each of them answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from notifications.models import Alert, Obligation
from notifications.words import (
    acknowledge_word,
    basis_words,
    capacity_words,
    done_word,
    in_language,
    level_word,
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
    why: str
    climbed: bool
    owed: list[Owed] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class LevelTold:
    """One floor. ``basis`` is said once for all its clocks; "" where they differ."""

    level: str
    slots: list[Slot]
    copied: list[str]
    basis: str


def told(alert: Alert | None, obligations: Sequence[Obligation]) -> list[LevelTold]:
    """Everybody addressed, floor by floor; capacities that only get a copy by name alone."""
    if alert is None:
        return []
    words = capacity_words()
    slots: dict[tuple[object, ...], tuple[str, Slot]] = {}
    for o in obligations:
        if o.kind == Obligation.Kind.REPORT_UPWARD:
            continue
        key = (o.unit_id, o.capacity, o.post_id, o.person_id)
        if key not in slots:
            slots[key] = (o.level, _slot(o, words.get(o.capacity, o.capacity)))
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
    )


def _slot(o: Obligation, capacity: str) -> Slot:
    return Slot(
        unit=o.unit.label,
        capacity=capacity,
        post=o.post.name if o.post else "",
        person=o.person.name if o.person else "",
        why=in_language(o.why),
        climbed=bool(o.climbed_from),
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
