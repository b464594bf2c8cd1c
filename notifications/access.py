"""Who may see and answer what. The only file of this app that asks for rights."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from notifications.models import Alert, Obligation
from safety.errors import Hidden
from safety.posts.access import Viewer, covers, posts_held, reach
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

    What is *said* of an alert is another question (``sees_full_words``): a sealed
    one shows its grade, district and clocks, nothing else.
    """
    boards = Unit.objects.under(*reach(user, "watch_board")).values("pk")
    return Alert.objects.filter(
        Q(pk__in=own_obligations(user).values("alert")) | Q(units__in=boards)
    ).distinct()


def get_alert(user: Viewer, ref: UUID) -> Alert:
    alert = visible_alerts(user).filter(ref=ref).first()
    if alert is None:
        raise Hidden
    return alert


def sees_full_words(user: Viewer, alert: Alert) -> bool:
    """Whether ``user`` may read the full words of ``alert``.

    Open alerts: whoever sees the alert. Guarded and sealed ones: whoever holds
    a post addressed without redaction, or reads restricted text of its units.
    """
    if alert.privacy == Alert.Privacy.OPEN:
        return True
    return own_obligations(user).filter(alert=alert, redacted=False).exists()


def board_units(user: Viewer) -> QuerySet[Unit]:
    """Units whose board ``user`` may watch: the own ones, and every district below a city."""
    return Unit.objects.under(*reach(user, "watch_board")).exclude(kind__in=Unit.SCHOOL_KINDS)


def get_board_unit(user: Viewer, code: str) -> Unit:
    unit = board_units(user).filter(code=code).first()
    if unit is None:
        raise Hidden
    return unit


def get_obligation_to_record(user: Viewer, ref: UUID) -> Obligation:
    """An obligation for which ``user`` may write down an answer given by telephone."""
    found = (
        Obligation.objects.filter(ref=ref).select_related("alert", "unit", "post", "person").first()
    )
    if found is None or not covers(reach(user, "record_for_others"), found.unit):
        raise Hidden
    return found


def recordable_paths(user: Viewer) -> tuple[str, ...]:
    """Paths of units below which ``user`` may enter answers given by telephone."""
    return reach(user, "record_for_others")
