"""What every page shows: the house's name, the way through it, and who is reading."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from incidents.cases.access import bound_school
from incidents.cases.views.parts import nearest_phone
from notifications.mine import waiting
from safety.demo.selectors import is_demo
from safety.home.offices.own import own_top
from safety.home.rooms import rooms_for
from safety.posts.access import Viewer, posts_held, rights_of
from safety.terms import terms
from safety.units.models import Unit


@dataclass(frozen=True, kw_only=True)
class Way:
    """One entry of the navigation."""

    url: str
    label: str
    icon: str
    active: bool
    count: int | None = None


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Names for the layout; whatever costs a query is only asked for when a page shows it."""
    rights = SimpleLazyObject(lambda: _rights(request))
    return {
        "site_name": _("Campus safety"),
        "bureau_name": SimpleLazyObject(_bureau_name),
        "demo": SimpleLazyObject(is_demo),
        "classified_notice": settings.CLASSIFIED_NOTICE or classified_notice(),
        "duty_phones": SimpleLazyObject(duty_phones),
        "terms": terms(),
        "bound": SimpleLazyObject(lambda: _bound(request)),
        "nav": SimpleLazyObject(lambda: _ways(request, rights)),
        "takes_calls": SimpleLazyObject(lambda: "take_calls" in rights),
        "own_top": SimpleLazyObject(lambda: own_top(request.user)),
        "watermark_text": SimpleLazyObject(lambda: _watermark(request)),
    }


def classified_notice() -> str:
    return _(
        "This system is not for state secrets. Do not enter, store or send any; "
        "handle work secrets and internal information by the bureau's rules."
    )


def _bound(request: HttpRequest) -> dict[str, Any]:
    """Of a phone that files without sign-in: its school, and the duty phone right above it."""
    school = bound_school(request)
    return {"school": school, "phone": nearest_phone(school)} if school else {}


def _bureau_name() -> str:
    if settings.BUREAU_NAME:
        return str(settings.BUREAU_NAME)
    city = Unit.objects.filter(parent=None).order_by("path").first()
    return city.name if city else ""


def duty_phones() -> list[dict[str, str]]:
    """Where to call when nothing else works: the settings, else the city's own number.

    A setting is "label:number" or just a number.
    """
    if settings.DUTY_PHONES:
        pairs = [entry.rpartition(":") for entry in settings.DUTY_PHONES]
        return [{"label": label or _("Duty room"), "number": number} for label, _c, number in pairs]
    cities = Unit.objects.filter(parent=None).exclude(duty_phone="").order_by("path")
    return [{"label": city.label, "number": city.duty_phone} for city in cities]


def _rights(request: HttpRequest) -> frozenset[str]:
    user: Viewer = request.user
    return rights_of(user) if user.is_authenticated else frozenset()


def _ways(request: HttpRequest, rights: Container[str]) -> list[Way]:
    user: Viewer = request.user
    if not user.is_authenticated:
        return []
    places = [
        ("file_incident", "filing:report", _("Report"), "report"),
        ("watch_board", "notifications:boards", _("Live board"), "board"),
        ("", "notifications:mine", _("My two responsibilities"), "mine"),
        ("view_incidents", "cases:incidents", _("Incidents"), "incidents"),
    ]
    ways = [
        Way(
            url=(url := reverse(name)),
            label=label,
            icon=icon,
            active=request.path.startswith(url),
            count=waiting(user) if icon == "mine" else None,
        )
        for right, name, label, icon in places
        if (right in rights if right else posts_held(user).exists())
    ]
    return ways + _keeping(request, rights)


def _keeping(request: HttpRequest, rights: Container[str]) -> list[Way]:
    """The way to the rooms of whoever keeps the system, straight in where there is only one."""
    rooms = rooms_for(rights)
    if not rooms:
        return []
    here = (reverse("home:rooms"), *(room.url for room in rooms))
    active = request.path.startswith(here)
    if len(rooms) == 1:
        only = rooms[0]
        return [Way(url=only.url, label=only.label, icon=only.icon, active=active)]
    return [Way(url=here[0], label=_("Manage"), icon="gear", active=active)]


def _watermark(request: HttpRequest) -> str:
    """Who is looking, and when: a photograph of the screen says who took it."""
    user = request.user
    if not user.is_authenticated:
        return ""
    return f"{user.name} {user.username} {timezone.localtime():%Y-%m-%d %H:%M}"
