"""What the dispatcher does for tests: start those that are scheduled, end those that are over."""

from __future__ import annotations

import logging

from django.db import transaction
from django.utils import timezone

from notifications.chaintest.actions import end_test, next_time, start_test
from notifications.chaintest.models import ChainTest, TestSchedule
from safety.errors import Refused
from safety.ledger.actions import SYSTEM

log = logging.getLogger(__name__)


def run_portion() -> bool:
    """End what is over and start one scheduled test; whether another one waits."""
    now = timezone.now()
    for test in ChainTest.objects.filter(ended_at=None, ends_at__lte=now).select_related("alert"):
        end_test(test=test, actor=SYSTEM)
    due = TestSchedule.objects.filter(active=True, next_at__lte=now).select_related("unit")
    schedule = due.order_by("next_at", "id").first()
    if schedule is None:
        return False
    _start(schedule)
    return due.exists()


@transaction.atomic
def _start(schedule: TestSchedule) -> None:
    """Start it once: whoever moves its next time first does it. A refusal skips this month."""
    following = next_time(day=schedule.day, at=schedule.at, after=timezone.now())
    won = TestSchedule.objects.filter(pk=schedule.pk, next_at=schedule.next_at, active=True).update(
        next_at=following
    )
    if not won:
        return
    try:
        with transaction.atomic():
            start_test(
                unit=schedule.unit,
                below=schedule.below,
                capacities=schedule.capacities,
                note=schedule.note,
                person=None,
                schedule=schedule,
            )
    except Refused as refusal:
        log.warning("chain test: schedule %s could not start: %s", schedule.ref, refusal)
