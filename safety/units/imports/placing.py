"""Under which unit a row belongs."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from safety.errors import Refused
from safety.units.actions import NewUnit
from safety.units.imports.garbled import check_name
from safety.units.imports.known import Known, Node, derived_code
from safety.units.imports.problems import Unusable
from safety.units.imports.rows import Row
from safety.units.models import Unit
from safety.units.tree import ROOT, path_below


@dataclass(kw_only=True)
class Placing:
    """Find parents. ``parent`` is --parent; missing districts are made if ``create_districts``.

    ``spoilt`` holds codes and names of rows that cannot be imported themselves.
    """

    known: Known
    parent: Node | None = None
    create_districts: bool = False
    spoilt: set[str] = field(default_factory=set)
    districts: list[NewUnit] = field(default_factory=list)
    redirected: dict[str, int] = field(default_factory=dict)

    def place(self, row: Row, kind: str) -> Node | None:
        """The unit above ``row``; ``None`` for a city, or when a problem is noted in the row."""
        if kind == Unit.Kind.CITY:
            return None
        district = self._district(row)
        if row.problems:
            return None
        if text := str(row.values.get("parent", "")):
            return self._named_parent(row, text, district)
        found = district or self.parent
        if found is None and kind in Unit.DISTRICT_KINDS:
            found = self.known.city()
        if found is None:
            row.refuse(
                "no_parent",
                "district",
                "",
                _("The row does not say under which bureau it belongs."),
                _(
                    "Add a column with the district, or name the district of the whole list: "
                    "--default district=徐汇区 (with --create-districts where it is new), "
                    "or --parent with code or name of the bureau."
                ),
            )
        return found

    def _district(self, row: Row) -> Node | None:
        text = str(row.values.get("district", ""))
        if not text:
            return None
        found = self.known.bureaus(text)
        if len(found) > 1:
            _refuse_ambiguous(row, "district", text, found)
            return None
        if not found:
            return self._missing_district(row, text)
        district = found[0]
        if self.parent is not None and not district.path.startswith(self.parent.path):
            row.refuse(
                "other_parent",
                "district",
                text,
                _("The row belongs to another bureau than --parent %(code)s.")
                % {"code": self.parent.code},
                _("Correct the cell, or leave --parent out."),
            )
            return None
        return district

    def _missing_district(self, row: Row, text: str) -> Node | None:
        if self.create_districts:
            return self._new_district(row, text)
        if self.parent is not None and self.parent.kind != Unit.Kind.CITY:
            self.redirected[text] = self.redirected.get(text, 0) + 1
            return self.parent
        similar = self.known.similar_bureau(text)
        hint = (
            _("Did you mean %(name)s (%(code)s)?") % {"name": similar.name, "code": similar.code}
            if similar
            else ""
        )
        row.refuse(
            "unknown_district",
            "district",
            text,
            " ".join(filter(None, [_("There is no district bureau of this name or code."), hint])),
            _("Add --create-districts to create it, or --parent CODE to name the bureau."),
        )
        return None

    def _new_district(self, row: Row, text: str) -> Node | None:
        city = self.parent or self.known.city()
        if city is None or city.kind != Unit.Kind.CITY:
            row.refuse(
                "no_city",
                "district",
                text,
                _("There is no single city bureau under which the district could be created."),
                _("Name the city bureau with --parent CODE."),
            )
            return None
        try:
            check_name(text)
        except Unusable as unusable:
            row.refuse(unusable.code, "district", text, unusable.message, unusable.remedy)
            return None
        code = derived_code(city.code, text)
        values = {"name": text, "short_name": "", "kind": Unit.Kind.DISTRICT, "ends_on": None}
        node = Node(
            code=code,
            parent=city.code,
            path=path_below(city.path, code),
            values=values,
            is_new=True,
        )
        self.known.add(node)
        self.districts.append(
            NewUnit(
                code=code,
                name=text,
                kind=Unit.Kind.DISTRICT,
                parent=city.code,
                starts_on=self.known.day,
            )
        )
        return node

    def _named_parent(self, row: Row, text: str, district: Node | None) -> Node | None:
        below = (district or self.parent or _EVERYTHING).path
        node = self.known.by_code.get(text)
        found = [node] if node else self.known.named(text, below=below)
        found = found or self.known.bureaus(text)
        if len(found) == 1 and found[0].path.startswith(below):
            return found[0]
        if len(found) > 1:
            _refuse_ambiguous(row, "parent", text, found)
        elif text in self.spoilt:
            row.refuse(
                "spoilt_parent",
                "parent",
                text,
                _("The unit above stands in this file, but its own row has errors."),
                _("Correct that row first."),
            )
        else:
            row.refuse(
                "unknown_parent",
                "parent",
                text,
                _("There is no such unit above this one."),
                _("Write the code or the exact name of the unit above, or import it first."),
            )
        return None


_EVERYTHING = Node(code="", parent="", path=ROOT, values={})


def _refuse_ambiguous(row: Row, name: str, text: str, found: list[Node]) -> None:
    row.refuse(
        "ambiguous_parent",
        name,
        text,
        _several(found),
        _("Write the code instead of the name."),
    )


def _several(found: list[Node]) -> str:
    names = ", ".join(f"{node.name} ({node.code})" for node in found)
    return _("Several units have this name: %(units)s.") % {"units": names}


def parent_option(known: Known, text: str) -> Node | None:
    """The unit of --parent (code or name). Raises ``Refused`` unless it is one open unit."""
    if not text:
        return None
    exact = known.by_code.get(text)
    found = [exact] if exact else known.bureaus(text) or known.named(text)
    if not found:
        raise Refused(
            _("There is no unit with this code or name."),
            field="parent",
            value=text,
            remedy=_("Give code or name of a bureau or central school that exists."),
        )
    if len(found) > 1:
        raise Refused(
            _several(found),
            field="parent",
            value=text,
            remedy=_("Write the code instead of the name."),
        )
    node = found[0]
    if node.is_closed(known.day):
        raise Refused(
            _("The unit above is closed."),
            field="parent",
            value=text,
            remedy=_("Name the unit that has taken its place."),
        )
    return node
