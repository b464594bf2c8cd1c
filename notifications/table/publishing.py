"""Publish a version of the responsibility table: both duties in every row, or not at all."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.models import Entry, ResponsibilityTable
from notifications.table.candidates import Candidate, Place, places_on
from notifications.table.checks import problems_of
from notifications.table.rows import Row
from safety.errors import Conflict, Refused
from safety.ledger.actions import Actor, Fact, record
from safety.people.models import User
from safety.posts.models import Post
from safety.posts.roles import GRANTS, grant, withdraw
from safety.rules.selectors import content_of, current_rules
from safety.units.models import Unit

State = ResponsibilityTable.State
BATCH = 2000
SUBJECT = "responsibility_table"

RENUMBER = """
UPDATE notifications_entry SET serial = numbered.number
FROM (
    SELECT e.id AS id, ROW_NUMBER() OVER (ORDER BY u.path, e.serial, e.id) AS number
    FROM notifications_entry e JOIN units_unit u ON u.id = e.unit_id
    WHERE e.table_id = %s
) AS numbered
WHERE numbered.id = notifications_entry.id AND notifications_entry.serial <> numbered.number
"""


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
    *,
    entries: Sequence[NewEntry],
    note: str,
    actor: Actor,
    at: datetime | None = None,
    ref: UUID | None = None,
) -> ResponsibilityTable:
    """Publish ``entries`` as the next version without a draft before: a house is founded.

    Rights follow: see ``_move_rights``. ``at`` and ``ref`` are
    only for seeded history. Holders may come later, so the gate of coverage is not asked.

    Raises ``Refused`` with every problem of every row, and ``Conflict`` when
    somebody else published at the same moment.
    """
    places = places_on(timezone.localdate())
    rows = list(_candidates(entries, places))
    found = tuple(problems_of(rows, places, content_of(current_rules())))
    if found:
        raise Refused.of(found)
    moment = at or timezone.now()
    before = ResponsibilityTable.objects.filter(state=State.PUBLISHED).first()
    with transaction.atomic():
        table = ResponsibilityTable.objects.create(
            ref=ref or uuid4(), based_on=before, created_at=moment
        )
        Entry.objects.bulk_create(
            [_entry(table, new, row) for new, row in zip(entries, rows, strict=True)],
            batch_size=BATCH,
        )
        publish_rows(table=table, note=note, by=None, actor=actor, at=moment, renumber=False)
    table.refresh_from_db()
    return table


def publish_rows(
    *,
    table: ResponsibilityTable,
    note: str,
    by: User | None,
    actor: Actor,
    at: datetime,
    renumber: bool = True,
) -> None:
    """Make the checked rows of ``table`` the version in force; the one before is superseded.

    ``table`` is as it was read when it was checked. Of several publishers on the
    same version one wins: the version in force is taken over by compare-and-set.

    Raises ``Conflict`` when another version was published, or a row edited, meanwhile.
    """
    try:
        with transaction.atomic():
            _take_over(table.based_on)
            _fix(table, note=note, by=by, at=at, renumber=renumber)
            _move_rights(table)
            record(actor=actor, facts=_facts(table), at=at)
    except IntegrityError as error:
        raise _published_meanwhile() from error


def _take_over(before: ResponsibilityTable | None) -> None:
    published = ResponsibilityTable.objects.filter(state=State.PUBLISHED)
    if before is None:
        taken = not published.exists()  # two at once meet in the constraint one_published_table
    else:
        taken = published.filter(pk=before.pk).update(state=State.SUPERSEDED) == 1
    if not taken:
        raise _published_meanwhile()


def _fix(
    table: ResponsibilityTable, *, note: str, by: User | None, at: datetime, renumber: bool
) -> None:
    """Number the rows, then the version; nothing of it changes from here on."""
    if renumber:
        with connection.cursor() as cursor:
            cursor.execute(RENUMBER, [table.pk])
    last = ResponsibilityTable.objects.aggregate(last=Max("number"))["last"] or 0
    changed = ResponsibilityTable.objects.filter(
        pk=table.pk, state__in=ResponsibilityTable.EDITABLE, revision=table.revision
    ).update(state=State.PUBLISHED, number=last + 1, note=note, published_at=at, published_by=by)
    if not changed:
        raise Conflict(
            _("Somebody edited this draft while it was being published."),
            field="table",
            remedy=_("Look at what changed, check it and publish again."),
        )


def _published_meanwhile() -> Conflict:
    return Conflict(
        _("Another table was published at the same moment."),
        field="table",
        remedy=_("Look at it, then publish again."),
    )


def _move_rights(table: ResponsibilityTable) -> None:
    """Rights follow the table: posts get those of new capacities and lose those of lost ones."""
    if table.based_on is not None:
        lost = list(_only_in(table.based_on, table))
        kept: dict[int, set[str]] = defaultdict(set)
        still = table.entries.filter(post__in={entry.post_id for entry in lost})
        for post, capacity in still.values_list("post", "capacity"):
            kept[post].add(capacity)
        withdraw(roles=[(entry.post, entry.capacity) for entry in lost], kept=kept)
    new = _only_in(table, table.based_on)
    grant(roles=[(entry.post, entry.capacity) for entry in new if entry.capacity in GRANTS])


def _only_in(table: ResponsibilityTable, other: ResponsibilityTable | None) -> QuerySet[Entry]:
    there = Entry.objects.filter(table=other, post=OuterRef("post"), capacity=OuterRef("capacity"))
    return table.entries.filter(~Exists(there)).select_related("post").order_by("id")


def _facts(table: ResponsibilityTable) -> Iterator[Fact]:
    number, note = ResponsibilityTable.objects.values_list("number", "note").get(pk=table.pk)
    if table.based_on is not None:
        yield Fact(
            verb="table.superseded",
            subject_kind=SUBJECT,
            subject_ref=str(table.based_on.number),
            body={"by": number},
        )
    yield Fact(
        verb="table.published",
        subject_kind=SUBJECT,
        subject_ref=str(number),
        body={
            "entries": table.entries.count(),
            "digest": digest_of(table),
            "note": note,
            "draft": str(table.ref),
        },
    )


def digest_of(table: ResponsibilityTable) -> str:
    """SHA-256 over all rows in a fixed order, so that the ledger proves what was published."""
    columns = ("post_id", "capacity", "line", "business_duty", "safety_duty", "assessment")
    proof = hashlib.sha256()
    rows = table.entries.order_by("post_id", "capacity").values_list(*columns, "scope")
    for *values, scope in rows.iterator(chunk_size=5000):
        said = json.dumps(scope, ensure_ascii=False, sort_keys=True)
        row = json.dumps([*values, said], ensure_ascii=False, separators=(",", ":"))
        proof.update(row.encode() + b"\n")
    return proof.hexdigest()


def _entry(table: ResponsibilityTable, new: NewEntry, found: Candidate) -> Entry:
    row = found.row
    return Entry(
        table=table,
        serial=found.number,
        unit_id=new.post.unit_id,
        post=new.post,
        capacity=row.capacity,
        line=row.line,
        scope=dict(row.scope),
        business_duty=row.business_duty,
        safety_duty=row.safety_duty,
        assessment=row.assessment,
    )


def _candidates(entries: Sequence[NewEntry], places: Mapping[str, Place]) -> Iterator[Candidate]:
    codes = dict(
        Unit.objects.filter(pk__in={new.post.unit_id for new in entries}).values_list("pk", "code")
    )
    for number, new in enumerate(entries, start=1):
        unit = codes[new.post.unit_id]
        yield Candidate(
            number=number,
            row=Row(
                unit=unit,
                post=new.post.code,
                capacity=new.capacity,
                line=new.line,
                scope=new.scope,
                business_duty=new.business_duty,
                safety_duty=new.safety_duty,
                assessment=new.assessment,
            ),
            place=places[unit],
            post_id=new.post.pk,
            post_name=new.post.name,
            is_abolished=new.post.abolished_at is not None,
            claimed_unit=new.unit.code if new.unit is not None else "",
        )
