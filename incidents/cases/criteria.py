"""Why an incident has its grade and its clock: the words of the rule book it was filed under."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from incidents.cases import clocks
from incidents.cases.models import Incident
from incidents.cases.words import people_words, people_words_en
from notifications.models import Alert
from notifications.words import basis_word, in_language, is_chinese
from safety.rules.selectors import content_of

REPEATED = "second_in_12_months"


def criterion(incident: Incident) -> str:
    """The criterion that gave the grade, in the reader's language; "" when none held."""
    return next(_words(_grades(incident)["rule"], [incident.grade_rule]), "")


def uplift(incident: Incident) -> list[str]:
    """What raised the grade; of a sealed case not that there was another one before it."""
    sealed = incident.privacy == Alert.Privacy.SEALED
    told = [name for name in incident.grade_uplift if not (sealed and name == REPEATED)]
    return list(_words(_grades(incident)["uplift"], told))


def flags(incident: Incident) -> list[str]:
    """The flags that were ticked, in words."""
    known = _grades(incident)["flags"]
    return [in_language(known[name]) for name, on in incident.flags.items() if on and name in known]


@dataclass(frozen=True, kw_only=True)
class FirstClock:
    """By when the first report was owed, and on what that rests.

    ``counts`` is false for a mere reminder: that never becomes a reproach.
    """

    due_at: datetime
    basis_words: str
    counts: bool


def first_report_clock(incident: Incident) -> FirstClock:
    rules = content_of(incident.rules)["filing"]
    clock = clocks.first_report(grade=incident.grade, aware_at=incident.aware_at, rules=rules)
    word = basis_word(clock.basis)
    return FirstClock(
        due_at=clock.due_at,
        basis_words=f"{word} · {clock.document}" if clock.document else word,
        counts=clock.basis != "reminder",
    )


def people_in_words(incident: Incident) -> str:
    """What was told of people, in the reader's language."""
    told = incident.people_told()
    return people_words(told) if is_chinese() else people_words_en(told)


def _grades(incident: Incident) -> Mapping[str, Any]:
    grades: Mapping[str, Any] = content_of(incident.rules)["grades"]
    return grades


def _words(rows: Iterable[Mapping[str, Any]], wanted: Iterable[str]) -> Iterator[str]:
    ids = set(wanted)
    return (in_language(row) for row in rows if row["id"] in ids)
