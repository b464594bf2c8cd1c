"""The incidents of the demo city: years that are over, and some that are open now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from incidents.cases.actions import report_incident
from incidents.cases.first_report import FirstReport
from incidents.cases.models import Incident
from notifications.models import Alert
from safety.demo.answers import answer_now, answer_past
from safety.demo.names import CITY_CODE, TOUR_SCHOOL
from safety.demo.staffing import CHIEF_IS_SECRETARY
from safety.demo.stories import Happening, draw, stories
from safety.ledger.actions import SYSTEM, Fact, record
from safety.people.models import User
from safety.units.models import School, Unit

CALLER = "演示来电人"
CALLER_PHONE = "16499999999"
PER_SCHOOL_AND_YEAR = 0.85
BATCH = 200


@dataclass(frozen=True, kw_only=True)
class Fresh:
    """An incident that is open now, at a school under the unit ``under``.

    ``answered`` is the share of people who reacted already.
    """

    hazard: str
    minutes_ago: int
    answered: float
    under: str = CITY_CODE


OPEN_NOW = (
    Fresh(hazard="PE", minutes_ago=55, answered=0.9, under=TOUR_SCHOOL),
    Fresh(hazard="BULLY", minutes_ago=42, answered=0.6),
    Fresh(hazard="SEXA", minutes_ago=38, answered=0.5),
    Fresh(hazard="FOOD", minutes_ago=21, answered=0.5, under=CHIEF_IS_SECRETARY[0]),
    Fresh(hazard="DROWN", minutes_ago=8, answered=0.35, under=TOUR_SCHOOL),
    Fresh(hazard="FIRE", minutes_ago=3, answered=0.2),
)


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


def tell_history(units: Sequence[Unit], *, now: datetime, days: int, random: Random) -> None:
    """Tell ``days`` of incidents that are answered and closed, and a few that are open now."""
    tellers = Tellers.of(units)
    schools = list(
        School.objects.filter(unit__in=units).select_related("unit").order_by("unit__code")
    )
    over = now - timedelta(days=2)
    past = draw(
        schools=schools,
        number=round(len(schools) * PER_SCHOOL_AND_YEAR * days / 365),
        start=over - timedelta(days=days),
        end=over,
        random=random,
    )
    series = f"demo-{random.getrandbits(48):012x}"  # the keys, and with them all references
    told = [_tell(each, tellers=tellers, key=f"{series}-{n}") for n, each in enumerate(past)]
    for start in range(0, len(told), BATCH):
        answer_past(told[start : start + BATCH], random=random)
    _close(told, until=now - timedelta(hours=1), random=random)
    for number, fresh in enumerate(OPEN_NOW):
        happening = _under_way(fresh, now, schools, random)
        if happening is not None:
            incident = _tell(happening, tellers=tellers, key=f"{series}-open-{number}")
            answer_now(incident, until=now, share=fresh.answered, random=random)


def _under_way(
    fresh: Fresh, now: datetime, schools: Sequence[School], random: Random
) -> Happening | None:
    """The gravest story of the hazard, at a school that it fits; ``None`` where there is none."""
    story = [story for story in stories() if story.hazard == fresh.hazard][-1]
    schools = [school for school in schools if fresh.under in school.unit.ancestor_codes()]
    weights = [story.weight(school) for school in schools]
    if not any(weights):
        return None
    filed_at = now - timedelta(minutes=fresh.minutes_ago)
    aware_at = filed_at - timedelta(minutes=random.randint(2, 6))
    return Happening(
        story=story,
        school=random.choices(schools, weights)[0],
        occurred_at=aware_at - timedelta(minutes=random.randint(1, 15)),
        aware_at=aware_at,
        filed_at=filed_at,
        by_phone=False,
    )


def _tell(happening: Happening, *, tellers: Tellers, key: str) -> Incident:
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


def _close(incidents: Sequence[Incident], *, until: datetime, random: Random) -> None:
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
    for ref, moment in closed_at.items():
        fact = Fact(
            verb="incident.closed",
            subject_kind="incident",
            subject_ref=ref,
            body={"at": moment.isoformat()},
        )
        record(actor=SYSTEM, facts=[fact], at=moment)
