"""Upward reports (上报) as obligations: whom one of them names, and in which words."""

from __future__ import annotations

from collections.abc import Iterable

from notifications.models import Obligation
from notifications.words import is_chinese

SEPARATORS = {"zh": "、", "en": ","}  # between the receivers that one clock names


def offices(named: str, language: str) -> tuple[str, ...]:
    """The offices in ``named``, in their order."""
    return tuple(part.strip() for part in named.split(SEPARATORS[language]) if part.strip())


def receivers_of(obligation: Obligation) -> tuple[str, ...]:
    """Each office that an upward report goes to, by the Chinese name under which it is recorded."""
    return offices(str(obligation.why.get("zh", "")), "zh")


def receiver_words(obligations: Iterable[Obligation]) -> dict[str, str]:
    """How the reader's language calls each recorded receiver of ``obligations``.

    The recorded name itself, where the rule book had no other when it was owed.
    """
    found: dict[str, str] = {}
    for obligation in obligations:
        if obligation.kind == Obligation.Kind.REPORT_UPWARD:
            recorded = receivers_of(obligation)
            english = offices(str(obligation.why.get("en", "")), "en")
            told = recorded if is_chinese() or len(english) != len(recorded) else english
            found |= dict(zip(recorded, told, strict=True))
    return found
