"""Record work, change a record, withdraw it; count work that was recorded elsewhere."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.records.access import posts_on
from notifications.records.models import ABOUT_MAX, TEXT_MAX, WorkRecord, WorkVersion
from safety.errors import Conflict, Hidden, Problem, Refused
from safety.ledger.actions import Actor, Fact, record
from safety.people.models import User
from safety.posts.models import Post

OLDEST = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class Work:
    """What was done: a kind, a day, perhaps a school or theme, one line, and the sides it serves.

    Both sides are the rule (四同步): work is deployed, done and checked together with its safety.
    """

    kind: str
    on: date
    text: str
    about: str = ""
    business: bool = True
    safety: bool = True

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"on": self.on.isoformat()}


@transaction.atomic
def note_work(*, ref: UUID, person: User, post: Post, work: Work) -> tuple[WorkRecord, bool]:
    """Record ``work``; return the record and whether it is new.

    The same ``ref`` with the same words again is the same record, unchanged. Raises
    ``Refused`` naming everything that is wrong, ``Conflict`` when ``ref`` was used for
    other words (a page that came back from memory), ``Hidden`` when it is somebody else's.
    """
    known = WorkRecord.objects.filter(ref=ref).first()
    if known is not None:
        return _same(known, person, work), False
    _refuse(person=person, post=post, work=work)
    try:
        with transaction.atomic():
            made = _write(ref=ref, person=person, post=post, work=work)
    except IntegrityError:  # the other half of a double tap was faster
        return _same(WorkRecord.objects.get(ref=ref), person, work), False
    return made, True


@transaction.atomic
def count_work(
    *, person: User, post: Post, work: Work, source_kind: str, source_ref: str
) -> WorkRecord | None:
    """Count what ``person`` did elsewhere (a pledge signed, an inspection); ``None`` if it was.

    Once for each source, person and post. Call it inside the transaction of that work.
    """
    source = {"source_kind": source_kind, "source_ref": source_ref}
    if WorkRecord.objects.filter(person=person, post=post, **source).exists():
        return None
    try:
        with transaction.atomic():
            return _write(ref=uuid4(), person=person, post=post, work=work, **source)
    except IntegrityError:
        return None


@transaction.atomic
def change_work(
    *, found: WorkRecord, person: User, post: Post, work: Work, seen: int
) -> WorkRecord:
    """Correct a record; what it said stays readable. ``seen`` is the version that was on screen."""
    _refuse_counted(found)
    _refuse(person=person, post=post, work=work)
    now = timezone.now()
    won = WorkRecord.objects.filter(pk=found.pk, version=seen, withdrawn_at=None).update(
        post=post, version=seen + 1, **asdict(work)
    )
    if not won:
        raise _conflict(seen)
    _version(found, number=seen + 1, by=person, said=work.as_json() | {"post": post.pk}, at=now)
    _tell(found, "work.changed", person, _digest(work) | {"version": seen + 1})
    return WorkRecord.objects.get(pk=found.pk)


@transaction.atomic
def withdraw_work(*, found: WorkRecord, person: User, reason: str, seen: int) -> WorkRecord:
    """Take a record back: it counts nowhere any more, and its history says why."""
    _refuse_counted(found)
    reason = reason.strip()
    if not reason:
        raise Refused(
            _("The reason is missing."),
            field="reason",
            remedy=_("Write in a few words why it is withdrawn."),
        )
    now = timezone.now()
    won = WorkRecord.objects.filter(pk=found.pk, version=seen, withdrawn_at=None).update(
        version=seen + 1, withdrawn_at=now
    )
    if not won:
        raise _conflict(seen)
    said = {"withdrawn": True}
    _version(found, number=seen + 1, by=person, said=said, at=now, reason=reason[:TEXT_MAX])
    _tell(found, "work.withdrawn", person, {"version": seen + 1})
    return WorkRecord.objects.get(pk=found.pk)


def _same(known: WorkRecord, person: User, work: Work) -> WorkRecord:
    if known.person_id != person.pk:
        raise Hidden
    first = known.versions.get(number=1).said
    if {name: first[name] for name in work.as_json()} != work.as_json():
        raise Conflict(
            _("This page has recorded something else already."),
            field="ref",
            remedy=_("Press once more to record this one too."),
        )
    return known


def _write(*, ref: UUID, person: User, post: Post, work: Work, **source: str) -> WorkRecord:
    now = timezone.now()
    made = WorkRecord.objects.create(
        ref=ref, person=person, post=post, created_at=now, **asdict(work), **source
    )
    _version(made, number=1, by=person, said=work.as_json() | {"post": post.pk}, at=now)
    record(actor=_actor(person), facts=[noted_fact(made, work)])
    return made


def noted_fact(made: WorkRecord, work: Work) -> Fact:
    """What the ledger is told of work that was recorded, or counted from elsewhere."""
    body = _digest(work)
    if made.source_kind:
        body |= {"source_kind": made.source_kind, "source_ref": made.source_ref}
    return _fact(made, "work.noted", body)


def _version(
    found: WorkRecord, *, number: int, by: User, said: dict[str, Any], at: Any, reason: str = ""
) -> None:
    WorkVersion.objects.create(record=found, number=number, by=by, said=said, at=at, reason=reason)


def _digest(work: Work) -> dict[str, Any]:
    """What the ledger keeps: enough to prove the words, without repeating them."""
    words = f"{work.about}\n{work.text}"
    said = work.as_json()
    del said["about"], said["text"]
    return said | {"words": hashlib.sha256(words.encode()).hexdigest()}


def _tell(found: WorkRecord, verb: str, person: User, body: dict[str, Any]) -> None:
    record(actor=_actor(person), facts=[_fact(found, verb, body)])


def _fact(found: WorkRecord, verb: str, body: dict[str, Any]) -> Fact:
    return Fact(verb=verb, subject_kind="work", subject_ref=str(found.ref), body=body)


def _actor(person: User) -> Actor:
    return Actor(kind="person", ref=str(person.pk))


def _conflict(seen: int) -> Conflict:
    return Conflict(
        _("This record was changed or withdrawn meanwhile."),
        field="version",
        value=str(seen),
        remedy=_("Look at it again, then correct it."),
    )


def _refuse_counted(found: WorkRecord) -> None:
    if found.is_counted:
        raise Refused(
            _("This counted by itself from what was recorded elsewhere."),
            field="ref",
            value=found.source_kind,
            remedy=_("Correct it where it was recorded."),
        )


def _refuse(*, person: User, post: Post, work: Work) -> None:
    wrong = [*_wrong_words(work), *_wrong_day(work.on)]
    if not wrong and not posts_on(person, work.on).filter(pk=post.pk).exists():
        wrong.append(
            Problem(
                field="post",
                value=post.name,
                message=_("You did not hold this post on that day."),
                remedy=_("Choose the post in which you did it, or another day."),
            )
        )
    if wrong:
        raise Refused.of(wrong)


def _wrong_words(work: Work) -> list[Problem]:
    wrong = []
    if work.kind not in WorkRecord.BY_HAND:
        wrong.append(
            Problem(
                field="kind",
                value=work.kind,
                message=_("This kind of work cannot be recorded here."),
                remedy=_("Choose one of the kinds."),
            )
        )
    if not work.text.strip():
        wrong.append(
            Problem(
                field="text",
                value="",
                message=_("The line is missing."),
                remedy=_("Write one line: what was done."),
            )
        )
    for field, said, most in (("text", work.text, TEXT_MAX), ("about", work.about, ABOUT_MAX)):
        if len(said) > most:
            wrong.append(
                Problem(
                    field=field,
                    value=said,
                    message=_("This is too long."),
                    remedy=_("Use at most %(max)d characters.") % {"max": most},
                )
            )
    if not (work.business or work.safety):
        wrong.append(
            Problem(
                field="safety",
                value="",
                message=_("Neither business nor safety is ticked."),
                remedy=_("Tick at least one side; usually it is both."),
            )
        )
    return wrong


def _wrong_day(on: date) -> list[Problem]:
    today = timezone.localdate()
    if on > today:
        message = _("This day has not come yet.")
    elif on < today - OLDEST:
        message = _("This day is more than a year ago.")
    else:
        return []
    return [
        Problem(
            field="on",
            value=on.isoformat(),
            message=message,
            remedy=_("Enter the day on which it was done."),
        )
    ]
