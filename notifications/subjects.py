"""What the rooms above know about the subjects of alerts.

An alert knows its subject only as (kind, reference). A room whose subjects
raise alerts registers one reader when it starts; the board asks it once for all
its rows. Without a reader the board shows what the alert itself says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Done:
    """Something done at once (110 called, checked by telephone): its word and time."""

    word: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Sent:
    """Something that went up: by which unit, to whom, who received it, how and when."""

    unit: int
    receiver: str
    received_by: str
    how: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class SubjectFacts:
    """What a board shows of a subject beside its alert. Addresses are "" where there is none.

    ``reporter`` and ``reporter_phone``: whom to call back to check the report.
    """

    provisional: bool = False
    on_time: bool | None = None
    reported_at: datetime | None = None
    verified_at: datetime | None = None
    may_verify: bool = False
    follow_up_at: datetime | None = None
    done: Sequence[Done] = ()
    sent: Sequence[Sent] = ()
    upward_url: str = ""
    verify_url: str = ""
    reporter: str = ""
    reporter_phone: str = ""


Reader = Callable[[Sequence[str]], Mapping[str, SubjectFacts]]

NOTHING_KNOWN = SubjectFacts()
_readers: dict[str, Reader] = {}


def register(kind: str, reader: Reader) -> None:
    """Let ``reader`` answer for subjects of ``kind``: references in, facts by reference out."""
    _readers[kind] = reader


def facts_of(subjects: Iterable[tuple[str, str]]) -> dict[tuple[str, str], SubjectFacts]:
    """Facts of every (kind, reference), one question per kind whatever their number."""
    by_kind: dict[str, list[str]] = {}
    for kind, ref in subjects:
        by_kind.setdefault(kind, []).append(ref)
    found: dict[tuple[str, str], SubjectFacts] = {}
    for kind, refs in by_kind.items():
        reader = _readers.get(kind)
        known = reader(refs) if reader else {}
        found |= {(kind, ref): known.get(ref, NOTHING_KNOWN) for ref in refs}
    return found
