"""Turn a filled slot into the row of the plan: clocks, redaction, words, trace."""

from __future__ import annotations

from typing import Any

from notifications.responsibility.case import Case
from notifications.responsibility.climb import Filled
from notifications.responsibility.deadlines import Due
from notifications.responsibility.offices import Clearance
from notifications.responsibility.plan import PlanRow
from notifications.responsibility.why import why
from notifications.responsibility.words import Owed


def plan_row(case: Case, row: Filled, clearance: Clearance) -> PlanRow:
    slot, held = row.slot, row.held
    privacy = case.rules.privacy(case.asked.hazards)
    redacted = privacy != "open" and not _is_cleared(row, clearance)
    words = why(case, row, masked=redacted and privacy == "sealed")
    entry = row.entry
    return PlanRow(
        level=slot.unit.level,
        unit=slot.unit.id,
        unit_code=slot.unit.code,
        unit_name=slot.unit.name,
        post_id=entry.post if entry else None,
        post_type=entry.post_type if entry else slot.seat.post_type,
        post_name=entry.post_name if entry else slot.seat.post_name,
        capacity=slot.capacity,
        line=case.rules.capacities[slot.capacity].line,
        owed=row.owed,
        person=held.person,
        person_name=case.facts.people[held.person] if held.person is not None else "",
        also=held.also,
        redacted=redacted,
        climbed_from=_climbed_from(case, row),
        why_zh=words.zh,
        why_en=words.en,
        rules=tuple(dict.fromkeys([*slot.rules, *row.rules])),
        **_clocks(case, row),
    )


def _is_cleared(row: Filled, clearance: Clearance) -> bool:
    """Whether everybody who gets this row may read restricted text of its unit."""
    people = [p for p in (row.held.person, *row.held.also) if p is not None]
    path = row.slot.unit.path
    return bool(people) and all(clearance.covers(person, path) for person in people)


def _climbed_from(case: Case, row: Filled) -> dict[str, str] | None:
    if not row.superior:
        return None
    return {
        "capacity": row.slot.capacity,
        "post_type": row.slot.seat.post_type,
        "post": row.slot.seat.post_name,
        "reason": row.wrong,
        "reason_zh": case.rules.why[row.wrong].zh,
    }


def _clocks(case: Case, row: Filled) -> dict[str, Any]:
    grade, at, clocks = case.asked.grade, case.asked.at, case.rules.clocks
    times: dict[str, Any] = {"ack_due_at": None, "act_due_at": None, "read_due_at": None}
    answer: Due | None = None
    if row.owed == Owed.READ:
        answer = clocks.read(at)
        times["read_due_at"] = answer.at
    elif row.owed >= Owed.ACK:
        answer = _acknowledge(case, row)
        times["ack_due_at"] = answer.at
    if row.owed == Owed.ACT:
        action = clocks.first_action(grade, at)
        times |= {
            "act_due_at": action.at,
            "act_basis": action.basis,
            "act_document": action.document,
            "act_article": action.article,
        }
    return {
        "basis": answer.basis if answer else "reminder",
        "document": answer.document if answer else "",
        "article": answer.article if answer else "",
        **times,
    }


def _acknowledge(case: Case, row: Filled) -> Due:
    """The clock of the capacity; for a climbed row the shorter of it and the superior's."""
    grade, at, clocks = case.asked.grade, case.asked.at, case.rules.clocks
    owed = clocks.acknowledge(row.slot.capacity, grade, at)
    if not row.superior:
        return owed
    return min(owed, clocks.acknowledge(row.superior, grade, at), key=lambda due: due.at)
