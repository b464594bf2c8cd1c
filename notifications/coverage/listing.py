"""Gaps as rows of a page: filtered, worded, each with the way to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from notifications.coverage.grid import ICONS, WORDS, state_of
from notifications.coverage.selectors import Coverage, Judged
from notifications.coverage.words import Words, reason_word, span_words
from notifications.responsibility.coverage_gaps import Gap
from notifications.responsibility.words import Level
from safety.people.models import User
from safety.posts.models import Post
from safety.units.models import Unit

BLOCKING = ("now", "soon")


@dataclass(frozen=True, kw_only=True)
class GapFilter:
    """``below``: the schools under ``unit`` instead of the unit itself and all below it."""

    unit: str = ""
    own: bool = False
    below: bool = False
    capacity: str = ""
    hazard: str = ""
    state: str = ""
    q: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> GapFilter:
        said = {name: str(asked.get(name, ""))[:80].strip() for name in ("unit", "capacity", "q")}
        return cls(
            **said,
            own=bool(asked.get("own")),
            below=bool(asked.get("below")),
            hazard=str(asked.get("hazard", ""))[:40],
            state=str(asked.get("state", ""))[:10],
        )

    def rows(self, known: Coverage) -> list[Judged]:
        return [one for one in known.judged if self._takes(one, known)]

    def _takes(self, one: Judged, known: Coverage) -> bool:
        gap = one.gap
        return (
            self._is_here(gap)
            and self.capacity in ("", gap.capacity)
            and (not self.hazard or self.hazard in {h.partition("+")[0] for h in gap.hazards})
            and self._has_state(state_of(one, known))
            and (not self.q or self.q in gap.unit.name or self.q in gap.post_name)
        )

    def _is_here(self, gap: Gap) -> bool:
        if not self.unit:
            return True
        if self.own:
            return gap.unit.code == self.unit
        if self.below and (gap.unit.level != Level.SCHOOL or gap.unit.code == self.unit):
            return False
        return self.unit in gap.unit.codes

    def _has_state(self, state: str) -> bool:
        return self.state in ("", state) or (self.state == "blocks" and state in BLOCKING)


@dataclass(frozen=True, kw_only=True)
class WindowTold:
    when: str
    reason: str
    instead: str
    person: str


@dataclass(frozen=True, kw_only=True)
class GapTold:
    """A gap for its row; ``mend_url`` leads to where the post gets a holder.

    ``needs_a_row``: no row of the table names a post for it yet.
    """

    one: Judged
    unit: str
    code: str
    post: str
    capacity: str
    state: str
    state_word: str
    icon: str
    hazards: str
    stages: str
    windows: Sequence[WindowTold]
    mend_url: str
    needs_a_row: bool
    accept_url: str


def told(ones: Sequence[Judged], known: Coverage) -> list[GapTold]:
    """``ones`` in words; two queries for all of them."""
    words = Words.of(known.book)
    people = _names(ones)
    posts = _posts_to_mend(ones)
    return [_told(one, known, words, people, posts.get(number)) for number, one in enumerate(ones)]


def _told(
    one: Judged, known: Coverage, words: Words, people: Mapping[int, str], post: int | None
) -> GapTold:
    gap, state = one.gap, state_of(one, known)
    return GapTold(
        one=one,
        unit=gap.unit.name,
        code=gap.unit.code,
        post=words.post(gap),
        capacity=words.capacity(gap.capacity),
        state=state,
        state_word=str(WORDS[state]),
        icon=ICONS[state],
        hazards=words.asked_for(gap.hazards),
        stages=words.stages(gap),
        windows=[
            WindowTold(
                when=span_words(window, known.period.since),
                reason=reason_word(gap, window),
                instead=words.instead(window),
                person=people.get(window.person or 0, ""),
            )
            for window in gap.windows
        ],
        mend_url=reverse("offices:post", args=[post])
        if post
        else f"{reverse('table:version', args=[known.table.ref])}?q={gap.unit.code}",
        needs_a_row=not post,
        accept_url=f"{reverse('coverage:accept', args=[gap.unit.code])}"
        f"?capacity={gap.capacity}&post_type={gap.post_type}",
    )


def _names(ones: Iterable[Judged]) -> dict[int, str]:
    ids = {window.person or 0 for one in ones for window in one.gap.windows}
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))


def _posts_to_mend(ones: Sequence[Judged]) -> dict[int, int]:
    """The post that needs a holder, by place: its own, else that of the central school.

    A post of the unit that no row names needs a row, not a holder: it is not in here.
    """
    found = {number: one.gap.post for number, one in enumerate(ones) if one.gap.post}
    orphans = {
        number: one.gap
        for number, one in enumerate(ones)
        if not one.gap.post and one.gap.post_type and one.gap.unit.level == Level.SCHOOL
    }
    if orphans:
        codes = {code for gap in orphans.values() for code in gap.unit.codes}
        schools = Unit.objects.filter(code__in=codes, kind__in=Unit.SCHOOL_KINDS)
        rows = Post.objects.filter(
            unit__in=schools, kind__in={gap.post_type for gap in orphans.values()}
        ).filter(abolished_at=None)
        known = {
            (code, kind): pk for pk, code, kind in rows.values_list("pk", "unit__code", "kind")
        }
        for number, gap in orphans.items():
            near = [part for part in reversed(gap.unit.path.split("/")) if part][1:]
            pk = next((known[key] for key in ((c, gap.post_type) for c in near) if key in known), 0)
            if pk:
                found[number] = pk
    return found
