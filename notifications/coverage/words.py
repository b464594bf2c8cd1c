"""Gaps in the words of the page, the command and the gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.responsibility.coverage_gaps import DEPUTY, GRAVE, NOBODY, Gap, Window
from notifications.words import in_language, joined
from safety.rules.models import RuleBook
from safety.rules.selectors import content_of
from safety.units.models import School

SHOWN = 6


@dataclass(frozen=True)
class Words:
    """Everything a rule book calls by name, in the reader's language; ``said``: its content."""

    said: Mapping[str, Any]

    @classmethod
    def of(cls, book: RuleBook) -> Words:
        return cls(content_of(book))

    @cached_property
    def capacities(self) -> dict[str, str]:
        said = self.said["responsibility"]["capacity"]
        return {code: in_language(row) for code, row in said.items()}

    @cached_property
    def hazards(self) -> dict[str, str]:
        return {row["code"]: in_language(row) for row in self.said["hazards"]["hazard"]}

    @cached_property
    def post_types(self) -> dict[str, str]:
        return {row["code"]: in_language(row) for row in self.said["posts"]["post"]}

    @cached_property
    def flags(self) -> dict[str, str]:
        flags = self.said.get("grades", {}).get("flags", {})
        return {code: in_language(row) for code, row in flags.items() if isinstance(row, Mapping)}

    def capacity(self, code: str) -> str:
        return self.capacities.get(code, code)

    def hazard(self, key: str) -> str:
        """A hazard, with its condition where it is told: "assault (staff involved)"."""
        code, _plus, flag = key.partition("+")
        word = self.hazards.get(code, code)
        return f"{word}({self.flags.get(flag, flag)})" if flag else word

    def post(self, gap: Gap) -> str:
        """The post as its unit calls it; where the table has none, its type or capacity."""
        if gap.post is not None:
            return gap.post_name
        return self.post_types.get(gap.post_type) or self.capacity(gap.capacity)

    def instead(self, window: Window) -> str:
        """Who answers in the meantime."""
        if window.climb == NOBODY:
            return _("nobody at all")
        if window.climb == DEPUTY:
            return _("the deputy (B)")
        return window.climb_name or self.capacity(window.climb)

    def asked_for(self, hazards: Sequence[str]) -> str:
        """The hazards that ask for something, or that all do."""
        if set(hazards) >= set(self.hazards):
            return _("every hazard")
        some = [self.hazard(key) for key in hazards]
        if len(some) <= SHOWN:
            return joined(some)
        said = _("%(some)s and %(more)d more")
        return said % {"some": joined(some[:SHOWN]), "more": len(some) - SHOWN}

    def stages(self, gap: Gap) -> str:
        return joined(stage_word(stage) for stage in gap.stages)


def stage_word(stage: str) -> str:
    return str(School.Stage(stage).label) if stage else _("stage unknown")


def reason_word(gap: Gap, window: Window) -> str:
    """What is wrong: no such row, vacant, away."""
    if gap.kind == GRAVE:
        return _("stand-in does not count at red and orange")
    if gap.kind == DEPUTY:
        return _("vacant, the deputy (B) answers")
    if gap.post is None:
        return _("nobody in the table")
    return _("away, nobody stands in") if window.code == "F-ABS" else _("vacant")


def span_words(window: Window, now: datetime) -> str:
    """From when to when, as short as it can be said."""
    since, until = timezone.localtime(window.since), timezone.localtime(window.until)
    begins = window.since > now
    if window.lasts:
        return _("from %(since)s") % {"since": f"{since:%m-%d %H:%M}"} if begins else _("now")
    if begins:
        said = _("%(since)s to %(until)s")
        return said % {"since": f"{since:%m-%d %H:%M}", "until": f"{until:%m-%d %H:%M}"}
    return _("now, until %(until)s") % {"until": f"{until:%m-%d %H:%M}"}
