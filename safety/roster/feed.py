"""A person's shifts for a calendar program (RFC 5545), behind a secret address.

Only shifts: seat, bureau, begin and end. The address is the key, so only its hash is kept;
whoever lost it, or gave it away, makes a new one and the old one is dead.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safety.errors import Hidden
from safety.ledger.actions import Actor, Fact, record
from safety.people.models import User
from safety.posts.models import Shift
from safety.roster.models import CalendarLink
from safety.roster.selectors import own_shifts

BACK = timedelta(days=60)
LINE_OCTETS = 75
DOMAIN = "campus-safety"


@transaction.atomic
def renew_link(*, person: User, actor: Actor) -> str:
    """Make a new secret for ``person``; the address made before is dead. Returned only once."""
    token = secrets.token_urlsafe(32)
    CalendarLink.objects.update_or_create(
        person=person,
        defaults={"token_hash": _hash(token), "made_at": timezone.now(), "read_at": None},
    )
    _tell(actor, "calendar.renewed", person)
    return token


@transaction.atomic
def drop_link(*, person: User, actor: Actor) -> None:
    CalendarLink.objects.filter(person=person).delete()
    _tell(actor, "calendar.dropped", person)


def feed_of(token: str) -> bytes:
    """The calendar behind ``token``. Raises ``Hidden`` for an old, unknown or shut out one."""
    link = (
        CalendarLink.objects.filter(token_hash=_hash(token), person__is_active=True)
        .select_related("person")
        .first()
    )
    if link is None:
        raise Hidden
    now = timezone.now()
    CalendarLink.objects.filter(pk=link.pk).update(read_at=now)
    return calendar_text(own_shifts(link.person, since=now - BACK), now=now).encode()


def calendar_text(shifts: Iterable[Shift], *, now: datetime) -> str:
    """One VCALENDAR, lines folded and ended as the standard has it."""
    name = _("Duty roster")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{DOMAIN}//roster//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        *(line for shift in shifts for line in _event(shift, now)),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded(line)}\r\n" for line in lines)


def _event(shift: Shift, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{shift.ref}@{DOMAIN}"
    yield f"DTSTAMP:{_utc(now)}"
    yield f"DTSTART:{_utc(shift.starts_at)}"
    yield f"DTEND:{_utc(shift.ends_at)}"
    yield f"SUMMARY:{escaped(f'{shift.post.name} · {shift.post.unit.label}')}"
    if number := shift.post.unit.duty_phone:
        told = _("Duty phone: %(number)s") % {"number": number}
        yield f"DESCRIPTION:{escaped(told)}"
    yield "END:VEVENT"


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """``text`` as a TEXT value: backslash, semicolon, comma and line ends."""
    for plain, safe in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n")):
        text = text.replace(plain, safe)
    return "".join(c for c in text if c.isprintable())


def folded(line: str) -> str:
    """``line`` cut after at most 75 octets, never inside a character; the rest is indented."""
    parts, part, size = [], "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > LINE_OCTETS:
            parts.append(part)
            part, size = " ", 1
        part += character
        size += octets
    return "\r\n".join([*parts, part])


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _tell(actor: Actor, verb: str, person: User) -> None:
    record(actor=actor, facts=[Fact(verb=verb, subject_kind="person", subject_ref=str(person.pk))])
