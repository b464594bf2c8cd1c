"""A plan as one JSON document: what ``manage.py resolve --json`` and the API both say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from notifications.responsibility.plan import Plan, PlanRow
from notifications.snapshot import Snapshot
from safety.people.models import User


def plan_document(known: Snapshot, plan: Plan, *, withheld: bool = False) -> dict[str, Any]:
    """Everything of ``plan``; ``withheld`` leaves out who the people are (and what proves it)."""
    names = {} if withheld else _usernames(plan)
    return {
        "grade": plan.grade,
        "privacy": known.privacy(plan.hazards),
        "at": plan.at.isoformat(),
        "schools": list(plan.schools),
        "hazards": list(plan.hazards),
        "flags": list(plan.flags),
        "obligations": [_row(row, plan.at, names, withheld=withheld) for row in plan.rows],
        "findings": [finding.as_json() for finding in plan.findings],
        "table": plan.table_id,
        "rules": plan.rules_id,
        "hash": "" if withheld else plan.hash,
    }


def _usernames(plan: Plan) -> dict[int, str]:
    people = {row.person for row in plan.rows if row.person is not None}
    return dict(User.objects.filter(pk__in=people).values_list("pk", "username"))


def _row(row: PlanRow, at: datetime, names: Mapping[int, str], *, withheld: bool) -> dict[str, Any]:
    return {
        "level": row.level.value,
        "unit": row.unit_code,
        "unit_name": row.unit_name,
        "post": row.post_type,
        "post_name": row.post_name,
        "post_id": row.post_id,
        "capacity": row.capacity,
        "line": row.line,
        "obligation": row.owed.name,
        "person": names.get(row.person) if row.person is not None else None,
        "person_name": "" if withheld else row.person_name,
        "also": [] if withheld else list(row.also),
        "due_minutes": minutes_until(row.due_at, at),
        "due_at": row.due_at.isoformat() if row.due_at else None,
        "action_due_minutes": minutes_until(row.act_due_at, at),
        "basis": row.basis,
        "document": row.document,
        "article": row.article,
        "climbed_from": row.climbed_from,
        "rule": "; ".join(row.rules),
        "redacted": row.redacted,
        "why_zh": row.why_zh,
        "why_en": row.why_en,
    }


def minutes_until(due_at: datetime | None, at: datetime) -> int | None:
    return round((due_at - at).total_seconds() / 60) if due_at else None
