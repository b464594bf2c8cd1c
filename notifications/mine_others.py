"""What a person owes beside the alerts (a pledge to sign …), each kind in its room's words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from notifications.models import Obligation
from notifications.obligations.kinds import room_of
from safety.posts.access import Viewer

SHOWN = 3  # of one kind; more stand in one line that opens their page
ASKED = 500


@dataclass(frozen=True, kw_only=True)
class OtherDuty:
    """One line: what is owed, where it is done, by when (the first of several)."""

    word: str
    url: str
    due_at: datetime | None


def other_duties(user: Viewer, posts: Collection[int]) -> list[OtherDuty]:
    """Everything open that no alert asked of ``posts``, the most urgent first."""
    rows = (
        Obligation.objects.open()
        .filter(post__in=posts, alert=None)
        .select_related("unit", "post")
        .defer("trace")
        .order_by("due_at", "id")[:ASKED]
    )
    by_kind: dict[str, list[Obligation]] = defaultdict(list)
    for row in rows:
        room = room_of(row.kind)
        if room is not None and not (room.is_personal and row.person_id not in (None, user.pk)):
            by_kind[row.kind].append(row)
    return [duty for kind, owed in by_kind.items() for duty in _lines(kind, owed)]


def _lines(kind: str, owed: Sequence[Obligation]) -> list[OtherDuty]:
    room = room_of(kind)
    if room is None:
        return []
    if len(owed) > SHOWN:
        word, url = room.many(len(owed))
        return [OtherDuty(word=word, url=url, due_at=owed[0].due_at)]
    return [OtherDuty(word=room.word(o), url=room.page(o), due_at=o.due_at) for o in owed]
