"""How far a job is, in the words of its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.models import TableJob

STEPS = {
    "rows": _("Check each row"),
    "coverage": _("Prove who answers for every school"),
    "publish": _("Publish"),
}
SLOW = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step: ``state`` is "done", "now" or "later"."""

    word: str
    state: str


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What the page shows of an open job. ``is_unattended``: no worker took it up."""

    job: TableJob
    steps: Sequence[Step]
    is_unattended: bool


def progress_of(job: TableJob) -> Progress:
    names = [n for n in STEPS if n != "publish" or job.kind == TableJob.Kind.PUBLISH]
    now = names.index(job.step) if job.step in names else -1
    steps = [
        Step(word=str(STEPS[name]), state="done" if i < now else "now" if i == now else "later")
        for i, name in enumerate(names)
    ]
    waits = job.state == TableJob.State.WAITING and timezone.now() - job.asked_at > SLOW
    return Progress(job=job, steps=steps, is_unattended=waits)
