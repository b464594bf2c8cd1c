"""Sheets whose upper side has become another post of the table, or a post at last."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from notifications.pledges.models import Pledge
from notifications.pledges.slots import Slot
from safety.ledger.actions import SYSTEM, Fact, record

UPPER = ("upper_post", "upper_post__abolished_at", "lower_signed_at")


def strayed(
    wanted: Mapping[tuple[str, int, int | None], Slot], years: Collection[int]
) -> tuple[list[tuple[int, int | None]], list[int]]:
    """Which sheets get another upper post, and which can be signed by nobody above any more.

    A sheet that nobody has signed takes the post of today. One that is signed below names
    its upper side in a text that is frozen: it stays, as long as that post exists.
    """
    moved: list[tuple[int, int | None]] = []
    stranded: list[int] = []
    rows = Pledge.objects.standing().filter(year__in=years, upper_signed_at=None).order_by("id")
    read = ("pk", "pair", "lower_post", "lower", *UPPER)
    for pk, pair, post, person, upper, abolished, signed in rows.values_list(*read):
        slot = wanted.get((pair, post, person))
        if slot is None or slot.upper_post == upper:
            continue
        if signed is None:
            moved.append((pk, slot.upper_post))
        elif slot.upper_post is not None and (upper is None or abolished is not None):
            stranded.append(pk)
    return moved, stranded


def readdress(moved: Sequence[tuple[int, int | None]], *, at: datetime) -> None:
    """Give the sheets their upper post of today, unless somebody signs at this moment."""
    facts = []
    refs = dict(Pledge.objects.filter(pk__in=dict(moved)).values_list("pk", "ref"))
    for pk, upper in moved:
        if Pledge.objects.waiting_below().filter(pk=pk).update(upper_post=upper):
            ref = str(refs[pk])
            body = {"upper_post": upper}
            facts.append(
                Fact(verb="pledge.readdressed", subject_kind="pledge", subject_ref=ref, body=body)
            )
    record(actor=SYSTEM, facts=facts, at=at)
