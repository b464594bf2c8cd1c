"""What pages show of pledges: the own ones, those to countersign, progress by unit with gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.utils import timezone

from notifications.pledges.access import below_pledges, own_pledges, signing_posts
from notifications.pledges.models import Pledge
from notifications.pledges.rules import PledgeRules
from notifications.pledges.slots import Slot, slots
from notifications.words import capacity_words, in_language
from safety.people.models import User
from safety.posts.models import Post
from safety.rules.selectors import content_of, current_rules
from safety.units.models import Unit

PAGE = 50
UNITS = 20  # of a unit, on one page


@dataclass(frozen=True, kw_only=True)
class Mine:
    """The sheets of one person: to sign, signed, and those below that wait for a signature."""

    own: Sequence[Pledge]
    ended: Sequence[Pledge]
    below: Page[Pledge]
    below_done: int
    below_open: int


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How far a unit and everything below it are; ``gaps`` are posts without a holder."""

    unit: Unit
    total: int
    signed: int
    above: int
    below: int
    late: int
    gaps: int
    is_leaf: bool

    @property
    def percent(self) -> int:
        wanted = self.total + self.gaps
        return round(100 * self.signed / wanted) if wanted else 100


@dataclass(frozen=True, kw_only=True)
class GapLine:
    """A post that should sign and has nobody who could."""

    post: Post
    pair: str
    capacity: str


@dataclass(frozen=True, kw_only=True)
class Progress:
    unit: Unit
    above: Sequence[Unit]
    label: str
    whole: Tally
    children: Page[Tally]
    own: Page[Pledge]
    gaps: Sequence[GapLine]


def my_pledges(user: User, number: Any = 1) -> Mine:
    rows = own_pledges(user).select_related("lower_post__unit", "upper_post__unit", "unit")
    below = below_pledges(user)
    counted = below.aggregate(
        done=Count("pk", filter=Q(upper_signed_at__isnull=False)),
        waiting=Count("pk", filter=Q(lower_signed_at=None)),
    )
    waiting = (
        below.waiting_above()
        .select_related("unit", "lower_post__unit", "lower")
        .order_by("unit__path", "id")
    )
    return Mine(
        own=list(rows.filter(ended_at=None).order_by("-year", "id")),
        ended=list(rows.filter(ended_at__isnull=False).order_by("-ended_at")[:PAGE]),
        below=Paginator(waiting, PAGE).get_page(number),
        below_done=counted["done"],
        below_open=counted["waiting"],
    )


def signs(user: User, pledge: Pledge) -> str:
    """Which side ``user`` may sign now: "lower", "upper" or ""."""
    posts = signing_posts(user)
    if pledge.state == "below" and pledge.lower_id == user.pk and pledge.lower_post_id in posts:
        return "lower"
    return "upper" if pledge.state == "above" and pledge.upper_post_id in posts else ""


def year_label(pledge: Pledge) -> str:
    return PledgeRules.of(content_of(pledge.rules)).label(pledge.year)


def progress(unit: Unit, number: Any = 1, *, sheets: Any = 1) -> Progress:
    """The present pledge year of ``unit``: its children in figures, its own sheets one by one."""
    rules = PledgeRules.of(content_of(current_rules()))
    year = rules.year_of(timezone.localdate())
    gaps = [slot for slot in slots(rules, below=unit.path) if slot.person is None]
    children = list(Unit.objects.filter(parent=unit).open_on(timezone.localdate()).order_by("path"))
    figures = _figures(unit, year)
    paths = dict(Unit.objects.filter(pk__in={slot.unit for slot in gaps}).values_list("pk", "path"))
    gap_paths = Counter(paths[slot.unit] for slot in gaps)
    tallies = [_tally(child, figures, gap_paths) for child in children]
    own = (
        Pledge.objects.standing()
        .filter(unit=unit, year=year)
        .select_related("lower_post__unit", "lower", "upper_post__unit", "upper")
        .order_by("pair", "id")
    )
    return Progress(
        unit=unit,
        above=list(Unit.objects.filter(code__in=unit.ancestor_codes()[:-1]).order_by("path")),
        label=rules.label(year),
        whole=_tally(unit, figures, gap_paths),
        children=Paginator(tallies, UNITS).get_page(number),
        own=Paginator(own, PAGE).get_page(sheets),
        gaps=_gap_lines([slot for slot in gaps if slot.unit == unit.pk]),
    )


def _figures(unit: Unit, year: int) -> dict[str, dict[str, int]]:
    """By path of each unit below: how many sheets, and how they stand."""
    rows = (
        Pledge.objects.standing()
        .filter(year=year, unit__path__startswith=unit.path)
        .order_by()
        .values("unit__path")
        .annotate(
            total=Count("pk"),
            signed=Count("pk", filter=Q(upper_signed_at__isnull=False)),
            below=Count("pk", filter=Q(lower_signed_at=None)),
            late=Count("pk", filter=Q(upper_signed_at=None, due_at__lte=timezone.now())),
        )
    )
    return {
        row["unit__path"]: {name: row[name] for name in ("total", "signed", "below", "late")}
        for row in rows
    }


def _tally(unit: Unit, figures: Mapping[str, Mapping[str, int]], gaps: Mapping[str, int]) -> Tally:
    under = [row for path, row in figures.items() if path.startswith(unit.path)]
    total, signed = _sum(under, "total"), _sum(under, "signed")
    below = _sum(under, "below")
    return Tally(
        unit=unit,
        total=total,
        signed=signed,
        below=below,
        above=total - signed - below,
        late=_sum(under, "late"),
        gaps=sum(n for path, n in gaps.items() if path.startswith(unit.path)),
        is_leaf=unit.is_school,
    )


def _sum(rows: Iterable[Mapping[str, int]], name: str) -> int:
    return sum(row[name] for row in rows)


def _gap_lines(vacant: Sequence[Slot]) -> list[GapLine]:
    words = capacity_words()
    by_post: dict[int, Slot] = {slot.post: slot for slot in vacant}
    posts = Post.objects.in_bulk(by_post)
    return [
        GapLine(
            post=posts[pk],
            pair=in_language({"zh": slot.pair.zh, "en": slot.pair.en}),
            capacity=words.get(slot.capacity, slot.capacity),
        )
        for pk, slot in by_post.items()
    ]
