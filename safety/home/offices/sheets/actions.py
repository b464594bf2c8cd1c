"""Keep a sheet, answer its questions, and apply it in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.obligations.handing_over import settle
from safety.errors import Conflict, Refused
from safety.home.offices.changes import Account, actor_of, change_as
from safety.home.offices.models import Adjustment
from safety.home.offices.sheets.plan import SheetPlan
from safety.home.offices.sheets.planning import plan_sheet
from safety.home.offices.sheets.reading import Sheet
from safety.ledger.actions import Fact, record
from safety.people.joining import Newcomer, change_phone, join, one_time_password
from safety.people.models import User
from safety.posts.access import reach
from safety.posts.fitting import Beginning
from safety.posts.keys import withheld_from
from safety.posts.models import Holding
from safety.posts.tenure import lock_posts
from safety.units.models import Unit

MANAGE = "manage_people"


@dataclass(frozen=True, kw_only=True)
class Applied:
    sheet: Adjustment
    accounts: Sequence[Account] = field(default_factory=tuple)


@transaction.atomic
def keep_sheet(*, sheet: Sheet, title: str, starts_on: date | None, user: User) -> Adjustment:
    """Keep what was pasted or uploaded as a draft; nothing of it is done yet."""
    return Adjustment.objects.create(
        title=title[:100],
        rows=sheet.as_json(),
        notes=list(sheet.notes),
        starts_on=starts_on,
        made_by=user,
        made_at=timezone.now(),
    )


def plan_of(sheet: Adjustment, user: User, *, now: datetime) -> SheetPlan:
    """What ``sheet`` would do, by what ``user`` may change today."""
    return plan_sheet(
        sheet.rows,
        answers=sheet.answers,
        starts_on=sheet.starts_on,
        inside=reach(user, MANAGE),
        user=user,
        now=now,
    )


def within_reach(sheets: Iterable[Adjustment], paths: tuple[str, ...]) -> list[Adjustment]:
    """Those of ``sheets`` whose changes all lie below ``paths``; drafts have changed nothing."""
    if not paths:
        return []
    changed = {
        sheet: [row.get("made") or row.get("ended") for row in sheet.done] for sheet in sheets
    }
    touched = Holding.versions.filter(pk__in={pk for pks in changed.values() for pk in pks if pk})
    outside = touched.exclude(post__unit__in=Unit.objects.under(*paths).values("pk"))
    hidden = set(outside.values_list("pk", flat=True))
    return [sheet for sheet, pks in changed.items() if hidden.isdisjoint(pks)]


@transaction.atomic
def answer_questions(*, sheet: Adjustment, answers: Mapping[str, str]) -> None:
    """Keep the choices that were made on the preview."""
    kept = {**sheet.answers, **{key: value[:40] for key, value in answers.items() if value}}
    drafts = Adjustment.objects.filter(pk=sheet.pk, state=Adjustment.State.DRAFT)
    if not drafts.update(answers=kept):
        raise _not_a_draft(sheet)
    sheet.answers = kept


@transaction.atomic
def discard_sheet(*, sheet: Adjustment) -> None:
    drafts = Adjustment.objects.filter(pk=sheet.pk, state=Adjustment.State.DRAFT)
    if not drafts.update(state=Adjustment.State.DISCARDED):
        raise _not_a_draft(sheet)


def _not_a_draft(sheet: Adjustment) -> Conflict:
    return Conflict(
        _("This sheet was applied or discarded meanwhile."),
        field="sheet",
        value=sheet.title,
        remedy=_("Look at it as it is now."),
    )


@transaction.atomic
def apply_sheet(*, sheet: Adjustment, digest: str, user: User) -> Applied:
    """Do everything the preview said, or nothing.

    Raises ``Conflict`` when what would happen is no longer what was looked at
    (``digest``), and ``Refused`` while a row is wrong or a question open.
    """
    now = timezone.now()
    taken = Adjustment.objects.filter(pk=sheet.pk, state=Adjustment.State.DRAFT).update(
        state=Adjustment.State.APPLIED, applied_by=user, applied_at=now
    )
    if not taken:
        raise _not_a_draft(sheet)
    first = plan_of(sheet, user, now=now)
    lock_posts(
        {r.post.pk for r in first.rows if r.post} | {e.holding.post_id for e in first.ends.values()}
    )
    plan = plan_of(sheet, user, now=now)
    if plan.digest != digest:
        raise Conflict(
            _("Posts or people of this sheet were changed since you looked at it."),
            field="sheet",
            value=sheet.title,
            remedy=_("Look at the preview again, then apply it."),
        )
    if not plan.may_be_applied:
        raise Refused(
            _("The sheet still has problems or open questions."),
            field="sheet",
            value=sheet.title,
            remedy=_("Correct the marked rows and upload it again, or answer the questions."),
        )
    accounts = _make_accounts(plan, user)
    done, shut_out = _change(plan, {a.user.phone: a.user for a in accounts}, user)
    accounts += [Account(user=one, is_shut=True) for one in shut_out]
    Adjustment.objects.filter(pk=sheet.pk).update(done=done)
    record(
        actor=actor_of(user),
        facts=[
            Fact(
                verb="adjustment.applied",
                subject_kind="adjustment",
                subject_ref=str(sheet.ref),
                body={"title": sheet.title, "rows": len(plan.rows), "people": len(plan.newcomers)},
            )
        ],
    )
    settle(posts=_touched(plan), actor=actor_of(user))
    sheet.refresh_from_db()
    return Applied(sheet=sheet, accounts=accounts)


def _touched(plan: SheetPlan) -> set[int]:
    began = {row.begins.post.pk for row in plan.rows if row.begins}
    return began | {end.holding.post_id for end in plan.ends.values()}


def _make_accounts(plan: SheetPlan, user: User) -> list[Account]:
    """Whose post may do more than ``user`` gets no password here: it would be a way in."""
    posts: dict[int, set[int]] = {}
    for row in plan.rows:
        if row.begins and row.person and row.is_new_person:
            posts.setdefault(row.person.pk, set()).add(row.begins.post.pk)
    more = withheld_from(user, {post for held in posts.values() for post in held})
    passwords = {
        new.pk: "" if posts.get(new.pk, set()) & more else one_time_password()
        for new in plan.newcomers
    }
    made = join(
        newcomers=[
            Newcomer(name=new.name, phone=new.phone, password=passwords[new.pk])
            for new in plan.newcomers
        ],
        actor=actor_of(user),
    )
    return [
        Account(user=one, password=passwords[new.pk])
        for one, new in zip(made, plan.newcomers, strict=True)
    ]


def _change(
    plan: SheetPlan, made: Mapping[str, User], user: User
) -> tuple[list[dict[str, Any]], Sequence[User]]:
    """Carry the rows out; returns what undoing needs of each, and whose sign-in was shut."""
    rows = [row for row in plan.rows if row.begins is not None]
    beginnings: list[Beginning] = []
    for row in rows:
        begins = row.begins
        if begins is None:
            continue
        person = made[begins.person.phone] if (begins.person.pk or 0) < 0 else begins.person
        beginnings.append(
            Beginning(
                post=begins.post,
                person=person,
                kind=begins.kind,
                starts_at=begins.starts_at,
                note=begins.note,
            )
        )
    ends = [
        {
            "ended": end.holding.pk,
            "before": end.holding.ends_at.isoformat() if end.holding.ends_at else None,
            "after": end.ends_at.isoformat() if end.ends_at else None,
        }
        for end in plan.ends.values()
    ]
    changed = change_as(user, beginnings=beginnings, ends=list(plan.ends.values()))
    done: list[dict[str, Any]] = [
        {"line": row.line, "made": holding.pk}
        for row, holding in zip(rows, changed.holdings, strict=True)
    ]
    done += ends
    done += [{"joined": one.pk} for one in made.values()]
    done += [{"said": row.line, "text": ";".join(row.says)} for row in plan.rows]
    for row in plan.rows:
        if row.new_phone and row.person is not None:
            done.append({"phone_of": row.person.pk, "before": row.person.phone, "after": row.phone})
            change_phone(user=row.person, phone=row.phone, actor=actor_of(user))
    return done, changed.shut_out
