"""Try a draft on past incidents, in steps as short as a page, and sum up what it would change.

Compared are the version that the draft rests on and the draft itself, both by the table
and the holders of each incident's own time: so only the draft's changes show. A sealed
case is tried for those only who may read it, and it is asked again whenever the result
is looked at.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.cases.access import visible_to
from incidents.cases.models import Incident, IncidentSchool
from notifications.models import Alert
from safety.errors import Refused
from safety.home.rulebook.comparing import RowChange
from safety.home.rulebook.replay import Ready, Replayed, replay
from safety.posts.access import Viewer
from safety.rules.models import RuleDraft, RuleTrial
from safety.rules.selectors import content_of

INCIDENTS_MAX = 5000
STEP_S = 1.5
PERIODS = (30, 90, 365, 730)
SEALED = Alert.Privacy.SEALED


def start_trial(*, user: Viewer, draft: RuleDraft, days: int) -> RuleTrial:
    """Begin to try ``draft`` on the last ``days``; the newest ``INCIDENTS_MAX`` of them.

    Raises ``Refused`` for a period that is not offered.
    """
    if days not in PERIODS:
        raise Refused(
            _("This period is not offered."),
            field="days",
            value=str(days),
            remedy=_("Use one of: %(codes)s") % {"codes": ", ".join(map(str, PERIODS))},
        )
    now = timezone.now()
    since = now - timedelta(days=days)
    newest = _examined(user, since, now).order_by("-pk").values_list("pk", flat=True)
    lowest = list(newest[INCIDENTS_MAX - 1 : INCIDENTS_MAX])
    cursor = lowest[0] - 1 if lowest else 0
    total = _examined(user, since, now).filter(pk__gt=cursor).count()
    return RuleTrial.objects.create(
        draft=draft,
        revision=draft.revision,
        owner_ref=str(user.pk),
        since=since,
        until=now,
        cursor=cursor,
        found={"total": total, "plain": 0, "sealed": [], "rows": []},
        finished_at=None if total else now,
        created_at=now,
    )


def continue_trial(*, user: Viewer, trial: RuleTrial, seconds: float = STEP_S) -> RuleTrial:
    """Work for ``seconds`` at most; what another page of the same reader did stands."""
    if trial.finished_at is not None or trial.revision != trial.draft.revision:
        return trial
    old = Ready.of(content_of(trial.draft.based_on))
    new = Ready.of(trial.draft.content)
    found, cursor, until = copy.deepcopy(trial.found), trial.cursor, monotonic() + seconds
    is_over = True
    for incident in _waiting(user, trial):
        _note(found, incident, replay(incident, old, new))
        cursor = incident.pk
        if monotonic() > until:
            is_over = False
            break
    values = {"found": found, "cursor": cursor}
    if is_over:
        values["finished_at"] = timezone.now()
    same = RuleTrial.objects.filter(pk=trial.pk, cursor=trial.cursor, finished_at=None)
    if same.update(**values):
        for name, value in values.items():
            setattr(trial, name, value)
    else:
        trial.refresh_from_db()
    return trial


def _examined(user: Viewer, since: Any, until: Any) -> QuerySet[Incident]:
    period = Incident.objects.filter(filed_at__gt=since, filed_at__lte=until)
    readable = visible_to(user).filter(privacy=SEALED).values("pk")
    return period.filter(~Q(privacy=SEALED) | Q(pk__in=readable))


def _waiting(user: Viewer, trial: RuleTrial) -> Iterator[Incident]:
    rows = (
        _examined(user, trial.since, trial.until)
        .filter(pk__gt=trial.cursor)
        .order_by("pk")
        .prefetch_related(
            Prefetch("touches", queryset=IncidentSchool.objects.select_related("school"))
        )
    )
    yield from rows.iterator(chunk_size=100)


def _note(found: dict[str, Any], incident: Incident, done: Replayed) -> None:
    """Keep what this one showed: numbers by capacity, no words."""
    is_sealed = incident.privacy == SEALED
    if is_sealed:
        found["sealed"].append(incident.pk)
    else:
        found["plain"] += 1
    if done.differs:
        found["rows"].append(_row(incident, done, is_sealed=is_sealed))


def _row(incident: Incident, done: Replayed, *, is_sealed: bool) -> dict[str, Any]:
    before, after = done.before, done.after
    return {
        "id": incident.pk,
        "sealed": is_sealed,
        "lost": list(done.lost),
        "grades": [before.grade, after.grade] if before and after else [],
        "privacy": [before.privacy, after.privacy] if before and after else [],
        "more": _counted(done.rows.more),
        "less": _counted(done.rows.less),
        "clocks": _counted(done.rows.clocks),
        "upward": len(done.upward),
        "first": bool(before and after and before.first_report != after.first_report),
    }


def _counted(changed: Sequence[RowChange]) -> dict[str, int]:
    return dict(Counter(f"{one.row.level}/{one.row.capacity}" for one in changed))


@dataclass(frozen=True, kw_only=True)
class Tried:
    """The result as its reader may see it today."""

    examined: int
    total: int
    rows: Sequence[Mapping[str, Any]]
    more: Mapping[str, int]
    less: Mapping[str, int]
    clocks: Mapping[str, int]

    @property
    def upward(self) -> int:
        return sum(row["upward"] > 0 or row["first"] for row in self.rows)

    @property
    def lost(self) -> int:
        return sum(bool(row["lost"]) for row in self.rows)

    @property
    def regraded(self) -> int:
        return sum(len(set(row["grades"])) > 1 for row in self.rows)


def result_of(user: Viewer, trial: RuleTrial) -> Tried:
    """Sum up; sealed cases that the reader may no longer read are not counted."""
    sealed = trial.found["sealed"]
    readable = set(visible_to(user).filter(pk__in=sealed).values_list("pk", flat=True))
    rows = [row for row in trial.found["rows"] if not row["sealed"] or row["id"] in readable]
    gone = len(sealed) - len(readable)
    return Tried(
        examined=trial.found["plain"] + len(readable),
        total=trial.found["total"] - gone,
        rows=sorted(rows, key=lambda row: -row["id"]),
        **{kind: _sum(rows, kind) for kind in ("more", "less", "clocks")},
    )


def _sum(rows: Sequence[Mapping[str, Any]], kind: str) -> dict[str, int]:
    total: Counter[str] = Counter()
    for row in rows:
        total.update(row[kind])
    return dict(total.most_common())
