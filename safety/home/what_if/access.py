"""For which schools a reader may ask what would happen, and whose names the answer may hold."""

from __future__ import annotations

from collections.abc import Sequence

from incidents.cases.first_report import is_storable
from safety.errors import Hidden
from safety.posts.access import Viewer, covers, reach
from safety.units.models import Unit, UnitQuerySet

RIGHTS = ("manage_table", "watch_board")


def units_in_reach(user: Viewer) -> UnitQuerySet:
    """The bureaus and schools whose plans ``user`` may see beforehand. Raises ``Hidden``."""
    paths = reach(user, *RIGHTS)
    if not paths:
        raise Hidden
    return Unit.objects.under(*paths)


def schools_in_reach(user: Viewer) -> UnitQuerySet:
    return units_in_reach(user).schools()


def bureaus_in_reach(user: Viewer) -> UnitQuerySet:
    """Each district and city below which the reader sees every school."""
    return units_in_reach(user).exclude(kind__in=Unit.SCHOOL_KINDS)


def get_school(user: Viewer, code: str) -> Unit:
    """The school ``code``, if it is in reach. Else ``Hidden``."""
    school = schools_in_reach(user).filter(code=code).first() if is_storable(code) else None
    if school is None:
        raise Hidden
    return school


def get_bureau(user: Viewer, code: str) -> Unit:
    bureau = bureaus_in_reach(user).filter(code=code).first()
    if bureau is None:
        raise Hidden
    return bureau


def reads_sealed_names(user: Viewer, schools: Sequence[Unit]) -> bool:
    """Whether ``user`` may see who would be told of a sealed case at all of ``schools``."""
    paths = reach(user, "view_restricted")
    return all(covers(paths, school) for school in schools)


def callable_paths(user: Viewer) -> tuple[str, ...]:
    """Below which units numbers are shown: where the reader calls people, or keeps the table."""
    return reach(user, "record_for_others", "manage_table")
