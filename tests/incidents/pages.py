"""What the tests of the filing pages share: a form as a browser sends it, and what was written."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.utils import timezone

from incidents.cases.models import Incident
from notifications.models import Alert, StreamRow
from safety.ledger.models import Event


def posted(**over: Any) -> dict[str, Any]:
    """The plain form, filled in by a careful person; ``None`` leaves a field out."""
    fields = {
        "key": str(uuid4()),
        "opened_at": timezone.now().isoformat(timespec="seconds"),
        "school": "5201210001",
        "hazard": "DROWN",
        "people": "counted",
        "missing": "1",
        "aware": "now",
        **over,
    }
    return {name: value for name, value in fields.items() if value is not None}


def counts() -> tuple[int, int, int, int]:
    """Incidents, alerts, stream rows and ledger events: what a refused report must not change."""
    return (
        Incident.objects.count(),
        Alert.objects.count(),
        StreamRow.objects.count(),
        Event.objects.count(),
    )
