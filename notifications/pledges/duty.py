"""How a pledge that waits for a signature stands in the list of its owner."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from notifications.models import Obligation
from notifications.obligations.kinds import KindRoom
from notifications.words import in_language

KIND = Obligation.Kind.PLEDGE


def _word(obligation: Obligation) -> str:
    return in_language(obligation.why)


def _page(obligation: Obligation) -> str:
    return reverse("pledges:pledge", args=[obligation.subject_ref])


def _many(n: int) -> tuple[str, str]:
    return _("%(n)d pledges to sign") % {"n": n}, reverse("pledges:pledges")


ROOM = KindRoom(word=_word, page=_page, many=_many, is_personal=True)
