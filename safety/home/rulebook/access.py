"""Who may read the rule book, and who may write it."""

from __future__ import annotations

from safety.errors import Hidden
from safety.posts.access import Viewer, covers, posts_held, reach
from safety.rules.models import RuleBook, RuleDraft, RuleTrial
from safety.units.models import Unit


def must_read(user: Viewer) -> None:
    """Whoever holds a post is judged by the rules, so he may read them. Raises ``Hidden``."""
    if not posts_held(user).exists():
        raise Hidden


def keeps_rules(user: Viewer) -> bool:
    """Whether ``user`` writes rules: they hold for the whole city, so his reach must cover it."""
    paths = reach(user, "manage_rules")
    roots = Unit.objects.filter(parent=None)
    return bool(paths) and all(covers(paths, root) for root in roots)


def must_keep(user: Viewer) -> None:
    if not keeps_rules(user):
        raise Hidden


def get_book(user: Viewer, number: int) -> RuleBook:
    """Version ``number``; one that was withdrawn is for those who write rules. Else ``Hidden``."""
    must_read(user)
    book = RuleBook.objects.defer("content").filter(number=number).first()
    if book is None or (book.withdrawn_at is not None and not keeps_rules(user)):
        raise Hidden
    return book


def get_draft(user: Viewer, pk: int) -> RuleDraft:
    """A draft in any state, for those who write rules. Else ``Hidden``."""
    must_keep(user)
    draft = RuleDraft.objects.select_related("based_on", "became").filter(pk=pk).first()
    if draft is None:
        raise Hidden
    return draft


def get_open_draft(user: Viewer, pk: int) -> RuleDraft:
    draft = get_draft(user, pk)
    if draft.state != RuleDraft.State.OPEN:
        raise Hidden
    return draft


def newest_trial(user: Viewer, draft: RuleDraft) -> RuleTrial | None:
    """The last trial of this draft by this very reader: what it found depends on who asks."""
    return draft.trials.filter(owner_ref=str(user.pk)).order_by("-created_at", "-id").first()
