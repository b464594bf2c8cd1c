from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from safety.errors import Refused
from safety.rules.models import RuleBook


def current_rules() -> RuleBook:
    """The newest published rule book (without its content: see ``content_of``).

    Raises ``Refused`` when none was ever published.
    """
    book = RuleBook.objects.defer("content").order_by("-number").first()
    if book is None:
        raise Refused(
            "No rule book is published.", field="rules", remedy="Run manage.py publish_rules."
        )
    return book


def content_of(book: RuleBook) -> Mapping[str, Any]:
    """The sections of ``book``, kept in memory: a published version never changes. Read only."""
    return _content(book.pk, book.digest)


@lru_cache(maxsize=8)
def _content(pk: int, digest: str) -> Mapping[str, Any]:
    content: Mapping[str, Any] = RuleBook.objects.only("content").get(pk=pk, digest=digest).content
    return content
