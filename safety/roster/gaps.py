"""Where a kept roster has nobody on shift. Pure: intervals in, intervals out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

Span = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A seat (post id) without anybody, from when to when."""

    post: int
    starts_at: datetime
    ends_at: datetime


def gaps_of(post: int, kept: Iterable[Span], taken: Iterable[Span]) -> list[Gap]:
    """What of ``kept`` no span of ``taken`` covers, in order."""
    found: list[Gap] = []
    shifts = sorted(taken)
    for begin, end in sorted(kept):
        at = begin
        for start, stop in shifts:
            if start >= end:
                break
            if start > at:
                found.append(Gap(post=post, starts_at=at, ends_at=min(start, end)))
            at = max(at, stop)
        if at < end:
            found.append(Gap(post=post, starts_at=at, ends_at=end))
    return found
