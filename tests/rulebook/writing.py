"""How the tests of this folder write drafts: as a browser sends a whole tab."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from django.test import Client
from django.urls import reverse

from safety.home.rulebook.forms import TabForm
from safety.home.rulebook.tabs import tab
from safety.ledger.actions import SYSTEM, Actor
from safety.rules.drafts import save_draft, start_draft
from safety.rules.models import RuleDraft


def draft_of(_city: ModuleType, title: str = "草案") -> RuleDraft:
    return start_draft(title=title, actor=SYSTEM)


def field(path: tuple[str, ...]) -> str:
    return "/".join(path)


def tab_form(draft: RuleDraft, slug: str) -> TabForm:
    return TabForm(tab(slug).sheets(draft.content))


def save(
    client: Client,
    draft: RuleDraft,
    slug: str,
    changed: Mapping[str, str],
    *,
    revision: int | None = None,
) -> Any:
    """Post the whole tab as it stands, with ``changed`` in it."""
    draft.refresh_from_db()
    form = tab_form(draft, slug)
    told = {name: form[name].value() for name in form.fields}
    told = {name: "" if value is None else value for name, value in told.items()}
    assert set(changed) <= set(told)
    sent = {**told, **changed, "revision": revision or draft.revision}
    return client.post(reverse("rulebook:edit", args=[draft.pk, slug]), sent)


def publish(client: Client, draft: RuleDraft, **told: Any) -> Any:
    draft.refresh_from_db()
    sent = {"revision": draft.revision, "note": "", "effective_at": "", **told}
    return client.post(reverse("rulebook:publish", args=[draft.pk]), sent)


def change(draft: RuleDraft, edit: Any, actor: Actor = SYSTEM) -> RuleDraft:
    """Change the content of a draft in place and save it."""
    content = copy.deepcopy(draft.content)
    edit(content)
    return save_draft(draft=draft, revision=draft.revision, content=content, actor=actor)
