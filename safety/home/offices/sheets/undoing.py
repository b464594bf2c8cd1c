"""Take a whole sheet back, as long as nobody built on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from notifications.obligations.handing_over import settle
from safety.errors import Conflict, Hidden, Problem
from safety.home.offices.changes import actor_of, change_as
from safety.home.offices.matching import number_is_not_yours
from safety.home.offices.models import Adjustment
from safety.home.offices.sheets.actions import MANAGE
from safety.ledger.actions import Actor, Fact, record
from safety.people.actions import set_active
from safety.people.joining import change_phone
from safety.people.models import User
from safety.posts.access import covers, people_beyond, reach
from safety.posts.fitting import Beginning
from safety.posts.models import Holding
from safety.posts.tenure import NewEnd, lock_posts, withdraw


@transaction.atomic
def undo_sheet(*, sheet: Adjustment, why: str, user: User) -> Sequence[User]:
    """Take back everything a sheet did, as a mistake; the history keeps both.

    Returns whose sign-in was shut by it. Raises ``Conflict`` naming each post that was
    changed again since.
    """
    now = timezone.now()
    taken = Adjustment.objects.filter(pk=sheet.pk, state=Adjustment.State.APPLIED).update(
        state=Adjustment.State.UNDONE, undone_by=user, undone_at=now
    )
    if not taken:
        raise Conflict(
            _("This sheet is not in force, or was taken back already."),
            field="sheet",
            value=sheet.title,
            remedy=_("Look at it as it is now."),
        )
    made = [row["made"] for row in sheet.done if "made" in row]
    ended = {row["ended"]: row for row in sheet.done if "ended" in row}
    rows = Holding.versions.select_related("post__unit", "person").in_bulk([*made, *ended])
    lock_posts({holding.post_id for holding in rows.values()})
    paths = reach(user, MANAGE)
    if not all(covers(paths, holding.post.unit) for holding in rows.values()):
        raise Hidden
    _check_untouched(sheet, rows, paths)
    actor = actor_of(user)
    withdraw(holdings=[rows[pk] for pk in made], why=why, actor=actor)
    shut_out = _open_again(rows, ended, user)
    _forget_people(sheet, actor)
    record(
        actor=actor,
        facts=[
            Fact(
                verb="adjustment.undone",
                subject_kind="adjustment",
                subject_ref=str(sheet.ref),
                body={"title": sheet.title, "why": why},
            )
        ],
    )
    settle(posts={holding.post_id for holding in rows.values()}, actor=actor)
    return shut_out


def _check_untouched(
    sheet: Adjustment, rows: Mapping[int, Holding], paths: tuple[str, ...]
) -> None:
    """Nothing that the sheet made or ended may have been changed by somebody since."""
    remedy = _("Change that post by hand; this sheet can no longer be taken back whole.")
    changed = [
        holding
        for row in sheet.done
        if "made" in row
        and ((holding := rows[row["made"]]).withdrawn_at is not None or holding.ends_at is not None)
    ]
    changed += [
        holding
        for row in sheet.done
        if "ended" in row and not _is_as_left(holding := rows[row["ended"]], row)
    ]
    problems = [
        Problem(
            field="sheet",
            value=str(holding.post),
            message=_("%(post)s was changed again since.") % {"post": holding.post},
            remedy=remedy,
        )
        for holding in changed
    ]
    beyond = people_beyond(paths).filter(pk__in=[r["phone_of"] for r in _numbers(sheet)])
    problems += [number_is_not_yours(person, remedy) for person in beyond.order_by("pk")]
    if problems:
        raise Conflict.of(problems)


def _numbers(sheet: Adjustment) -> list[Mapping[str, Any]]:
    return [row for row in sheet.done if "phone_of" in row]


def _is_as_left(holding: Holding, row: Mapping[str, Any]) -> bool:
    if holding.withdrawn_at is not None:  # it would have begun later: it was taken back
        after = parse_datetime(row["after"])
        return after is not None and after <= holding.starts_at
    return holding.ends_at == parse_datetime(row["after"])


def _open_again(
    rows: Mapping[int, Holding], ended: Mapping[int, Mapping[str, Any]], user: User
) -> Sequence[User]:
    again, ends = [], []
    for pk, row in ended.items():
        holding = rows[pk]
        before = parse_datetime(row["before"]) if row["before"] else None
        if holding.withdrawn_at is None:
            ends.append(NewEnd(holding=holding, ends_at=before))
        else:
            again.append(
                Beginning(
                    post=holding.post,
                    person=holding.person,
                    kind=holding.kind,
                    rank=holding.rank,
                    starts_at=holding.starts_at,
                    ends_at=before,
                    note=holding.note,
                )
            )
    return change_as(user, beginnings=again, ends=ends).shut_out


def _forget_people(sheet: Adjustment, actor: Actor) -> None:
    """Shut accounts that only this sheet needed and nobody used; put numbers back."""
    joined = [row["joined"] for row in sheet.done if "joined" in row]
    unused = User.objects.filter(pk__in=joined, last_login=None, is_active=True)
    for user in unused.exclude(pk__in=Holding.objects.values("person")):
        set_active(user=user, active=False, actor=actor)
    for row in _numbers(sheet):
        user = User.objects.get(pk=row["phone_of"])
        if user.phone == row["after"]:
            change_phone(user=user, phone=row["before"], actor=actor)
