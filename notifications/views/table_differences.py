"""What differs from the version before, by unit, for people and for paper."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from notifications.models import ResponsibilityTable
from notifications.table.access import get_table, visible_units, visible_versions
from notifications.table.comparing import differences_between, in_order, told
from notifications.views.asking import signed_in

PAGE = 200


@require_safe
@login_required
@never_cache
def show_differences(request: HttpRequest, ref: UUID) -> HttpResponse:
    """From the version it is based on, or from the one that ``with`` names by number."""
    user = signed_in(request)
    table = get_table(user, ref)
    others = visible_versions(user).exclude(pk=table.pk)
    other = _other(request, table, others)
    found = differences_between(other, table, units=visible_units(user))
    page = Paginator(in_order(found), PAGE).get_page(request.GET.get("page"))
    context = {
        "table": table,
        "other": other,
        "others": others,
        "found": found,
        "page": page,
        "units": told(list(page.object_list)),
    }
    return render(request, "notifications/table/differences.html", context)


def _other(
    request: HttpRequest, table: ResponsibilityTable, others: QuerySet[ResponsibilityTable]
) -> ResponsibilityTable | None:
    asked = request.GET.get("with", "")
    if asked.isdecimal() and len(asked) < 9:  # noqa: PLR2004 - more digits no version ever has
        return others.filter(number=int(asked)).first() or table.based_on
    return table.based_on
