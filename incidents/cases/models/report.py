"""What is told about an incident, downward and upward, and what was done at once."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.cases.models.incident import Incident
from safety.people.models import User
from safety.units.models import Unit


class Report(models.Model):
    """One report of the school (首报, 续报, 终报). Never edited."""

    class Kind(models.TextChoices):
        FIRST = "first", _("first report")
        FOLLOW_UP = "follow_up", _("follow-up report")
        FINAL = "final", _("final report")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=10, choices=Kind)
    number = models.PositiveSmallIntegerField()
    body = models.JSONField()
    filed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    filed_at = models.DateTimeField()

    class Meta:
        ordering = ["incident", "number"]
        constraints = [models.UniqueConstraint(fields=["incident", "number"], name="report_number")]

    def __str__(self) -> str:
        return f"{self.incident} {self.kind} {self.number}"


class Measure(models.Model):
    """Something done at once: 110, 119 or 120 called, guardians told, facts checked by phone."""

    class Kind(models.TextChoices):
        POLICE = "110", _("called 110")
        AMBULANCE = "120", _("called 120")
        FIRE = "119", _("called 119")
        GUARDIANS = "guardians", _("guardians told")
        VERIFIED = "verified", _("checked by telephone")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="measures")
    kind = models.CharField(max_length=12, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["incident", "kind"], name="measure_once")]

    def __str__(self) -> str:
        return f"{self.incident} {self.kind}"


class UpwardReport(models.Model):
    """What went up (上报): to whom, when, how, and who received it.

    The software never sends to government itself; the duty officer does and
    writes down the receipt.
    """

    class How(models.TextChoices):
        PHONE = "phone", _("telephone")
        FAX = "fax", _("fax")
        OA = "oa", _("office system")
        PERSON = "person", _("in person")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="upward_reports")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    receiver = models.CharField(max_length=80)
    received_by = models.CharField(max_length=80)
    how = models.CharField(max_length=8, choices=How)
    sent_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["sent_at", "id"]

    def __str__(self) -> str:
        return f"{self.incident} → {self.receiver}"
