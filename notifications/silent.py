"""Who at one's own school has not signed: to be told, by mouth or telephone, and entered (代录).

Most people of a school have no account; its safety officer tells them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from notifications.access import Sight, own_obligations, silent_colleagues
from notifications.models import Alert, Obligation
from notifications.words import capacities_in_words
from safety.people.models import User
from safety.posts.access import Viewer
from safety.posts.models import Holding, Leave

AT_MOST = 200


@dataclass(frozen=True, kw_only=True)
class Silent:
    """One person who has not signed, with everything that telling them once answers.

    ``name`` is "" where nobody holds the post.
    """

    name: str
    unit: str
    capacities: str
    phone: str
    has_account: bool
    refs: Sequence[UUID]
    due_at: datetime | None

    @property
    def first(self) -> UUID:
        return self.refs[0]


@dataclass(frozen=True, kw_only=True)
class SilentMatter:
    alert: Alert
    words: Mapping[str, Any]
    people: Sequence[Silent]


def silent_matters(
    user: Viewer, *, sight: Sight, words: Mapping[str, str], now: datetime
) -> list[SilentMatter]:
    """Every alert with silent people at the schools of ``user``, the most urgent first."""
    alerts = (
        Alert.objects.defer("plan")
        .prefetch_related("units")
        .prefetch_related(
            Prefetch("obligations", queryset=own_obligations(user).defer("why", "trace"))
        )
    )
    rows = (
        silent_colleagues(user)
        .defer("why", "trace")
        .select_related("unit", "post__unit", "person")
        .prefetch_related(Prefetch("alert", queryset=alerts))
        .order_by("due_at", "id")[:AT_MOST]
    )
    by_alert: dict[Alert, list[Obligation]] = defaultdict(list)
    for row in rows:
        if row.alert is not None and _may_name(row, row.alert, sight):
            by_alert[row.alert].append(row)
    holders = _holders((row for found in by_alert.values() for row in found), now)
    return [
        SilentMatter(alert=alert, words=sight.words(alert), people=_people(found, holders, words))
        for alert, found in by_alert.items()
    ]


def silent_of(
    user: Viewer, alert: Alert, *, sight: Sight, words: Mapping[str, str], now: datetime
) -> list[Silent]:
    """The silent people of one alert at the schools of ``user``."""
    rows = (
        silent_colleagues(user)
        .filter(alert=alert)
        .select_related("unit", "post__unit", "person")
        .order_by("due_at", "id")[:AT_MOST]
    )
    found = [row for row in rows if _may_name(row, alert, sight)]
    return _people(found, _holders(found, now), words)


def _may_name(row: Obligation, alert: Alert, sight: Sight) -> bool:
    """A list of names would tell who is asked about what is sealed."""
    return sight.may_record(row) and not (sight.hides_posts(alert) or sight.hides_school(alert))


def _holders(rows: Iterable[Obligation], now: datetime) -> dict[int, list[User]]:
    """Who answers for each post now: its holders, and whoever stands in for one who is away."""
    posts = {row.post_id for row in rows}
    held = Holding.objects.at(now).filter(post__in=posts, person__is_active=True)
    found: dict[int, list[User]] = defaultdict(list)
    for holding in held.select_related("person").order_by("-kind", "rank", "id"):
        found[holding.post_id].append(holding.person)
    away = Leave.objects.filter(
        person__in={person.pk for people in found.values() for person in people},
        delegate__is_active=True,
        starts_at__lte=now,
        ends_at__gt=now,
    ).select_related("delegate")
    instead = {leave.person_id: leave.delegate for leave in away if leave.delegate is not None}
    for people in found.values():
        people += [instead[person.pk] for person in people if person.pk in instead]
    return found


def _people(
    rows: Sequence[Obligation], holders: Mapping[int, Sequence[User]], words: Mapping[str, str]
) -> list[Silent]:
    """One line for each person, those without an account first; a vacant post stands alone."""
    by_person: dict[tuple[int | None, int | None], list[Obligation]] = defaultdict(list)
    called: dict[tuple[int | None, int | None], User | None] = {}
    for row in rows:
        person = _whom(row, holders.get(row.post_id or 0, ()))
        # One call answers what was addressed to one person: the record view asks the same way.
        key = (row.person_id, None if row.person_id else row.pk)
        by_person[key].append(row)
        called.setdefault(key, person)
    people = [_silent(found, called[key], words) for key, found in by_person.items()]
    return sorted(people, key=lambda one: one.has_account)


def _whom(row: Obligation, holders: Sequence[User]) -> User | None:
    """The person addressed, if still among those who answer for the post; else the first."""
    if row.person is not None and row.person in holders:
        return row.person
    return holders[0] if holders else None


def _silent(rows: Sequence[Obligation], person: User | None, words: Mapping[str, str]) -> Silent:
    return Silent(
        name=person.name if person else "",
        unit=rows[0].unit.label,
        capacities=capacities_in_words(rows, words),
        phone=person.phone if person else "",
        has_account=person is None or person.has_usable_password(),
        refs=[row.ref for row in rows],
        due_at=min((row.due_at for row in rows if row.due_at is not None), default=None),
    )
