"""Which unit a row is about: by its code, else by its name under its parent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from safety.units.imports.cells import name_key
from safety.units.imports.known import Known, Node, derived_code
from safety.units.imports.placing import Placing
from safety.units.imports.rows import Row
from safety.units.models import Unit


@dataclass(frozen=True, kw_only=True)
class Match:
    """A row, the unit it is about (``None``: a new one), its code and the unit above."""

    row: Row
    code: str
    node: Node | None
    parent: Node | None


def match_rows(rows: Sequence[Row], known: Known, placing: Placing) -> Iterator[Match]:
    """Match the rows that can be placed; doubtful ones get a problem instead.

    Rows that claim the same unit are all refused: nobody but the reader of the
    original can say which of them is right.
    """
    matches = [match for row in rows if (match := _match(row, known, placing))]
    counts = Counter(key for match in matches for key in _claims(match))
    first: dict[str, Row] = {}
    for match in matches:
        for key in _claims(match):
            if counts[key] > 1:
                _refuse_double(match, first.setdefault(key, match.row), by_code=key == match.code)
                break
    for match in matches:
        if not match.row.problems:
            yield match


def _match(row: Row, known: Known, placing: Placing) -> Match | None:
    stated = str(row.values.get("code", ""))
    node = known.by_code.get(stated) if stated else None
    if node is not None and not _says_where(row):
        above = placing.parent
        if above is not None and not node.path.startswith(above.path):
            _refuse_foreign(row, node, above)
            return None
        return Match(row=row, code=node.code, node=node, parent=None)
    kind = str(row.values.get("kind", node.kind if node else Unit.Kind.SCHOOL))
    parent = placing.place(row, kind)
    if row.problems:
        return None
    if stated:
        return Match(row=row, code=stated, node=node, parent=parent)
    found = _by_name(row, known, parent)
    if row.problems:
        return None
    code = found.code if found else derived_code(parent.code if parent else "", row.name)
    return Match(row=row, code=code, node=found or known.by_code.get(code), parent=parent)


def _says_where(row: Row) -> bool:
    return "district" in row.values or "parent" in row.values


def _by_name(row: Row, known: Known, parent: Node | None) -> Node | None:
    """The unit of this name below the parent; a row without a code is about that one."""
    found = known.named(row.name, below=parent.path if parent else "/")
    beside = [node for node in found if node.parent == (parent.code if parent else "")]
    found = beside or found
    if len(found) > 1:
        row.refuse(
            "ambiguous_name",
            "name",
            row.name,
            _("Several units have this name: %(units)s.")
            % {"units": ", ".join(f"{node.name} ({node.code})" for node in found)},
            _("Add a column with the codes."),
        )
        return None
    if found:
        return found[0]
    return known.closed_namesake(row.name, parent) if parent else None


def _claims(match: Match) -> tuple[str, str]:
    """What no two rows may share: the code, and the name under one parent."""
    stays = match.node is not None and "parent" not in match.row.values
    above = match.node.parent if match.node and stays else match.parent and match.parent.code
    return match.code, f"{above or ''}\n{name_key(match.row.name)}"


def _refuse_double(match: Match, first: Row, *, by_code: bool) -> None:
    row = match.row
    others = _("It is also in %(place)s.") % {"place": first.place} if first is not row else ""
    with_code = by_code and "code" in row.values
    row.refuse(
        "duplicate_code" if with_code else "duplicate_name",
        "code" if with_code else "name",
        match.code if with_code else row.name,
        " ".join(
            filter(
                None,
                [
                    _("More than one row has this code.")
                    if with_code
                    else _("More than one row has this name under the same bureau."),
                    others,
                ],
            )
        ),
        _("Keep one of the rows, or give each its own code and name."),
    )


def _refuse_foreign(row: Row, node: Node, above: Node) -> None:
    row.refuse(
        "other_parent",
        "code",
        node.code,
        _("%(name)s does not stand below --parent %(code)s.")
        % {"name": node.name, "code": above.code},
        _("Correct the code, or leave --parent out."),
    )
