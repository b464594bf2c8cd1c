"""How much waits for one person: the one line that leads to "my two responsibilities"."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from notifications.access import own_obligations
from notifications.models import Obligation
from safety.posts.access import Viewer


@dataclass(frozen=True, kw_only=True)
class Standing:
    """In how many capacities something waits, and in how many of them the time is over."""

    open: int
    late: int


def standing(user: Viewer) -> Standing:
    """Counted as the page itself counts: per alert and capacity, without what is only to read."""
    now = timezone.now()
    owed = (
        own_obligations(user)
        .filter(state=Obligation.State.OPEN)
        .exclude(alert=None)
        .exclude(kind=Obligation.Kind.READ)
    )
    slots: dict[tuple[object, ...], bool] = {}
    for *slot, due_at in owed.values_list(
        "alert", "unit", "capacity", "post", "person", "due_at"
    ).distinct():
        key = tuple(slot)
        slots[key] = slots.get(key, False) or (due_at is not None and due_at <= now)
    return Standing(open=len(slots), late=sum(slots.values()))
