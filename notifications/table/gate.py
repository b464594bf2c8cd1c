"""The gate before publication: gaps of responsibility that nobody has accepted."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from notifications.coverage.selectors import Judged, cover
from notifications.coverage.words import Words, reason_word, span_words
from notifications.models import ResponsibilityTable
from notifications.responsibility.coverage_gaps import Period
from safety.errors import Problem

NAMED = 50  # a list that nobody reads to its end helps nobody; the page has them all


def gaps_that_block(table: ResponsibilityTable) -> Iterator[Problem]:
    """Why ``table`` may not be published although each of its rows is right; nothing if it may."""
    known = cover(table)
    words = Words(known.book)
    for one in known.blocking[:NAMED]:
        yield _problem(one, words, known.period)
    more = len(known.blocking) - NAMED
    if more > 0:
        yield Problem(
            field="coverage",
            value=str(more),
            message=_("There are %(n)d more gaps.") % {"n": more},
            remedy=_("See all of them on the coverage page."),
        )


def _problem(one: Judged, words: Words, period: Period) -> Problem:
    gap, first = one.gap, one.gap.windows[0]
    said = _("%(unit)s, %(post)s: %(reason)s, %(when)s (%(hazards)s)")
    return Problem(
        field="coverage",
        value=f"{gap.unit.code} {gap.capacity}",
        message=said
        % {
            "unit": gap.unit.name,
            "post": words.post(gap),
            "reason": reason_word(gap, first),
            "when": span_words(first, period.since),
            "hazards": words.asked_for(gap.hazards),
        },
        remedy=_("Give the post a holder, or accept the gap with a reason on the coverage page."),
    )
