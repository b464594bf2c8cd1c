"""The plan: who must be told of an incident, in which capacity, by when, and why.

A plan is frozen into the alert that follows from it. ``as_json`` loses nothing,
and ``hash`` covers all of it, so that years later anybody can prove what the
rules said that minute.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from notifications.responsibility.words import Level, Owed

_TIMES = ("ack_due_at", "act_due_at", "read_due_at")


@dataclass(frozen=True, kw_only=True)
class PlanRow:
    """One capacity at one unit that must know, and the post that answers for it.

    ``unit`` is the unit whose duty it is; ``post_id`` belongs to a superior (or
    to the central school of a teaching point) when the slot climbed (or is
    inherited). ``also`` are further holders of the same post: they get the
    message, the obligation is one. ``person`` is None when nobody could be found;
    the row stays, so that whoever takes office answers. ``basis`` (and document,
    article) belong to the acknowledgement or reading, ``act_basis`` to the first
    action.
    """

    level: Level
    unit: int
    unit_code: str
    unit_name: str
    post_id: int | None
    post_type: str
    post_name: str
    capacity: str
    line: str
    owed: Owed
    person: int | None
    person_name: str
    also: tuple[int, ...]
    redacted: bool
    climbed_from: Mapping[str, str] | None
    why_zh: str
    why_en: str
    rules: tuple[str, ...]
    basis: str
    document: str
    article: str
    ack_due_at: datetime | None
    act_due_at: datetime | None
    read_due_at: datetime | None
    act_basis: str = "reminder"
    act_document: str = ""
    act_article: str = ""

    @property
    def due_at(self) -> datetime | None:
        """By when the first answer is owed (acknowledge, or read); None for a feed."""
        return self.ack_due_at or self.read_due_at

    def as_json(self) -> dict[str, Any]:
        return {
            **{name: getattr(self, name) for name in _PLAIN},
            "level": self.level.value,
            "owed": self.owed.name,
            "also": list(self.also),
            "rules": list(self.rules),
            "climbed_from": dict(self.climbed_from) if self.climbed_from else None,
            **{name: _iso(getattr(self, name)) for name in _TIMES},
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> PlanRow:
        """The row that ``as_json`` wrote."""
        return cls(
            **{
                **row,
                "level": Level(row["level"]),
                "owed": Owed[row["owed"]],
                "also": tuple(row["also"]),
                "rules": tuple(row["rules"]),
                **{name: _moment(row[name]) for name in _TIMES},
            }
        )


_SHAPED = {"level", "owed", "also", "rules", "climbed_from", *_TIMES}
_PLAIN = tuple(each.name for each in fields(PlanRow) if each.name not in _SHAPED)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something the plan noticed about the table: F-VAC, F-ABS, or the informational F-MERGED.

    ``detail`` says in a word where the slot went: the capacity that answers
    instead, "deputy" for a B角, "nobody".
    """

    code: str
    level: Level
    unit: int
    unit_code: str
    capacity: str
    post_type: str
    post_name: str
    detail: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"level": self.level.value}

    @classmethod
    def from_json(cls, finding: Mapping[str, Any]) -> Finding:
        return cls(**{**finding, "level": Level(finding["level"])})


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything that follows from one incident, one table, one rule book, at one moment."""

    grade: str
    hazards: tuple[str, ...]
    flags: tuple[str, ...]
    schools: tuple[str, ...]
    at: datetime
    rows: Sequence[PlanRow]
    findings: Sequence[Finding]
    table_id: int
    rules_id: int

    def as_json(self) -> dict[str, Any]:
        return {
            "grade": self.grade,
            "hazards": list(self.hazards),
            "flags": list(self.flags),
            "schools": list(self.schools),
            "at": _iso(self.at),
            "rows": [row.as_json() for row in self.rows],
            "findings": [finding.as_json() for finding in self.findings],
            "table_id": self.table_id,
            "rules_id": self.rules_id,
        }

    @property
    def named(self) -> tuple[int, ...]:
        """The people of every row that is not redacted: the readers of a sealed case."""
        rows = [row for row in self.rows if not row.redacted]
        people = {person for row in rows for person in (row.person, *row.also)}
        return tuple(sorted(person for person in people if person is not None))

    @classmethod
    def from_json(cls, plan: Mapping[str, Any]) -> Plan:
        """The plan that ``as_json`` wrote."""
        return cls(
            grade=plan["grade"],
            hazards=tuple(plan["hazards"]),
            flags=tuple(plan["flags"]),
            schools=tuple(plan["schools"]),
            at=datetime.fromisoformat(plan["at"]),
            rows=tuple(PlanRow.from_json(row) for row in plan["rows"]),
            findings=tuple(Finding.from_json(finding) for finding in plan["findings"]),
            table_id=plan["table_id"],
            rules_id=plan["rules_id"],
        )

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON (sorted keys, no spaces, UTF-8)."""
        text = json.dumps(self.as_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
