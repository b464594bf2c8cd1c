"""Which rights a capacity gives its post on its own unit (and everything below).

The one list of role → rights. Capacities are named as the rule book names them;
this room stands below the responsibility table and only knows the words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import F

from safety.posts.models import Post
from safety.units.models import Unit, UnitGroupObjectPermission

BATCH = 2000
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
        batch_size=BATCH,
    )


def withdraw(*, roles: Iterable[tuple[Post, str]], kept: Mapping[int, Collection[str]]) -> None:
    """Take away the rights of roles that posts have lost, as far as they rest on nothing else.

    ``kept`` names the roles that a post (by id) still has. Who was made an administrator
    by name stays one: it is known by the right that no capacity gives.
    """
    lost: dict[str, set[int]] = defaultdict(set)
    for post, role in roles:
        still = {right for one in kept.get(post.pk, ()) for right in GRANTS.get(one, ())}
        for codename in GRANTS.get(role, ()):
            if codename not in still:
                lost[codename].add(post.group_id)
    administrators = UnitGroupObjectPermission.objects.filter(
        permission__codename="manage_rules"
    ).values("group")
    for codename, groups in sorted(lost.items()):
        rows = UnitGroupObjectPermission.objects.filter(
            permission__codename=codename, content_object=F("group__post__unit")
        )
        if codename in GRANTS[ADMINISTRATOR]:
            rows = rows.exclude(group__in=administrators)
        wanted = sorted(groups)
        for begin in range(0, len(wanted), BATCH):
            rows.filter(group__in=wanted[begin : begin + BATCH]).delete()
