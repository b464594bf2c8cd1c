"""What a person sees of the own work: a quarter in figures, the records behind each figure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from notifications.access import sight_of
from notifications.records.access import own_records
from notifications.records.answered import (
    AnsweredLine,
    CapacityCount,
    counts,
    line_of,
    narrowed,
    owed_rows,
    with_alerts,
)
from notifications.records.models import WorkRecord
from notifications.records.quarters import Quarter
from notifications.records.statements import statements_of
from notifications.records.words import kind_word, sides_word
from notifications.words import capacity_words
from safety.people.models import User
from safety.posts.models import Post

LATEST, PAGE = 6, 30


@dataclass(frozen=True, kw_only=True)
class KindCount:
    """How often one kind of work served a side; ``both`` of them served the other one too."""

    kind: str
    word: str
    n: int
    both: int


@dataclass(frozen=True, kw_only=True)
class RecordLine:
    """One record with its words; ``entered_later`` where it was written down on a later day."""

    record: WorkRecord
    word: str
    sides: str
    entered_later: bool


@dataclass(frozen=True, kw_only=True)
class QuarterView:
    """A quarter of one person, side by side."""

    quarter: Quarter
    business: Sequence[KindCount]
    safety: Sequence[KindCount]
    capacities: Sequence[CapacityCount]
    latest: Sequence[RecordLine]

    @property
    def business_capacities(self) -> list[CapacityCount]:
        return [one for one in self.capacities if one.line == "business"]

    @property
    def safety_capacities(self) -> list[CapacityCount]:
        """Everything that is not of the business line: safety, the chiefs, the duty seat."""
        return [one for one in self.capacities if one.line != "business"]


@dataclass(frozen=True, kw_only=True)
class Version:
    """What a record said from a time on, in words."""

    number: int
    at: Any
    text: str
    reason: str


def quarter_view(
    user: User,
    quarter: Quarter,
    words: Mapping[str, str],
    posts: Collection[int] | None = None,
) -> QuarterView:
    """``posts``: those that ``user`` answers for now, where they are known already."""
    records = standing_records(user).filter(on__range=(quarter.first, quarter.last))
    latest = records.filter(business=True).select_related("post__unit")
    kinds = _kinds(records)
    return QuarterView(
        quarter=quarter,
        business=[one for one in (_count(row, "business") for row in kinds) if one.n],
        safety=[one for one in (_count(row, "safety") for row in kinds) if one.n],
        capacities=counts(user, quarter.starts_at, quarter.ends_at, words, posts),
        latest=[record_line(one) for one in latest.order_by("-on", "-id")[:LATEST]],
    )


def standing_records(user: User) -> QuerySet[WorkRecord]:
    """The own records that were not withdrawn."""
    return own_records(user).filter(withdrawn_at=None)


def _kinds(records: QuerySet[WorkRecord]) -> list[dict[str, Any]]:
    """How often each kind served a side, and both, in the order of the kinds."""
    found = {
        row["kind"]: dict(row)
        for row in records.order_by()
        .values("kind")
        .annotate(
            for_business=Count("pk", filter=Q(business=True)),
            for_safety=Count("pk", filter=Q(safety=True)),
            for_both=Count("pk", filter=Q(business=True, safety=True)),
        )
    }
    return [found[kind.value] for kind in WorkRecord.Kind if kind.value in found]


def _count(row: Mapping[str, Any], side: str) -> KindCount:
    kind = row["kind"]
    return KindCount(kind=kind, word=kind_word(kind), n=row[f"for_{side}"], both=row["for_both"])


def record_line(record: WorkRecord) -> RecordLine:
    from_day = timezone.localtime(record.created_at).date()
    return RecordLine(
        record=record,
        word=kind_word(record.kind),
        sides=sides_word(record),
        entered_later=from_day > record.on,
    )


def records_page(
    user: User, quarter: Quarter, *, kind: str = "", side: str = "", number: Any = 1
) -> Page[WorkRecord]:
    """Records of a quarter, withdrawn ones too: they are shown struck, and count nowhere."""
    records = own_records(user).filter(on__range=(quarter.first, quarter.last))
    if kind:
        records = records.filter(kind=kind, withdrawn_at=None)
    if side in ("business", "safety"):
        records = records.filter(**{side: True}, withdrawn_at=None)
    found = records.select_related("post__unit").order_by("-on", "-id")
    return Paginator(found, PAGE).get_page(number)


def answers_page(
    user: User, quarter: Quarter, *, capacity: str = "", state: str = "", number: Any = 1
) -> tuple[Page[Any], list[AnsweredLine]]:
    """What was owed in a quarter, and stated to it: the rows behind the figures of ``counts``.

    Where no figure is asked for, also what lapsed.
    """
    asked = owed_rows(user, quarter.starts_at, quarter.ends_at, lapsed=not state)
    rows = narrowed(asked, capacity=capacity, state=state)
    page = Paginator(with_alerts(rows, user), PAGE).get_page(number)
    found = list(page.object_list)
    sight, words, said = sight_of(user), capacity_words(), statements_of(user, found)
    return page, [line_of(o, sight=sight, words=words, statement=said.get(o.pk)) for o in found]


def versions_of(record: WorkRecord) -> list[Version]:
    posts = {str(pk): name for pk, name in _post_names(record)}
    return [
        Version(number=one.number, at=one.at, text=_said(one.said, posts), reason=one.reason)
        for one in record.versions.order_by("number")
    ]


def _post_names(record: WorkRecord) -> list[tuple[int, str]]:
    ids = {one.said.get("post") for one in record.versions.all()} - {None}
    return [(post.pk, str(post)) for post in Post.objects.filter(pk__in=ids).select_related("unit")]


def _said(said: Mapping[str, Any], posts: Mapping[str, str]) -> str:
    if said.get("withdrawn"):
        return ""
    kept = WorkRecord(business=said["business"], safety=said["safety"])
    parts = [
        said["on"],
        kind_word(said["kind"]),
        said["about"],
        said["text"],
        sides_word(kept),
        posts.get(str(said.get("post")), ""),
    ]
    return " · ".join(part for part in parts if part)
