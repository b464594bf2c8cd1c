"""Upward reports (上报) as obligations: whom one of them names. Pure."""

from __future__ import annotations

from notifications.models import Obligation

SEPARATOR = "、"  # between the receivers that one clock names


def receivers_of(obligation: Obligation) -> tuple[str, ...]:
    """Each office that an upward report goes to: one clock may name several."""
    named = str(obligation.why.get("zh", "")).split(SEPARATOR)
    return tuple(part.strip() for part in named if part.strip())
