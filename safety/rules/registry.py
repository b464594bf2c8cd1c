"""Which sections a rule book has, who checks their shape, and who may object to a new one.

Each app registers its sections when it starts (``AppConfig.ready``): a name, a
loader of the shipped default, and a check that raises ``ValueError`` naming
section and key. The rule book itself knows no section's meaning.

A guard looks at a whole book that is well-formed and says what in the house it
would break: it knows the rows that rest on the rules. A gate looks longer, at what such
a book would leave open from its day on: it is asked only before a draft is published,
and whoever publishes may say that this is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from safety.errors import Problem

Document = Mapping[str, Any]
Guard = Callable[[Mapping[str, Document]], Iterable[Problem]]
Gate = Callable[[Mapping[str, Document], datetime], Iterable[Problem]]


@dataclass(frozen=True, kw_only=True)
class Section:
    name: str
    default: Callable[[], Document]
    check: Callable[[Mapping[str, Document]], None]


_sections: dict[str, Section] = {}
_guards: dict[str, Guard] = {}
_gates: dict[str, Gate] = {}


def register(section: Section) -> None:
    _sections[section.name] = section


def sections() -> tuple[Section, ...]:
    return tuple(_sections[name] for name in sorted(_sections))


def register_guard(name: str, guard: Guard) -> None:
    _guards[name] = guard


def guards() -> tuple[Guard, ...]:
    return tuple(_guards[name] for name in sorted(_guards))


def register_gate(name: str, gate: Gate) -> None:
    _gates[name] = gate


def gates() -> tuple[Gate, ...]:
    return tuple(_gates[name] for name in sorted(_gates))
