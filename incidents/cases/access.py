"""Who may file, see and read incidents. The only file of this room that asks for rights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from incidents.cases.devices import device_of
from incidents.cases.first_report import is_storable
from incidents.cases.models import (
    FilingDevice,
    Incident,
    IncidentSchool,
    IncidentUserObjectPermission,
)
from incidents.cases.models.incident import IncidentQuerySet
from notifications.access import own_obligations
from notifications.models import Alert, Obligation
from safety.errors import Hidden
from safety.people.models import User
from safety.posts.access import Viewer, covers, posts_held, reach, units_with
from safety.units.models import Unit, UnitQuerySet


@dataclass(frozen=True, kw_only=True)
class Filer:
    """Who may file right now: a signed-in person, or the person a bound phone speaks for."""

    user: User
    device: FilingDevice | None
    schools: Sequence[Unit]


def filer_of(user: Viewer, device: FilingDevice | None) -> Filer | None:
    """The signed-in person who files for a school, else the bound phone, else nobody.

    A bound phone files for its one school, as long as its person may.
    """
    if isinstance(user, User):
        schools = list(schools_to_file_for(user).order_by("path"))
        if schools:
            return Filer(user=user, device=None, schools=schools)
    if device is not None:
        own = list(schools_to_file_for(device.reporter).filter(pk=device.school_id))
        if own:
            return Filer(user=device.reporter, device=device, schools=own)
    return None


def bound_school(request: HttpRequest) -> Unit | None:
    """The school that this browser's phone files for without any sign-in."""
    filer = filer_of(AnonymousUser(), device_of(request))
    return filer.schools[0] if filer else None


def schools_to_file_for(user: Viewer) -> UnitQuerySet:
    """The open schools for which ``user`` may file: those whose posts carry the right."""
    return _may_file_for(user).open_on(timezone.localdate())


def get_school_to_file_for(user: Viewer, code: str) -> Unit:
    """The school ``code``, if ``user`` may file for it (open or closed). Else ``Hidden``."""
    return _school(_may_file_for(user), code)


def get_school_of(filer: Filer, code: str) -> Unit:
    """The school ``code``, if ``filer`` may file for it (open or closed). Else ``Hidden``."""
    schools = _may_file_for(filer.user)
    if filer.device is not None:
        schools = schools.filter(pk=filer.device.school_id)
    return _school(schools, code)


def _may_file_for(user: Viewer) -> UnitQuerySet:
    """The schools a post of ``user`` files for, and the teaching points they answer for."""
    # Few: the right lies on a post's own school, never on a bureau for all below.
    schools = units_with(user, "file_incident").filter(kind__in=Unit.SCHOOL_KINDS)
    own = list(schools.values_list("pk", flat=True))
    points = (Unit.Kind.TEACHING_POINT, Unit.Kind.CAMPUS)
    return Unit.objects.filter(Q(pk__in=own) | Q(kind__in=points, parent__in=own))


def _school(schools: UnitQuerySet, code: str) -> Unit:
    school = schools.filter(code=code).first() if is_storable(code) else None
    if school is None:
        raise Hidden
    return school


def schools_to_take_calls_for(user: Viewer) -> UnitQuerySet:
    """The schools whose telephone reports ``user`` takes as duty officer."""
    return _takes_calls_for(user).open_on(timezone.localdate())


def get_school_to_take_calls_for(user: Viewer, code: str) -> Unit:
    """The school ``code`` below the duty room of ``user`` (open or closed). Else ``Hidden``."""
    return _school(_takes_calls_for(user), code)


def _takes_calls_for(user: Viewer) -> UnitQuerySet:
    return Unit.objects.under(*reach(user, "take_calls")).schools()


def visible_to(user: Viewer) -> IncidentQuerySet:
    """The incidents ``user`` may know of.

    Open and guarded ones: below a unit where the person sees incidents, or when
    a post held today was addressed. Sealed ones leave no trace: only people
    named on the case, who also still read restricted text there today.
    """
    if not user.is_authenticated:
        return Incident.objects.none()
    paths = reach(user, "view_incidents")
    seen = _touching(paths)
    refs = [UUID(ref) for ref in _addressed(user, paths)]
    named = IncidentUserObjectPermission.objects.filter(
        user=user, permission__codename="read_sealed"
    ).values("content_object")
    restricted = _touching(reach(user, "view_restricted"))
    return Incident.objects.filter(
        ~Q(privacy=Alert.Privacy.SEALED) & (Q(pk__in=seen) | Q(ref__in=refs))
        | Q(privacy=Alert.Privacy.SEALED) & Q(pk__in=named) & Q(pk__in=restricted)
    )


def _addressed(user: Viewer, paths: tuple[str, ...]) -> QuerySet[Obligation, Any]:
    """References of the incidents for which a post of ``user`` was addressed.

    A post in a unit whose incidents the person sees anyway adds nothing: what it
    was addressed for touches a school below it. A duty room would list everything.
    """
    covered = Unit.objects.under(*paths).values("pk")
    own = own_obligations(user).filter(subject_kind="incident").exclude(post__unit__in=covered)
    return own.values_list("subject_ref", flat=True).distinct()


def _touching(paths: tuple[str, ...]) -> QuerySet[IncidentSchool, Any]:
    below = Unit.objects.under(*paths).values("pk")
    return IncidentSchool.objects.filter(school__in=below).values("incident")


def get_incident(user: Viewer, ref: UUID) -> Incident:
    incident = visible_to(user).filter(ref=ref).first()
    if incident is None:
        raise Hidden
    return incident


def get_own_receipt(user: Viewer, ref: UUID) -> Incident:
    """The incident that ``user`` filed: number and time may always be shown to the reporter."""
    if not user.is_authenticated or not user.is_active:
        raise Hidden
    incident = Incident.objects.filter(ref=ref, reporter=user).first()
    if incident is None:
        raise Hidden
    return incident


def receipts_of(user: Viewer, device: FilingDevice | None) -> QuerySet[Incident]:
    """What this reader filed: by sign-in everything of the person, by phone that phone's own."""
    own = Q(pk__in=[])
    if user.is_authenticated and user.is_active:
        own |= Q(reporter=user)
    if device is not None:
        own |= Q(device=device)
    return Incident.objects.filter(own).order_by("-filed_at", "-id")


def get_receipt(user: Viewer, device: FilingDevice | None, ref: UUID) -> Incident:
    incident = receipts_of(user, device).filter(ref=ref).first()
    if incident is None:
        raise Hidden
    return incident


def sees_grade(user: Viewer, incident: Incident) -> bool:
    """Whether the receipt may hold the grade: of a sealed case it tells who can compare it."""
    if incident.privacy != Alert.Privacy.SEALED:
        return True
    return visible_to(user).filter(pk=incident.pk).exists()


def reads_text(user: Viewer, incident: Incident) -> bool:
    """Whether ``user`` may read the free text (it may name a child in guarded cases)."""
    if incident.privacy == Alert.Privacy.OPEN:
        return True
    paths = reach(user, "view_restricted")
    return any(covers(paths, school) for school in incident.schools.all())


def may_note_measures(user: Viewer, incident: Incident) -> bool:
    """Whether ``user`` may note 110, 120, 119 and the guardians: the school, or its duty room."""
    schools = incident.schools.values("pk")
    if _may_file_for(user).filter(pk__in=schools).exists():
        return True
    return may_verify(user, incident)


def noter_of(user: Viewer, device: FilingDevice | None, incident: Incident) -> Filer | None:
    """Who may note a measure on a receipt right now: its reporter, else the phone it came from.

    Reading the receipt lasts; noting ends with the post, and with the incident.
    """
    if incident.closed_at is not None:
        return None
    schools = list(incident.schools.all())
    if (
        isinstance(user, User)
        and user.pk == incident.reporter_id
        and may_note_measures(user, incident)
    ):
        return Filer(user=user, device=None, schools=schools)
    if device is not None and device.pk == incident.device_id:
        return filer_of(AnonymousUser(), device)
    return None


def may_verify(user: Viewer, incident: Incident) -> bool:
    """Whether ``user`` may note that the facts were checked by telephone (电话核实)."""
    paths = reach(user, "take_calls")
    return any(covers(paths, school) for school in incident.schools.all())


def get_to_report_upward(user: Viewer, ref: UUID) -> tuple[Incident, list[Unit]]:
    """The incident and the units in whose name ``user`` may note an upward report.

    The duty rooms above its schools (of a sealed case they see number and
    clocks only); the school itself, where it owes a report of its own (to the
    health authority, to the police).
    """
    incident = Incident.objects.filter(ref=ref).first()
    if incident is None:
        raise Hidden
    schools = list(incident.schools.all())
    above = {code for school in schools for code in school.ancestor_codes()[:-1]}
    units = [
        *units_with(user, "report_upward")
        .filter(code__in=above)
        .exclude(kind__in=Unit.SCHOOL_KINDS)
        .order_by("-path")
    ]
    if visible_to(user).filter(pk=incident.pk).exists():
        units += _schools_to_report_for(user, incident)
    if not units:
        raise Hidden
    return incident, units


def _schools_to_report_for(user: Viewer, incident: Incident) -> list[Unit]:
    """The schools that owe or owed a report of their own, as far as ``user`` may note it.

    Of a sealed case that is any named reader while nobody who answers for it is
    named: a head's post that fell vacant must not keep the police from being told.
    """
    owed = Obligation.objects.filter(
        kind=Obligation.Kind.REPORT_UPWARD,
        subject_kind="incident",
        subject_ref=str(incident.ref),
        unit__kind__in=Unit.SCHOOL_KINDS,
    ).select_related("alert", "unit")
    mine = set(_may_file_for(user).values_list("pk", flat=True)) if owed else set()
    found = {o.unit for o in owed if o.unit_id in mine or not _answers_named(o)}
    return sorted(found, key=lambda school: school.path)


def _answers_named(owed: Obligation) -> bool:
    """Whether somebody whom a sealed case names holds the post that owes; else always."""
    alert = owed.alert
    if alert is None or alert.privacy != Alert.Privacy.SEALED:
        return True
    post = owed.post_id
    if post is None:
        return False
    named = User.objects.filter(pk__in=alert.named)
    return any(posts_held(person).filter(pk=post).exists() for person in named)
