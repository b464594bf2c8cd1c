"""Build the demo city (演示城市) in an empty database."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.models import Stream, StreamRow
from safety.demo.founding import Wanted, changed_at, found
from safety.demo.history import tell_history
from safety.demo.models import DemoCity
from safety.demo.names import FICTIONAL, GUIYANG
from safety.demo.pledges import sign_pledges
from safety.demo.roster import plan_rosters
from safety.errors import Problem, Refused
from safety.people.models import User
from safety.units.models import Unit


@transaction.atomic
def build_city(
    *,
    schools: int,
    seed: int,
    names: str,
    password: str,
    now: datetime,
    history_days: int = 730,
) -> DemoCity:
    """Build a city of ``schools`` schools whose history ends ``now``.

    The same arguments give the same rows in a new database, but for the salts of
    passwords. Everything is one transaction: a build that is killed leaves nothing behind.

    Raises ``Refused`` where anything real may be stored.
    """
    _refuse(schools=schools, names=names, history_days=history_days, now=now)
    random = Random(seed)  # noqa: S311 - repeatable on purpose, nothing secret
    city = DemoCity.objects.create(seed=seed, schools=schools, names=names, created_at=now)
    wanted = Wanted(
        schools=schools,
        names=names,
        password=make_password(password),
        now=now,
        history_days=history_days,
    )
    units = found(wanted, random)
    plan_rosters(units, now=now)
    if history_days:
        tell_history(units, now=now, days=history_days, random=random)
        _date_streams(now, random)
        since = now - timedelta(days=history_days)
        sign_pledges(now=now, since=since, changed_at=changed_at(wanted), random=random)
    return city


def _date_streams(now: datetime, random: Random) -> None:
    """Let streams follow from the seed too: a live one draws its epoch by lot, now."""
    streams = list(Stream.objects.order_by("kind", "owner"))
    for stream in streams:
        stream.epoch = UUID(int=random.getrandbits(128), version=4)
    Stream.objects.bulk_update(streams, ["epoch"], batch_size=500)
    StreamRow.objects.update(created_at=now)


def _refuse(*, schools: int, names: str, history_days: int, now: datetime) -> None:
    wrong = []
    if schools < 1:
        wrong.append(
            _problem("schools", schools, _("A city needs a school."), _("Give 1 or more."))
        )
    if history_days < 0:
        wrong.append(
            _problem(
                "history-days",
                history_days,
                _("History lies behind us."),
                _("Give 0 or more days."),
            )
        )
    if now > timezone.now():
        wrong.append(
            _problem(
                "at",
                now.isoformat(timespec="seconds"),
                _("History cannot end in the future."),
                _("Give a time that is over."),
            )
        )
    if names not in (FICTIONAL, GUIYANG):
        remedy = _("Use one of: %(codes)s") % {"codes": f"{FICTIONAL}, {GUIYANG}"}
        wrong.append(_problem("names", names, _("These names are not known."), remedy))
    if Unit.objects.exists() or User.objects.exists():
        wrong.append(
            _problem(
                "database",
                settings.DATABASES["default"]["NAME"],
                _("This database is in use; invented data must not mix with what is in it."),
                _("Point SAFETY_DATABASE_URL at an empty database."),
            )
        )
    if wrong:
        raise Refused.of(wrong)


def _problem(field: str, value: object, message: str, remedy: str) -> Problem:
    return Problem(field=field, value=str(value), message=message, remedy=remedy)
