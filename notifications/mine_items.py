"""What one capacity owes for one alert, in words and with its buttons.

Shapes rows that are already loaded; asks the database nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from notifications.access import Sight
from notifications.models import Alert, Obligation
from notifications.obligations.verbs import ACTED, TICKED, needs_note, verbs_for
from notifications.words import (
    acknowledge_word,
    basis_word,
    basis_words,
    capacities_in_words,
    done_word,
    in_language,
    joined,
    shared_acknowledge_word,
    verb_word,
)


@dataclass(frozen=True, kw_only=True)
class Button:
    """What the reader may acknowledge with one button, in which capacities."""

    refs: Sequence[UUID]
    capacities: str
    verb: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row of an item: what is owed, by when and on what basis, or how it was answered."""

    obligation: Obligation
    word: str
    basis: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class Item:
    """What one capacity owes for one alert, with the verbs that belong to it.

    ``tick`` is what its acknowledging button answers, ``verbs`` the first
    actions that may be recorded for ``acted``; both empty once that is done.
    """

    capacity: str
    unit: str
    line: str
    why: str
    rows: Sequence[Line]
    is_late: bool
    tick: Sequence[UUID]
    tick_word: str
    acted: Sequence[UUID]
    verbs: Sequence[tuple[str, str, bool]]
    upward_url: str = ""

    @property
    def is_business(self) -> bool:
        return self.line == "business"


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why this reader; ``capacities`` is "" where one reason stands for everything."""

    capacities: str
    text: str


def reasons_of(items: Sequence[Item]) -> list[Reason]:
    """Each reason once; its capacities are named where there are several."""
    found: dict[str, list[str]] = defaultdict(list)
    for item in items:
        if item.why:
            found[item.why].append(item.capacity)
    return [
        Reason(capacities=joined(capacities) if len(found) > 1 else "", text=text)
        for text, capacities in found.items()
    ]


def items_of(
    alert: Alert,
    rows: Sequence[Obligation],
    *,
    sight: Sight,
    words: Mapping[str, str],
    now: datetime,
    upward_url: str = "",
) -> list[Item]:
    """One item for each capacity in which ``rows`` of ``alert`` are owed; each is in exactly one.

    Whoever took the post over after a sealed case reads no reason that told its holder more.
    """
    slots: dict[tuple[object, ...], list[Obligation]] = defaultdict(list)
    for o in rows:
        slots[o.unit_id, o.capacity, o.post_id, o.person_id].append(o)
    told = {o.pk: sight.may_tell(o, alert) for o in rows}
    why_hidden = sight.hides_posts(alert)
    return [
        _item(
            slot,
            words=words,
            now=now,
            told=told,
            why_hidden=why_hidden,
            upward_url=upward_url,
        )
        for slot in slots.values()
    ]


def _item(
    rows: Sequence[Obligation],
    *,
    words: Mapping[str, str],
    now: datetime,
    told: Mapping[int, bool],
    why_hidden: bool,
    upward_url: str,
) -> Item:
    first, still = rows[0], [o for o in rows if o.is_open]
    tick = [o for o in still if o.kind in TICKED]
    acted = [o for o in still if o.kind in ACTED]
    upward = [o for o in still if o.kind == Obligation.Kind.REPORT_UPWARD and told[o.pk]]
    reasons = [
        in_language(o.why)
        for o in rows
        if o.kind != Obligation.Kind.REPORT_UPWARD and (o.redacted or not why_hidden)
    ]
    return Item(
        capacity=words.get(first.capacity, first.capacity),
        unit=first.unit.label,
        line=first.line,
        why=next(iter(reasons), ""),
        rows=[_line(o, told=told[o.pk]) for o in rows],
        is_late=any(o.due_at is not None and o.due_at <= now for o in still),
        tick=[o.ref for o in tick],
        tick_word=acknowledge_word(first.capacity, tick[0].kind) if tick else "",
        acted=[o.ref for o in acted],
        verbs=[(verb, verb_word(verb), needs_note(verb)) for verb in verbs_for(first.capacity)]
        if acted
        else [],
        upward_url=upward_url if upward else "",
    )


def _line(o: Obligation, *, told: bool) -> Line:
    if not told:
        return Line(
            obligation=o,
            word=_("Report upward"),
            basis=basis_word(o.basis),
            answer=answer_word(o),
        )
    if o.kind == Obligation.Kind.REPORT_UPWARD:
        word = _("Report to %(who)s") % {"who": in_language(o.why)}
    elif o.kind == Obligation.Kind.FIRST_ACTION:
        word = _("First action")
    else:
        word = acknowledge_word(o.capacity, o.kind)
    return Line(obligation=o, word=word, basis=basis_words(o), answer=answer_word(o))


def answer_word(o: Obligation) -> str:
    """How a met obligation was answered, in one word; "" while it is open."""
    if o.is_open:
        return ""
    if o.kind == Obligation.Kind.REPORT_UPWARD:
        return _("reported upward")
    return done_word(o.met_verb) if o.met_verb else acknowledge_word(o.capacity, o.kind)


def one_button(rows: Sequence[Obligation], words: Mapping[str, str]) -> Button | None:
    """One button for everything among ``rows`` that is open to be acknowledged or noted."""
    tickable = [o for o in rows if o.is_open and o.kind in TICKED]
    if not tickable:
        return None
    return Button(
        refs=[o.ref for o in tickable],
        capacities=capacities_in_words(tickable, words),
        verb=shared_acknowledge_word(tickable),
    )


def joint(rows: Sequence[Obligation], words: Mapping[str, str]) -> Button | None:
    """One button for several capacities; ``None`` where there is one, which has its own."""
    capacities = {o.capacity for o in rows if o.is_open and o.kind in TICKED}
    return one_button(rows, words) if len(capacities) > 1 else None
