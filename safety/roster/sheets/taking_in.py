"""Look at a roster before it is taken in: what is new, what is there already, what is wrong.

Between looking and taking in, what was read travels with the page, signed: nothing of it is
kept here, and nobody can change it on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safety.errors import Problem, Refused
from safety.ledger.actions import Actor
from safety.people.models import User
from safety.posts.models import Shift
from safety.roster.access import people_for, seat_kinds, seats_of
from safety.roster.actions import plan_shifts
from safety.roster.calendar import current_calendar
from safety.roster.checks import NewShift, check_shifts, lock_for
from safety.roster.sheets.heading import Office
from safety.roster.sheets.names import Known
from safety.roster.sheets.reading import read_roster
from safety.units.models import Unit

SALT = "safety.roster.taking_in"
KEEPS_FOR = 3600
SIZE_MAX = 1024 * 1024
SHIFTS_MAX = 800


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a file would do. ``token`` is empty while anything is wrong."""

    file: str
    rows: int
    new: Sequence[NewShift]
    known: Sequence[NewShift]
    problems: Sequence[Problem]
    token: str


def look_at(upload: UploadedFile[Any], *, unit: Unit, pattern: str, reader: User) -> Preview:
    """Read the uploaded roster of ``unit`` without writing anything. Raises ``Refused``."""
    if (upload.size or 0) > SIZE_MAX:
        raise Refused(
            _("The file is larger than 1 MB."),
            field="file",
            value=upload.name or "",
            remedy=_("Give the sheet with the roster only, without pictures."),
        )
    calendar = current_calendar()
    if pattern not in calendar.patterns:
        raise Refused(_("This pattern is not known."), field="pattern", value=pattern)
    office = Office(
        seats=list(seats_of([unit.pk])),
        capacities=seat_kinds(),
        known=Known.of(people_for(unit)),
        calendar=calendar,
        pattern=pattern,
        today=timezone.localdate(),
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / (Path(upload.name or "").name or "roster")
        path.write_bytes(upload.read())
        found = read_roster(path, office)
    if len(found.shifts) > SHIFTS_MAX:
        raise Refused(
            _("The file holds more than %(count)d shifts.") % {"count": SHIFTS_MAX},
            field="file",
            value=upload.name or "",
            remedy=_("Take in one year at a time."),
        )
    known = _known(found.shifts)
    new = [shift for shift in found.shifts if _key(shift) not in known]
    actor = Actor(kind="person", ref=str(reader.pk))
    problems: list[Problem] = [
        *found.problems,
        *(check_shifts(new, actor=actor) if new else []),
    ]
    return Preview(
        file=upload.name or "",
        rows=found.rows,
        new=new,
        known=[shift for shift in found.shifts if _key(shift) in known],
        problems=problems,
        token="" if problems or not new else _signed(new, unit, reader),
    )


@transaction.atomic
def take_in(token: str, *, unit: Unit, reader: User) -> tuple[list[NewShift], int]:
    """Plan what ``reader`` looked at: all of it, and how much is new.

    What is planned exactly so meanwhile, as by a second press of the button, stays as it is.
    Raises ``Refused``.
    """
    shifts = opened(token, unit=unit, reader=reader)
    lock_for({new.post.pk for new in shifts}, {new.person.pk for new in shifts})
    known = _known(shifts)
    new = [shift for shift in shifts if _key(shift) not in known]
    if new:
        plan_shifts(shifts=new, actor=Actor(kind="person", ref=str(reader.pk)))
    return shifts, len(new)


def opened(token: str, *, unit: Unit, reader: User) -> list[NewShift]:
    """The shifts that ``reader`` looked at. Raises ``Refused`` when they are too old or not his."""
    try:
        told: dict[str, Any] = signing.loads(token, salt=SALT, max_age=KEEPS_FOR)
    except signing.BadSignature as error:
        raise _stale() from error
    if told["unit"] != unit.pk or told["reader"] != reader.pk:
        raise _stale()
    seats = {seat.pk: seat for seat in seats_of([unit.pk])}
    people = {person.pk: person for person in people_for(unit)}
    try:
        return [
            NewShift(
                post=seats[post],
                person=people[person],
                starts_at=datetime.fromisoformat(starts_at),
                ends_at=datetime.fromisoformat(ends_at),
                place=place,
            )
            for post, person, starts_at, ends_at, place in told["shifts"]
        ]
    except KeyError as error:  # a seat or a person is gone since
        raise _stale() from error


def _signed(shifts: Sequence[NewShift], unit: Unit, reader: User) -> str:
    told = {
        "unit": unit.pk,
        "reader": reader.pk,
        "shifts": [
            [
                new.post.pk,
                new.person.pk,
                new.starts_at.isoformat(),
                new.ends_at.isoformat(),
                new.place,
            ]
            for new in shifts
        ],
    }
    return signing.dumps(told, salt=SALT, compress=True)


def _stale() -> Refused:
    return Refused(
        _("This preview is too old, or something changed since."),
        field="file",
        remedy=_("Give the file once more."),
    )


def _key(shift: NewShift | Shift) -> tuple[int | None, int | None, datetime, datetime]:
    return (shift.post.pk, shift.person.pk, shift.starts_at, shift.ends_at)


def _known(shifts: Sequence[NewShift]) -> set[tuple[int | None, int | None, datetime, datetime]]:
    """Those of ``shifts`` that are planned exactly so already."""
    if not shifts:
        return set()
    there = (
        Shift.objects.between(
            min(new.starts_at for new in shifts), max(new.ends_at for new in shifts)
        )
        .filter(post__in={new.post.pk for new in shifts})
        .select_related("post", "person")
    )
    return {_key(shift) for shift in there}
