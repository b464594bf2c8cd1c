"""Publish a version of the responsibility table: both duties in every row, or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.models import Entry, ResponsibilityTable
from notifications.responsibility.checks.posts import check_scope
from notifications.responsibility.checks.reading import is_school_capacity
from safety.errors import Conflict, Problem, Refused
from safety.ledger.actions import Actor, Fact, record
from safety.posts.models import Post
from safety.posts.roles import grant
from safety.rules.selectors import content_of, current_rules
from safety.units.models import Unit

State = ResponsibilityTable.State
Book = Mapping[str, Mapping[str, Any]]
BATCH = 2000


@dataclass(frozen=True, kw_only=True)
class NewEntry:
    """A row that is not published yet.

    ``unit`` only where the source names it (a workbook does): it has to be the
    unit of the post.
    """

    post: Post
    capacity: str
    business_duty: str
    safety_duty: str
    scope: Mapping[str, Any] = field(default_factory=dict)
    line: str = Entry.Line.ADMINISTRATION
    assessment: str = ""
    unit: Unit | None = None


def publish_table(
    *, entries: Sequence[NewEntry], note: str, actor: Actor, at: datetime | None = None
) -> ResponsibilityTable:
    """Publish ``entries`` as the next version; the one before is superseded and stays readable.

    A published version never changes. Posts get the rights of the capacities
    that are new to them. ``at`` is only for seeded history.

    Raises ``Refused`` with every problem of every row, and ``Conflict`` when
    somebody else published at the same moment.
    """
    book = content_of(current_rules())
    found = tuple(_problems(entries, book))
    if found:
        raise Refused.of(found)
    try:
        return _publish(entries, note, actor, at)
    except IntegrityError as error:
        raise Conflict(
            _("Another table was published at the same moment."),
            field="table",
            remedy=_("Look at it, then publish again."),
        ) from error


@transaction.atomic
def _publish(
    entries: Sequence[NewEntry], note: str, actor: Actor, at: datetime | None
) -> ResponsibilityTable:
    moment = at or timezone.now()
    before = ResponsibilityTable.objects.filter(state=State.PUBLISHED).first()
    if before is not None:
        ResponsibilityTable.objects.filter(pk=before.pk).update(state=State.SUPERSEDED)
    last = ResponsibilityTable.objects.aggregate(last=Max("number"))["last"] or 0
    table = ResponsibilityTable.objects.create(
        number=last + 1,
        state=State.PUBLISHED,
        note=note,
        created_at=moment,
        published_at=moment,
    )
    Entry.objects.bulk_create([_entry(table, entry) for entry in entries], batch_size=BATCH)
    _grant_new(entries, before)
    record(actor=actor, facts=_facts(table, before, entries), at=at)
    return table


def _entry(table: ResponsibilityTable, new: NewEntry) -> Entry:
    return Entry(
        table=table,
        unit_id=new.post.unit_id,
        post=new.post,
        capacity=new.capacity,
        line=new.line,
        scope=dict(new.scope),
        business_duty=new.business_duty.strip(),
        safety_duty=new.safety_duty.strip(),
        assessment=new.assessment.strip(),
    )


def _grant_new(entries: Sequence[NewEntry], before: ResponsibilityTable | None) -> None:
    """Give posts the rights of the capacities they did not have in the table before."""
    had = set(Entry.objects.filter(table=before).values_list("post", "capacity")) if before else ()
    grant(roles=[(e.post, e.capacity) for e in entries if (e.post.pk, e.capacity) not in had])


def _facts(
    table: ResponsibilityTable, before: ResponsibilityTable | None, entries: Sequence[NewEntry]
) -> Iterator[Fact]:
    if before is not None:
        yield Fact(
            verb="table.superseded",
            subject_kind="responsibility_table",
            subject_ref=str(before.number),
            body={"by": table.number},
        )
    yield Fact(
        verb="table.published",
        subject_kind="responsibility_table",
        subject_ref=str(table.number),
        body={"entries": len(entries), "digest": _digest(entries), "note": table.note},
    )


def _digest(entries: Sequence[NewEntry]) -> str:
    """SHA-256 over all rows in a fixed order, so that the ledger proves what was published."""
    rows = sorted(
        (
            *(e.post.pk, e.capacity, e.line, e.business_duty, e.safety_duty, e.assessment),
            json.dumps(dict(e.scope), ensure_ascii=False, sort_keys=True),
        )
        for e in entries
    )
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _problems(entries: Sequence[NewEntry], book: Book) -> Iterator[Problem]:
    """Everything that keeps ``entries`` from being a table, row by row (counted from 1)."""
    if not entries:
        yield Problem(
            field="entries",
            value="",
            message=_("A table without rows leaves everybody unnamed."),
            remedy=_("Add at least one row."),
        )
    units = Unit.objects.in_bulk({entry.post.unit_id for entry in entries})
    seen: set[tuple[int, str]] = set()
    for number, entry in enumerate(entries, start=1):
        yield from _row_problems(number, entry, units[entry.post.unit_id], book)
        key = (entry.post.pk, entry.capacity)
        if key in seen:
            yield _problem(
                number,
                "capacity",
                entry.capacity,
                _("This post has this capacity twice."),
                _("Keep one of the two rows; widen its scope where needed."),
            )
        seen.add(key)


def _row_problems(number: int, entry: NewEntry, unit: Unit, book: Book) -> Iterator[Problem]:
    for name in ("business_duty", "safety_duty"):
        if not getattr(entry, name).strip():
            yield _problem(
                number,
                name,
                "",
                _("This row has only one of the two duties."),
                _("One post has two responsibilities: write both."),
            )
    if entry.unit is not None and entry.unit.pk != unit.pk:
        yield _problem(
            number,
            "post",
            str(entry.post),
            _("This post belongs to another unit."),
            _("Choose a post of %(unit)s.") % {"unit": entry.unit},
        )
    if entry.post.abolished_at is not None:
        yield _problem(
            number,
            "post",
            str(entry.post),
            _("This post was abolished."),
            _("Choose the post that took over its duties."),
        )
    yield from _capacity_problems(number, entry, unit, book)
    yield from _scope_problems(number, entry, book)


def _capacity_problems(number: int, entry: NewEntry, unit: Unit, book: Book) -> Iterator[Problem]:
    capacities = book["responsibility"]["capacity"]
    if entry.capacity not in capacities:
        yield _problem(
            number,
            "capacity",
            entry.capacity,
            _("This capacity is not in the rule book."),
            _("Use one of: %(codes)s") % {"codes": ", ".join(capacities)},
        )
    elif is_school_capacity(entry.capacity) != unit.is_school:
        yield _problem(
            number,
            "capacity",
            entry.capacity,
            _("A unit of this kind has no such capacity."),
            _("Schools have the SCH_ capacities, bureaus the others."),
        )


def _scope_problems(number: int, entry: NewEntry, book: Book) -> Iterator[Problem]:
    try:
        check_scope(entry.scope, book, "scope")
    except ValueError as error:
        yield _problem(
            number, "scope", str(error), _("This scope cannot be read."), _("Correct the scope.")
        )


def _problem(number: int, name: str, value: str, message: str, remedy: str) -> Problem:
    return Problem(field=f"entries.{number}.{name}", value=value, message=message, remedy=remedy)
