"""Which rights a capacity gives its post on its own unit (and everything below).

The one list of role → rights. Capacities are named as the rule book names them;
this room stands below the responsibility table and only knows the words.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType

from safety.posts.models import Post
from safety.units.models import Unit, UnitGroupObjectPermission

ADMINISTRATOR = "ADMINISTRATOR"
RESTRICTED = "RESTRICTED"

_DUTY = ("watch_board", "view_incidents", "take_calls", "record_for_others", "report_upward")
_KEEPS = ("manage_table", "manage_roster", "test_chain")
_LEADS = ("watch_board", "view_incidents")

GRANTS: dict[str, tuple[str, ...]] = {
    "DUTY_OFFICER": _DUTY,
    "DUTY_LEADER": _DUTY,
    "SAFETY_OFFICE": (*_DUTY, "manage_people", *_KEEPS),
    "SAFETY_DEPUTY": _LEADS,
    "PARTY_CHIEF": _LEADS,
    "ADMIN_CHIEF": _LEADS,
    "REPORTING": ("watch_board", "view_incidents", "report_upward"),
    "SUPERVISION": ("view_incidents",),
    "LINE_DEPUTY": (),
    "LINE_SECTION": (),
    "AREA_CONTACT": (),
    "SCH_SAFETY_STAFF": ("file_incident", "view_incidents", "record_for_others"),
    "SCH_PRINCIPAL": ("file_incident", "view_incidents"),
    "SCH_SECRETARY": ("file_incident", "view_incidents"),
    "SCH_SAFETY_DEPUTY": ("file_incident", "view_incidents"),
    "SCH_LINE_DEPUTY": ("file_incident",),
    "SCH_DIRECT": ("file_incident",),
    ADMINISTRATOR: ("manage_people", "manage_rules", *_KEEPS),
    # Given to a post by name, never by its capacity: who may read sealed cases.
    RESTRICTED: ("view_restricted",),
}


def grant(*, roles: Iterable[tuple[Post, str]]) -> None:
    """Give each post the rights of each role named with it; rights already there stay."""
    kind = ContentType.objects.get_for_model(Unit)
    permissions = {p.codename: p for p in Permission.objects.filter(content_type=kind)}
    rows = {
        (post.group_id, post.unit_id, codename) for post, role in roles for codename in GRANTS[role]
    }
    UnitGroupObjectPermission.objects.bulk_create(
        [
            UnitGroupObjectPermission(
                group_id=group, content_object_id=unit, permission=permissions[codename]
            )
            for group, unit, codename in sorted(rows)
        ],
        ignore_conflicts=True,
        batch_size=2000,
    )
