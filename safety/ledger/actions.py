"""Write events, and seal them into the chain."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from safety.bulk import insert
from safety.ledger.models import Anchor, Event, Seal

GENESIS = "0" * 64
NEAR = 10_000  # events before the last sealed one


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acted, as the ledger knows it: a person, a device, or the system itself."""

    kind: str
    ref: str = ""


SYSTEM = Actor(kind="system")


@dataclass(frozen=True, kw_only=True)
class Fact:
    """An event that is not written yet."""

    verb: str
    subject_kind: str
    subject_ref: str
    body: Mapping[str, Any] = field(default_factory=dict)


def record(*, actor: Actor, facts: Iterable[Fact], at: datetime | None = None) -> None:
    """Append ``facts`` in their order. Call it inside the transaction they tell of."""
    moment = at or timezone.now()
    rows = [
        Event(
            at=moment,
            actor_kind=actor.kind,
            actor_ref=actor.ref,
            verb=fact.verb,
            subject_kind=fact.subject_kind,
            subject_ref=fact.subject_ref,
            body=dict(fact.body),
        )
        for fact in facts
    ]
    for row in rows:
        row.digest = digest_of(row)
    insert(rows)


def digest_of(event: Event) -> str:
    """SHA-256 of everything an event says, in canonical JSON (sorted keys, UTC).

    A number without a fraction is written as a whole one: PostgreSQL gives 1e16 back
    as an integer, SQLite as it was.
    """
    content = [
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.actor_kind,
        event.actor_ref,
        event.verb,
        event.subject_kind,
        event.subject_ref,
        _plain_numbers(event.body),
    ]
    text = json.dumps(
        content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _plain_numbers(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(Decimal(repr(value)))  # the digits as written: 4.1e16 is 41 and 15 zeros
    if isinstance(value, Mapping):
        return {name: _plain_numbers(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain_numbers(part) for part in value]
    return value


def link(previous: str, event_id: int, digest: str) -> str:
    """The chain value of an event that follows ``previous``."""
    return hashlib.sha256(f"{previous}:{event_id}:{digest}".encode()).hexdigest()


def seal(*, limit: int = 1000, whole: bool = True) -> int:
    """Chain up to ``limit`` events that are committed and not sealed; return how many.

    Without ``whole`` only the newest events are looked at, which costs the same however long
    the ledger is. What a long transaction committed late may lie further back: look at the
    whole from time to time.

    Two sealers at once are harmless: positions are unique, so the second one's
    whole batch fails and nothing of it stays.
    """
    try:
        with transaction.atomic():
            last = Seal.objects.order_by("-position").first()
            position, chain = (last.position, last.chain) if last else (0, GENESIS)
            after = last.event_id - NEAR if last and not whole else 0
            waiting = Event.objects.filter(seal=None, id__gt=after).order_by("id")[:limit]
            now = timezone.now()
            seals = []
            for event in waiting:
                position += 1
                chain = link(chain, event.pk, event.digest)
                seals.append(Seal(position=position, event=event, chain=chain, sealed_at=now))
            Seal.objects.bulk_create(seals)
            if seals:
                _anchor(last, head=seals[-1])
            return len(seals)
    except IntegrityError:
        return 0


def _anchor(before: Seal | None, *, head: Seal) -> None:
    """Move the anchor from ``before`` to ``head``; of a chain that lost its end it stays behind."""
    values = {"position": head.position, "chain": head.chain, "at": head.sealed_at}
    moved = before and Anchor.objects.filter(
        pk=1, position=before.position, chain=before.chain
    ).update(**values)
    if not moved:
        Anchor.objects.get_or_create(pk=1, defaults=values)
