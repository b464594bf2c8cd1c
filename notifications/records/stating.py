"""本人说明: add the own words to a late or unanswered matter, and correct them.

A statement changes no count. Nobody is asked for one, and nobody writes one for somebody else.
"""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.models import Obligation
from notifications.records.access import own_matters
from notifications.records.lateness import may_be_explained
from notifications.records.models import STATEMENT_MAX, Statement, StatementVersion
from safety.errors import Conflict, Hidden, Problem, Refused
from safety.ledger.actions import Actor, Fact, record
from safety.people.models import User

# Signs that turn the direction of what follows: the page would not show what was written.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
NO_SIGNS = frozenset("\ufffe\uffff")
SAID = "LNPS"  # categories of signs that say something


@transaction.atomic
def add_statement(
    *, ref: UUID, obligation: Obligation, person: User, text: str
) -> tuple[Statement, bool]:
    """Add what ``person`` says to ``obligation``; return it and whether it is new.

    The same ``ref`` with the same words again is the same statement, unchanged. Raises
    ``Refused`` naming everything that is wrong, ``Conflict`` where something else was stated
    already, ``Hidden`` when ``ref`` or the obligation is somebody else's.
    """
    text = _plain(text)
    known = Statement.objects.filter(ref=ref).first()
    if known is not None:
        return _same(known, obligation, person, text), False
    if not own_matters(person, lapsed=True).filter(pk=obligation.pk).exists():
        raise Hidden
    _refuse([*_wrong_matter(obligation), *_wrong_words(text)])
    now = timezone.now()
    try:
        with transaction.atomic():
            made = Statement.objects.create(
                ref=ref, obligation=obligation, person=person, text=text, created_at=now
            )
    except IntegrityError:  # the other half of a double tap was faster, or another page
        same = Q(ref=ref) | Q(obligation=obligation, person=person)
        return _same(Statement.objects.filter(same)[0], obligation, person, text, ref=ref), False
    _write(made, number=1, text=text, at=now)
    return made, True


@transaction.atomic
def correct_statement(*, found: Statement, text: str, seen: int) -> tuple[Statement, bool]:
    """Say it in other words; what was said before stays. ``seen`` is the version on screen.

    Returns whether anything changed: the same correction twice is one version.
    """
    text = _plain(text)
    _refuse(_wrong_words(text))
    newest = Statement.objects.get(pk=found.pk)
    if newest.text == text and newest.version in (seen, seen + 1):
        return newest, False
    now = timezone.now()
    won = Statement.objects.filter(pk=found.pk, version=seen).update(text=text, version=seen + 1)
    if not won:
        raise Conflict(
            _("This statement was corrected meanwhile."),
            field="version",
            value=str(seen),
            remedy=_("Look at what it says now, then correct it."),
        )
    _write(newest, number=seen + 1, text=text, at=now)
    return Statement.objects.get(pk=found.pk), True


def _same(
    known: Statement, obligation: Obligation, person: User, text: str, *, ref: UUID | None = None
) -> Statement:
    if known.person_id != person.pk:
        raise Hidden
    first = known.versions.get(number=1).text
    is_other = ref is not None and known.ref != ref
    if is_other or known.obligation_id != obligation.pk or first != text:
        raise Conflict(
            _("You have added a statement here already."),
            field="text",
            value=text,
            remedy=_("Look at what it says now, then correct it."),
        )
    return known


def _write(found: Statement, *, number: int, text: str, at: datetime) -> None:
    """The version, and its line in the ledger: enough to prove the words, not the words."""
    StatementVersion.objects.create(statement=found, number=number, at=at, text=text)
    body = {
        "obligation": str(found.obligation.ref),
        "version": number,
        "words": hashlib.sha256(text.encode()).hexdigest(),
    }
    verb = "statement.added" if number == 1 else "statement.corrected"
    fact = Fact(verb=verb, subject_kind="statement", subject_ref=str(found.ref), body=body)
    record(actor=Actor(kind="person", ref=str(found.person_id)), facts=[fact], at=at)


def _plain(text: str) -> str:
    """As it is kept: one kind of line break, no blanks around."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _refuse(wrong: list[Problem]) -> None:
    if wrong:
        raise Refused.of(wrong)


def _wrong_matter(obligation: Obligation) -> list[Problem]:
    if may_be_explained(obligation):
        return []
    return [
        Problem(
            field="obligation",
            value=str(obligation.ref),
            message=_("This is not late: there is nothing to state."),
            remedy=_("Work that you want to note goes into your records."),
        )
    ]


def _wrong_words(text: str) -> list[Problem]:
    if not any(unicodedata.category(sign)[0] in SAID for sign in text):
        return [
            Problem(
                field="text",
                value="",
                message=_("The statement is empty."),
                remedy=_("Write what happened, and why."),
            )
        ]
    wrong = []
    if len(text) > STATEMENT_MAX:
        wrong.append(
            Problem(
                field="text",
                value=text,
                message=_("The statement has %(n)d characters.") % {"n": len(text)},
                remedy=_("Use at most %(max)d characters.") % {"max": STATEMENT_MAX},
            )
        )
    odd = next(((at, sign) for at, sign in enumerate(text, 1) if _is_odd(sign)), None)
    if odd is not None:
        at, sign = odd
        wrong.append(
            Problem(
                field="text",
                value=f"U+{ord(sign):04X}",
                message=_("Character %(at)d is an invisible control character (%(code)s).")
                % {"at": at, "code": f"U+{ord(sign):04X}"},
                remedy=_("Delete it, or type the line anew."),
            )
        )
    return wrong


def _is_odd(sign: str) -> bool:
    if sign in "\n\t":
        return False
    return unicodedata.category(sign) in ("Cc", "Cs") or sign in TURNING or sign in NO_SIGNS
