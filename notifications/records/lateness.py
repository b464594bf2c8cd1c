"""What is late in a record, and to what a person may add a statement."""

from __future__ import annotations

from django.utils import timezone

from notifications.models import Obligation


def is_late(o: Obligation) -> bool:
    """Over a time limit that rests on more than a reminder. What lapsed is late no more."""
    return o.basis != Obligation.Basis.REMINDER and _is_over(o)


def may_be_explained(o: Obligation) -> bool:
    """Answered late by a rule; or not answered by its time limit, or before it lapsed."""
    if o.state == Obligation.State.LAPSED:
        return True
    return is_late(o) if o.state == Obligation.State.MET else _is_over(o)


def _is_over(o: Obligation) -> bool:
    if o.due_at is None or o.state == Obligation.State.LAPSED:
        return False
    return (o.met_at or timezone.now()) > o.due_at
