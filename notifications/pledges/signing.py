"""Sign a pledge: the lower side first, then the upper one. Compare-and-set; in the ledger."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.models import Obligation
from notifications.obligations.answering import Answer, fulfil
from notifications.pledges.access import signing_posts
from notifications.pledges.models import Pledge
from notifications.pledges.opening import SUBJECT
from notifications.pledges.rules import PledgeRules
from notifications.pledges.sheets import text_of
from notifications.pledges.slots import level_of
from notifications.records.actions import Work, count_work
from notifications.records.models import TEXT_MAX
from safety.errors import Conflict, Problem, Refused
from safety.ledger.actions import Actor, Fact, record
from safety.people.models import User
from safety.posts.models import Post
from safety.rules.selectors import content_of


@transaction.atomic
def sign_below(*, pledge: Pledge, person: User, typed: str, confirmed: bool) -> bool:
    """``person`` signs the own sheet; whether it was new. Signing twice changes nothing."""
    _refuse(person=person, typed=typed, confirmed=confirmed)
    if pledge.lower_id != person.pk or pledge.lower_post_id not in signing_posts(person):
        raise _not_yours()
    now = timezone.now()
    # The upper side may have become another post since the page was read.
    text = text_of(Pledge.objects.select_for_update(of=("self",)).get(pk=pledge.pk))
    won = (
        Pledge.objects.waiting_below()
        .filter(pk=pledge.pk)
        .update(lower_signed_at=now, lower_signature=person.name, text=text)
    )
    if not won:
        return _was_signed(pledge, side="lower")
    pledge.refresh_from_db()
    owed = Obligation.objects.open().filter(
        kind=Obligation.Kind.PLEDGE, subject_ref=str(pledge.ref), person=person
    )
    _owe_above(pledge, now)
    _tell(pledge, person, "lower", text)
    _count(pledge, person, pledge.lower_post)
    fulfil(obligations=list(owed), answer=Answer(by=person, verb="signed"))
    return True


@transaction.atomic
def sign_above(
    *, pledges: Sequence[Pledge], person: User, typed: str, confirmed: bool
) -> list[Pledge]:
    """``person`` signs for the unit above, one sheet or many at once; return what was new."""
    _refuse(person=person, typed=typed, confirmed=confirmed)
    posts = signing_posts(person)
    if not pledges or any(pledge.upper_post_id not in posts for pledge in pledges):
        raise _not_yours()
    now = timezone.now()
    changed = []
    for pledge in sorted(pledges, key=lambda one: one.pk):
        won = (
            Pledge.objects.waiting_above()
            .filter(pk=pledge.pk)
            .update(upper_signed_at=now, upper_signature=person.name, upper=person)
        )
        if won:
            changed.append(pledge)
        else:
            _was_signed(pledge, side="upper")
    for pledge in changed:
        _tell(pledge, person, "upper", pledge.text)
    _count_many(changed, person)
    owed = Obligation.objects.open().filter(
        kind=Obligation.Kind.PLEDGE,
        subject_ref__in=[str(pledge.ref) for pledge in changed],
        person=None,
    )
    fulfil(obligations=list(owed), answer=Answer(by=person, verb="signed"))
    return changed


def _refuse(*, person: User, typed: str, confirmed: bool) -> None:
    wrong = []
    if "".join(typed.split()) != "".join(person.name.split()):
        wrong.append(
            Problem(
                field="name",
                value=typed,
                message=_("This is not your name as it stands in the system."),
                remedy=_("Type your own name: %(name)s.") % {"name": person.name},
            )
        )
    if not confirmed:
        wrong.append(
            Problem(
                field="confirmed",
                value="",
                message=_("It is not confirmed that you have read the text."),
                remedy=_("Read it and tick the box."),
            )
        )
    if wrong:
        raise Refused.of(wrong)


def _not_yours() -> Refused:
    return Refused(
        _("This pledge is not yours to sign."),
        field="pledge",
        remedy=_("Only the holder of the post signs, not a B or a stand-in."),
    )


def _was_signed(pledge: Pledge, *, side: str) -> bool:
    """It was signed before: nothing changes. Raises ``Conflict`` when it cannot be signed now."""
    now = Pledge.objects.get(pk=pledge.pk)
    if now.ended_at is not None:
        raise Conflict(
            _("This pledge has ended meanwhile."),
            field="pledge",
            value=now.get_ended_why_display(),
            remedy=_("Look at your list: there may be a new one."),
        )
    if side == "upper" and now.lower_signed_at is None:
        raise Conflict(
            _("The lower side has not signed yet."),
            field="pledge",
            value=str(now.lower_post),
            remedy=_("Sign once it has."),
        )
    return False


def _owe_above(pledge: Pledge, now: datetime) -> None:
    """From now on the upper side owes its signature, whoever holds the post."""
    below = Obligation.objects.filter(
        kind=Obligation.Kind.PLEDGE, subject_ref=str(pledge.ref)
    ).first()
    owed = owed_above(pledge, below, now) if below is not None else None
    if owed is not None:
        owed.save(force_insert=True)


def owed_above(pledge: Pledge, below: Obligation, at: datetime) -> Obligation | None:
    """What the upper side owes since ``at``, not yet written; ``below`` was the lower side's."""
    if pledge.upper_post is None:
        return None
    post, rules = pledge.upper_post, PledgeRules.of(content_of(pledge.rules))
    pair = next(one for one in rules.pairs if one.id == pledge.pair)
    capacities = content_of(pledge.rules)["responsibility"]["capacity"]
    label = rules.label(pledge.year)
    return Obligation(
        kind=Obligation.Kind.PLEDGE,
        subject_kind=SUBJECT,
        subject_ref=str(pledge.ref),
        level=level_of(post.unit.kind),
        unit=post.unit,
        post=post,
        capacity=pair.upper,
        line=capacities[pair.upper]["line"],
        person=None,
        owed="ACK",
        why={
            "zh": f"与{pledge.lower_post}签订{label}安全工作责任书",
            "en": f"Countersign the safety pledge of {pledge.year} with {pledge.lower_post}",
        },
        trace=[f"pledges.{pledge.pair}"],
        basis=rules.year["basis"],
        basis_document=below.basis_document,
        table_id=below.table_id,
        rules=pledge.rules,
        created_at=at,
        due_at=rules.due(at, int(rules.year["answer_within_working_days"])),
    )


def _tell(pledge: Pledge, person: User, side: str, text: dict[str, Any]) -> None:
    actor = Actor(kind="person", ref=str(person.pk))
    record(actor=actor, facts=[signed_fact(pledge, person, side, text)])


def signed_fact(pledge: Pledge, person: User, side: str, text: Mapping[str, Any]) -> Fact:
    """What the ledger is told of a signature: whose, for which side, under which words."""
    said = json.dumps(text, ensure_ascii=False, sort_keys=True)
    return Fact(
        verb="pledge.signed",
        subject_kind=SUBJECT,
        subject_ref=str(pledge.ref),
        body={
            "side": side,
            "name": person.name,
            "text": hashlib.sha256(said.encode()).hexdigest(),
        },
    )


def _count(pledge: Pledge, person: User, post: Post) -> None:
    """A signed pledge is work of its day, and counts by itself."""
    count_work(
        person=person,
        post=post,
        work=work_of(pledge, timezone.localdate()),
        source_kind=SUBJECT,
        source_ref=str(pledge.ref),
    )


def work_of(pledge: Pledge, on: date) -> Work:
    """The own sheet, signed on the day ``on``, as a piece of work."""
    text = str(pledge.text["title"])[:TEXT_MAX]
    return Work(kind="pledge", on=on, text=text, business=False)


def work_above(pledges: Sequence[Pledge], on: date) -> Work:
    """Sheets countersigned at once for one post, on the day ``on``, as a piece of work."""
    text = f"{pledges[0].text['title']}({len(pledges)}份)"
    return Work(kind="pledge", on=on, text=text[-TEXT_MAX:], business=False)


def _count_many(changed: Sequence[Pledge], person: User) -> None:
    """Many sheets signed at once are one piece of work for each post."""
    by_post: dict[int, list[Pledge]] = {}
    for pledge in changed:
        by_post.setdefault(pledge.upper_post_id or 0, []).append(pledge)
    for of_post in by_post.values():
        first = of_post[0]
        if first.upper_post is None:
            continue
        count_work(
            person=person,
            post=first.upper_post,
            work=work_above(of_post, timezone.localdate()),
            source_kind=SUBJECT,
            source_ref=str(first.ref),
        )
