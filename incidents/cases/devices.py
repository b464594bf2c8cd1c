"""Filing credentials (报送凭证): a phone that may file for its school without sign-in.

An administrator hands out a one-time link; opening it binds the phone. In the
first minute after an accident nobody may stand before a forgotten password, so
the credential files first reports for one school, in the name of one person,
and reads the receipts of its own reports. It opens nothing else.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from incidents.cases.models import FilingDevice
from safety.errors import Hidden
from safety.ledger.actions import Actor, Fact, record
from safety.people.actions import digest
from safety.people.models import User
from safety.units.models import Unit

LINK_LIFE = timedelta(days=3)
LIFE = timedelta(days=180)
COOKIE = "filing_device"
COOKIE_PATH = "/report/"  # the credential is never sent to any other page


@dataclass(frozen=True, kw_only=True)
class Bound:
    """A phone just bound, with the secret that only its cookie holds."""

    device: FilingDevice
    secret: str


@transaction.atomic
def make_device_link(*, school: Unit, reporter: User, label: str, made_by: User) -> str:
    """Make the secret of a one-time link; it can never be shown again."""
    secret = secrets.token_urlsafe(32)
    now = timezone.now()
    device = FilingDevice.objects.create(
        school=school,
        reporter=reporter,
        label=label,
        link_digest=digest(secret),
        link_expires_at=now + LINK_LIFE,
        made_by=made_by,
        made_at=now,
    )
    _tell(Actor(kind="person", ref=str(made_by.pk)), "device.offered", device)
    return secret


def get_offer(secret: str) -> FilingDevice:
    """The credential that the link of ``secret`` still offers. Raises ``Hidden``."""
    offer = (
        FilingDevice.objects.filter(
            link_digest=digest(secret),
            digest=None,
            revoked_at=None,
            link_expires_at__gt=timezone.now(),
            reporter__is_active=True,
        )
        .select_related("school", "reporter")
        .first()
    )
    if offer is None:
        raise Hidden
    return offer


@transaction.atomic
def bind(*, secret: str) -> Bound:
    """Use the link once. Raises ``Hidden`` when it is unknown, old, used or withdrawn."""
    now = timezone.now()
    offer = get_offer(secret)
    own_secret = secrets.token_urlsafe(32)
    # Only columns of the row itself: a join would be looked at once, before the lock.
    won = FilingDevice.objects.filter(pk=offer.pk, digest=None, revoked_at=None).update(
        digest=digest(own_secret), bound_at=now, expires_at=now + LIFE
    )
    if not won:
        raise Hidden
    device = FilingDevice.objects.select_related("school", "reporter").get(pk=offer.pk)
    _tell(Actor(kind="device", ref=str(device.pk)), "device.bound", device)
    return Bound(device=device, secret=own_secret)


@transaction.atomic
def revoke_device(*, device: FilingDevice, by: User) -> None:
    """Withdraw a credential, or an offer nobody used; it stops at its next request."""
    changed = FilingDevice.objects.filter(pk=device.pk, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    if changed:
        _tell(Actor(kind="person", ref=str(by.pk)), "device.revoked", device)


def devices_of(paths: tuple[str, ...]) -> QuerySet[FilingDevice]:
    """Credentials and open offers for schools below ``paths`` that are not withdrawn."""
    below = Unit.objects.under(*paths).values("pk")
    return (
        FilingDevice.objects.filter(school__in=below, revoked_at=None)
        .select_related("school", "reporter")
        .order_by("-made_at", "-pk")
    )


def device_of(request: HttpRequest) -> FilingDevice | None:
    """The credential in force that this browser carries, if any."""
    secret = request.COOKIES.get(COOKIE, "")
    if not secret:
        return None
    return (
        FilingDevice.objects.filter(
            digest=digest(secret),
            revoked_at=None,
            expires_at__gt=timezone.now(),
            reporter__is_active=True,
        )
        .select_related("school", "reporter")
        .first()
    )


def hand_over(response: HttpResponse, bound: Bound) -> None:
    """Put the credential into the phone, out of reach of scripts."""
    response.set_cookie(
        COOKIE,
        bound.secret,
        max_age=int(LIFE.total_seconds()),
        path=COOKIE_PATH,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def _tell(actor: Actor, verb: str, device: FilingDevice) -> None:
    record(
        actor=actor,
        facts=[
            Fact(
                verb=verb,
                subject_kind="device",
                subject_ref=str(device.pk),
                body={"school": device.school_id, "reporter": device.reporter_id},
            )
        ],
    )
