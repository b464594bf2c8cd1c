"""Streams (收件箱 and boards): numbered rows that a reader can catch up on exactly."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.models.alert import Alert


class Stream(models.Model):
    """A person's inbox or a unit's board.

    ``head`` is the number of the newest row. It is raised under this row's lock,
    last in the writing transaction, so numbers are contiguous in commit order
    and "after my cursor" can never miss a row. A new ``epoch`` tells readers
    that their cursor belongs to another history.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("inbox of a person")
        BOARD = "board", _("board of a unit")

    kind = models.CharField(max_length=10, choices=Kind)
    owner = models.BigIntegerField()
    head = models.BigIntegerField(default=0)
    epoch = models.UUIDField(default=uuid.uuid4)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "owner"], name="stream_one_per_owner")
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.owner}"


class StreamRow(models.Model):
    """One numbered row; ``payload`` is what every reader of the stream gets, byte for byte."""

    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="rows")
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=30)
    alert = models.ForeignKey(
        Alert, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    payload = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["stream", "seq"]
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="stream_row_number")]

    def __str__(self) -> str:
        return f"{self.stream} #{self.seq}"
