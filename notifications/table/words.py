"""Scopes, capacities and columns of the table in the words of its readers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.models import Entry
from notifications.responsibility.scope import Scope
from notifications.words import in_language, joined
from safety.rules.selectors import content_of, current_rules
from safety.units.models import Unit

NAMED_MAX = 12  # schools told by name in one scope; of the others the number

COLUMN_WORDS = {
    "unit": gettext_lazy("Unit"),
    "post": gettext_lazy("Post"),
    "capacity": gettext_lazy("Capacity"),
    "line": gettext_lazy("Party or administration"),
    "scope": gettext_lazy("Scope"),
    "business_duty": gettext_lazy("Business duty"),
    "safety_duty": gettext_lazy("Safety duty"),
    "assessment": gettext_lazy("Assessment"),
}
_LINES = {
    Entry.Line.PARTY.value: gettext_lazy("party"),
    Entry.Line.ADMINISTRATION.value: gettext_lazy("administration"),
    Entry.Line.BOTH.value: gettext_lazy("both"),
}


def column_word(name: str) -> str:
    return str(COLUMN_WORDS.get(name, name))


def line_of(entry_line: str) -> str:
    return str(_LINES.get(entry_line, entry_line))


@dataclass(frozen=True, kw_only=True)
class ScopePart:
    """One line of a scope: what kind of limit, and its values in words."""

    label: str
    words: str


class Words:
    """The rule book's words for codes, read once for a page; units by name as asked for."""

    def __init__(self, scopes: Iterable[Mapping[str, Any]] = ()) -> None:
        codes = {
            code for said in scopes for key in ("schools", "areas") for code in _list(said, key)
        }
        found = Unit.objects.filter(code__in=codes) if codes else Unit.objects.none()
        self.units = {unit.code: unit.label for unit in found}

    @cached_property
    def book(self) -> Mapping[str, Mapping[str, Any]]:
        return content_of(current_rules())

    @cached_property
    def capacities(self) -> dict[str, str]:
        return _worded(self.book["responsibility"]["capacity"].items())

    @cached_property
    def stages(self) -> dict[str, str]:
        return _worded(self.book["responsibility"]["stage"].items())

    @cached_property
    def ownership(self) -> dict[str, str]:
        return _worded(self.book["responsibility"]["ownership"].items())

    @cached_property
    def hazards(self) -> dict[str, str]:
        return _worded((row["code"], row) for row in self.book["hazards"]["hazard"])

    @cached_property
    def post_types(self) -> dict[str, str]:
        return _worded((row["code"], row) for row in self.book["posts"]["post"])

    def capacity(self, code: str) -> str:
        return self.capacities.get(code, code)

    def hazard(self, key: str) -> str:
        """A hazard; one with a condition says so."""
        code, plus, flag = key.partition("+")
        word = self.hazards.get(code, code)
        return (
            _("%(hazard)s (only with %(flag)s)") % {"hazard": word, "flag": flag} if plus else word
        )

    def scope(self, said: Mapping[str, Any]) -> list[ScopePart]:
        """What a scope says, line by line; nothing for one without limits."""
        try:
            Scope.of(said)
        except ValueError:
            return [ScopePart(label=_("Scope"), words=_("cannot be read: %s") % said)]
        return list(self._parts(said))

    def _parts(self, said: Mapping[str, Any]) -> Iterator[ScopePart]:
        hazards = {key: self.hazard(key) for key in _list(said, "hazards")}
        kinds = (
            ("stages", _("Stages"), self.stages),
            ("hazards", _("Hazards"), dict.fromkeys(self.hazards, "") | hazards),
            ("ownership", _("Ownership"), self.ownership),
            ("sections", _("Sections"), self.post_types),
            ("schools", _("Schools"), self.units),
            ("areas", _("Areas"), self.units),
        )
        for key, label, known in kinds:
            codes = _in_order(_list(said, key), known)
            if codes:
                words = [known.get(code) or code for code in codes[:NAMED_MAX]]
                if len(codes) > NAMED_MAX:
                    words.append(_("%(number)s in all") % {"number": len(codes)})
                yield ScopePart(label=label, words=joined(words))


def _in_order(codes: list[str], known: Mapping[str, str]) -> list[str]:
    """As the rule book lists them, not by the alphabet of their codes."""
    order = {code: number for number, code in enumerate(known)}
    return sorted(codes, key=lambda code: (order.get(code, len(order)), code))


def _list(said: Mapping[str, Any], key: str) -> list[str]:
    values = said.get(key)
    return values if isinstance(values, list) else []


def _worded(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, str]:
    return {code: in_language(row) for code, row in rows}
