"""Rows for the boards of the bureaus that an alert was raised for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from notifications.delivery.streams import NewRow
from notifications.models import Alert, Stream
from safety.units.models import Unit


def board_rows(alert: Alert, *, kind: str, said: Mapping[str, Any]) -> list[NewRow]:
    """One row for each board, saying ``said`` of ``alert``; never a name, never free text."""
    payload = {"alert": str(alert.ref), "grade": alert.board_grade, **said}
    boards = alert.units.exclude(kind__in=Unit.SCHOOL_KINDS).order_by("pk")
    return [
        NewRow(stream=Stream.Kind.BOARD, owner=unit, kind=kind, alert=alert, payload=payload)
        for unit in boards.values_list("pk", flat=True)
    ]
