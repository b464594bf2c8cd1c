"""What the filing pages share: tiles, questions, and strings that can be read at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from incidents.cases.models import Incident
from incidents.cases.tiles import Tile, tiles
from notifications.models import Alert
from safety.errors import Problem
from safety.rules.selectors import content_of, current_rules
from safety.units.models import Unit
from safety.units.selectors import district_of

REPLACED = "\ufffd"  # what Django puts where bytes were not UTF-8


@dataclass(frozen=True, kw_only=True)
class Question:
    """A flag that some tiles ask for; ``hazards`` names them, for the script that hides it."""

    flag: str
    word: str
    hazards: str


def page_tiles() -> tuple[Tile, ...]:
    """The tiles of this month, in the reader's language."""
    return tiles(content_of(current_rules()), month=timezone.localdate().month)


def grade_flags() -> tuple[str, ...]:
    """The flags that the rule book in force knows."""
    return tuple(content_of(current_rules())["grades"]["flags"])


def questions(offered: Iterable[Tile]) -> list[Question]:
    """Every flag once, with the tiles that ask for it."""
    found: dict[str, tuple[str, list[str]]] = {}
    for tile in offered:
        for ask in tile.asks:
            found.setdefault(ask.flag, (ask.word, []))[1].append(tile.hazard)
    return [
        Question(flag=flag, word=word, hazards=" ".join(hazards))
        for flag, (word, hazards) in found.items()
    ]


def readable(posted: QueryDict) -> bool:
    """Whether everything that was sent is UTF-8."""
    return not any(REPLACED in value for _name, values in posted.lists() for value in values)


def problems_of(form: forms.Form) -> list[Problem]:
    """The errors of a form in the one shape that programs get."""
    return [
        Problem(
            field=name,
            value=str(form.data.get(name, "")),
            message=" ".join(str(message) for message in error["messages"]),
            remedy="",
        )
        for name, errors in form.errors.as_data().items()
        for error in [{"messages": [m for e in errors for m in e.messages]}]
    ]


def nearest_phone(school: Unit) -> dict[str, str] | None:
    """The duty room right above this school, if it has a number of its own."""
    district = district_of(school)
    if district is None or not district.duty_phone:
        return None
    return {"label": district.label, "number": district.duty_phone}


def receipt_json(incident: Incident) -> Mapping[str, Any]:
    """Proof of a committed filing, for the script of the page."""
    return {
        "ref": str(incident.ref),
        "number": incident.number,
        "filed_at": incident.filed_at.isoformat(),
        "sealed": incident.privacy == Alert.Privacy.SEALED,
        "url": reverse("filing:receipt", args=[incident.ref]),
    }
