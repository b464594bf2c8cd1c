"""The gate before publication: gaps of responsibility that nobody has accepted."""

from __future__ import annotations

from collections.abc import Iterable

from notifications.models import ResponsibilityTable
from safety.errors import Problem


def gaps_that_block(table: ResponsibilityTable) -> Iterable[Problem]:  # noqa: ARG001 - filled next
    """Why ``table`` may not be published although each of its rows is right; nothing if it may."""
    return ()
