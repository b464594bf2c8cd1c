"""What comes due by the calendar (pledges, test alerts): rooms register, the dispatcher looks.

A chore has to be safe to run at any time and any number of times: it opens what
is due and finds what was opened before. Which one is next is a row, so that of
several dispatchers one does it, and a dispatcher that was killed is followed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models.functions import Now

from notifications.models import Beat

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Chore:
    """``run`` does one small portion and returns whether more is waiting."""

    name: str
    every: timedelta
    run: Callable[[], bool]

    @property
    def beat(self) -> str:
        return f"chore:{self.name}"[:30]


_chores: dict[str, Chore] = {}


def register(chore: Chore) -> None:
    _chores[chore.name] = chore


def run_due(owner: str) -> None:
    """Run one portion of each chore whose time has come. A chore that fails is tried next time."""
    for chore in tuple(_chores.values()):
        if not _claim(chore, owner):
            continue
        try:
            more = chore.run()
        except Exception:
            log.exception("dispatcher: the chore %s failed; trying again", chore.name)
            continue
        if more:
            Beat.objects.filter(name=chore.beat, owner=owner).update(until=Now())


def _claim(chore: Chore, owner: str) -> bool:
    """Whether its time has come, and it is this dispatcher that does it."""
    due = Beat.objects.filter(name=chore.beat, until__lte=Now())
    if due.update(owner=owner, at=Now(), until=Now() + chore.every):
        return True
    if Beat.objects.filter(name=chore.beat).exists():
        return False
    Beat.objects.bulk_create(
        [Beat(name=chore.beat, owner=owner, at=Now(), until=Now() + chore.every)],
        ignore_conflicts=True,
    )
    return Beat.objects.filter(name=chore.beat, owner=owner).exists()
