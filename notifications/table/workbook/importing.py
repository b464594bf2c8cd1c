"""Write what a workbook changes into a draft: all of it, or nothing."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.models import ResponsibilityTable
from notifications.table.drafts import actor_of, change_rows, start_draft
from notifications.table.workbook.merging import RowChange
from notifications.table.workbook.outcome import Outcome
from safety.errors import Conflict, Refused
from safety.ledger.actions import Fact, record
from safety.people.models import User
from safety.posts.actions import create_posts
from safety.units.models import Unit

State = ResponsibilityTable.State


def import_workbook(
    *, outcome: Outcome, by: User | None = None, seen: str | None = None
) -> ResponsibilityTable | None:
    """Write what ``outcome`` shows, in one transaction, and return the draft it went into.

    ``None`` when there was nothing to write. ``seen`` is the state (``state_of``) that
    its reader looked at. Raises ``Refused`` with every problem, and ``Conflict`` when
    the table changed since the preview.
    """
    if outcome.blocking:
        raise Refused.of(outcome.blocking)
    if seen is not None and seen != state_of(outcome):
        raise _moved_on()
    if not outcome.writes:
        return None
    return _write(outcome, by)


def state_of(outcome: Outcome) -> str:
    """Names the state of the table that a preview was compared with."""
    table = outcome.based_on
    return f"{table.ref}.{outcome.revision}" if table else "none"


@transaction.atomic
def _write(outcome: Outcome, by: User | None) -> ResponsibilityTable:
    draft = outcome.request.draft
    if draft is None:
        current = ResponsibilityTable.objects.filter(state=State.PUBLISHED).first()
        if current != outcome.based_on:
            raise _moved_on()
        draft = start_draft(by=by)
    _create_posts(outcome, by)
    changes = outcome.merged.changes
    change_rows(
        draft,
        put=[change.new for change in changes if change.new is not None],
        remove=[change.key for change in changes if change.new is None],
        by=by,
        seen=outcome.revision,
        known=[change.key for change in changes if change.old is not None],
        fresh=[change.key for change in changes if change.old is None],
    )
    _tell(outcome, draft, by)
    draft.refresh_from_db()
    return draft


def _create_posts(outcome: Outcome, by: User | None) -> None:
    wanted = outcome.reading.new_posts.values() if outcome.request.create_posts else ()
    if wanted:
        units = Unit.objects.in_bulk({new.unit for new in wanted}, field_name="code")
        create_posts(
            posts=[(units[new.unit], new.code, new.kind, new.name) for new in wanted],
            actor=actor_of(by),
            at=timezone.now(),
        )


def _tell(outcome: Outcome, draft: ResponsibilityTable, by: User | None) -> None:
    fact = Fact(
        verb="table.workbook_imported",
        subject_kind="responsibility_table_draft",
        subject_ref=str(draft.ref),
        body={
            "file": outcome.request.name,
            "sha256": outcome.opened.sha256,
            **counts(outcome.merged.changes),
        },
    )
    record(actor=actor_of(by), facts=[fact])


def counts(changes: list[RowChange]) -> dict[str, int]:
    kinds = [change.kind for change in changes]
    return {kind: kinds.count(kind) for kind in ("added", "changed", "removed")}


def _moved_on() -> Conflict:
    return Conflict(
        _("The table changed since this preview was shown; nothing was written."),
        field="table",
        remedy=_("Look at the preview again, then import."),
    )
