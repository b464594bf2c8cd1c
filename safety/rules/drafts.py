"""Write a draft of the rule book: begin, change, publish, give up. Nothing follows until then."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from safety.errors import Conflict, Refused
from safety.ledger.actions import Actor, Fact, record
from safety.rules.actions import default_content, digest_of, publish_rules
from safety.rules.checking import openings_of, problems_of
from safety.rules.models import RuleBook, RuleDraft
from safety.rules.selectors import content_of, newest_rules

TITLE_MAX = 80


@transaction.atomic
def start_draft(*, title: str, actor: Actor) -> RuleDraft:
    """Begin a draft as a copy of the newest version. Raises ``Refused`` without a title.

    A section that is newer than that version comes in as it was shipped.
    """
    newest = newest_rules()
    if newest is None:
        raise Refused(
            _("No rule book is published."), field="rules", remedy="manage.py publish_rules"
        )
    title = title.strip()
    if not title or len(title) > TITLE_MAX:
        raise Refused(
            _("Say in a few words what is to change."),
            field="title",
            value=title,
            remedy=_("Use at most 80 characters."),
        )
    now = timezone.now()
    draft = RuleDraft.objects.create(
        title=title,
        based_on=newest,
        content=copy.deepcopy(default_content() | dict(content_of(newest))),
        author_ref=actor.ref,
        created_at=now,
        changed_at=now,
    )
    _record(draft, actor, "rules.draft_started", {"based_on": newest.number})
    return draft


@transaction.atomic
def save_draft(
    *, draft: RuleDraft, revision: int, content: Mapping[str, Any], actor: Actor
) -> RuleDraft:
    """Replace the content of a draft; ``revision`` is the one its writer looked at.

    Raises ``Refused`` with everything that is wrong with ``content``, ``Conflict``
    when somebody else changed the draft meanwhile.
    """
    found = problems_of(content)
    if found:
        raise Refused.of(found)
    if digest_of(content) == digest_of(draft.content):
        return draft
    _change(draft, revision, content=dict(content))
    _record(draft, actor, "rules.draft_changed", {"digest": digest_of(content)})
    return draft


@transaction.atomic
def rebase_draft(
    *, draft: RuleDraft, revision: int, content: Mapping[str, Any], onto: RuleBook, actor: Actor
) -> RuleDraft:
    """Let a draft rest on the newer version ``onto``; ``content`` has the draft's changes in it.

    Raises ``Refused`` when that is no rule book, ``Conflict`` as ``save_draft`` does.
    """
    found = problems_of(content)
    if found:
        raise Refused.of(found)
    _change(draft, revision, content=dict(content), based_on=onto)
    _record(draft, actor, "rules.draft_rebased", {"based_on": onto.number})
    return draft


def publish_draft(
    *,
    draft: RuleDraft,
    revision: int,
    note: str,
    effective_at: datetime | None,
    actor: Actor,
    gaps_known: bool = False,
) -> RuleBook:
    """Publish a draft as the next version, in force from ``effective_at`` (now, if ``None``).

    ``gaps_known``: whoever publishes saw what it leaves open, and wants it so. What it
    leaves open is looked for before anybody has to wait for this writer.

    Raises ``Refused`` when it says nothing new, would break the house or leave something
    open, and ``Conflict`` when somebody else published a version, or changed the draft.
    """
    note = note.strip()
    if not note:
        raise Refused(
            _("Say why the rules change."),
            field="note",
            remedy=_("Name the document or the decision it rests on."),
        )
    if digest_of(draft.content) == draft.based_on.digest:
        raise Refused(
            _("This draft says the same as version %(number)d.")
            % {"number": draft.based_on.number},
            field="rules",
            remedy=_("Change something first, or discard the draft."),
        )
    found = problems_of(draft.content)
    opened = () if found else openings_of(draft.content, effective_at or timezone.now())
    if found or (opened and not gaps_known):
        raise Refused.of(found or opened)
    with transaction.atomic():
        book = _publish(draft, revision, note, effective_at, actor)
        if opened:
            _record(draft, actor, "rules.gaps_known", {"gaps": [one.value for one in opened]})
    return book


def _publish(
    draft: RuleDraft, revision: int, note: str, effective_at: datetime | None, actor: Actor
) -> RuleBook:
    _change(draft, revision, state=RuleDraft.State.PUBLISHED)
    book = publish_rules(
        content=draft.content,
        note=note,
        actor=actor,
        effective_at=effective_at,
        based_on=draft.based_on,
    )
    RuleDraft.objects.filter(pk=draft.pk).update(became=book)
    draft.became = book
    return book


@transaction.atomic
def discard_draft(*, draft: RuleDraft, revision: int, actor: Actor) -> None:
    """Give a draft up. Raises ``Conflict`` as ``save_draft`` does."""
    _change(draft, revision, state=RuleDraft.State.DISCARDED)
    _record(draft, actor, "rules.draft_discarded", {})


def _change(draft: RuleDraft, revision: int, **values: Any) -> None:
    """Compare and set: only an open draft at ``revision`` changes."""
    now = timezone.now()
    values |= {"revision": revision + 1, "changed_at": now}
    same = RuleDraft.objects.open().filter(pk=draft.pk, revision=revision)
    if not same.update(**values):
        raise _changed_meanwhile(draft)
    for name, value in values.items():
        setattr(draft, name, value)


def _changed_meanwhile(draft: RuleDraft) -> Conflict:
    now = RuleDraft.objects.select_related("became").get(pk=draft.pk)
    if now.state == RuleDraft.State.PUBLISHED and now.became is not None:
        return Conflict(
            _("This draft was published meanwhile, as version %(number)d.")
            % {"number": now.became.number},
            field="draft",
            value=draft.title,
            remedy=_("Begin a new draft if something is still missing."),
        )
    if now.state == RuleDraft.State.DISCARDED:
        return Conflict(
            _("This draft was discarded meanwhile."),
            field="draft",
            value=draft.title,
            remedy=_("Begin a new draft."),
        )
    return Conflict(
        _("Somebody else changed this draft meanwhile."),
        field="draft",
        value=draft.title,
        remedy=_("Look at it as it is now, then change it again."),
    )


def _record(draft: RuleDraft, actor: Actor, verb: str, body: Mapping[str, Any]) -> None:
    fact = Fact(verb=verb, subject_kind="rule_draft", subject_ref=str(draft.pk), body=body)
    record(actor=actor, facts=[fact])
