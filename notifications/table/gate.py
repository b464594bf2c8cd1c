"""The gate before publication: gaps of responsibility that nobody has accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.coverage.reading import read_ground
from notifications.coverage.selectors import DAYS, Judged, cover, judged_gaps
from notifications.coverage.words import Words, reason_word, span_words
from notifications.models import ResponsibilityTable
from notifications.responsibility.coverage import prove
from notifications.responsibility.coverage_gaps import Period
from notifications.responsibility.rules import Rules
from safety.errors import Problem
from safety.rules.selectors import content_of, current_rules, newest_rules, waiting_rules

NAMED = 50  # a list that nobody reads to its end helps nobody; the page has them all
# The sections of the rule book that say which seats there are, and whose they are.
SEATS = ("responsibility", "hazards", "posts")

Book = Mapping[str, Any]


def gaps_that_block(table: ResponsibilityTable) -> Iterator[Problem]:
    """Why ``table`` may not be published although each of its rows is right; nothing if it may.

    Where a later rule book waits for its day, also what would be missing from that day on.
    """
    known = cover(table)
    remedy = _("Give the post a holder, or accept the gap with a reason on the coverage page.")
    yield from _told(known.blocking, Words.of(known.book), known.period.since, remedy)
    waiting = waiting_rules()
    if waiting is not None:
        later = content_of(waiting)
        opened = _opened(table, content_of(known.book), later, waiting.effective_at)
        remedy = _("Version %(number)d of the rule book asks for it from its day on.") % {
            "number": waiting.number
        }
        yield from _told(opened, Words(later), timezone.now(), remedy)


def gaps_opened_by(content: Book, since: datetime) -> Iterator[Problem]:
    """Gaps of the table in force that the rules ``content`` would open from ``since`` on.

    What is a gap under the newest rules already is none of their making.
    """
    table = ResponsibilityTable.objects.filter(state=ResponsibilityTable.State.PUBLISHED).first()
    newest = newest_rules()
    if table is None or newest is None:
        return
    remedy = _(
        "Give the post a holder or publish a table that names it first, or change the draft."
    )
    opened = _opened(table, content_of(newest), content, since)
    yield from _told(opened, Words(content), timezone.now(), remedy)


def _opened(table: ResponsibilityTable, before: Book, after: Book, since: datetime) -> list[Judged]:
    """What blocks under ``after`` and did not under ``before``, in the time from ``since`` on."""
    if all(before[name] == after[name] for name in SEATS):
        return []
    period = Period(since=since, until=since + timedelta(days=DAYS))
    ground = read_ground(table, current_rules(), period)
    old, new = (
        [one for one in judged_gaps(proof.gaps, on=timezone.localdate(since)) if one.blocks]
        for proof in (
            prove(Rules.of(book), ground.facts, period, lives=ground.lives)
            for book in (before, after)
        )
    )
    there = {_place(one) for one in old}
    return [one for one in new if _place(one) not in there]


def _place(one: Judged) -> tuple[int, str, str]:
    return one.gap.unit.id, one.gap.capacity, one.gap.post_type


def _told(
    blocking: Sequence[Judged], words: Words, now: datetime, remedy: str
) -> Iterator[Problem]:
    for one in blocking[:NAMED]:
        yield _problem(one, words, now, remedy)
    more = len(blocking) - NAMED
    if more > 0:
        yield Problem(
            field="coverage",
            value=str(more),
            message=_("There are %(n)d more gaps.") % {"n": more},
            remedy=_("See all of them on the coverage page."),
        )


def _problem(one: Judged, words: Words, now: datetime, remedy: str) -> Problem:
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
            "when": span_words(first, now),
            "hazards": words.asked_for(gap.hazards),
        },
        remedy=remedy,
    )
