"""A foreseen plan as a page shows it: person by person, with the rule behind each row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.cases import clocks
from notifications.obligations.upward import offices
from notifications.plan_document import minutes_until
from notifications.responsibility.plan import Finding, PlanRow
from notifications.responsibility.words import Owed
from notifications.words import (
    basis_word,
    capacity_words,
    in_language,
    is_chinese,
    joined,
    level_word,
    line_word,
    reason_of_another,
)
from safety.home.what_if.access import callable_paths
from safety.home.what_if.foresight import Foreseen
from safety.people.models import User
from safety.posts.access import Viewer

OWED_WORDS = {
    Owed.ACT: gettext_lazy("sign and act"),
    Owed.ACK: gettext_lazy("sign"),
    Owed.READ: gettext_lazy("read"),
    Owed.FEED: gettext_lazy("copy on the board"),
}
_CODES = {
    "F-VAC": gettext_lazy("vacant post"),
    "F-ABS": gettext_lazy("absent, no stand-in"),
    "F-MERGED": gettext_lazy("one section stands for both lines"),
}


@dataclass(frozen=True, kw_only=True)
class OwedLine:
    """One capacity: what is owed, by when, why, and by which rule."""

    capacity: str
    post: str
    unit: str
    line: str
    owed: str
    strength: str
    due_at: datetime | None
    due_minutes: int | None
    act_due_at: datetime | None
    act_minutes: int | None
    basis: str
    why: str
    rules: Sequence[str]
    climbed: str
    is_redacted: bool


@dataclass(frozen=True, kw_only=True)
class PersonLines:
    """Whoever would be told, with every capacity at this level. No name: vacant, or withheld."""

    name: str
    phone: str
    is_vacant: bool
    lines: Sequence[OwedLine]


@dataclass(frozen=True, kw_only=True)
class LevelPlan:
    word: str
    unit: str
    people: Sequence[PersonLines]


@dataclass(frozen=True, kw_only=True)
class UpwardLine:
    level: str
    receiver: str
    who: str
    due_at: datetime
    minutes: int | None
    basis: str


@dataclass(frozen=True, kw_only=True)
class FindingLine:
    word: str
    where: str
    capacity: str
    detail: str


def levels_of(foreseen: Foreseen, user: Viewer) -> list[LevelPlan]:
    """The plan by level and person, in its own order."""
    return _Shaper.of(foreseen, user).levels()


@dataclass(frozen=True, kw_only=True)
class _Shaper:
    foreseen: Foreseen
    words: Mapping[str, str]
    phones: Mapping[int, str]
    paths: Mapping[int, str]
    reach: tuple[str, ...]

    @classmethod
    def of(cls, foreseen: Foreseen, user: Viewer) -> _Shaper:
        people = {row.person for row in foreseen.plan.rows if row.person is not None}
        phones = User.objects.filter(pk__in=() if foreseen.withheld else people)
        units = {
            unit.id: unit.path
            for school in foreseen.known.facts.schools
            for unit in (school.unit, school.central, school.district, school.city)
            if unit is not None
        }
        return cls(
            foreseen=foreseen,
            words=capacity_words(),
            phones=dict(phones.values_list("pk", "phone")),
            paths=units,
            reach=callable_paths(user),
        )

    def levels(self) -> list[LevelPlan]:
        found = []
        rows = self.foreseen.plan.rows
        for level in dict.fromkeys(row.level for row in rows):
            here = [row for row in rows if row.level == level]
            units = list(dict.fromkeys(row.unit_name for row in here))
            one = units[0] if len(units) == 1 else ""
            people = [self._person(same, one) for same in self._together(here)]
            found.append(LevelPlan(word=level_word(level), unit=one, people=people))
        return found

    def _together(self, rows: list[PlanRow]) -> list[list[PlanRow]]:
        """Rows of one person together; each alone where that would say who is the same."""
        return [[row] for row in rows] if self.foreseen.withheld else _by_person(rows)

    def _person(self, rows: Sequence[PlanRow], unit: str) -> PersonLines:
        first = rows[0]
        hidden = self.foreseen.withheld or first.person is None
        return PersonLines(
            name="" if hidden else first.person_name,
            phone="" if hidden else self._phone(first),
            is_vacant=first.person is None,
            lines=[self._line(row, unit) for row in rows],
        )

    def _phone(self, row: PlanRow) -> str:
        path = self.paths.get(row.unit, "")
        shown = bool(self.reach) and path.startswith(self.reach)
        return self.phones.get(row.person or 0, "") if shown else ""

    def _line(self, row: PlanRow, unit: str) -> OwedLine:
        at = self.foreseen.plan.at
        capacity = self.words.get(row.capacity, row.capacity)
        return OwedLine(
            capacity=capacity,
            post=row.post_name if row.post_name != capacity else "",
            unit="" if row.unit_name == unit else row.unit_name,
            line=line_word(row.line),
            owed=str(OWED_WORDS[row.owed]),
            strength=row.owed.name.lower(),
            due_at=row.due_at,
            due_minutes=minutes_until(row.due_at, at),
            act_due_at=row.act_due_at,
            act_minutes=minutes_until(row.act_due_at, at),
            basis=_basis(row.basis, row.document, row.article) if row.due_at else "",
            why=reason_of_another({"zh": row.why_zh, "en": row.why_en}),
            rules=row.rules,
            climbed=self._climbed(row),
            is_redacted=row.redacted,
        )

    def _climbed(self, row: PlanRow) -> str:
        if not row.climbed_from:
            return ""
        owed = row.climbed_from["capacity"]
        return _("in place of: %(capacity)s") % {"capacity": self.words.get(owed, owed)}


def _by_person(rows: Sequence[PlanRow]) -> list[list[PlanRow]]:
    """Rows of one person together; each vacant seat alone."""
    found: dict[object, list[PlanRow]] = {}
    for number, row in enumerate(rows):
        key: object = row.person if row.person is not None else ("vacant", number)
        found.setdefault(key, []).append(row)
    return list(found.values())


def findings_of(foreseen: Foreseen) -> list[FindingLine]:
    """What the plan noticed about the table: vacancies, absences, merged sections."""
    words = capacity_words()
    return [
        FindingLine(
            word=str(_CODES.get(finding.code, finding.code)),
            where=f"{level_word(finding.level)} {finding.post_name}",
            capacity=words.get(finding.capacity, finding.capacity),
            detail=_detail(finding, words),
        )
        for finding in foreseen.plan.findings
    ]


def _detail(finding: Finding, words: Mapping[str, str]) -> str:
    known = {"deputy": _("the B role answers"), "nobody": _("nobody answers")}
    if finding.detail in known:
        return known[finding.detail]
    bare = finding.detail.removeprefix("^")
    return _("%(capacity)s answers") % {"capacity": words[bare]} if bare in words else ""


def upward_of(foreseen: Foreseen) -> list[UpwardLine]:
    """What would be owed upward, soonest first."""
    return sorted(_upward(foreseen), key=lambda line: line.due_at)


def _upward(foreseen: Foreseen) -> Iterator[UpwardLine]:
    words = capacity_words()
    for one in foreseen.upward:
        row = one.row
        name = "" if row is None or foreseen.withheld else row.person_name
        capacity = words.get(row.capacity, row.capacity) if row else _("nobody at all")
        yield UpwardLine(
            level=level_word(one.clock.level),
            receiver=_receivers(one.clock),
            who=f"{capacity} {name}".strip(),
            due_at=one.clock.due_at,
            minutes=minutes_until(one.clock.due_at, foreseen.plan.at),
            basis=_basis(one.clock.basis, one.clock.document, ""),
        )


def _receivers(clock: clocks.Clock) -> str:
    if is_chinese() or not clock.receiver_en:
        return joined(offices(clock.receiver, "zh"))
    return joined(offices(clock.receiver_en, "en"))


def _basis(basis: str, document: str, article: str) -> str:
    cited = " ".join(part for part in (document, article) if part)
    word = basis_word(basis)
    return f"{word} · {cited}" if cited else word


@dataclass(frozen=True, kw_only=True)
class GradeWords:
    """Why the grade is what it is, in the reader's language."""

    criterion: str
    uplift: Sequence[str]
    provisional: bool


def grade_words(foreseen: Foreseen) -> GradeWords | None:
    """None where the grade was given. Of nothing that holds, the default is named."""
    graded = foreseen.graded
    if graded is None:
        return None
    grades = foreseen.known.rules["grades"]
    rule = next((row for row in grades["rule"] if row["id"] == graded.rule), None)
    raised = [in_language(row) for row in grades["uplift"] if row["id"] in graded.uplift]
    return GradeWords(
        criterion=in_language(rule) if rule else _("no criterion holds"),
        uplift=raised,
        provisional=graded.provisional,
    )
