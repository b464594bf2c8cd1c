"""Build the demo city (演示城市) in an empty database."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from safety.demo.answers import answer_now, answer_past
from safety.demo.founding import HISTORY, Wanted, found
from safety.demo.history import Tellers, close, tell
from safety.demo.models import DemoCity
from safety.demo.names import FICTIONAL, GUIYANG
from safety.demo.stories import Happening, draw, stories
from safety.errors import Refused
from safety.people.models import User
from safety.units.models import School, Unit

PER_SCHOOL = 1.7  # incidents in two years
BATCH = 200
OPEN_NOW = (  # hazard, minutes ago, how many of those addressed have answered
    ("PE", 55, 0.9),
    ("BULLY", 42, 0.6),
    ("SEXA", 38, 0.5),
    ("FOOD", 21, 0.5),
    ("DROWN", 8, 0.35),
    ("FIRE", 3, 0.2),
)


@transaction.atomic
def build_city(*, schools: int, seed: int, names: str, password: str, now: datetime) -> DemoCity:
    """Build a city of ``schools`` schools with two years of history up to ``now``.

    The same arguments give the same city in an empty database. Everything is one
    transaction: a build that is killed leaves nothing behind.

    Raises ``Refused`` where anything real may be stored.
    """
    _refuse(schools=schools, names=names)
    random = Random(seed)  # noqa: S311 - repeatable on purpose, nothing secret
    city = DemoCity.objects.create(seed=seed, schools=schools, names=names, created_at=now)
    wanted = Wanted(
        schools=schools, seed=seed, names=names, password=make_password(password), now=now
    )
    units = found(wanted, random)
    _tell_history(units, now=now, random=random)
    return city


def _refuse(*, schools: int, names: str) -> None:
    if schools < 1:
        raise Refused(
            "A city needs a school.", field="schools", value=str(schools), remedy="Give 1 or more."
        )
    if names not in (FICTIONAL, GUIYANG):
        raise Refused(
            "These names are not known.",
            field="names",
            value=names,
            remedy=f"Use {FICTIONAL} or {GUIYANG}.",
        )
    if DemoCity.objects.exists():
        raise Refused(
            "A demo city is built here already.",
            field="database",
            value=_database(),
            remedy="Use it, or point SAFETY_DATABASE_URL at an empty database.",
        )
    if Unit.objects.exists() or User.objects.exists():
        raise Refused(
            "This database is in use; invented data must not mix with real data.",
            field="database",
            value=_database(),
            remedy="Point SAFETY_DATABASE_URL at an empty database.",
        )


def _database() -> str:
    return str(settings.DATABASES["default"]["NAME"])


def _tell_history(units: list[Unit], *, now: datetime, random: Random) -> None:
    tellers = Tellers.of(units)
    schools = list(
        School.objects.filter(unit__in=units).select_related("unit").order_by("unit__code")
    )
    over = now - timedelta(days=2)
    past = draw(
        schools=schools,
        number=round(len(schools) * PER_SCHOOL),
        start=now - HISTORY,
        end=over,
        random=random,
    )
    told = [
        tell(happening, tellers=tellers, key=f"demo-{number}")
        for number, happening in enumerate(past)
    ]
    for start in range(0, len(told), BATCH):
        answer_past(told[start : start + BATCH], random=random)
    close(told, until=now - timedelta(hours=1), random=random)
    for number, (hazard, minutes, share) in enumerate(OPEN_NOW):
        fresh = _under_way(hazard, now - timedelta(minutes=minutes), schools, random)
        if fresh is not None:
            incident = tell(fresh, tellers=tellers, key=f"demo-open-{number}")
            answer_now(incident, until=now, share=share, random=random)


def _under_way(
    hazard: str, filed_at: datetime, schools: list[School], random: Random
) -> Happening | None:
    """The gravest story of ``hazard``, at a school that it fits; ``None`` where there is none."""
    story = [s for s in stories() if s.hazard == hazard][-1]
    weights = [story.weight(school) for school in schools]
    if not any(weights):
        return None
    aware_at = filed_at - timedelta(minutes=random.randint(2, 6))
    return Happening(
        story=story,
        school=random.choices(schools, weights)[0],
        occurred_at=aware_at - timedelta(minutes=random.randint(1, 15)),
        aware_at=aware_at,
        filed_at=filed_at,
        by_phone=False,
    )
