"""Publish a version of the rule book, and take one back before its day has come."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from safety.errors import Conflict, Refused
from safety.ledger.actions import Actor, Fact, record
from safety.rules.checking import openings_of, problems_of
from safety.rules.models import RuleBook
from safety.rules.registry import sections
from safety.rules.selectors import newest_rules

TOLERANCE = timedelta(minutes=2)  # a form that says "now" takes a moment to arrive
NOTE_MAX = 200
SHIPPED = "shipped default"


def default_content() -> dict[str, Any]:
    """The shipped rule book: every registered section's default."""
    return {section.name: dict(section.default()) for section in sections()}


def digest_of(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def publish_rules(
    *,
    content: Mapping[str, Any],
    note: str,
    actor: Actor,
    effective_at: datetime | None = None,
    based_on: RuleBook | None = None,
    at: datetime | None = None,
) -> RuleBook:
    """Check every section and publish a new version; the same content again is the same version.

    It is in force from ``effective_at`` (now, if not given), never before an earlier
    version. ``based_on`` is the version that whoever wrote it looked at. ``at`` is only
    for seeded history: when it was published.

    Raises ``Refused`` naming every section whose shape is wrong and whatever in the
    house would break, ``Conflict`` when somebody else published meanwhile.
    """
    found = problems_of(content)
    if found:
        raise Refused.of(found)
    # Before the newest is looked at: whoever publishes between the two takes this number.
    number = (RuleBook.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    newest = newest_rules()
    if based_on is not None and newest is not None and newest.pk != based_on.pk:
        raise _overtaken(newest)
    digest = digest_of(content)
    now = at or timezone.now()
    if newest is not None and newest.digest == digest:
        if newest.effective_at > max(effective_at or now, timezone.now()):
            _moment(effective_at, newest, now)  # says that it waits for a later day
        return newest
    moment = _moment(effective_at, newest, now)
    made = RuleBook(
        number=number,
        content=dict(content),
        digest=digest,
        note=note[:NOTE_MAX],
        published_at=now,
        effective_at=moment,
    )
    book = _create(made)
    record(
        actor=actor,
        facts=[
            Fact(
                verb="rules.published",
                subject_kind="rule_book",
                subject_ref=str(book.number),
                body={"digest": digest, "note": note, "effective_at": moment.isoformat()},
            )
        ],
        at=at,
    )
    return book


def publish_shipped(*, actor: Actor, gaps_known: bool = False) -> RuleBook:
    """Publish the shipped rule book as the next version; nothing when it is the newest.

    ``gaps_known``: whoever publishes saw what it leaves open, and wants it so. That is
    looked for before anybody has to wait for this writer.

    Raises ``Refused`` when it would break the house, or leave something open.
    """
    content = default_content()
    found = problems_of(content)
    opened = () if found else openings_of(content, timezone.now())
    if found or (opened and not gaps_known):
        raise Refused.of(found or opened)
    with transaction.atomic():
        book = publish_rules(content=content, note=SHIPPED, actor=actor)
        if opened:
            gaps = {"gaps": [one.value for one in opened]}
            known = Fact(
                verb="rules.gaps_known",
                subject_kind="rule_book",
                subject_ref=str(book.number),
                body=gaps,
            )
            record(actor=actor, facts=[known])
    return book


def _overtaken(newest: RuleBook) -> Conflict:
    return Conflict(
        _("Version %(number)d was published meanwhile by somebody else.")
        % {"number": newest.number},
        field="rules",
        value=str(newest.number),
        remedy=_("Look at what it changed, carry your changes over, then publish again."),
    )


def _moment(wanted: datetime | None, newest: RuleBook | None, now: datetime) -> datetime:
    """From when the new version is in force. Raises ``Refused``."""
    moment = wanted or now
    if wanted is not None and wanted < now - TOLERANCE:
        raise Refused(
            _("This time lies in the past."),
            field="effective_at",
            value=wanted.isoformat(timespec="minutes"),
            remedy=_("Rules hold from now on or later; what was owed stays as it was."),
        )
    if newest is None and moment > now:
        raise Refused(
            _("The first rule book has to hold from now on."),
            field="effective_at",
            value=moment.isoformat(timespec="minutes"),
            remedy=_("Leave the time empty."),
        )
    if newest is not None and newest.effective_at > max(moment, now):
        raise Refused(
            _("Version %(number)d waits for its day, which is later than this one.")
            % {"number": newest.number},
            field="effective_at",
            value=moment.isoformat(timespec="minutes"),
            remedy=_("Choose a later day, or withdraw that version first."),
        )
    return max(moment, now)


def _create(book: RuleBook) -> RuleBook:
    try:
        with transaction.atomic():
            book.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            _("Another rule book was published at the same moment."),
            field="rules",
            value=str(book.number),
            remedy=_("Look at it, then publish again."),
        ) from error
    return book


@transaction.atomic
def withdraw_rules(*, book: RuleBook, actor: Actor) -> None:
    """Take a published version back before its day; one that was ever in force stays for good.

    Raises ``Conflict`` when its day has come, or somebody else withdrew it.
    """
    now = timezone.now()
    waiting = RuleBook.objects.filter(pk=book.pk, withdrawn_at=None, effective_at__gt=now)
    if not waiting.update(withdrawn_at=now):
        raise Conflict(
            _("This version can no longer be withdrawn."),
            field="rules",
            value=str(book.number),
            remedy=_("Once in force it stays; publish another version instead."),
        )
    record(
        actor=actor,
        facts=[
            Fact(verb="rules.withdrawn", subject_kind="rule_book", subject_ref=str(book.number))
        ],
    )
