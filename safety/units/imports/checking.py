"""What the tree does not allow, said in the words of the file."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from safety.units.imports.known import BUREAU_KINDS, SCHOOL_FIELDS, Known, Node
from safety.units.imports.rows import Row
from safety.units.models import Unit
from safety.units.tree import PARENT_KINDS, ROOT, parent_fault, path_below, path_fault


def check_new(row: Row, kind: str, code: str, parent: Node | None, known: Known) -> None:
    """Note why no unit ``code`` can be created for ``row``; nothing when it can."""
    if (shown := known.with_zeros(code)) and shown != code:
        _refuse_lost_zeros(row, code, shown)
        return
    _check_parent(row, kind, parent, known)
    if parent is not None:
        for namesake in known.named(row.name, below=parent.path):
            if namesake.parent == parent.code:
                _refuse_namesake(row, namesake)
                break
    if fault := path_fault(path_below(parent.path if parent else ROOT, code)):
        row.refuse("path_too_long", "code", code, fault.message, fault.remedy)
    ends_on = row.values.get("ends_on")
    if row.values.get("status") == "closed" or (ends_on and ends_on <= known.day):
        row.refuse(
            "closed_in_file",
            "ends_on" if ends_on else "status",
            str(ends_on or ""),
            _("This unit is closed and was never known here."),
            _("Delete the row: closed units are not added."),
        )
    _check_bureau(row, kind)
    _check_days(row, row.values.get("starts_on") or known.day)


def check_change(
    row: Row, kind: str, node: Node, moves_to: Node | None, known: Known, *, may_move: bool
) -> None:
    """Note why ``node`` cannot become what ``row`` says; nothing when it can."""
    if node.is_closed(known.day) and not _still_closed(row, node):
        row.refuse(
            "closed",
            "code" if "code" in row.values else "name",
            node.code,
            closed_words(node),
            _("Delete the row, or give a new unit its own code."),
        )
        return
    if (kind in BUREAU_KINDS) != node.is_bureau:
        row.refuse(
            "other_kind",
            "kind" if "kind" in row.values else "code",
            node.code,
            _("This code belongs to %(name)s, which is a %(kind)s.")
            % {"name": node.name, "kind": Unit.Kind(node.kind).label},
            _("Correct the code or the kind."),
        )
        return
    if moves_to is not None:
        _check_move(row, kind, node, moves_to, known, may_move=may_move)
    if kind != node.kind:
        _check_kind(row, kind, node, moves_to, known)
    above = moves_to.code if moves_to else node.parent
    for namesake in known.named(row.name, below="/"):
        if namesake.parent == above and namesake.code != node.code:
            _refuse_namesake(row, namesake)
    _check_closing(row, node, known)
    _check_bureau(row, kind)
    _check_days(row, row.values.get("starts_on") or node.values["starts_on"])


def closed_words(node: Node) -> str:
    return _("%(name)s (%(code)s) is closed since %(day)s.") % {
        "name": node.name,
        "code": node.code,
        "day": node.values["ends_on"].isoformat(),
    }


def _still_closed(row: Row, node: Node) -> bool:
    """The file knows that the unit is closed, and says nothing else about the day."""
    stated = row.values.get("ends_on")
    return stated == node.values["ends_on"] or (
        stated is None and row.values.get("status") == "closed"
    )


def _check_parent(row: Row, kind: str, parent: Node | None, known: Known) -> None:
    field = "parent" if "parent" in row.values else "district"
    if parent is not None and parent.is_closed(known.day):
        row.refuse(
            "parent_closed",
            field,
            parent.name,
            closed_words(parent),
            _("Name the unit that has taken its place."),
        )
    above = parent.kind if parent else None
    if fault := parent_fault(kind, above, parent.name if parent else ""):
        is_school = above in Unit.SCHOOL_KINDS
        row.refuse(
            "parent_is_school" if is_school else "bad_parent",
            field,
            fault.value,
            fault.message,
            fault.remedy,
        )


def _refuse_lost_zeros(row: Row, code: str, shown: str) -> None:
    row.refuse(
        "lost_zeros",
        "code",
        code,
        _("There is a unit with the code %(code)s: leading zeros seem to be lost.")
        % {"code": shown},
        _("Format the column as text and write the code with its zeros."),
    )


def _refuse_namesake(row: Row, namesake: Node) -> None:
    row.refuse(
        "name_taken",
        "name",
        row.name,
        _("%(name)s stands under the same unit already, with the code %(code)s.")
        % {"name": namesake.name, "code": namesake.code},
        _("Write that code, or leave the code empty; a different school needs a different name."),
    )


def _check_move(
    row: Row, kind: str, node: Node, moves_to: Node, known: Known, *, may_move: bool
) -> None:
    old = known.by_code.get(node.parent)
    if not may_move:
        row.refuse(
            "moves",
            "parent" if "parent" in row.values else "district",
            moves_to.name,
            _("%(name)s stands under %(old)s; the file puts it under %(new)s.")
            % {"name": node.name, "old": old.name if old else "–", "new": moves_to.name},
            _("Correct the code or the district; if it has really moved, add --move."),
        )
        return
    if moves_to.path.startswith(node.path):
        row.refuse(
            "bad_parent",
            "parent",
            moves_to.name,
            _("A unit cannot stand below itself."),
            _("Choose another parent."),
        )
        return
    _check_parent(row, kind, moves_to, known)
    if fault := path_fault(path_below(moves_to.path, node.code)):
        row.refuse("path_too_long", "code", node.code, fault.message, fault.remedy)


def _check_kind(row: Row, kind: str, node: Node, moves_to: Node | None, known: Known) -> None:
    if moves_to is None:
        _check_parent(row, kind, known.by_code.get(node.parent), known)
    for child in known.children(node.code):
        if kind not in PARENT_KINDS[child.kind]:
            row.refuse(
                "bad_kind",
                "kind",
                str(Unit.Kind(kind).label),
                _("'%(child)s' stands below and cannot stay there.") % {"child": child.name},
                _("Move the units below it first."),
            )
            return


def _check_closing(row: Row, node: Node, known: Known) -> None:
    ends_on = row.values.get("ends_on")
    if row.values.get("status") == "closed" and not ends_on and not node.values["ends_on"]:
        row.refuse(
            "no_closing_day",
            "status",
            "",
            _("The unit is said to be closed, but not since when."),
            _("Add a column with the day (撤并日期)."),
        )
    if ends_on and ends_on != node.values["ends_on"]:
        for child in known.children(node.code):
            if not child.is_closed(ends_on):
                row.refuse(
                    "open_below",
                    "ends_on",
                    ends_on.isoformat(),
                    _("'%(child)s' below it is still open.") % {"child": child.name},
                    _("Close or move the units below it first."),
                )
                return


def _check_bureau(row: Row, kind: str) -> None:
    if kind not in BUREAU_KINDS:
        return
    for name in SCHOOL_FIELDS:
        if name in row.values:
            row.refuse(
                "not_a_school",
                name,
                "",
                _("A bureau has no such value; only schools have."),
                _("Leave the cell empty, or correct the kind."),
            )


def _check_days(row: Row, starts_on: date) -> None:
    ends_on = row.values.get("ends_on")
    if ends_on is not None and ends_on <= starts_on:
        row.refuse(
            "ends_before_start",
            "ends_on",
            ends_on.isoformat(),
            _("The unit would end before it begins."),
            _("Correct one of the two days."),
        )
