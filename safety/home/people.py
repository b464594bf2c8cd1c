"""People and devices: reset a sign-in, shut a person out, hand out a filing device."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from incidents.cases.devices import devices_of, make_device_link, revoke_device
from notifications.words import joined
from safety.errors import Hidden
from safety.ledger.actions import Actor
from safety.people.actions import reset_password, set_active
from safety.people.models import User
from safety.posts.access import Viewer, people_below, people_with, posts_with, reach
from safety.posts.keys import GUARDED, RESTRICTED, RULES
from safety.posts.models import Holding, Post
from safety.posts.tenure import lock_people
from safety.units.models import Unit

PAGE = 20
MANAGE = "manage_people"


def _paths(user: Viewer) -> tuple[str, ...]:
    paths = reach(user, MANAGE)
    if not paths:
        raise Hidden
    return paths


def _manageable(user: Viewer) -> QuerySet[User]:
    """Everybody whose posts, now and later, all lie in the reach of ``user``, except the asker."""
    return people_below(_paths(user)).exclude(pk=user.pk or 0)


def _person(user: Viewer, pk: int) -> User:
    person = _manageable(user).filter(pk=pk).first()
    if person is None:
        raise Hidden
    return person


def _may_more(user: Viewer, right: str) -> QuerySet[User]:
    """Those whose sign-in would open to ``user`` what ``right`` gives, where it is missing."""
    return people_with(right, beyond=reach(user, right), whole_city=right == RULES)


def _kept_from(user: Viewer, people: Collection[int]) -> dict[int, str]:
    """Whose sign-in (ids) is not for ``user`` to mend, and by which of the guarded rights."""
    return {
        pk: right
        for right in reversed(GUARDED)
        for pk in _may_more(user, right).filter(pk__in=people).values_list("pk", flat=True)
    }


def whom_to_ask(user: Viewer, people: Collection[int]) -> str:
    """The posts that mend the sign-ins of ``people`` (ids), as far as ``user`` may not."""
    rights = set(_kept_from(user, people).values()) if people else set()
    return joined(_who_mends(user, right) for right in sorted(rights))


def _who_mends(user: Viewer, right: str) -> str:
    posts = posts_with((MANAGE, right), at_or_above=reach(user, MANAGE))
    return joined(str(post) for post in posts)


def _actor(request: HttpRequest) -> Actor:
    return Actor(kind="person", ref=str(request.user.pk))


def _back(request: HttpRequest, name: str) -> HttpResponse:
    """To the list as it was searched and leafed, if the form says where that is."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = reverse(name)
    return redirect(target)


@require_GET
@login_required
def list_people(request: HttpRequest) -> HttpResponse:
    people = _manageable(request.user).order_by("name", "pk")
    query = _query(request)
    now = timezone.now()
    if query:
        posts = Holding.objects.at(now).filter(
            Q(post__unit__name__icontains=query) | Q(post__name__icontains=query)
        )
        people = people.filter(
            Q(name__icontains=query)
            | Q(username__icontains=query)
            | Q(pk__in=posts.values("person"))
        )
    page = Paginator(people, PAGE).get_page(request.GET.get("page"))
    held: dict[int, list[Post]] = defaultdict(list)
    holdings = Holding.objects.at(now).filter(person__in=page.object_list)
    for holding in holdings.select_related("post__unit").order_by("post_id"):
        held[holding.person_id].append(holding.post)
    shown = [person.pk for person in page.object_list]
    kept = _kept_from(request.user, shown)
    ask = {right: _who_mends(request.user, right) for right in set(kept.values())}
    rows = [
        {
            "person": person,
            "posts": held[person.pk],
            "schools": _schools(held[person.pk]),
            "kept_by": kept.get(person.pk, ""),
            "ask": ask.get(kept.get(person.pk, ""), ""),
        }
        for person in page.object_list
    ]
    return render(request, "home/people.html", {"page": page, "rows": rows, "q": query})


@require_GET
@login_required
def list_devices(request: HttpRequest) -> HttpResponse:
    """Every phone that may file without sign-in, and every offer nobody has used yet."""
    devices = devices_of(_paths(request.user))
    query = _query(request)
    if query:
        devices = devices.filter(
            Q(label__icontains=query)
            | Q(reporter__name__icontains=query)
            | Q(school__name__icontains=query)
        )
    page = Paginator(devices, PAGE).get_page(request.GET.get("page"))
    return render(request, "home/devices.html", {"page": page, "q": query, "now": timezone.now()})


def _query(request: HttpRequest) -> str:
    return request.GET.get("q", "").strip()[:80]


def _schools(posts: list[Post]) -> list[Unit]:
    """The schools of these posts, each once: where a phone of their holder may file."""
    units = {post.unit_id: post.unit for post in posts}
    return [unit for unit in units.values() if unit.is_school]


@require_POST
@login_required
@never_cache
@sensitive_variables("password")
def reset_sign_in(request: HttpRequest, pk: int) -> HttpResponse:
    """One click: a one-time password, shown once, that must be changed at the next sign-in.

    Not for somebody who may read more than the asker, or keep the rules: the password would be
    the asker's way in.
    """
    with transaction.atomic():
        lock_people([pk])  # else a post that reads more could be given meanwhile
        person = _person(request.user, pk)
        kept_by = _kept_from(request.user, [person.pk]).get(person.pk)
        password = "" if kept_by else reset_password(user=person, actor=_actor(request))
    if kept_by:
        messages.error(request, _cannot_reset(request.user, person, kept_by))
        return redirect("home:people")
    phones = devices_of(_paths(request.user)).filter(reporter=person)
    context = {"person": person, "password": password, "phones": phones}
    return render(request, "home/person_reset.html", context)


def _cannot_reset(user: Viewer, person: User, kept_by: str) -> str:
    said = _("%(name)s reads confidential cases that are closed to you. Ask: %(posts)s.")
    if kept_by != RESTRICTED:
        said = _("%(name)s keeps the rules, which you may not. Ask: %(posts)s.")
    return said % {"name": person.name, "posts": _who_mends(user, kept_by)}


@require_POST
@login_required
def switch_person(request: HttpRequest, pk: int) -> HttpResponse:
    person = _person(request.user, pk)
    active = request.POST.get("active") == "1"
    set_active(user=person, active=active, actor=_actor(request))
    done = _("%(name)s may sign in again.") if active else _("%(name)s is shut out everywhere.")
    messages.success(request, done % {"name": person.name})
    return _back(request, "home:people")


@require_POST
@login_required
@never_cache
@sensitive_variables("link")
def hand_out_device(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the one-time link that binds a phone of ``person`` to the school."""
    person = _person(request.user, pk)
    schools = Unit.objects.schools().under(*_paths(request.user)).open_on(timezone.localdate())
    school = schools.filter(
        code=request.POST.get("school", ""),
        pk__in=Holding.objects.at(timezone.now()).filter(person=person).values("post__unit"),
    ).first()
    if school is None:
        raise Hidden
    secret = make_device_link(
        school=school,
        reporter=person,
        label=request.POST.get("label", "").strip()[:80] or person.name,
        made_by=_signed_in(request),
    )
    link = request.build_absolute_uri(f"/bind/{secret}/")
    return render(
        request, "home/device_link.html", {"person": person, "school": school, "link": link}
    )


@require_POST
@login_required
def take_back_device(request: HttpRequest, pk: int) -> HttpResponse:
    device = devices_of(_paths(request.user)).filter(pk=pk).first()
    if device is None:
        raise Hidden
    revoke_device(device=device, by=_signed_in(request))
    messages.success(request, _("The device can no longer file."))
    return _back(request, "home:devices")


def _signed_in(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Hidden
    return request.user
