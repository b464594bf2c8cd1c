from __future__ import annotations

from django.db import models


class Beat(models.Model):
    """The last sign of life of a background worker; without it nothing shows green.

    ``owner`` and ``until`` are the lease of the one process that leads.
    """

    name = models.CharField(max_length=30, primary_key=True)
    owner = models.CharField(max_length=80)
    at = models.DateTimeField()
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S}"
