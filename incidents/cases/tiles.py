"""The tiles of the first screen (什么事), as the rule book orders them.

Pure but for the reader's language: the ``filing`` section of the rule book in,
tiles out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A flag worth one more tap; never required."""

    flag: str
    word: str


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One kind of incident as the first screen offers it."""

    hazard: str
    word: str
    icon: str
    place: str
    hint: str
    asks: tuple[Ask, ...]
    sealed: bool


def tiles(rules: Mapping[str, Any], *, month: int) -> tuple[Tile, ...]:
    """The tiles in the order of ``month``, sealed ones last.

    A tile whose ``first_in`` names the month comes before all others: in the
    drowning season nobody may have to look for that word.
    """
    rows: Sequence[Mapping[str, Any]] = rules["filing"]["tile"]
    ordered = sorted(rows, key=lambda row: month not in row.get("first_in", ()))
    flags = rules["grades"]["flags"]
    return (
        *(_tile(row, flags, sealed=False) for row in ordered),
        *(_tile(row, flags, sealed=True) for row in rules["filing"].get("sealed_tile", ())),
    )


def _tile(row: Mapping[str, Any], flags: Mapping[str, Any], *, sealed: bool) -> Tile:
    language = _language()
    return Tile(
        hazard=row["hazard"],
        word=row[language],
        icon=row.get("icon", ""),
        place=row.get("place", ""),
        hint=row.get(f"hint_{language}", ""),
        asks=tuple(Ask(flag=flag, word=flags[flag][language]) for flag in row.get("ask", ())),
        sealed=sealed,
    )


def _language() -> str:
    return "zh" if (get_language() or "zh").startswith("zh") else "en"


def check(rules: Mapping[str, Any]) -> None:
    """Raise ``ValueError`` naming the tile that offers what the rule book does not know."""
    known = {hazard["code"]: hazard["privacy"] for hazard in rules["hazards"]["hazard"]}
    filing = rules["filing"]
    for row in [*filing["tile"], *filing.get("sealed_tile", ())]:
        hazard = row["hazard"]
        if hazard not in known:
            raise ValueError(f"filing: the tile '{hazard}' is not a hazard of the rule book")
        if unknown := set(row.get("ask", ())) - set(rules["grades"]["flags"]):
            raise ValueError(f"filing: the tile '{hazard}' asks the unknown flag {min(unknown)!r}")
    for row in filing["tile"]:
        if known[row["hazard"]] == "sealed":
            raise ValueError(f"filing: the sealed hazard '{row['hazard']}' is on the first screen")
