from __future__ import annotations

from safety.errors import Refused
from safety.rules.models import RuleBook


def current_rules() -> RuleBook:
    """The newest published rule book (without its content: load that by id, cached).

    Raises ``Refused`` when none was ever published.
    """
    book = RuleBook.objects.defer("content").order_by("-number").first()
    if book is None:
        raise Refused(
            "No rule book is published.", field="rules", remedy="Run manage.py publish_rules."
        )
    return book
