"""Draw the history of the demo city from the kinds of incidents in ``stories.toml``.

Pure and repeatable: schools, a span of time and a seeded source of chance in,
a list of happenings in the order of time out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random

from django.utils import timezone

from safety.units.models import School

SEASONS = {
    "school": (0.7, 0.3, 1.0, 1.1, 1.2, 1.1, 0.3, 0.2, 1.2, 1.1, 1.0, 0.9),
    "summer": (0.0, 0.0, 0.1, 0.4, 1.2, 2.0, 2.4, 2.2, 0.8, 0.1, 0.0, 0.0),
    "year": (1.0,) * 12,
}
HOURS = {"school": (8.0, 17.0), "afternoon": (13.5, 19.0), "evening": (18.0, 21.5)}
WEEKEND = 0.12  # of a school day
LIKELIER = 4.0


@dataclass(frozen=True, kw_only=True)
class Story:
    """One kind of incident, as ``stories.toml`` explains it."""

    hazard: str
    often: float
    summary: str
    place_kind: str = "on_campus"
    place: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    people: str = "none"
    flags: Sequence[str] = ()
    stages: Sequence[str] = ()
    needs: str = ""
    likelier: str = ""
    season: str = "school"
    hours: str = "school"

    def weight(self, school: School) -> float:
        """How likely it is at ``school``; 0 where it does not fit."""
        if self.stages and not set(self.stages) & set(school.stages):
            return 0.0
        if self.needs and not getattr(school, self.needs):
            return 0.0
        return self.often * (LIKELIER if self.likelier and getattr(school, self.likelier) else 1.0)


@dataclass(frozen=True, kw_only=True)
class Happening:
    """A story at one school: when it happened, when the school knew, when it was filed."""

    story: Story
    school: School
    occurred_at: datetime
    aware_at: datetime
    filed_at: datetime
    by_phone: bool


@lru_cache(maxsize=1)
def stories() -> tuple[Story, ...]:
    text = (Path(__file__).parent / "stories.toml").read_text(encoding="utf-8")
    return tuple(Story(**row) for row in tomllib.loads(text)["story"])


def draw(
    *, schools: Sequence[School], number: int, start: datetime, end: datetime, random: Random
) -> list[Happening]:
    """``number`` happenings between ``start`` and ``end``; large schools have more of them.

    Where ``number`` allows it, each kind of incident that fits anywhere happens once at least.
    """
    weights = [
        (school.pupils or 1) ** 0.7 * random.gammavariate(2.0, 0.5) + 1.0 for school in schools
    ]
    chosen: list[tuple[Story, School]] = []
    for story in stories():
        fitting = [w * story.weight(school) for w, school in zip(weights, schools, strict=True)]
        if any(fitting) and len(chosen) < number:
            chosen.append((story, random.choices(schools, fitting)[0]))
    for school in random.choices(schools, weights, k=number - len(chosen)):
        likely = [story.weight(school) for story in stories()]
        chosen.append((random.choices(stories(), likely)[0], school))
    drawn = [_happen(story, school, start, end, random) for story, school in chosen]
    return sorted(drawn, key=lambda happening: happening.filed_at)


def _happen(
    story: Story, school: School, start: datetime, end: datetime, random: Random
) -> Happening:
    occurred_at = _moment(story, start, end, random)
    aware_at = occurred_at + timedelta(minutes=random.randint(0, 20))
    delay = random.choices((random.randint(2, 14), random.randint(15, 90)), (92, 8))[0]
    return Happening(
        story=story,
        school=school,
        occurred_at=occurred_at,
        aware_at=aware_at,
        filed_at=aware_at + timedelta(minutes=delay, seconds=random.randint(0, 59)),
        by_phone=random.random() < 0.07,  # noqa: PLR2004 - a share
    )


def _moment(story: Story, start: datetime, end: datetime, random: Random) -> datetime:
    """A minute that suits the story; days are drawn again until season and weekday agree."""
    season, (first, last) = SEASONS[story.season], HOURS[story.hours]
    days = (end - start).days
    while True:
        day = timezone.localdate(start) + timedelta(days=random.randrange(days))
        is_weekend = day.weekday() >= 5  # noqa: PLR2004 - Saturday
        likely = season[day.month - 1] * (WEEKEND if is_weekend and story.hours == "school" else 1)
        if random.random() * max(season) < likely:
            minutes = round(random.uniform(first, last) * 60)
            return timezone.make_aware(datetime.combine(day, time())) + timedelta(minutes=minutes)
