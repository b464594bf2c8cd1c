"""The words of hazards (风险类别), from the rule book in force."""

from __future__ import annotations

from django.utils.translation import get_language

from safety.rules.selectors import content_of, current_rules


def hazard_word(code: str) -> str:
    """The hazard in the reader's language; the code itself when a newer book dropped it."""
    for hazard in content_of(current_rules())["hazards"]["hazard"]:
        if hazard["code"] == code:
            return str(hazard[_key()])
    return code


def hazard_choices() -> list[tuple[str, str]]:
    """(code, word) of every hazard, in the rule book's order."""
    hazards = content_of(current_rules())["hazards"]["hazard"]
    return [(hazard["code"], hazard[_key()]) for hazard in hazards]


def _key() -> str:
    return "zh" if (get_language() or "zh").startswith("zh") else "en"
