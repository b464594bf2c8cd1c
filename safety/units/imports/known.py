"""The units there are already, and those that the file adds, found by code and by name."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any

from safety.units.imports.cells import name_key
from safety.units.models import Unit

UNIT_FIELDS = ("name", "short_name", "kind", "duty_phone", "starts_on", "ends_on")
SCHOOL_FIELDS = (
    *("stages", "ownership", "city_direct", "pupils", "staff", "boarding", "bus", "canteen"),
    *("near_water", "near_main_road", "latitude", "longitude", "datum"),
)
BUREAU_KINDS = (Unit.Kind.CITY, *Unit.DISTRICT_KINDS)

_OFFICE = re.compile(
    "(教育和体育局|教育体育局|教育和科技局|教育科技局|教体局|教科局|教育局|教育委员会|教育工作委员会"
    "|教委|教育处|社会事务局|社会事业局|社会事务管理局|社会发展局)$"
)
_ABOVE = re.compile(r"^.+?(省|市|自治州|州)(?=.{2,})")


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """One unit: an old one with all its values, or one that the file adds."""

    code: str
    parent: str
    path: str
    values: Mapping[str, Any]
    is_new: bool = False

    @property
    def name(self) -> str:
        return str(self.values["name"])

    @property
    def kind(self) -> str:
        return str(self.values["kind"])

    @property
    def is_bureau(self) -> bool:
        return self.kind in BUREAU_KINDS

    def is_closed(self, day: date) -> bool:
        ends_on: date | None = self.values.get("ends_on")
        return ends_on is not None and ends_on <= day


@dataclass(kw_only=True)
class Known:
    """An index of the tree as it will be. ``day`` decides what counts as closed."""

    day: date
    by_code: dict[str, Node] = field(default_factory=dict)
    _by_name: dict[str, list[Node]] = field(default_factory=dict)
    _bureaus: dict[str, list[Node]] = field(default_factory=dict)
    _stripped: dict[str, str] = field(default_factory=dict)
    _children: dict[str, list[Node]] = field(default_factory=dict)

    @classmethod
    def load(cls, day: date) -> Known:
        known = cls(day=day)
        columns = ("code", "path", *UNIT_FIELDS, *(f"school__{name}" for name in SCHOOL_FIELDS))
        names = (*UNIT_FIELDS, *SCHOOL_FIELDS)
        rows = Unit.objects.order_by("path").values_list(*columns)
        for code, path, *values in rows.iterator(chunk_size=2000):
            above = path.split("/")[-3]
            known.add(
                Node(
                    code=code,
                    parent=above,
                    path=path,
                    values=dict(zip(names, values, strict=True)),
                )
            )
        return known

    def add(self, node: Node) -> None:
        self.by_code[node.code] = node
        self._by_name.setdefault(name_key(node.name), []).append(node)
        self._children.setdefault(node.parent, []).append(node)
        if node.code.startswith("0"):
            self._stripped[node.code.lstrip("0")] = node.code
        if node.is_bureau:
            for key in _bureau_keys(node.name) | _bureau_keys(str(node.values["short_name"] or "")):
                self._bureaus.setdefault(key, []).append(node)

    def bureaus(self, text: str) -> list[Node]:
        """Bureaus with this code or name; "云岩区" finds "贵阳市云岩区教育局"."""
        if (node := self.by_code.get(text)) and node.is_bureau:
            return [node]
        found = {n.code: n for key in _bureau_keys(text) for n in self._bureaus.get(key, ())}
        exact = [node for node in found.values() if name_key(node.name) == name_key(text)]
        return exact or list(found.values())

    def named(self, name: str, *, below: str = "/") -> list[Node]:
        """Units of this name that are not closed, anywhere below the path ``below``."""
        return [
            node
            for node in self._by_name.get(name_key(name), ())
            if node.path.startswith(below) and not node.is_closed(self.day)
        ]

    def closed_namesake(self, name: str, parent: Node) -> Node | None:
        """A closed unit of this name directly under ``parent``."""
        found = (n for n in self._by_name.get(name_key(name), ()) if n.parent == parent.code)
        return next((node for node in found if node.is_closed(self.day)), None)

    def children(self, code: str) -> Sequence[Node]:
        return self._children.get(code, ())

    def with_zeros(self, code: str) -> str | None:
        """The known code that ``code`` may be after a spreadsheet has eaten its zeros."""
        return self._stripped.get(code)

    def city(self) -> Node | None:
        """The city bureau, when there is exactly one."""
        cities = [node for node in self.by_code.values() if node.kind == Unit.Kind.CITY]
        return cities[0] if len(cities) == 1 else None

    def similar_bureau(self, text: str) -> Node | None:
        close = get_close_matches(name_key(text), self._bureaus, n=1)
        return self._bureaus[close[0]][0] if close else None


def derived_code(parent: str, name: str) -> str:
    """The code of a unit whose list gives none: always the same for parent and name.

    "N" and twelve characters of the SHA-256 of ``parent``, a line feed and the
    name without blanks (docs/decisions/0011).
    """
    digest = hashlib.sha256(f"{parent}\n{name_key(name)}".encode()).digest()
    return "N" + base64.b32encode(digest).decode()[:12]


def _bureau_keys(text: str) -> set[str]:
    """The names under which a bureau may be written: with or without office and city."""
    key = name_key(text)
    keys = {key, _OFFICE.sub("", key)}
    return {form for one in keys for form in (one, _ABOVE.sub("", one)) if form}
