from __future__ import annotations

from django.db import models

from notifications.models.stream import Stream


class Receipt(models.Model):
    """A browser said: everything of this inbox up to ``seq`` has arrived, at ``at``.

    The first receipt at or above a row's number says when that row reached its
    person; rows are only ever added.
    """

    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="receipts")
    seq = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["stream", "seq"]
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="receipt_once")]

    def __str__(self) -> str:
        return f"{self.stream} up to #{self.seq}"
