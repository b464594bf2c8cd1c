"""Hand-over notes (交接单): what passed on, told as far as the reader may know; both confirm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.access import Sight, sight_of
from notifications.handing.models import HandOver
from notifications.models import Alert, Obligation
from notifications.words import capacity_word
from safety.errors import Conflict, Hidden
from safety.home.offices.changes import actor_of
from safety.ledger.actions import Fact, record
from safety.people.models import User
from safety.posts.access import Viewer


@dataclass(frozen=True, kw_only=True)
class Item:
    """One obligation of a note. ``words`` is empty where the reader may not know the matter."""

    obligation: Obligation
    capacity: str
    words: Mapping[str, Any]


def items_of(note: HandOver, user: User) -> list[Item]:
    """What the note lists, in the words that ``user`` may read; of a sealed alert none."""
    sight = sight_of(user)
    rows = (
        Obligation.objects.filter(handed__hand_over=note)
        .select_related("alert", "unit", "post")
        .prefetch_related("alert__units", "alert__obligations")
        .order_by("due_at", "id")
    )
    if user.pk not in (note.giver_id, note.taker_id):
        rows = rows.exclude(alert__privacy=Alert.Privacy.SEALED)
    return [_item(row, sight) for row in rows]


def _item(row: Obligation, sight: Sight) -> Item:
    alert = row.alert
    hidden = alert is not None and sight.hides_posts(alert)
    words: Mapping[str, Any] = {} if alert is None or hidden else sight.words(alert)
    return Item(obligation=row, capacity=capacity_word(row.capacity), words=words)


def to_confirm(user: Viewer) -> QuerySet[HandOver]:
    """Notes that wait for the word of ``user``."""
    mine = Q(giver=user.pk, giver_confirmed_at=None) | Q(taker=user.pk, taker_confirmed_at=None)
    return HandOver.objects.filter(mine).exclude(taker=None).select_related("post__unit")


@transaction.atomic
def confirm(*, note: HandOver, remark: str, user: User) -> None:
    """``user`` confirms as giver, as taker, or (both in one person) as both."""
    now = timezone.now()
    changed = 0
    sides: Sequence[tuple[int | None, str]] = (
        (note.giver_id, "giver"),
        (note.taker_id, "taker"),
    )
    for person, side in sides:
        if person == user.pk:
            rows = HandOver.objects.filter(pk=note.pk, **{f"{side}_confirmed_at": None})
            changed += rows.update(
                **{f"{side}_confirmed_at": now, f"{side}_note": remark.strip()[:500]}
            )
    if user.pk not in (note.giver_id, note.taker_id):
        raise Hidden
    if not changed:
        raise Conflict(
            _("This note is confirmed already."), field="note", remedy=_("Nothing is left to do.")
        )
    record(
        actor=actor_of(user),
        facts=[
            Fact(
                verb="hand_over.confirmed",
                subject_kind="post",
                subject_ref=str(note.post_id or ""),
                body={"hand_over": str(note.ref), "note": remark.strip()[:500]},
            )
        ],
    )
