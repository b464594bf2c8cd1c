"""What a sheet comes to: its rows with their changes, questions and problems."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from safety.errors import Problem
from safety.home.offices.matching import Choice
from safety.home.offices.sheets.cells import Name
from safety.people.models import User
from safety.posts.fitting import Beginning
from safety.posts.models import Holding, Post
from safety.posts.tenure import NewEnd

WHO, OTHERS, HERE = "who", "others", "here"
LEAVES, KEEPS, REPLACES, BESIDE = "leaves", "keeps", "replaces", "beside"
HEADINGS = {
    "unit": "单位",
    "post": "岗位",
    "person": "新任职人",
    "phone": "手机",
    "starts": "起始日期",
    "note": "备注",
}


@dataclass(frozen=True, kw_only=True)
class Question:
    """Something that only a person can decide; ``chosen`` is "" while it is open."""

    key: str
    text: str
    choices: Sequence[Choice]
    chosen: str = ""


@dataclass(kw_only=True)
class Row:
    """One line of the sheet and what it comes to."""

    line: int
    texts: Mapping[str, str]
    post: Post | None = None
    person: User | None = None
    name: Name
    phone: str = ""
    starts_at: datetime | None = None
    kind: str = Holding.Kind.PRINCIPAL
    new_phone: bool = False
    says: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ends: list[Holding] = field(default_factory=list)
    begins: Beginning | None = None

    @property
    def is_new_person(self) -> bool:
        return self.person is not None and (self.person.pk or 0) < 0

    @property
    def is_open(self) -> bool:
        return any(not question.chosen for question in self.questions)

    @property
    def marked(self) -> list[tuple[str, Problem]]:
        """Each problem with the heading of its column."""
        return [(HEADINGS.get(p.field, ""), p) for p in self.problems]

    def wrong(self, column: str, value: str, message: str, remedy: str) -> None:
        self.problems.append(Problem(field=column, value=value, message=message, remedy=remedy))


@dataclass(frozen=True, kw_only=True)
class SheetPlan:
    rows: Sequence[Row]
    ends: Mapping[int, NewEnd]

    @property
    def wrong(self) -> int:
        return sum(bool(row.problems) for row in self.rows)

    @property
    def open(self) -> int:
        return sum(row.is_open for row in self.rows)

    @property
    def has_questions(self) -> bool:
        return any(row.questions for row in self.rows)

    @property
    def changes(self) -> int:
        return sum(bool(row.begins or row.ends) for row in self.rows)

    @property
    def may_be_applied(self) -> bool:
        return not self.wrong and not self.open and bool(self.changes)

    @property
    def newcomers(self) -> list[User]:
        """People without an account, once each, with a negative id until they are made."""
        found = {r.person.pk: r.person for r in self.rows if r.person and r.is_new_person}
        return list(found.values())

    @property
    def digest(self) -> str:
        told: list[Any] = [
            [
                row.line,
                row.post.pk if row.post else None,
                row.person.username if row.is_new_person and row.person else None,
                row.person.pk if row.person and not row.is_new_person else None,
                str(row.kind),
                row.starts_at.isoformat() if row.starts_at else None,
                sorted([h.pk, h.ends_at.isoformat() if h.ends_at else None] for h in row.ends),
                bool(row.begins),
                len(row.problems),
                [[q.key, q.chosen] for q in row.questions],
            ]
            for row in self.rows
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]
