"""Workbooks that were sent and are being looked at, before anything of them is written."""

from __future__ import annotations

import uuid

from django.db import models

from safety.people.models import User


class TableUpload(models.Model):
    """A workbook between its preview and its import; it is thrown away after a day.

    In the database and not in a folder, so that every process can show the preview.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    sent_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    sent_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["sent_at"], name="upload_sent_at")]

    def __str__(self) -> str:
        return self.name
