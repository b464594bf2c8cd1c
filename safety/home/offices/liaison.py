"""联络员: what a leader's liaison sees, and enters with both names.

Only what anybody in the chain may read: guarded and sealed matters are the leader's own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.handing.models import LiaisonEntry
from notifications.models import Alert, Obligation
from notifications.obligations.answering import Answer, record_answer
from notifications.obligations.verbs import TICKED, verbs_for
from notifications.words import capacities_in_words, capacity_words
from safety.errors import Hidden, Refused
from safety.ledger.actions import Actor, Fact, record
from safety.people.models import User
from safety.posts.access import Viewer, posts_held
from safety.posts.models import Leave, Liaison

BY_PHONE = "phone_instruction"
SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class Matter:
    """One alert that waits for the leader."""

    alert: Alert
    words: Mapping[str, Any]
    capacities: str
    refs: Sequence[UUID]
    may_instruct: bool
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class LeaderPart:
    """A leader, as the liaison sees him."""

    leader: User
    leave: Leave | None
    matters: Sequence[Matter]


def links_of(user: Viewer, now: datetime) -> QuerySet[Liaison]:
    """The leaders whose 联络员 ``user`` is now."""
    if not user.is_authenticated or not user.is_active:
        return Liaison.objects.none()
    return Liaison.objects.at(now).filter(person=user.pk, leader__is_active=True)


def is_liaison_of(user: Viewer, leader: User, now: datetime) -> bool:
    return links_of(user, now).filter(leader=leader).exists()


def _open_for(leader: User) -> QuerySet[Obligation]:
    return Obligation.objects.open().filter(
        post__in=posts_held(leader),
        alert__privacy=Alert.Privacy.OPEN,
        kind__in=(*TICKED, Obligation.Kind.FIRST_ACTION),
    )


def parts_for(user: Viewer, *, now: datetime) -> list[LeaderPart]:
    """Everything that waits for the leaders of ``user``. Raises ``Hidden`` when there are none."""
    links = links_of(user, now).select_related("leader").order_by("leader__name", "pk")
    parts = [_part(link.leader, now) for link in links]
    if not parts:
        raise Hidden
    return parts


def _part(leader: User, now: datetime) -> LeaderPart:
    words = capacity_words()
    rows = _open_for(leader).select_related("alert", "unit", "post").defer("why", "trace")
    by_alert: dict[int, list[Obligation]] = defaultdict(list)
    alerts: dict[int, Alert] = {}
    for row in rows.order_by("due_at", "id")[:SHOWN]:
        if row.alert is not None:
            by_alert[row.alert.pk].append(row)
            alerts[row.alert.pk] = row.alert
    return LeaderPart(
        leader=leader,
        leave=Leave.objects.at(now).filter(person=leader).first(),
        matters=[
            Matter(
                alert=alerts[pk],
                words=alerts[pk].words,
                capacities=capacities_in_words(owed, words),
                refs=[o.ref for o in owed],
                may_instruct=any(BY_PHONE in verbs_for(o.capacity) for o in owed),
                due_at=min((o.due_at for o in owed if o.due_at is not None), default=None),
            )
            for pk, owed in by_alert.items()
        ],
    )


@transaction.atomic
def enter_for_leader(
    *, leader: User, refs: Sequence[UUID], verb: str, note: str, phone: str, liaison: User
) -> list[Obligation]:
    """Enter 已阅, or an instruction by telephone, for ``leader``; both names stand with it.

    The leader is told at the next opening. Raises ``Hidden`` for what is not his, or not
    told to liaisons.
    """
    now = timezone.now()
    if not is_liaison_of(liaison, leader, now):
        raise Hidden
    found = list(
        _open_for(leader)
        .filter(ref__in=refs)
        .select_related("alert", "unit", "post", "person")
        .order_by("id")
    )
    if not found:
        raise Hidden
    if verb:
        if not note.strip():
            raise Refused(
                _("What the leader said is missing."),
                field="note",
                remedy=_("Write one line in the leader's words."),
            )
        found = [o for o in found if verb in verbs_for(o.capacity)]
    answer = Answer(
        by=liaison, how=Obligation.How.PHONE, verb=verb, note=note, phone=phone or leader.phone
    )
    changed = record_answer(obligations=found, answer=answer)
    LiaisonEntry.objects.bulk_create(
        [
            LiaisonEntry(obligation=o, leader=leader, liaison=liaison, entered_at=now)
            for o in changed
        ]
    )
    return changed


def unseen(user: Viewer) -> QuerySet[LiaisonEntry]:
    """What liaisons entered and the leader has not seen yet."""
    rows = LiaisonEntry.objects.filter(leader=user.pk, seen_at=None)
    return rows.select_related("liaison", "obligation__alert", "obligation__unit")


@transaction.atomic
def mark_seen(*, leader: User) -> int:
    """The leader has read what was entered for him."""
    now = timezone.now()
    entries = list(unseen(leader).values_list("pk", "obligation__ref", "liaison"))
    seen = LiaisonEntry.objects.filter(pk__in=[pk for pk, *_rest in entries], seen_at=None)
    count = seen.update(seen_at=now)
    if count:
        record(
            actor=Actor(kind="person", ref=str(leader.pk)),
            facts=[
                Fact(
                    verb="liaison.entries_seen",
                    subject_kind="person",
                    subject_ref=str(leader.pk),
                    body={"obligations": [str(ref) for _pk, ref, _liaison in entries]},
                )
            ],
        )
    return count
