"""What the duty roster asks of one person: the line on "my two responsibilities"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from notifications.duty.access import open_checks
from safety.people.models import User
from safety.posts.models import Shift
from safety.roster.models import CallCheck, DutyHandOver
from safety.roster.selectors import own_shifts
from safety.roster.swaps import waiting_swaps

SOON = timedelta(days=31)


@dataclass(frozen=True, kw_only=True)
class OwnDuty:
    """The next shift, and what waits: checks to answer, a seat to take over, swaps to decide."""

    next: Shift | None
    runs: bool
    checks: Sequence[CallCheck]
    to_take: Sequence[DutyHandOver]
    swaps: int

    @property
    def is_empty(self) -> bool:
        return not (self.next or self.checks or self.to_take or self.swaps)


def own_duty(user: User) -> OwnDuty:
    now = timezone.now()
    coming = own_shifts(user, since=now).filter(starts_at__lt=now + SOON).first()
    waiting = DutyHandOver.objects.filter(taker=user, taken_at=None)
    return OwnDuty(
        next=coming,
        runs=coming is not None and coming.starts_at <= now,
        checks=list(open_checks(user)[:5]),
        to_take=list(waiting.select_related("post__unit", "giver")[:5]),
        swaps=waiting_swaps(user).filter(other=user).count(),
    )
