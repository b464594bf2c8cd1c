"""What makes filing safe to repeat, and what numbers it."""

from __future__ import annotations

from django.db import models

from incidents.cases.models.incident import Incident


class FilingKey(models.Model):
    """The answer given to one idempotency key: the same key again gets it again.

    ``space`` is who used the key ("user:7"; a bound phone uses its person's), so that
    nobody can learn of, or block, somebody else's filing by guessing its key.
    """

    space = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    body_digest = models.CharField(max_length=64)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["space", "key"], name="filing_key_once")]

    def __str__(self) -> str:
        return f"{self.space} {self.key}"


class DailyNumber(models.Model):
    """The last number given on a day.

    Sealed cases do not count: a gap would betray that something happened.
    """

    day = models.DateField(unique=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.day} {self.last}"
