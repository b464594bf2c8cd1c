"""What the officer in front of the board does next with one alert. Pure.

One step, never a list: the order is that of the card 接–核–报. Own answer first,
because it is one tap; then whether the report is true; then what goes upward
when its time is short; then whoever is silent past the clock, the most overdue
first; then everything that still has time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

SHORT = timedelta(minutes=15)


class Do(StrEnum):
    ANSWER = "answer"
    VERIFY = "verify"
    UPWARD = "upward"
    CALL = "call"
    ACT = "act"
    FOLLOW_UP = "follow_up"
    WAIT = "wait"
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True)
class Owed:
    """Something open: whose it is in words, by when, and the obligation behind it."""

    who: str
    due_at: datetime | None
    ref: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Situation:
    """One alert as this officer stands to it. What is not this officer's business is empty.

    ``to_verify``: the report is not checked by telephone and this officer may
    do it. ``silent``: addressees past their clock whom this officer may call;
    ``waiting``: those whose clock still runs. ``upward``: reports this
    officer's unit still owes to those above.
    """

    own: Sequence[Owed] = ()
    to_verify: bool = False
    upward: Sequence[Owed] = ()
    silent: Sequence[Owed] = ()
    waiting: Sequence[Owed] = ()
    own_action: Sequence[Owed] = ()
    follow_up_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Step:
    do: Do
    who: str = ""
    due_at: datetime | None = None
    ref: UUID | None = None


def next_step(situation: Situation, now: datetime) -> Step:
    """The one thing to do now."""
    pressing = [o for o in situation.upward if o.due_at is not None and o.due_at - now <= SHORT]
    queue: list[tuple[Do, Sequence[Owed]]] = [
        (Do.ANSWER, situation.own),
        (Do.VERIFY, [Owed(who="", due_at=None)] if situation.to_verify else []),
        (Do.UPWARD, pressing),
        (Do.CALL, situation.silent),
        (Do.UPWARD, situation.upward),
        (Do.ACT, situation.own_action),
        (Do.FOLLOW_UP, _follow_up(situation)),
        (Do.WAIT, situation.waiting),
    ]
    for do, owed in queue:
        if owed:
            first = min(owed, key=_urgency)
            return Step(do=do, who=first.who, due_at=first.due_at, ref=first.ref)
    return Step(do=Do.NOTHING)


def _follow_up(situation: Situation) -> Sequence[Owed]:
    at = situation.follow_up_at
    return [Owed(who="", due_at=at)] if at is not None else []


def _urgency(owed: Owed) -> tuple[bool, float]:
    return (owed.due_at is None, owed.due_at.timestamp() if owed.due_at else 0.0)
