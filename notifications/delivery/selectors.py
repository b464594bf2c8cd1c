"""How the background work is doing, for pages and probes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from notifications.models import Beat

DISPATCHER = "dispatcher"
STALE_AFTER = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True)
class DispatcherBeat:
    """The dispatcher's last sign of life; without a fresh one nothing may be shown as fine."""

    at: datetime | None
    age_s: float | None
    owner: str = ""

    @property
    def stale(self) -> bool:
        return self.age_s is None or self.age_s > STALE_AFTER.total_seconds()


def dispatcher_beat() -> DispatcherBeat:
    beat = Beat.objects.filter(name=DISPATCHER).first()
    if beat is None:
        return DispatcherBeat(at=None, age_s=None)
    age_s = max(0.0, (timezone.now() - beat.at).total_seconds())
    return DispatcherBeat(at=beat.at, age_s=age_s, owner=beat.owner)
