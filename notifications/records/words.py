"""The words in which work is shown: kinds, sides, and how a matter was answered."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.records.models import WorkRecord

_KINDS = {
    WorkRecord.Kind.MEETING: gettext_lazy("Meeting"),
    WorkRecord.Kind.VISIT: gettext_lazy("Visit to a school"),
    WorkRecord.Kind.INSTRUCTION: gettext_lazy("Written instruction"),
    WorkRecord.Kind.TALK: gettext_lazy("Talk"),
    WorkRecord.Kind.DEPLOYMENT: gettext_lazy("Deployment"),
    WorkRecord.Kind.PLEDGE: gettext_lazy("Pledge signed"),
}


def kind_word(kind: str) -> str:
    return str(_KINDS.get(WorkRecord.Kind(kind), kind))


def kinds_by_hand() -> list[tuple[str, str]]:
    return [(kind.value, kind_word(kind)) for kind in WorkRecord.BY_HAND]


def all_kinds() -> list[tuple[str, str]]:
    return [(kind.value, kind_word(kind)) for kind in WorkRecord.Kind]


def sides_word(record: WorkRecord) -> str:
    """Which duties a piece of work served."""
    if record.business and record.safety:
        return _("business and safety")
    return _("business") if record.business else _("safety")
