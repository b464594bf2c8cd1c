"""Would the published table still be one under other rules? Asked before these are published."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Count, Min
from django.utils.translation import gettext as _

from notifications.models import Entry, ResponsibilityTable
from notifications.responsibility.checks.posts import check_scope
from notifications.responsibility.rules import Rules
from safety.errors import Problem

Book = Mapping[str, Mapping[str, Any]]
SHOWN = 20  # of the scopes that no longer fit; the first ones say what is wrong


def objections(book: Book) -> Iterator[Problem]:
    """Every capacity and scope of the published table that ``book`` no longer knows."""
    try:
        Rules.of(book)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        yield Problem(
            field="responsibility",
            value="",
            message=str(error),
            remedy=_("Correct this section of the rule book."),
        )
        return
    table = ResponsibilityTable.objects.filter(state=ResponsibilityTable.State.PUBLISHED).first()
    if table is not None:
        yield from _capacities(table, book)
        yield from _scopes(table, book)


def _capacities(table: ResponsibilityTable, book: Book) -> Iterator[Problem]:
    known = book["responsibility"]["capacity"]
    rows = Entry.objects.filter(table=table).exclude(capacity__in=known).order_by()
    for row in rows.values("capacity").annotate(count=Count("pk"), unit=Min("unit__name")):
        yield Problem(
            field=f"responsibility.capacity.{row['capacity']}",
            value=row["capacity"],
            message=_(
                "The published table has %(count)d rows with the capacity %(capacity)s (first: "
                "%(unit)s), which these rules no longer know."
            )
            % row,
            remedy=_("Keep the capacity, or publish a table without it first."),
        )


def _scopes(table: ResponsibilityTable, book: Book) -> Iterator[Problem]:
    said: dict[str, tuple[str, Mapping[str, Any]]] = {}
    rows = Entry.objects.filter(table=table).exclude(scope={}).order_by("pk")
    for scope, unit, post in rows.values_list("scope", "unit__name", "post__name"):
        said.setdefault(json.dumps(scope, sort_keys=True), (f"{unit} {post}", scope))
    shown = 0
    for where, scope in said.values():
        try:
            check_scope(scope, book, "scope")
        except ValueError as error:
            shown += 1
            yield Problem(
                field="responsibility_table.scope",
                value=str(error),
                message=_("The scope of %(where)s in the published table would no longer be read.")
                % {"where": where},
                remedy=_("Keep what it names, or publish a table with another scope first."),
            )
        if shown == SHOWN:
            return
