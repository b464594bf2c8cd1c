"""Units (单位): the bureau's tree, from the city down to a teaching point."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase


class UnitQuerySet(models.QuerySet["Unit"]):
    def under(self, *paths: str) -> UnitQuerySet:
        """Units at or below any of the materialised ``paths``."""
        wanted = Q(pk__in=[])
        for path in paths:
            wanted |= Q(path__startswith=path)
        return self.filter(wanted)

    def schools(self) -> UnitQuerySet:
        return self.filter(kind__in=Unit.SCHOOL_KINDS)

    def open_on(self, day: date) -> UnitQuerySet:
        """Units that exist on ``day`` (opened, not closed or merged away)."""
        return self.filter(starts_on__lte=day).filter(Q(ends_on=None) | Q(ends_on__gt=day))


class Unit(models.Model):
    """One unit, with the days on which it exists.

    ``path`` holds the codes from the root ("/520100/520103/…/"), so that
    "everything below" is one prefix match.
    """

    class Kind(models.TextChoices):
        CITY = "city", _("city bureau")
        DISTRICT = "district", _("district bureau")
        ZONE = "zone", _("functional zone")
        CENTRAL_SCHOOL = "central_school", _("central school")
        SCHOOL = "school", _("school")
        CAMPUS = "campus", _("campus")
        TEACHING_POINT = "teaching_point", _("teaching point")

    SCHOOL_KINDS: ClassVar = (Kind.CENTRAL_SCHOOL, Kind.SCHOOL, Kind.CAMPUS, Kind.TEACHING_POINT)
    DISTRICT_KINDS: ClassVar = (Kind.DISTRICT, Kind.ZONE)

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=20, choices=Kind)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    path = models.CharField(max_length=255, unique=True)
    duty_phone = models.CharField(max_length=30, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects: ClassVar = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        indexes = [
            models.Index(
                fields=["path"], name="unit_path_prefix", opclasses=["varchar_pattern_ops"]
            ),
            models.Index(fields=["kind", "path"], name="unit_kind_path"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=models.F("starts_on")),
                name="unit_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(parent=None, kind="city") | Q(parent__isnull=False),
                name="unit_only_a_city_is_a_root",
            ),
        ]
        permissions = [
            ("file_incident", "File incidents for this unit"),
            ("view_incidents", "See the incidents of this unit and below"),
            ("view_restricted", "Read sealed and guarded text of this unit and below"),
            ("watch_board", "Watch the live board of this unit"),
            ("take_calls", "Take reports by telephone for this unit and below"),
            ("record_for_others", "Record an answer given by telephone"),
            ("report_upward", "Record what went up to government"),
            ("manage_people", "Reset sign-ins and bind devices of this unit and below"),
            ("manage_table", "Keep the responsibility table of this unit and below"),
            ("manage_rules", "Keep the rule book"),
            ("manage_roster", "Keep the duty roster of this unit and below"),
            ("test_chain", "Send test alerts to this unit and below"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The short name where there is one."""
        return self.short_name or self.name

    @property
    def is_school(self) -> bool:
        return self.kind in self.SCHOOL_KINDS

    def is_open_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)

    def ancestor_codes(self) -> list[str]:
        """Codes from the root down to this unit itself."""
        return [part for part in self.path.split("/") if part]


class School(models.Model):
    """What the bureau knows of a school beside its place in the tree."""

    class Ownership(models.TextChoices):
        PUBLIC = "public", _("public")
        PRIVATE = "private", _("private")

    class Stage(models.TextChoices):
        KINDERGARTEN = "kindergarten", _("kindergarten")
        PRIMARY = "primary", _("primary")
        JUNIOR = "junior", _("junior secondary")
        SENIOR = "senior", _("senior secondary")
        VOCATIONAL = "vocational", _("vocational")
        SPECIAL = "special", _("special education")
        HE = "he", _("higher education")
        TRAINING = "training", _("training body")

    class Datum(models.TextChoices):
        WGS84 = "wgs84", "WGS-84"
        GCJ02 = "gcj02", "GCJ-02"
        CGCS2000 = "cgcs2000", "CGCS2000"

    unit = models.OneToOneField(Unit, on_delete=models.CASCADE, related_name="school")
    stages = models.JSONField(default=list)
    ownership = models.CharField(max_length=10, choices=Ownership, default=Ownership.PUBLIC)
    city_direct = models.BooleanField(default=False)
    pupils = models.PositiveIntegerField(null=True, blank=True)
    staff = models.PositiveIntegerField(null=True, blank=True)
    boarding = models.BooleanField(default=False)
    bus = models.BooleanField(default=False)
    canteen = models.BooleanField(default=False)
    near_water = models.BooleanField(default=False)
    near_main_road = models.BooleanField(default=False)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    datum = models.CharField(max_length=10, choices=Datum, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | (Q(latitude__isnull=False, longitude__isnull=False) & ~Q(datum="")),
                name="school_point_has_a_datum",
            ),
        ]

    def __str__(self) -> str:
        return self.unit.name


class UnitUserObjectPermission(UserObjectPermissionBase):
    content_object = models.ForeignKey(Unit, on_delete=models.CASCADE)


class UnitGroupObjectPermission(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Unit, on_delete=models.CASCADE)
