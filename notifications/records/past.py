"""Count work of the past in bulk: only for histories that are seeded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from notifications.records.actions import Work, noted_fact
from notifications.records.models import WorkRecord, WorkVersion
from safety.ledger.actions import Fact
from safety.people.models import User
from safety.posts.models import Post

BATCH = 1000


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What ``person`` did elsewhere in ``post``, at a moment that is over."""

    person: User
    post: Post
    work: Work
    source_kind: str
    source_ref: str
    at: datetime


def count_past(counted: Sequence[Counted]) -> list[Fact]:
    """Write what ``count_work`` writes, but for the ledger: it is returned, in the same order.

    References follow from the sources, so that the same history is the same rows.
    """
    records = WorkRecord.objects.bulk_create([_record(one) for one in counted], batch_size=BATCH)
    pairs = list(zip(records, counted, strict=True))
    WorkVersion.objects.bulk_create(
        [
            WorkVersion(
                record=made,
                number=1,
                by=one.person,
                said=one.work.as_json() | {"post": one.post.pk},
                at=one.at,
            )
            for made, one in pairs
        ],
        batch_size=BATCH,
    )
    return [noted_fact(made, one.work) for made, one in pairs]


def _record(one: Counted) -> WorkRecord:
    source = f"{one.source_kind}/{one.source_ref}/{one.person.pk}/{one.post.pk}"
    return WorkRecord(
        ref=uuid5(NAMESPACE_URL, f"work/{source}"),
        person=one.person,
        post=one.post,
        created_at=one.at,
        source_kind=one.source_kind,
        source_ref=one.source_ref,
        **asdict(one.work),
    )
