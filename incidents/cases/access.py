"""Who may file, see and read incidents. The only file of this room that asks for rights."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from incidents.cases.models import Incident, IncidentSchool, IncidentUserObjectPermission
from notifications.access import own_obligations
from notifications.models import Alert
from safety.errors import Hidden
from safety.posts.access import Viewer, covers, reach, units_with
from safety.units.models import Unit


def schools_to_file_for(user: Viewer) -> QuerySet[Unit]:
    """The open schools for which ``user`` may file: those whose posts carry the right."""
    return units_with(user, "file_incident").schools().open_on(timezone.localdate())


def get_school_to_file_for(user: Viewer, code: str) -> Unit:
    """The school ``code``, if ``user`` may file for it (open or closed). Else ``Hidden``."""
    school = units_with(user, "file_incident").schools().filter(code=code).first()
    if school is None:
        raise Hidden
    return school


def schools_to_take_calls_for(user: Viewer) -> QuerySet[Unit]:
    """The schools whose telephone reports ``user`` takes as duty officer."""
    return Unit.objects.under(*reach(user, "take_calls")).schools().open_on(timezone.localdate())


def get_school_to_take_calls_for(user: Viewer, code: str) -> Unit:
    paths = reach(user, "take_calls")
    school = Unit.objects.under(*paths).schools().filter(code=code).first()
    if school is None:
        raise Hidden
    return school


def visible_to(user: Viewer) -> QuerySet[Incident]:
    """The incidents ``user`` may know of.

    Open and guarded ones: below a unit where the person sees incidents, or when
    a post held today was addressed. Sealed ones leave no trace: only people
    named on the case, who also still read restricted text there today.
    """
    if not user.is_authenticated:
        return Incident.objects.none()
    seen = _touching(reach(user, "view_incidents"))
    addressed = own_obligations(user).filter(subject_kind="incident")
    refs = [UUID(ref) for ref in addressed.values_list("subject_ref", flat=True).distinct()]
    named = IncidentUserObjectPermission.objects.filter(
        user=user, permission__codename="read_sealed"
    ).values("content_object")
    restricted = _touching(reach(user, "view_restricted"))
    return Incident.objects.filter(
        ~Q(privacy=Alert.Privacy.SEALED) & (Q(pk__in=seen) | Q(ref__in=refs))
        | Q(privacy=Alert.Privacy.SEALED) & Q(pk__in=named) & Q(pk__in=restricted)
    )


def _touching(paths: tuple[str, ...]) -> QuerySet[IncidentSchool, dict[str, int]]:
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


def reads_text(user: Viewer, incident: Incident) -> bool:
    """Whether ``user`` may read the free text (it may name a child in guarded cases)."""
    if incident.privacy == Alert.Privacy.OPEN:
        return True
    paths = reach(user, "view_restricted")
    return any(covers(paths, school) for school in incident.schools.all())


def get_to_report_upward(user: Viewer, ref: UUID) -> tuple[Incident, Unit]:
    """The incident and the unit in whose name ``user`` may note an upward report."""
    incident = get_incident_for_duty(user, ref)
    unit = (
        units_with(user, "report_upward").exclude(kind__in=Unit.SCHOOL_KINDS).order_by("path")
    ).first()
    if unit is None:
        raise Hidden
    return incident, unit


def get_incident_for_duty(user: Viewer, ref: UUID) -> Incident:
    """An incident below the duty room of ``user``; sealed ones too, but without their text."""
    paths = reach(user, "report_upward")
    incident = Incident.objects.filter(ref=ref, pk__in=_touching(paths)).first()
    if incident is None:
        raise Hidden
    return incident
