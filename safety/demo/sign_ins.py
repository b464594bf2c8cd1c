"""Whom a visitor of the demo city can be."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.contrib.auth.hashers import check_password
from django.utils.translation import gettext as _

from safety.demo.names import CITY_CODE, PLACES, TOUR_SCHOOL
from safety.demo.staffing import CHIEF_IS_SECRETARY
from safety.people.models import User


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """A person a visitor can be, and what is to be seen then."""

    role: str
    username: str
    name: str
    shows: str

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def sign_ins() -> list[SignIn]:
    """The people of the tour, from the school to the city."""
    district = PLACES[0].code
    wanted = (
        (
            f"{TOUR_SCHOOL}.safety_staff",
            _("School safety officer"),
            _("report an incident; what the school owes today"),
        ),
        (
            f"{TOUR_SCHOOL}.principal",
            _("Principal"),
            _("two capacities of one post holder; incidents of the school"),
        ),
        (
            f"{district}.duty_officer",
            _("District duty officer"),
            _("live board, telephone intake, answers given by telephone, upward reports"),
        ),
        (
            f"{district}.deputy_basic",
            _("Deputy director for basic education"),
            _("my two responsibilities: business line and safety"),
        ),
        (
            f"{CHIEF_IS_SECRETARY[0]}.chief",
            _("Director who is also party secretary"),
            _("one message, two capacities, two ticks"),
        ),
        (
            f"{district}.administrator",
            _("District administrator"),
            _("people and devices of the district"),
        ),
        (
            f"{CITY_CODE}.duty_officer",
            _("City duty officer"),
            _("live board of the whole city, upward reports"),
        ),
        (
            f"{CITY_CODE}.safety_office",
            _("City safety office"),
            _("all open alerts, people, and cases that are sealed"),
        ),
        (
            f"{CITY_CODE}.supervision",
            _("City supervision office"),
            _("incidents of the city, read only"),
        ),
        (
            f"{CITY_CODE}.administrator",
            _("City administrator"),
            _("responsibility table, coverage, rule book, holders, rosters"),
        ),
    )
    people = User.objects.in_bulk([name for name, *_rest in wanted], field_name="username")
    return [
        SignIn(role=role, username=name, name=people[name].name, shows=shows)
        for name, role, shows in wanted
        if name in people
    ]


def opens(password: str) -> bool:
    """Whether ``password`` is the one with which this city was built."""
    stored = User.objects.filter(username=f"{CITY_CODE}.duty_officer").values_list("password")
    return any(check_password(password, encoded) for (encoded,) in stored)
