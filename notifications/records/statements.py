"""What a person stated to the own matters: beside rows of a list, and one with its history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from notifications.access import sight_of
from notifications.models import Obligation
from notifications.records.access import own_matters, own_statements
from notifications.records.answered import AnsweredLine, line_of, with_alerts
from notifications.records.models import Statement, StatementVersion
from notifications.words import capacity_words
from safety.errors import Hidden
from safety.people.models import User


@dataclass(frozen=True, kw_only=True)
class StatedMatter:
    """One own matter, what was stated to it, and what that said before."""

    line: AnsweredLine
    versions: Sequence[StatementVersion]

    @property
    def obligation(self) -> Obligation:
        return self.line.obligation

    @property
    def statement(self) -> Statement | None:
        return self.line.statement


def statements_of(user: User, rows: Iterable[Obligation]) -> dict[int, Statement]:
    """The own statement to each of ``rows`` that has one, by the id of the row."""
    found = own_statements(user).filter(obligation__in=[o.pk for o in rows])
    return {one.obligation_id: one for one in found}


def stated_matter(user: User, ref: UUID) -> StatedMatter:
    """The matter ``ref`` of the own record, or one to which ``user`` stated something once.

    Raises ``Hidden`` for anybody else's, and for a sealed case that ``user`` may not read.
    """
    own = Q(pk__in=own_matters(user, lapsed=True).values("pk"))
    stated = Q(pk__in=own_statements(user).values("obligation"))
    row = with_alerts(Obligation.objects.filter(own | stated, ref=ref), user).first()
    if row is None or row.alert is None:
        raise Hidden
    sight = sight_of(user)
    if sight.hides_posts(row.alert):
        raise Hidden
    statement = statements_of(user, [row]).get(row.pk)
    return StatedMatter(
        line=line_of(row, sight=sight, words=capacity_words(), statement=statement),
        versions=list(statement.versions.order_by("number")) if statement else [],
    )
