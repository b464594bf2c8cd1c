"""The words in which an incident is told, full, masked, and on a board.

Pure. Alerts carry these words as data; no version of them ever holds a name of
a person. Sealed: category and school hidden. Guarded: free text hidden, and the
school too where strangers can read along. What streams carry (board) never holds
free text: it outlives the rights of its readers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PEOPLE_ZH = {"dead": "死亡", "missing": "失联", "injured": "受伤", "critical": "危重"}
PLACE_ZH = {"on_campus": "校内", "off_campus": "校外", "on_the_way": "途中", "at_home": "家中"}
PLACE_EN = {
    "on_campus": "on campus",
    "off_campus": "off campus",
    "on_the_way": "on the way",
    "at_home": "at home",
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """Three renderings of the same incident, as JSON-ready mappings."""

    full: Mapping[str, Any]
    masked: Mapping[str, Any]
    board: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Where:
    """The schools touched, the unit above the first, and the place in kind and words."""

    schools: tuple[str, ...]
    district: str
    kind: str = ""
    place: str = ""


def tell(
    *,
    privacy: str,
    hazard: Mapping[str, str],
    people: Mapping[str, Any],
    where: Where,
    summary: str,
    number: str,
    aware_at: str,
    filed_at: str,
) -> Told:
    """Build the words of an alert; ``people`` maps "people" and the four counts.

    Every rendering has the keys ``sealed, hazard, hazard_zh, hazard_en, people_zh, people_en,
    where, place_zh, place_en, summary, number, aware_at, filed_at, district``; what a reader may
    not know is "".
    """
    common = {"sealed": privacy == "sealed", "district": where.district, "filed_at": filed_at}
    full = {
        **common,
        "hazard": hazard["code"],
        "hazard_zh": hazard["zh"],
        "hazard_en": hazard["en"],
        "people_zh": people_words(people),
        "people_en": people_words_en(people),
        "where": "、".join(where.schools),
        **_place(where.kind, where.place),
        "summary": summary,
        "number": number,
        "aware_at": aware_at,
    }
    nothing = {
        **dict.fromkeys(full, ""),
        **common,
        "hazard_zh": "受限事件",
        "hazard_en": "Restricted incident",
    }
    if privacy == "sealed":
        return Told(full=full, masked=nothing, board=nothing)
    without_text = {**full, "summary": "", **_place(where.kind, "")}
    if privacy == "guarded":
        return Told(full=full, masked=without_text, board={**without_text, "where": ""})
    return Told(full=full, masked=full, board=without_text)


def _place(kind: str, place: str) -> dict[str, str]:
    return {
        f"place_{language}": "·".join(part for part in (kinds.get(kind, ""), place) if part)
        for language, kinds in (("zh", PLACE_ZH), ("en", PLACE_EN))
    }


def people_words(people: Mapping[str, Any]) -> str:
    """People as they are told: "失联1人", "无人员伤亡"; unknown is never written as 0."""
    if people["people"] == "none":
        return "无人员伤亡"
    if people["people"] == "unknown":
        return "人数不清,正在核实"
    return " ".join(f"{zh}{people[name]}人" for name, zh in PEOPLE_ZH.items() if people[name])


def people_words_en(people: Mapping[str, Any]) -> str:
    """The same for an English reader: "missing 1"; unknown is never written as 0."""
    if people["people"] == "none":
        return "no one hurt"
    if people["people"] == "unknown":
        return "number unknown, being checked"
    return ", ".join(f"{name} {people[name]}" for name in PEOPLE_ZH if people[name])
