"""Who answers at one unit now, capacity by capacity, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from notifications.coverage.reading import read_ground
from notifications.coverage.selectors import Coverage
from notifications.coverage.words import Words
from notifications.responsibility.coverage_answers import Answer, answers
from notifications.responsibility.coverage_gaps import NOBODY, Period
from notifications.snapshot import compiled, unit_facts
from notifications.words import joined
from safety.people.models import User
from safety.units.models import Unit


@dataclass(frozen=True, kw_only=True)
class AnswerTold:
    """``state`` is "ok", "stand_in" (a B角 or a named stand-in answers), "climbed" or "nobody"."""

    capacity: str
    post: str
    post_id: int
    person: str
    how: str
    state: str
    hazards: str


def answers_at(known: Coverage, unit: Unit) -> list[AnswerTold]:
    """What would happen at ``unit`` this minute, at the gravest grade; empty for a closed unit."""
    since = known.period.since
    ground = read_ground(
        known.table, known.book, Period(since=since, until=known.period.until), below=unit.path
    )
    found = answers(compiled(known.book), ground.facts, unit_facts(unit), since)
    people = _names(found)
    words = Words.of(known.book)
    return [_told(answer, hazards, words, people) for answer, hazards in found.items()]


def _names(found: Iterable[Answer]) -> dict[int, str]:
    ids = {person for answer in found for person in (answer.person, *answer.also)}
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))


def _told(
    answer: Answer, hazards: Sequence[str], words: Words, people: Mapping[int, str]
) -> AnswerTold:
    persons = [people[p] for p in (answer.person, *answer.also) if p in people]
    return AnswerTold(
        capacity=words.capacity(answer.capacity),
        post=answer.post_name,
        post_id=answer.post,
        person=joined(persons),
        how=_how(answer, words),
        state=_state(answer),
        hazards=words.asked_for(hazards),
    )


def _state(answer: Answer) -> str:
    if answer.climb:
        return "nobody" if answer.climb == NOBODY else "climbed"
    return "ok" if answer.how == "holder" else "stand_in"


def _how(answer: Answer, words: Words) -> str:
    if answer.climb == NOBODY:
        return _("nobody at all")
    if answer.climb:
        said = _("climbs to %(post)s")
        return said % {"post": answer.by or words.capacity(answer.climb)}
    if answer.how == "deputy":
        return _("the deputy (B)")
    return _("the named stand-in") if answer.how == "delegate" else _("in office")
