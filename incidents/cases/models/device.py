from __future__ import annotations

from django.db import models

from safety.people.models import User
from safety.units.models import Unit


class FilingDevice(models.Model):
    """A phone that may file for its school without sign-in (报送凭证).

    An administrator makes a one-time link; opening it binds the phone. The
    credential files and reads its own receipts, nothing else, until it expires
    or is revoked. Only digests of the secrets are stored.
    """

    school = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    reporter = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=80)
    link_digest = models.CharField(max_length=64, unique=True)
    link_expires_at = models.DateTimeField()
    digest = models.CharField(max_length=64, unique=True, null=True, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    bound_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.label} {self.school}"
