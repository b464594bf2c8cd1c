"""Which rule book is in force at a moment, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from safety.errors import Refused
from safety.rules.models import RuleBook


def current_rules() -> RuleBook:
    """The rule book in force now (without its content: see ``content_of``).

    Raises ``Refused`` when none was ever published.
    """
    return rules_at(timezone.now())


def rules_at(moment: datetime) -> RuleBook:
    """The rule book in force at ``moment``; the first one, if it lies before all of them.

    A later version is never in force before an earlier one (``publish_rules`` sees
    to that), so the highest number whose day has come decides.
    """
    books = standing()
    book = books.filter(effective_at__lte=moment).first() or books.order_by("number").first()
    if book is None:
        raise Refused(
            "No rule book is published.", field="rules", remedy="Run manage.py publish_rules."
        )
    return book


def newest_rules() -> RuleBook | None:
    """The last published version that was not withdrawn, also while its day is still to come."""
    return standing().first()


def waiting_rules() -> RuleBook | None:
    """The published version whose day is still to come, if there is one."""
    return standing().filter(effective_at__gt=timezone.now()).first()


def standing() -> QuerySet[RuleBook]:
    """Every version that was not withdrawn, newest first, without content."""
    return RuleBook.objects.defer("content").filter(withdrawn_at=None).order_by("-number")


def content_of(book: RuleBook) -> Mapping[str, Any]:
    """The sections of ``book``, kept in memory: a published version never changes. Read only."""
    return _content(book.pk, book.digest)


@lru_cache(maxsize=8)
def _content(pk: int, digest: str) -> Mapping[str, Any]:
    content: Mapping[str, Any] = RuleBook.objects.only("content").get(pk=pk, digest=digest).content
    return content
