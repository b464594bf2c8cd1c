"""Call-back checks (值班抽查): a unit is called and answers within minutes, or does not.

Counted as duty rooms count: from the call to the moment somebody of that duty answers, on
the screen or by calling back. A telephone answer counts as much as a tap. What it shows is
whether a seat can be reached; it enters no score.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.delivery.streams import NewRow, append
from notifications.models import Stream
from safety.errors import Conflict, Problem, Refused
from safety.ledger.actions import Actor, Fact, record
from safety.people.models import User
from safety.roster.calendar import current_calendar
from safety.roster.models import OPEN_FOR, CallCheck
from safety.units.models import Unit


@transaction.atomic
def ask(*, unit: Unit, caller: Unit, by: User) -> CallCheck:
    """The duty room of ``caller`` calls ``unit`` now.

    Raises ``Conflict`` while an earlier call waits for its answer.
    """
    now = timezone.now()
    CallCheck.objects.filter(unit=unit, closed_at=None, asked_at__lte=now - OPEN_FOR).update(
        closed_at=now
    )
    try:
        with transaction.atomic():
            check = CallCheck.objects.create(
                unit=unit,
                caller=caller,
                asked_by=by,
                asked_at=now,
                due_at=now + timedelta(minutes=current_calendar().answer_minutes),
            )
    except IntegrityError as error:
        raise Conflict(
            _("A check of this unit is waiting for its answer."),
            field="unit",
            value=unit.label,
            remedy=_("Record the answer, or close that check as unanswered."),
        ) from error
    _tell(by, "duty.checked", check)
    _show(check)
    return check


@transaction.atomic
def answer(*, check: CallCheck, by: User) -> CallCheck:
    """Somebody of that duty answers on the screen. Raises ``Refused`` when it is long over."""
    now = timezone.now()
    if check.asked_at <= now - OPEN_FOR:
        raise Refused(
            _("This check is over."),
            field="check",
            value=str(check),
            remedy=_("Call whoever asked, if there is something to say."),
        )
    return _close(
        check,
        by,
        answered_at=now,
        answered_by=by,
        answered_name=by.name,
        how=CallCheck.How.SCREEN,
        recorded_by=by,
    )


@transaction.atomic
def record_answer(
    *, check: CallCheck, by: User, at: datetime | None, name: str, phone: str, note: str = ""
) -> CallCheck:
    """The one who asked writes down who called back, from which number, and when."""
    now = timezone.now()
    moment = at or now
    problems = []
    if not name.strip():
        problems.append(_problem("name", _("Who answered is missing."), _("Write the name.")))
    if moment > now:
        problems.append(_problem("at", _("It lies in the future."), _("Enter when it was.")))
    # A call is entered to the minute: the minute of the check itself counts.
    if moment < check.asked_at.replace(second=0, microsecond=0):
        problems.append(
            _problem("at", _("It lies before the check."), _("Enter when they called back."))
        )
    if problems:
        raise Refused.of(problems)
    return _close(
        check,
        by,
        answered_at=max(moment, check.asked_at),
        answered_name=name.strip()[:60],
        how=CallCheck.How.PHONE,
        phone=phone.strip()[:30],
        note=note.strip()[:200],
        recorded_by=by,
    )


@transaction.atomic
def give_up(*, check: CallCheck, by: User, note: str = "") -> CallCheck:
    """Nobody answered. Not before the time is over."""
    if timezone.now() < check.due_at:
        raise Refused(
            _("The time for the answer is not over."),
            field="check",
            value=str(check),
            remedy=_("Wait until %(time)s.")
            % {"time": f"{timezone.localtime(check.due_at):%H:%M}"},
        )
    return _close(check, by, note=note.strip()[:200], recorded_by=by)


def _close(check: CallCheck, by: User, **values: object) -> CallCheck:
    won = CallCheck.objects.filter(pk=check.pk, closed_at=None).update(
        closed_at=timezone.now(), **values
    )
    if not won:
        raise Conflict(
            _("This check is closed already."),
            field="check",
            value=str(check),
            remedy=_("Look at the page again."),
        )
    check.refresh_from_db()
    _tell(by, "duty.check_answered" if check.answered_at else "duty.check_unanswered", check)
    _show(check)
    return check


def _show(check: CallCheck) -> None:
    """The board of the unit that is called shows it at once. A school has no board."""
    if check.unit.is_school:
        return
    row = NewRow(
        stream=Stream.Kind.BOARD,
        owner=check.unit.pk,
        kind="duty.check",
        payload={"check": str(check.ref)},
    )
    append([row])


def _problem(field: str, message: str, remedy: str) -> Problem:
    return Problem(field=field, value="", message=message, remedy=remedy)


def _tell(by: User, verb: str, check: CallCheck) -> None:
    record(
        actor=Actor(kind="person", ref=str(by.pk)),
        facts=[
            Fact(
                verb=verb,
                subject_kind="unit",
                subject_ref=check.unit.code,
                body={
                    "check": str(check.ref),
                    "seconds": check.seconds,
                    "how": check.how,
                    "by": check.answered_by_id,
                },
            )
        ],
    )
