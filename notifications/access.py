"""Who may see and answer what. The only file of this app that asks for rights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from notifications.models import Alert, Obligation
from notifications.obligations.verbs import TICKED
from safety.errors import Hidden
from safety.posts.access import Viewer, covers, posts_held, reach, units_with
from safety.units.models import Unit


def own_obligations(user: Viewer) -> QuerySet[Obligation]:
    """Obligations of the posts that ``user`` holds today; nothing for an inactive person."""
    return Obligation.objects.filter(post__in=posts_held(user))


def get_own_obligations(user: Viewer, refs: Iterable[UUID]) -> list[Obligation]:
    """The named obligations, all of them ``user``'s own. Raises ``Hidden`` otherwise."""
    wanted = set(refs)
    found = list(
        own_obligations(user)
        .filter(ref__in=wanted)
        .select_related("alert", "unit", "post")
        .order_by("id")
    )
    if not wanted or len(found) != len(wanted):
        raise Hidden
    return found


def visible_alerts(user: Viewer) -> QuerySet[Alert]:
    """Alerts that concern a post of ``user``, or a unit whose board ``user`` may watch.

    What is *said* of an alert is another question (``Sight``): a sealed one
    shows its district and clocks, nothing else.
    """
    boards = Unit.objects.under(*reach(user, "watch_board")).values("pk")
    watched = Alert.units.through.objects.filter(unit__in=boards).values("alert")
    own = own_obligations(user).exclude(alert=None).values("alert")
    return Alert.objects.filter(Q(pk__in=own) | Q(pk__in=watched))


def copied_alerts(user: Viewer) -> QuerySet[Alert]:
    """Alerts of the units of ``user``'s posts, among them those that were copied to a post.

    Only a first sieve: ``copied_rows`` looks into the plan. Copies (抄告) owe
    nothing and push nothing; they are there to be looked up.
    """
    units = posts_held(user).values("unit")
    return Alert.objects.filter(
        pk__in=Alert.units.through.objects.filter(unit__in=units).values("alert")
    )


def copied_rows(alert: Alert, posts: frozenset[int]) -> list[Mapping[str, Any]]:
    """The rows of the frozen plan by which one of ``posts`` gets a copy and owes nothing."""
    return [
        row
        for row in alert.plan.get("rows", ())
        if row.get("owed") == "FEED" and row.get("post_id") in posts
    ]


def post_ids(user: Viewer) -> frozenset[int]:
    """The posts that ``user`` answers for now."""
    return frozenset(posts_held(user).values_list("pk", flat=True))


def get_alert(user: Viewer, ref: UUID) -> Alert:
    """The alert ``ref``, if it was addressed or copied to ``user`` or is on a board in reach."""
    alert = visible_alerts(user).filter(ref=ref).first()
    if alert is not None:
        return alert
    copied = copied_alerts(user).filter(ref=ref).first()
    if copied is None or not copied_rows(copied, post_ids(user)):
        raise Hidden
    return copied


class Shown(StrEnum):
    """How much of an alert a reader is told."""

    FULL = "full"
    MASKED = "masked"
    BOARD = "board"


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What one reader may be told, asked once and then applied to any number of alerts.

    Its questions need ``alert.units`` and ``alert.obligations`` prefetched.
    """

    posts: frozenset[int]
    restricted: tuple[str, ...]
    recordable: tuple[str, ...]
    person: int | None
    wall: bool = False

    def shown(self, alert: Alert) -> Shown:
        """Open alerts are told in full, others only to readers of restricted text.

        Of these a sealed one tells only the people whom its plan named, and no later
        holder of their posts. Whoever answers for a guarded alert learns the school
        but not the text; whoever merely watches a board learns neither.
        """
        if alert.privacy == Alert.Privacy.OPEN:
            return Shown.FULL
        if self.wall:
            return Shown.BOARD
        if self._is_named(alert) and self._reads_restricted(alert):
            return Shown.FULL
        return Shown.MASKED if self.own(alert) else Shown.BOARD

    def _is_named(self, alert: Alert) -> bool:
        return alert.privacy != Alert.Privacy.SEALED or self.person in alert.named

    def _reads_restricted(self, alert: Alert) -> bool:
        schools = [unit for unit in alert.units.all() if unit.is_school]
        return any(covers(self.restricted, school) for school in schools)

    def own(self, alert: Alert) -> list[Obligation]:
        """The obligations of ``alert`` that the reader answers for."""
        return [o for o in alert.obligations.all() if o.post_id in self.posts]

    def words(self, alert: Alert) -> Mapping[str, Any]:
        shown = self.shown(alert)
        if shown is Shown.FULL:
            return {**alert.words, "grade": alert.grade}
        if shown is Shown.MASKED:
            return {**alert.masked_words, "grade": alert.board_grade}
        return board_words(alert)

    def hides_posts(self, alert: Alert) -> bool:
        """Whether names of posts would betray a sealed category (its sections are few)."""
        return alert.privacy == Alert.Privacy.SEALED and self.shown(alert) is not Shown.FULL

    def may_tell(self, obligation: Obligation, alert: Alert) -> bool:
        """Whether receiver and document of an upward report may be told."""
        return not (obligation.telling and self.hides_posts(alert))

    def hides_school(self, alert: Alert) -> bool:
        """Whether a school's name may not stand beside what it owes."""
        return self.hides_posts(alert) or self.shown(alert) is Shown.BOARD

    def may_record(self, obligation: Obligation) -> bool:
        """Whether the reader may enter an answer that this addressee gave by telephone."""
        if obligation.post_id in self.posts or obligation.person_id == self.person:
            return False
        return covers(self.recordable, _home_of(obligation))


def board_words(alert: Alert) -> dict[str, Any]:
    """What a watcher of a board may read of a restricted alert: no text, and no school."""
    return {**alert.masked_words, "where": "", "summary": "", "grade": alert.board_grade}


def sight_of(user: Viewer, *, wall: bool = False) -> Sight:
    """What ``user`` may be told. A wallboard is read by whoever passes: it tells the least."""
    return Sight(
        posts=post_ids(user),
        restricted=reach(user, "view_restricted"),
        recordable=reach(user, "record_for_others"),
        person=user.pk,
        wall=wall,
    )


def board_units(user: Viewer) -> QuerySet[Unit]:
    """Units whose board ``user`` may watch: the own ones, and every district below a city."""
    return Unit.objects.under(*reach(user, "watch_board")).exclude(kind__in=Unit.SCHOOL_KINDS)


def own_board_unit(user: Viewer) -> Unit | None:
    """The one unit whose board a post of ``user`` itself watches, if it is one."""
    own = list(units_with(user, "watch_board").exclude(kind__in=Unit.SCHOOL_KINDS)[:2])
    return own[0] if len(own) == 1 else None


def get_board_unit(user: Viewer, code: str) -> Unit:
    unit = board_units(user).filter(code=code).first()
    if unit is None:
        raise Hidden
    return unit


def _home_of(obligation: Obligation) -> Unit:
    """The unit whose duty room may call this addressee: that of the post which answers."""
    return obligation.post.unit if obligation.post is not None else obligation.unit


def get_obligation_to_record(user: Viewer, ref: UUID) -> Obligation:
    """An obligation for which ``user`` may write down an answer given by telephone."""
    found = (
        Obligation.objects.filter(ref=ref, alert__in=visible_alerts(user))
        .select_related("alert", "unit", "post__unit", "person")
        .first()
    )
    if found is None or not sight_of(user).may_record(found):
        raise Hidden
    return found


def silent_colleagues(user: Viewer) -> QuerySet[Obligation]:
    """What people of ``user``'s own schools have not signed, and ``user`` may enter for them.

    No test of the chain: it asks whether people are reached, and nobody is chased for it.
    """
    schools = units_with(user, "record_for_others").filter(kind__in=Unit.SCHOOL_KINDS)
    return (
        Obligation.objects.filter(state=Obligation.State.OPEN)
        .filter(kind=Obligation.Kind.ACKNOWLEDGE, post__unit__in=schools)
        .filter(alert__in=visible_alerts(user))
        .exclude(post__in=posts_held(user))
        .exclude(alert__status=Alert.Status.TEST)
    )


def obligations_to_record(sight: Sight, first: Obligation) -> list[Obligation]:
    """Everything that one call to the addressee of ``first`` can answer.

    A first action is only among them where its slot is acknowledged already:
    otherwise the acknowledgement stands for both.
    """
    same_person = Q(person=first.person_id) if first.person_id else Q(pk=first.pk)
    rows = (
        Obligation.objects.open()
        .filter(same_person, alert=first.alert_id)
        .exclude(kind=Obligation.Kind.REPORT_UPWARD)
        .select_related("alert", "unit", "post__unit", "person")
        .order_by("id")
    )
    found = [row for row in rows if sight.may_record(row)]
    waiting = {(row.unit_id, row.capacity, row.post_id) for row in found if row.kind in TICKED}
    return [
        row
        for row in found
        if row.kind in TICKED or (row.unit_id, row.capacity, row.post_id) not in waiting
    ]
