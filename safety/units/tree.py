"""What may stand where in the unit tree, and how a place in it is written."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from safety.errors import Problem
from safety.units.models import Unit

ROOT = "/"
PATH_MAX = 255
CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,39}")

_BUREAUS = (Unit.Kind.CITY, Unit.Kind.DISTRICT, Unit.Kind.ZONE)

# A teaching point stands in for nobody: its posts come from its central school (selectors.py).
PARENT_KINDS: Mapping[str, tuple[str, ...]] = {
    Unit.Kind.CITY: (),
    Unit.Kind.DISTRICT: (Unit.Kind.CITY,),
    Unit.Kind.ZONE: (Unit.Kind.CITY,),
    Unit.Kind.CENTRAL_SCHOOL: _BUREAUS,
    Unit.Kind.SCHOOL: _BUREAUS,
    Unit.Kind.CAMPUS: (*_BUREAUS, Unit.Kind.SCHOOL, Unit.Kind.CENTRAL_SCHOOL),
    Unit.Kind.TEACHING_POINT: (Unit.Kind.DISTRICT, Unit.Kind.ZONE, Unit.Kind.CENTRAL_SCHOOL),
}


def path_below(parent_path: str, code: str) -> str:
    """The materialised path of ``code`` under ``parent_path`` ("/" for a city)."""
    return f"{parent_path}{code}/"


def code_fault(code: str) -> Problem | None:
    """Codes are parts of paths and of addresses, so few characters are allowed."""
    if CODE.fullmatch(code):
        return None
    return Problem(
        field="code",
        value=code,
        message=_("This is not a usable unit code."),
        remedy=_("Use 1 to 40 letters, digits, dots, hyphens or underscores, without blanks."),
    )


def path_fault(path: str) -> Problem | None:
    if len(path) <= PATH_MAX:
        return None
    return Problem(
        field="code",
        value=path,
        message=_("The codes from the city down to this unit are too long together."),
        remedy=_("Use shorter codes: at most %(max)d characters from the root.")
        % {"max": PATH_MAX},
    )


def parent_fault(kind: str, parent_kind: str | None, parent_name: str = "") -> Problem | None:
    """Why a unit of ``kind`` may not stand under a parent of ``parent_kind``."""
    allowed = PARENT_KINDS[kind]
    if (parent_kind in allowed) if allowed else parent_kind is None:
        return None
    word = Unit.Kind(kind).label
    if not allowed:
        remedy = _("Leave the parent out: a city bureau is the root.")
    elif parent_kind in Unit.SCHOOL_KINDS:
        remedy = _(
            "Name a bureau as the parent. Only a campus may stand under a school, "
            "and only a teaching point or a campus under a central school."
        )
    else:
        remedy = _("Name one of these as the parent: %(kinds)s.") % {
            "kinds": ", ".join(str(Unit.Kind(one).label) for one in allowed)
        }
    return Problem(
        field="parent",
        value=parent_name or (parent_kind or ""),
        message=_("A unit of the kind '%(kind)s' cannot stand there.") % {"kind": word},
        remedy=remedy,
    )


def kind_fault(unit: Unit) -> Problem | None:
    """Why an existing unit may not have the kind it was just given."""
    parent = unit.parent
    if fault := parent_fault(unit.kind, parent.kind if parent else None, str(parent or "")):
        return fault
    for child in unit.children.all():
        if unit.kind not in PARENT_KINDS[child.kind]:
            return Problem(
                field="kind",
                value=unit.kind,
                message=_("'%(child)s' stands below and cannot stay there.")
                % {"child": child.name},
                remedy=_("Move the units below it first."),
            )
    return None
