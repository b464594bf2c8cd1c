"""Who may read, edit and publish tables. Rights on units: ``manage_table``."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from notifications.models import Entry, ResponsibilityTable
from safety.errors import Hidden
from safety.posts.access import Viewer, covers, posts_held, reach
from safety.units.models import Unit

MANAGE = "manage_table"


def table_reach(user: Viewer) -> tuple[str, ...]:
    """Paths of the units whose rows ``user`` may read. Raises ``Hidden`` when there are none."""
    paths = reach(user, MANAGE)
    if not paths:
        raise Hidden
    return paths


def keeps_whole_table(user: Viewer) -> bool:
    """Whether ``user`` may edit and publish: the right on every root of the tree."""
    paths = reach(user, MANAGE)
    return bool(paths) and all(covers(paths, root) for root in Unit.objects.filter(parent=None))


def require_whole_table(user: Viewer) -> None:
    """Raise ``Hidden`` unless ``user`` keeps the whole table."""
    if not keeps_whole_table(user):
        raise Hidden


def visible_tables(user: Viewer) -> QuerySet[ResponsibilityTable]:
    """Every version, for whoever keeps a part of the table; drafts for the keepers of the whole."""
    table_reach(user)
    tables = ResponsibilityTable.objects.all()
    if keeps_whole_table(user):
        return tables
    return tables.filter(state__in=ResponsibilityTable.FINAL)


def get_table(user: Viewer, ref: UUID) -> ResponsibilityTable:
    """The version or draft ``ref``. Raises ``Hidden`` otherwise."""
    table = visible_tables(user).select_related("based_on").filter(ref=ref).first()
    if table is None:
        raise Hidden
    return table


def get_draft(user: Viewer, ref: UUID) -> ResponsibilityTable:
    """A draft that ``user`` may edit. Raises ``Hidden`` otherwise."""
    require_whole_table(user)
    table = get_table(user, ref)
    if not table.is_draft:
        raise Hidden
    return table


def visible_versions(user: Viewer) -> QuerySet[ResponsibilityTable]:
    """The published versions, the newest first, for whoever keeps a part of the table."""
    return visible_tables(user).filter(state__in=ResponsibilityTable.FINAL).order_by("-number")


def visible_units(user: Viewer) -> QuerySet[Unit]:
    """The units whose rows ``user`` may read. Raises ``Hidden`` when there are none."""
    return Unit.objects.under(*table_reach(user))


def visible_entries(user: Viewer, table: ResponsibilityTable) -> QuerySet[Entry]:
    """The rows of ``table`` in the reach of ``user``."""
    return table.entries.filter(unit__in=visible_units(user).order_by().values("pk"))


def own_entries(user: Viewer) -> QuerySet[Entry]:
    """The rows of the published table for the posts that ``user`` answers for now."""
    return (
        Entry.objects.filter(
            table__state=ResponsibilityTable.State.PUBLISHED, post__in=posts_held(user)
        )
        .select_related("table", "unit", "post")
        .order_by("serial", "id")
    )
