"""Reads of the responsibility table for pages."""

from __future__ import annotations

from notifications.models import ResponsibilityTable
from notifications.table.access import own_entries

__all__ = ["own_entries", "published_table"]


def published_table() -> ResponsibilityTable | None:
    """The version in force, if any was ever published."""
    return ResponsibilityTable.objects.filter(state=ResponsibilityTable.State.PUBLISHED).first()
