"""The ledger: what happened, in rows that nobody may change.

An event is written inside the transaction it tells of and carries a hash of its
own content. A sealer chains events in commit order afterwards, so that writing
an event never waits for another writer (docs/decisions/0031).
"""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """One fact: who did what to which subject, and when.

    Actor and subject are known only as (kind, reference): the ledger stands
    below every other room and imports none of them.
    """

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=20)
    actor_ref = models.CharField(max_length=64, blank=True)
    verb = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=30)
    subject_ref = models.CharField(max_length=64)
    body = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_ref", "id"], name="event_subject")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_kind}:{self.subject_ref}"


class Seal(models.Model):
    """The place of one event in the hash chain."""

    position = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="seal")
    chain = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.position} {self.chain[:12]}"


class Anchor(models.Model):
    """The last head of the chain, in one row beside it: a chain that lost its end is noticed."""

    position = models.BigIntegerField()
    chain = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.position} {self.chain[:12]}"
