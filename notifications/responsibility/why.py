"""One sentence for each person: why you (为什么找您)."""

from __future__ import annotations

from collections.abc import Sequence

from notifications.responsibility.case import Case, Claim, Slot
from notifications.responsibility.climb import Filled
from notifications.responsibility.lines import DEPUTY, SECTION
from notifications.responsibility.offices import HOLDER
from notifications.responsibility.rules import Words
from notifications.responsibility.school import DIRECT, LINE_DEPUTY

_BY_HAZARD = (DIRECT, LINE_DEPUTY)


def why(case: Case, row: Filled, *, masked: bool) -> Words:
    """Why this row is addressed to its person; ``masked`` names neither hazard nor school."""
    if row.superior:
        return _stand_in(case, "climbed", row)
    if row.held.how not in ("", HOLDER):
        return _stand_in(case, "stand_in", row)
    if row.slot.seat.from_central:
        return case.rules.why["inherited"]
    return _reason(case, row.slot, masked=masked)


def _stand_in(case: Case, name: str, row: Filled) -> Words:
    sentence = case.rules.why[name]
    reason = case.rules.why[row.wrong]
    seat = row.slot.seat
    kind = case.rules.post_types.get(seat.post_type)
    name_en = kind.words.en if kind else case.rules.capacities[row.slot.capacity].words.en
    return Words(
        zh=sentence.zh.format(post=seat.post_name, reason=reason.zh),
        en=sentence.en.format(post=name_en, reason=reason.en),
    )


def _reason(case: Case, slot: Slot, *, masked: bool) -> Words:
    rules = case.rules
    if slot.capacity in (SECTION, DEPUTY):
        if masked:
            return rules.why["masked"]
        kind = slot.claims[0].kind
        name = kind if slot.capacity == SECTION else f"deputy_{kind}"
        return _about(rules.why[name], _things(slot.claims, kind))
    if slot.capacity in _BY_HAZARD:
        if masked:
            return rules.why["masked"]
        hazards = list(dict.fromkeys(case.asked.hazards))
        return _about(rules.why[slot.capacity], [rules.hazards[code].words for code in hazards])
    return rules.why[slot.capacity]


def _things(claims: Sequence[Claim], kind: str) -> list[Words]:
    return list(dict.fromkeys(claim.words for claim in claims if claim.kind == kind))


def _about(sentence: Words, things: Sequence[Words]) -> Words:
    return Words(
        zh=sentence.zh.format(thing="、".join(thing.zh for thing in things)),
        en=sentence.en.format(thing=" and ".join(thing.en for thing in things)),
    )
