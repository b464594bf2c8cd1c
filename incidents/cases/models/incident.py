"""Incidents (事件): what happened, as the school first told it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from incidents.cases.models.device import FilingDevice
from notifications.models import Alert
from safety.people.models import User
from safety.rules.models import RuleBook
from safety.units.models import Unit


class IncidentQuerySet(models.QuerySet["Incident"]):
    def open(self) -> IncidentQuerySet:
        return self.filter(closed_at=None)


class Incident(models.Model):
    """One incident. Its first facts never change; corrections are new reports.

    Counts are ``None`` while nobody knows them: unknown is never zero.
    """

    class People(models.TextChoices):
        COUNTED = "counted", _("counted")
        NONE = "none", _("no one hurt")
        UNKNOWN = "unknown", _("number unknown, being checked")

    class Place(models.TextChoices):
        ON_CAMPUS = "on_campus", _("on campus")
        OFF_CAMPUS = "off_campus", _("off campus")
        ON_THE_WAY = "on_the_way", _("on the way to or from school")
        AT_HOME = "at_home", _("at home")

    class Via(models.TextChoices):
        WEB = "web", _("web form")
        DEVICE = "device", _("bound device")
        API = "api", "API"
        PHONE = "phone", _("telephone")

    ref = models.UUIDField(unique=True)
    number = models.CharField(max_length=30, unique=True)
    privacy = models.CharField(max_length=10, choices=Alert.Privacy)
    hazard = models.CharField(max_length=10)
    more_hazards = models.JSONField(default=list, blank=True)
    schools: models.ManyToManyField[Unit, IncidentSchool] = models.ManyToManyField(
        Unit, through="IncidentSchool", related_name="incidents"
    )
    people = models.CharField(max_length=10, choices=People)
    dead = models.PositiveIntegerField(null=True, blank=True)
    missing = models.PositiveIntegerField(null=True, blank=True)
    injured = models.PositiveIntegerField(null=True, blank=True)
    critical = models.PositiveIntegerField(null=True, blank=True)
    place_kind = models.CharField(max_length=12, choices=Place, blank=True)
    place = models.CharField(max_length=200, blank=True)
    summary = models.CharField(max_length=200, blank=True)
    flags = models.JSONField(default=dict, blank=True)
    occurred_at = models.DateTimeField(null=True, blank=True)
    aware_at = models.DateTimeField()
    filed_at = models.DateTimeField()
    first_due_at = models.DateTimeField()
    via = models.CharField(max_length=8, choices=Via)
    reporter = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    device = models.ForeignKey(
        FilingDevice, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    caller = models.CharField(max_length=80, blank=True)
    caller_post = models.CharField(max_length=80, blank=True)
    caller_phone = models.CharField(max_length=30, blank=True)
    caller_told = models.CharField(max_length=200, blank=True)
    grade = models.CharField(max_length=2)
    grade_rule = models.CharField(max_length=60)
    grade_uplift = models.JSONField(default=list, blank=True)
    provisional = models.BooleanField(default=False)
    stat_grade = models.CharField(max_length=3, blank=True)
    rules = models.ForeignKey(RuleBook, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = IncidentQuerySet.as_manager()

    class Meta:
        ordering = ["-filed_at", "-id"]
        indexes = [
            models.Index(fields=["-filed_at", "-id"], name="incident_newest"),
            models.Index(fields=["hazard", "-filed_at"], name="incident_hazard"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(people="counted")
                | Q(dead=None, missing=None, injured=None, critical=None),
                name="incident_counts_only_when_counted",
            ),
            models.CheckConstraint(
                condition=Q(aware_at__lte=models.F("filed_at")), name="incident_known_before_filed"
            ),
        ]
        permissions = [("read_sealed", "Named on this sealed case")]

    def __str__(self) -> str:
        return self.number

    def people_told(self) -> dict[str, object]:
        """What was told of people: "people" and the four counts, unknown ones ``None``."""
        names = ("people", "dead", "missing", "injured", "critical")
        return {name: getattr(self, name) for name in names}


class IncidentSchool(models.Model):
    """A school that the incident touches; ``order`` 0 is the one that filed."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="touches")
    school = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "school"], name="incident_school_once")
        ]

    def __str__(self) -> str:
        return f"{self.incident} {self.school}"


class IncidentUserObjectPermission(UserObjectPermissionBase):
    content_object = models.ForeignKey(Incident, on_delete=models.CASCADE)


class IncidentGroupObjectPermission(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Incident, on_delete=models.CASCADE)
