"""Two years of incidents for the demo city, told through the real action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from incidents.cases.actions import report_incident
from incidents.cases.first_report import FirstReport
from incidents.cases.models import Incident
from notifications.models import Alert
from safety.demo.stories import Happening
from safety.ledger.actions import SYSTEM, Fact, record
from safety.people.models import User
from safety.units.models import Unit

CALLER = "演示来电人"
CALLER_PHONE = "16499999999"


@dataclass(frozen=True, kw_only=True)
class Tellers:
    """Who files for each school, and who takes its calls, by the school's id."""

    officers: dict[int, User]
    duty: dict[int, User]

    @classmethod
    def of(cls, units: Sequence[Unit]) -> Tellers:
        """Found by user name: "CODE.safety_staff" (a central school's), "CODE.duty_officer"."""
        people = User.objects.filter(username__regex=r"\.(safety_staff|duty_officer)$").in_bulk(
            field_name="username"
        )
        officers, duty = {}, {}
        for school in (unit for unit in units if unit.is_school):
            above = list(reversed(school.ancestor_codes()))
            officers[school.pk] = next(
                people[f"{code}.safety_staff"] for code in above if f"{code}.safety_staff" in people
            )
            duty[school.pk] = next(
                people[f"{code}.duty_officer"] for code in above if f"{code}.duty_officer" in people
            )
        return cls(officers=officers, duty=duty)


def tell(happening: Happening, *, tellers: Tellers, key: str) -> Incident:
    """File one happening as the school, or the duty room, would have."""
    story, school = happening.story, happening.school
    phone = happening.by_phone
    report = FirstReport(
        schools=(school.unit,),
        hazards=(story.hazard,),
        people="counted" if story.counts else story.people,
        missing=story.counts.get("missing"),
        injured=story.counts.get("injured"),
        aware_at=happening.aware_at,
        occurred_at=happening.occurred_at,
        place_kind=story.place_kind,
        place=story.place,
        summary=story.summary,
        flags=dict.fromkeys(story.flags, True),
        caller=CALLER if phone else "",
        caller_phone=CALLER_PHONE if phone else "",
    )
    return report_incident(
        report=report,
        reporter=(tellers.duty if phone else tellers.officers)[school.unit_id],
        via=Incident.Via.PHONE if phone else Incident.Via.WEB,
        key=key,
        at=happening.filed_at,
    ).incident


def close(incidents: Sequence[Incident], *, until: datetime, random: Random) -> None:
    """Close what is over, some hours or days after it was filed."""
    closed_at = {
        str(incident.ref): min(until, incident.filed_at + timedelta(hours=random.randint(26, 400)))
        for incident in incidents
    }
    alerts = list(Alert.objects.filter(subject_kind="incident", subject_ref__in=closed_at))
    for alert in alerts:
        alert.closed_at = closed_at[alert.subject_ref]
    for incident in incidents:
        incident.closed_at = closed_at[str(incident.ref)]
    Alert.objects.bulk_update(alerts, ["closed_at"], batch_size=500)
    Incident.objects.bulk_update(incidents, ["closed_at"], batch_size=500)
    record(
        actor=SYSTEM,
        facts=[
            Fact(
                verb="incident.closed",
                subject_kind="incident",
                subject_ref=ref,
                body={"at": moment.isoformat()},
            )
            for ref, moment in closed_at.items()
        ],
    )
