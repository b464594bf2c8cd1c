"""Publish a version of the rule book."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from safety.errors import Conflict, Refused
from safety.ledger.actions import Actor, Fact, record
from safety.rules.models import RuleBook
from safety.rules.registry import sections


def default_content() -> dict[str, Any]:
    """The shipped rule book: every registered section's default."""
    return {section.name: dict(section.default()) for section in sections()}


def digest_of(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def publish_rules(
    *, content: Mapping[str, Any], note: str, actor: Actor, at: datetime | None = None
) -> RuleBook:
    """Check every section and publish a new version; the same content again is the same version.

    ``at`` is only for seeded history; else it is published now.

    Raises ``Refused`` naming the section whose shape is wrong, ``Conflict`` when
    somebody else publishes at the same moment.
    """
    for section in sections():
        try:
            section.check(content)
        except (KeyError, TypeError, ValueError) as error:
            raise Refused(
                str(error), field=section.name, remedy="Correct this section of the rule book."
            ) from error
    digest = digest_of(content)
    newest = RuleBook.objects.order_by("-number").first()
    if newest is not None and newest.digest == digest:
        return newest
    number = (RuleBook.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    try:
        with transaction.atomic():
            book = RuleBook.objects.create(
                number=number,
                content=dict(content),
                digest=digest,
                note=note,
                published_at=at or timezone.now(),
            )
    except IntegrityError as error:
        raise Conflict(
            _("Another rule book was published at the same moment."),
            field="rules",
            value=str(number),
            remedy=_("Look at it, then publish again."),
        ) from error
    record(
        actor=actor,
        facts=[
            Fact(
                verb="rules.published",
                subject_kind="rule_book",
                subject_ref=str(number),
                body={"digest": digest, "note": note},
            )
        ],
        at=at,
    )
    return book
