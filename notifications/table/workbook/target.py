"""Which draft a workbook goes into."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from notifications.models import ResponsibilityTable
from safety.errors import Refused


def draft_called(ref: str) -> ResponsibilityTable:
    """The draft ``ref`` (the beginning of it is enough). Raises ``Refused`` when it is none."""
    drafts = [d for d in open_drafts() if str(d.ref).startswith(ref.strip().lower())]
    if len(drafts) == 1:
        return drafts[0]
    raise Refused(
        _("No single draft begins like this."),
        field="draft",
        value=ref,
        remedy=_("Write one of: %s.") % (", ".join(str(d.ref) for d in open_drafts()) or "–"),
    )


def open_drafts() -> list[ResponsibilityTable]:
    """The drafts that may be edited, the newest first."""
    return list(
        ResponsibilityTable.objects.filter(state__in=ResponsibilityTable.EDITABLE)
        .select_related("based_on")
        .order_by("-created_at", "-pk")
    )


def draft_of(mark_table: str, drafts: list[ResponsibilityTable]) -> ResponsibilityTable | None:
    """The open draft from which a workbook was exported, if it was one."""
    try:
        ref = UUID(mark_table)
    except ValueError:
        return None
    return next((draft for draft in drafts if draft.ref == ref), None)
