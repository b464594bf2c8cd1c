"""Read the ledger, and prove that nobody changed it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet

from safety.ledger.actions import GENESIS, digest_of, link
from safety.ledger.models import Anchor, Event, Seal


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What walking the chain found; ``problems`` name positions and events."""

    events: int
    unsealed: int
    head: str
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


def history(*, subject_kind: str, subject_ref: str) -> QuerySet[Event]:
    """Everything the ledger says of one subject, oldest first."""
    return Event.objects.filter(subject_kind=subject_kind, subject_ref=subject_ref).order_by("id")


def last_events(
    *, subject_kind: str, subject_refs: Collection[str], verbs: Collection[str]
) -> dict[str, Event]:
    """The newest event of one of ``verbs`` for each subject that has one."""
    rows = events_of(subject_kind=subject_kind, subject_refs=subject_refs, verbs=verbs)
    return {event.subject_ref: event for event in rows}


def events_of(
    *, subject_kind: str, subject_refs: Collection[str], verbs: Collection[str]
) -> QuerySet[Event]:
    """What the ledger says of many subjects in one of ``verbs``, oldest first."""
    return Event.objects.filter(
        subject_kind=subject_kind, subject_ref__in=subject_refs, verb__in=verbs
    ).order_by("id")


def verify() -> Verification:
    """Walk the whole chain and recompute every hash from the content of the rows."""
    problems: list[str] = []
    chain, expected = GENESIS, 0
    anchor = Anchor.objects.first()  # read first: the chain may only grow meanwhile
    head = (anchor.position, anchor.chain) if anchor else None
    is_anchored = head is None
    seals = Seal.objects.select_related("event").order_by("position")
    for seal in seals.iterator(chunk_size=2000):
        expected += 1
        if seal.position != expected:
            problems.append(f"position {expected} is missing: the chain jumps to {seal.position}")
            expected = seal.position
        if digest_of(seal.event) != seal.event.digest:
            problems.append(f"event {seal.event_id} does not match its own hash")
        if link(chain, seal.event_id, seal.event.digest) != seal.chain:
            problems.append(f"position {seal.position} does not follow from the one before it")
        chain = seal.chain
        is_anchored = is_anchored or head == (seal.position, chain)
    if anchor is not None and not is_anchored:
        problems.append(
            f"position {anchor.position}, the head at {anchor.at.isoformat()}, is not in the chain"
        )
    waiting = Event.objects.filter(seal=None).order_by("id")
    unsealed = 0
    for event in waiting.iterator(chunk_size=2000):
        unsealed += 1
        if digest_of(event) != event.digest:
            problems.append(f"event {event.pk} does not match its own hash")
    return Verification(
        events=expected,
        unsealed=unsealed,
        head=chain,
        problems=tuple(problems),
    )
