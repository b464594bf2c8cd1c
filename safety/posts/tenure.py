"""Take office and leave it, move an end, take a mistake back: nothing is ever erased.

A change is compared with what the asker saw and refused as a ``Conflict`` when somebody
else was quicker. On PostgreSQL the posts are locked meanwhile, then the people, so that two
appointments to one exclusive post, or of one person, cannot pass each other; SQLite has one
writer anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safety.errors import Conflict, Refused
from safety.ledger.actions import Actor, Fact, record
from safety.people.models import User
from safety.posts.fitting import Beginning, problems_of
from safety.posts.models import Holding, Post


@dataclass(frozen=True, kw_only=True)
class NewEnd:
    """The end of a holding moves to ``ends_at``; None leaves it open again.

    ``holding`` is the row as the asker saw it. An end at or before its beginning
    takes the holding back.
    """

    holding: Holding
    ends_at: datetime | None


@transaction.atomic
def change_holdings(
    *, beginnings: Sequence[Beginning] = (), ends: Sequence[NewEnd] = (), actor: Actor
) -> list[Holding]:
    """Make all these changes or none; return the new holdings, in the given order.

    Raises ``Refused`` with everything that does not fit, and ``Conflict`` when a
    holding that is to end was changed meanwhile.
    """
    posts = {b.post.pk for b in beginnings} | {e.holding.post_id for e in ends}
    longer = extensions(ends)
    lock_posts(posts)
    lock_people(b.person.pk for b in [*longer, *beginnings])
    _check_seen(ends)
    moved = {end.holding.pk: end.ends_at for end in ends if not _is_longer(end)}
    problems = problems_of([*longer, *beginnings], moved)
    if any(problems):
        raise Refused.of(problem for found in problems for problem in found)
    now = timezone.now()
    facts = [fact for end in ends for fact in _move(end, now)]
    made = Holding.objects.bulk_create([_holding(b, now) for b in beginnings], batch_size=1000)
    facts += [fact_of("holding.began", holding) for holding in made]
    record(actor=actor, facts=facts)
    return made


def lock_posts(posts: Iterable[int]) -> None:
    """Let one change of a post wait for the other. Obligations may still be raised meanwhile."""
    rows = Post.objects.select_for_update(no_key=True).filter(pk__in=posts).order_by("pk")
    list(rows.values_list("pk"))


def lock_people(people: Iterable[int]) -> None:
    """Let what follows from somebody's posts wait: other posts, absences, passwords given out."""
    rows = User.objects.select_for_update(no_key=True).filter(pk__in=set(people)).order_by("pk")
    list(rows.values_list("pk"))


def extensions(ends: Iterable[NewEnd]) -> list[Beginning]:
    """What ends that move to a later moment add."""
    return [_extension(end) for end in ends if _is_longer(end)]


def _check_seen(ends: Sequence[NewEnd]) -> None:
    rows = Holding.objects.in_bulk([end.holding.pk for end in ends])
    for end in ends:
        row = rows.get(end.holding.pk)
        if row is None or row.ends_at != end.holding.ends_at:
            raise _overtaken(end.holding)


def _overtaken(holding: Holding) -> Conflict:
    return Conflict(
        _("This holding has already ended, or somebody else changed it meanwhile."),
        field="holding",
        value=str(holding),
        remedy=_("Look at the post as it is now, then repeat what is still needed."),
    )


def _is_longer(end: NewEnd) -> bool:
    before = end.holding.ends_at
    return before is not None and (end.ends_at is None or end.ends_at > before)


def _extension(end: NewEnd) -> Beginning:
    """What a moved end adds: it must fit like a holding of its own."""
    holding = end.holding
    return Beginning(
        post=holding.post,
        person=holding.person,
        kind=holding.kind,
        starts_at=holding.ends_at or holding.starts_at,
        ends_at=end.ends_at,
    )


def _holding(beginning: Beginning, now: datetime) -> Holding:
    return Holding(
        post=beginning.post,
        person=beginning.person,
        kind=beginning.kind,
        rank=beginning.rank,
        starts_at=beginning.starts_at,
        ends_at=beginning.ends_at,
        note=beginning.note[:200],
        recorded_at=now,
    )


def _move(end: NewEnd, now: datetime) -> list[Fact]:
    holding = end.holding
    if end.ends_at is not None and end.ends_at <= holding.starts_at:
        return [_withdraw(holding, _("ended before it began"), now)]
    _keep_version(holding, now)
    moved = Holding.objects.filter(pk=holding.pk, ends_at=holding.ends_at).update(
        ends_at=end.ends_at, recorded_at=now
    )
    if not moved:
        raise _overtaken(holding)
    before, holding.ends_at, holding.recorded_at = holding.ends_at, end.ends_at, now
    verb = "holding.ended" if end.ends_at is not None else "holding.reopened"
    return [fact_of(verb, holding, before=before.isoformat() if before else None)]


def _keep_version(holding: Holding, now: datetime) -> None:
    Holding.versions.create(
        post_id=holding.post_id,
        person_id=holding.person_id,
        kind=holding.kind,
        rank=holding.rank,
        starts_at=holding.starts_at,
        ends_at=holding.ends_at,
        note=holding.note,
        recorded_at=holding.recorded_at,
        withdrawn_at=now,
        version_of=holding,
    )


@transaction.atomic
def withdraw(*, holdings: Sequence[Holding], why: str, actor: Actor) -> None:
    """Take holdings back that were entered by mistake, or are not wanted after all.

    They count no more, now or in the past; what was believed meanwhile stays readable.
    """
    if not why.strip():
        raise Refused(
            _("Say why it is taken back."),
            field="why",
            remedy=_("Write one line; it stays in the history of the post."),
        )
    lock_posts({holding.post_id for holding in holdings})
    now = timezone.now()
    record(actor=actor, facts=[_withdraw(holding, why.strip(), now) for holding in holdings])


def _withdraw(holding: Holding, why: str, now: datetime) -> Fact:
    taken = Holding.objects.filter(pk=holding.pk, ends_at=holding.ends_at).update(
        withdrawn_at=now, withdrawn_why=why[:200]
    )
    if not taken:
        raise _overtaken(holding)
    return fact_of("holding.withdrawn", holding, why=why[:200])


@transaction.atomic
def appoint(
    *,
    post: Post,
    person: User,
    actor: Actor,
    starts_at: datetime,
    ends_at: datetime | None = None,
    kind: str = Holding.Kind.PRINCIPAL,
    rank: int = 0,
    note: str = "",
) -> Holding:
    """``person`` takes office in ``post`` from ``starts_at`` on, beside whoever has it."""
    beginning = Beginning(
        post=post,
        person=person,
        starts_at=starts_at,
        ends_at=ends_at,
        kind=kind,
        rank=rank,
        note=note,
    )
    return change_holdings(beginnings=[beginning], actor=actor)[0]


@transaction.atomic
def leave_office(*, holding: Holding, ends_at: datetime, actor: Actor) -> None:
    """End a holding at ``ends_at``; rights and streams end with it."""
    if holding.ends_at is not None and ends_at >= holding.ends_at:
        raise _overtaken(holding)
    change_holdings(ends=[NewEnd(holding=holding, ends_at=ends_at)], actor=actor)


def fact_of(verb: str, holding: Holding, **more: Any) -> Fact:
    """What the ledger is told of a holding: enough to rebuild it."""
    body = {
        "holding": holding.pk,
        "person": holding.person_id,
        "kind": str(holding.kind),
        "starts_at": holding.starts_at.isoformat(),
        "ends_at": holding.ends_at.isoformat() if holding.ends_at else None,
        **more,
    }
    return Fact(verb=verb, subject_kind="post", subject_ref=str(holding.post_id), body=body)
