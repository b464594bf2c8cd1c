"""A draft (拟稿) of the responsibility table: begin, edit row by row, check, publish, discard."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.models import Entry, ResponsibilityTable, TableJob
from notifications.table.candidates import Candidate, Place, candidates_of, places_on
from notifications.table.checks import problems_of
from notifications.table.editing import Edit, apply
from notifications.table.gate import gaps_that_block
from notifications.table.publishing import SUBJECT, publish_rows
from notifications.table.rows import Key, Row
from safety.errors import Conflict, Problem, Refused
from safety.ledger.actions import Actor, Fact, record
from safety.people.models import User
from safety.rules.selectors import content_of, current_rules, waiting_rules

State = ResponsibilityTable.State
Tell = Callable[[str, int, int], None]  # step, how many of it are done, of how many
TOLD_EVERY = 2000
COPIED = (
    *("serial", "unit_id", "post_id", "capacity", "line", "scope"),
    *("business_duty", "safety_duty", "assessment"),
)


def quiet(_step: str, _done: int, _total: int) -> None:
    """Tell nobody how far the work is."""


def actor_of(by: User | None) -> Actor:
    return Actor(kind="person", ref=str(by.pk)) if by is not None else Actor(kind="system")


@transaction.atomic
def start_draft(
    *, by: User | None = None, based_on: ResponsibilityTable | None = None
) -> ResponsibilityTable:
    """Begin a draft with a copy of all rows of ``based_on``: the version in force if not given.

    Without any version yet it begins empty. A draft of an older version can be read
    and compared, but only one of the version in force can be published.
    """
    if based_on is None:
        based_on = ResponsibilityTable.objects.filter(state=State.PUBLISHED).first()
    draft = ResponsibilityTable.objects.create(
        based_on=based_on, made_by=by, created_at=timezone.now()
    )
    if based_on is not None:
        columns = ", ".join(COPIED)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO notifications_entry (table_id, revision, {columns}) "  # noqa: S608 - our own names
                f"SELECT %s, 0, {columns} FROM notifications_entry WHERE table_id = %s",
                [draft.pk, based_on.pk],
            )
    _tell(by, draft, "table.draft_started", based_on=based_on.number if based_on else None)
    return draft


def put_rows(
    table: ResponsibilityTable,
    rows: Sequence[Row],
    *,
    by: User | None = None,
    seen: int | None = None,
    known: Collection[Key] = (),
    fresh: Collection[Key] = (),
) -> int:
    """Write ``rows`` into the draft: a row of the same key is replaced, any other is added.

    See ``change_rows``. Returns the draft's new revision.
    """
    return change_rows(table, put=rows, by=by, seen=seen, known=known, fresh=fresh)


def remove_rows(
    table: ResponsibilityTable,
    keys: Collection[Key],
    *,
    by: User | None = None,
    seen: int | None = None,
) -> int:
    """Take the rows with ``keys`` out of the draft. Returns the draft's new revision."""
    return change_rows(table, remove=keys, by=by, seen=seen)


@transaction.atomic
def change_rows(
    table: ResponsibilityTable,
    *,
    put: Sequence[Row] = (),
    remove: Collection[Key] = (),
    by: User | None = None,
    seen: int | None = None,
    known: Collection[Key] = (),
    fresh: Collection[Key] = (),
) -> int:
    """Remove, then write rows, in one step: all of it or nothing. Returns the new revision.

    ``seen`` is the revision of the draft that the editor looked at: a row that
    somebody else changed since is not overwritten. Rows ``known`` to the editor have
    to be there still, ``fresh`` ones must not be there yet. Rows may be incomplete.

    Raises ``Refused`` with every row that cannot be stored, ``Conflict`` with every
    row that somebody else changed meanwhile, or when this is no draft any more.
    """
    revision = _reserve(table)
    edit = Edit(
        table=table.pk,
        revision=revision,
        seen=seen,
        put=put,
        remove=frozenset(remove),
        known=frozenset(known),
        fresh=frozenset(fresh),
    )
    counts = apply(edit)
    _tell(by, table, "table.rows_changed", revision=revision, **counts)
    return revision


def _reserve(table: ResponsibilityTable) -> int:
    """Raise the revision, which queues editors of one draft, and take "checked" away."""
    changed = ResponsibilityTable.objects.filter(
        pk=table.pk, state__in=ResponsibilityTable.EDITABLE
    ).update(state=State.DRAFT, checked_at=None, revision=F("revision") + 1)
    if not changed:
        raise _no_draft()
    return ResponsibilityTable.objects.values_list("revision", flat=True).get(pk=table.pk)


def check_table(
    table: ResponsibilityTable, *, by: User | None = None, tell: Tell = quiet
) -> list[Problem]:
    """Everything that keeps the draft from being published: rows first, then gaps of coverage.

    Without problems the draft is "checked" until its next edit or a check that finds some.
    ``table`` is read again.
    """
    table.refresh_from_db()
    if not table.is_draft:
        raise _no_draft()
    places = places_on(timezone.localdate())
    # All at once: on SQLite nobody may write (tell) while he is still reading.
    rows = list(candidates_of(table, places))
    found = list(problems_of(_counted(rows, tell), places, content_of(current_rules())))
    found += _later_problems(rows, places, found)
    if not found:
        tell("coverage", 0, 0)
        found = list(gaps_that_block(table))
    if found:
        _take_back(table)
    else:
        _mark_checked(table, by)
    return found


def _later_problems(
    rows: Sequence[Candidate], places: Mapping[str, Place], found: Sequence[Problem]
) -> Iterator[Problem]:
    """What the rows would lack once a rule book holds that waits for its day."""
    waiting = waiting_rules()
    if waiting is None:
        return
    said = _("From version %(number)d of the rule book on: %(message)s")
    for problem in problems_of(rows, places, content_of(waiting)):
        if problem not in found:
            message = said % {"number": waiting.number, "message": problem.message}
            yield replace(problem, message=message)


def _counted(rows: Sequence[Candidate], tell: Tell) -> Iterator[Candidate]:
    tell("rows", 0, len(rows))
    for done, row in enumerate(rows, start=1):
        yield row
        if done % TOLD_EVERY == 0:
            tell("rows", done, len(rows))


def _take_back(table: ResponsibilityTable) -> None:
    """What was right when it was last checked no longer is: somebody left, rules changed."""
    ResponsibilityTable.objects.filter(
        pk=table.pk, state=State.CHECKED, revision=table.revision
    ).update(state=State.DRAFT, checked_at=None)


@transaction.atomic
def _mark_checked(table: ResponsibilityTable, by: User | None) -> None:
    now = timezone.now()
    changed = ResponsibilityTable.objects.filter(
        pk=table.pk, state__in=ResponsibilityTable.EDITABLE, revision=table.revision
    ).update(state=State.CHECKED, checked_at=now)
    if not changed:
        raise Conflict(
            _("Somebody edited this draft while it was being checked."),
            field="table",
            remedy=_("Check it again."),
        )
    table.state, table.checked_at = State.CHECKED, now
    _tell(by, table, "table.checked", revision=table.revision)


def publish_draft(
    *,
    table: ResponsibilityTable,
    note: str,
    by: User | None = None,
    tell: Tell = quiet,
    at: datetime | None = None,
) -> ResponsibilityTable:
    """Check the draft again, then publish it as the next version.

    Raises ``Refused`` with every problem of every row and every gap that blocks, and
    ``Conflict`` when another version was published, or the draft edited, meanwhile.
    """
    table.refresh_from_db()
    _refuse_stale(table)
    found = check_table(table, by=by, tell=tell)
    if found:
        raise Refused.of(found)
    tell("publish", 0, 0)
    publish_rows(table=table, note=note, by=by, actor=actor_of(by), at=at or timezone.now())
    table.refresh_from_db()
    return table


def _refuse_stale(table: ResponsibilityTable) -> None:
    """Say early what the compare-and-set would say in the end."""
    if not table.is_draft:
        raise _no_draft()
    current = ResponsibilityTable.objects.filter(state=State.PUBLISHED).first()
    if current != table.based_on:
        raise Conflict(
            _("Version %(number)s was published since this draft was begun.")
            % {"number": current.number if current else "?"},
            field="table",
            value=str(table.based_on.number if table.based_on else ""),
            remedy=_("Look at what differs, then carry your changes over to a new draft."),
        )


@transaction.atomic
def discard_draft(*, table: ResponsibilityTable, by: User | None = None) -> None:
    """Throw a draft away. Published versions stay for ever."""
    _reserve(table)
    if table.jobs.filter(state__in=TableJob.OPEN).exists():
        raise Conflict(
            _("This draft is being checked or published already."),
            field="table",
            remedy=_("Wait until that has ended."),
        )
    rows = Entry.objects.filter(table=table.pk).count()
    Entry.objects.filter(table=table.pk).delete()
    ResponsibilityTable.objects.filter(pk=table.pk).delete()
    _tell(by, table, "table.draft_discarded", entries=rows)


def _no_draft() -> Conflict:
    return Conflict(
        _("This is no draft any more: it was published or discarded."),
        field="table",
        remedy=_("Begin a new draft from the version in force."),
    )


def _tell(by: User | None, table: ResponsibilityTable, verb: str, **body: Any) -> None:
    fact = Fact(verb=verb, subject_kind=f"{SUBJECT}_draft", subject_ref=str(table.ref), body=body)
    record(actor=actor_of(by), facts=[fact])
