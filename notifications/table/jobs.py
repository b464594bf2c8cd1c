"""Check and publish drafts in the background: ask, take, run. Rows, not threads, hold the work."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from notifications.models import ResponsibilityTable, TableJob
from notifications.table.checks import RowProblem
from notifications.table.drafts import check_table, publish_draft
from safety.errors import Conflict, Problem, Refused
from safety.people.models import User

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
KEPT = 500  # problems told in full; of the others the number

State = TableJob.State


def ask(*, table: ResponsibilityTable, kind: str, by: User, note: str = "") -> TableJob:
    """Ask for a check or a publication. While one of this draft is open, it is that one.

    Raises ``Conflict`` when something else is being done with this draft.
    """
    try:
        with transaction.atomic():
            return TableJob.objects.create(
                table=table,
                kind=kind,
                note=note,
                asked_by=by,
                asked_at=timezone.now(),
                language=translation.get_language() or "",
            )
    except IntegrityError:
        there = open_job(table)
        if there is not None and (there.kind, there.note) == (kind, note):
            return there
        raise Conflict(
            _("This draft is being checked or published already."),
            field="table",
            remedy=_("Wait until that has ended."),
        ) from None


def open_job(table: ResponsibilityTable) -> TableJob | None:
    return table.jobs.filter(state__in=TableJob.OPEN).first()


def work(owner: str) -> bool:
    """Do one job that waits, or whose worker died; whether there was one."""
    job = take(owner)
    if job is None:
        return False
    run(job)
    return True


def take(owner: str) -> TableJob | None:
    """Make one free job ``owner``'s, by compare-and-set and the database's clock."""
    free = Q(state=State.WAITING) | Q(state=State.RUNNING, until__lt=Now())
    for pk in TableJob.objects.filter(free).order_by("asked_at", "id").values_list("pk", flat=True):
        taken = TableJob.objects.filter(free, pk=pk).update(
            state=State.RUNNING, owner=owner, until=Now() + LEASE, step="", done=0, total=0
        )
        if taken:
            return TableJob.objects.select_related("table", "asked_by").get(pk=pk)
    return None


def run(job: TableJob) -> None:
    """Do the job and write down how it ended; what was asked twice is done once."""
    with translation.override(job.language or None):
        try:
            problems = _do(job)
        except Refused as refusal:
            if _is_published(job):  # by the worker that was taken for dead
                _end(job, State.DONE, ())
            else:
                _end(job, State.REFUSED, refusal.problems)
        except Exception:
            log.exception("table job %s failed", job.ref)
            _end(job, State.FAILED, ())
        else:
            _end(job, State.REFUSED if problems else State.DONE, problems)


def _do(job: TableJob) -> Sequence[Problem]:
    def tell(step: str, done: int = 0, total: int = 0) -> None:
        _mine(job).update(step=step, done=done, total=total, until=Now() + LEASE)

    if job.kind == TableJob.Kind.CHECK:
        return check_table(job.table, by=job.asked_by, tell=tell)
    if _is_published(job):
        return ()  # by the worker that died before it could say so
    publish_draft(table=job.table, note=job.note, by=job.asked_by, tell=tell)
    return ()


def _is_published(job: TableJob) -> bool:
    """Whether a job that is to publish its table has nothing left to do."""
    state = ResponsibilityTable.objects.values_list("state", flat=True).get(pk=job.table_id)
    return job.kind == TableJob.Kind.PUBLISH and state in ResponsibilityTable.FINAL


def _mine(job: TableJob) -> Any:
    """The row, as long as nobody else took the job over."""
    return TableJob.objects.filter(pk=job.pk, owner=job.owner, state=State.RUNNING)


def _end(job: TableJob, state: str, problems: Sequence[Problem]) -> None:
    _mine(job).update(
        state=state,
        problems=list(_told(problems[:KEPT])),
        found=len(problems),
        revision=job.table.revision,
        ended_at=timezone.now(),
        until=None,
    )


def _told(problems: Iterable[Problem]) -> Iterable[dict[str, Any]]:
    for problem in problems:
        told: dict[str, Any] = problem.as_json()
        if isinstance(problem, RowProblem):
            told |= {"row": problem.row, "where": problem.where}
        yield told
