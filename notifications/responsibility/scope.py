"""Scope (适用范围): what an entry of the table claims, and for which schools."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

KEYS = ("stages", "hazards", "ownership", "sections", "schools", "areas")
_NOTHING: frozenset[str] = frozenset()
_KIND = {"stage": "stages", "hazard": "hazards", "ownership": "ownership"}


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Subjects (stages, hazards, ownership, sections) and places (schools, areas).

    A hazard may carry a condition: "SEXA+staff_involved" is claimed only when
    the incident has that flag. ``sections`` is for deputies: post types of the
    sections they are in charge of. ``areas`` are codes of units above a school.
    """

    stages: frozenset[str] = _NOTHING
    hazards: frozenset[str] = _NOTHING
    ownership: frozenset[str] = _NOTHING
    sections: frozenset[str] = _NOTHING
    schools: frozenset[str] = _NOTHING
    areas: frozenset[str] = _NOTHING

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Scope:
        """Read a scope as tables and rule books write it; raises ``ValueError`` on other keys."""
        unknown = sorted(set(said) - set(KEYS))
        if unknown:
            raise ValueError(f"scope: '{unknown[0]}' is not one of {', '.join(KEYS)}")
        for key, values in said.items():
            if not isinstance(values, list | tuple) or not all(isinstance(v, str) for v in values):
                raise ValueError(f"scope: '{key}' is not a list of words")
        return cls(**{key: frozenset(values) for key, values in said.items()})

    @property
    def has_subject(self) -> bool:
        return bool(self.stages or self.hazards or self.ownership or self.sections)

    @property
    def has_place(self) -> bool:
        return bool(self.schools or self.areas)

    def or_subjects_of(self, default: Scope) -> Scope:
        """Itself, or with the subjects of ``default`` where it names none."""
        if self.has_subject or not default.has_subject:
            return self
        return replace(default, schools=self.schools, areas=self.areas)

    def claims(self, kind: str, key: str) -> bool:
        claimed: frozenset[str] = getattr(self, _KIND[kind])
        return key in claimed

    def covers(self, codes: Collection[str]) -> bool:
        """Whether a school with ``codes`` (its own and those above it) lies inside."""
        return not self.has_place or any(c in self.schools or c in self.areas for c in codes)
