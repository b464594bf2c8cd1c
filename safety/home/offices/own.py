"""What stands above the own list (/mine/): absence in one tap, notes, what a liaison entered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from notifications.handing.models import HandOver, LiaisonEntry
from safety.home.offices.away import Preset, presets
from safety.home.offices.liaison import links_of, unseen
from safety.home.offices.notes import to_confirm
from safety.people.models import User
from safety.posts.access import Viewer
from safety.posts.models import Leave

SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class OwnTop:
    person: int
    leave: Leave | None
    presets: Sequence[Preset]
    notes: Sequence[HandOver]
    entries: Sequence[LiaisonEntry]
    leaders: Sequence[User]


def own_top(user: Viewer) -> OwnTop | None:
    """Nothing for whoever is not signed in."""
    if not isinstance(user, User):
        return None
    now = timezone.now()
    return OwnTop(
        person=user.pk,
        leave=Leave.objects.at(now).filter(person=user).first(),
        presets=presets(now),
        notes=list(to_confirm(user)[:SHOWN]),
        entries=list(unseen(user)[:SHOWN]),
        leaders=[link.leader for link in links_of(user, now).select_related("leader")],
    )
