"""How the tests of this folder ask for what they look at."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from incidents.cases.models import Incident
from notifications.models import Alert, Obligation

JSON = {"headers": {"accept": "application/json"}}
CITY, COUNTY, DISTRICT = "520100", "520121", "520102"


def alert_of(incident: Incident) -> Alert:
    return Alert.objects.get(subject_ref=str(incident.ref))


def owed(incident: Incident, unit: str, capacity: str, kind: str = "acknowledge") -> Obligation:
    """The (first) row of ``capacity`` at the unit with this code."""
    rows = Obligation.objects.filter(
        alert=alert_of(incident), unit__code=unit, capacity=capacity, kind=kind
    )
    return rows.order_by("id")[0]


def acknowledge(client: Client, *rows: Obligation, **over: object):
    posted = {"ref": [str(row.ref) for row in rows], **over}
    return client.post(reverse("notifications:acknowledge"), posted, headers=JSON["headers"])


def act(client: Client, *rows: Obligation, **over: object):
    posted = {"ref": [str(row.ref) for row in rows], **over}
    return client.post(reverse("notifications:act"), posted, headers=JSON["headers"])


def open_rows(incident: Incident) -> set[int]:
    return set(
        Obligation.objects.open().filter(alert=alert_of(incident)).values_list("pk", flat=True)
    )
