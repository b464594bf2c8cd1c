"""The tabs of the rule book, each a function from the content to its sheets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from safety.errors import Hidden
from safety.home.rulebook.sheets import Content, Sheet
from safety.home.rulebook.tabs.clocks import clocks, upward
from safety.home.rulebook.tabs.criteria import criteria
from safety.home.rulebook.tabs.duty import duty
from safety.home.rulebook.tabs.matrix import matrix, stand_ins
from safety.home.rulebook.tabs.owners import owners
from safety.home.rulebook.tabs.pledges import pledges
from safety.home.rulebook.tabs.posts import posts
from safety.home.rulebook.tabs.texts import texts


@dataclass(frozen=True, kw_only=True)
class Tab:
    slug: str
    label: Promise | str
    sheets: Callable[[Content], list[Sheet]]


TABS = (
    Tab(slug="matrix", label=_("Reporting matrix"), sheets=matrix),
    Tab(slug="clocks", label=_("Time limits"), sheets=clocks),
    Tab(slug="criteria", label=_("Grade criteria"), sheets=criteria),
    Tab(slug="owners", label=_("Owners"), sheets=owners),
    Tab(slug="upward", label=_("First report and upward"), sheets=upward),
    Tab(slug="stand-ins", label=_("Stand-ins"), sheets=stand_ins),
    Tab(slug="texts", label=_("Texts"), sheets=texts),
    Tab(slug="posts", label=_("Posts and duties"), sheets=posts),
    Tab(slug="pledges", label=_("Pledges"), sheets=pledges),
    Tab(slug="duty", label=_("Duty and chain tests"), sheets=duty),
)


def tab(slug: str) -> Tab:
    """The tab of this name. Raises ``Hidden``."""
    for one in TABS:
        if one.slug == slug:
            return one
    raise Hidden
