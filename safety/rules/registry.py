"""Which sections a rule book has, and who checks their shape.

Each app registers its sections when it starts (``AppConfig.ready``): a name, a
loader of the shipped default, and a check that raises ``ValueError`` naming
section and key. The rule book itself knows no section's meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Section:
    name: str
    default: Callable[[], Document]
    check: Callable[[Mapping[str, Document]], None]


_sections: dict[str, Section] = {}


def register(section: Section) -> None:
    _sections[section.name] = section


def sections() -> tuple[Section, ...]:
    return tuple(_sections[name] for name in sorted(_sections))
