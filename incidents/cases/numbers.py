"""The numbers of incidents: counted by the day, or drawn by lot where counting would tell."""

from __future__ import annotations

from datetime import datetime
from random import Random

from django.db import connection
from django.utils import timezone

from incidents.cases.models import Incident

SEALED_NUMBERS = 100_000  # of a day


def next_number(now: datetime) -> str:
    """The next number of the day ("2026-0614-0007").

    One statement, so that two filings can never get the same one; the row stays
    locked until the commit, so that no number is skipped either.
    """
    day = timezone.localdate(now)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_dailynumber (day, last) VALUES (%s, 1) "
            "ON CONFLICT (day) DO UPDATE SET last = cases_dailynumber.last + 1 "
            "RETURNING last",
            [day],
        )
        (last,) = cursor.fetchone()
    return f"{day:%Y-%m%d}-{last:04d}"


def sealed_number(now: datetime, lots: Random) -> str:
    """A number of the day that is still free ("2026-0614-B48213"), drawn by lot.

    Counting would tell everybody who holds one how many sealed cases there were.
    """
    day = timezone.localdate(now)
    while True:
        number = f"{day:%Y-%m%d}-B{lots.randrange(SEALED_NUMBERS):05d}"
        if not Incident.objects.filter(number=number).exists():
            return number
