"""Whether holdings fit: no exclusive post twice at once, nobody in two trees, nothing impossible.

Everything is read once for any number of changes and compared in memory, so that
one appointment and a sheet of hundreds obey the same rules and tell the same reasons.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from safety.errors import Problem
from safety.people.models import User
from safety.posts.models import Holding, Post
from safety.rules.models import RuleBook
from safety.rules.selectors import content_of, current_rules
from safety.units.models import Unit


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """``person`` takes ``post``. Both rows are saved, the holding is not made yet."""

    post: Post
    person: User
    starts_at: datetime
    ends_at: datetime | None = None
    kind: str = Holding.Kind.PRINCIPAL
    rank: int = 0
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Span:
    """A holding as it would be after the changes."""

    post: Post
    person: User
    kind: str
    starts_at: datetime
    ends_at: datetime | None

    def overlaps(self, other: Span | Beginning) -> bool:
        return (other.ends_at is None or self.starts_at < other.ends_at) and (
            self.ends_at is None or other.starts_at < self.ends_at
        )


def exclusive_types() -> frozenset[str]:
    """The post types that only one person holds at a time, as the rule book says."""
    if not RuleBook.objects.exists():
        return frozenset()
    book = content_of(current_rules())
    return frozenset(t["code"] for t in book["posts"]["post"] if t.get("exclusive", False))


@dataclass(kw_only=True)
class Picture:
    """The holdings that matter for some changes, by post and by person."""

    by_post: dict[int, list[Span]] = field(default_factory=lambda: defaultdict(list))
    by_person: dict[int, list[Span]] = field(default_factory=lambda: defaultdict(list))
    bureaus: tuple[str, ...] = ()

    def add(self, span: Span) -> None:
        self.by_post[span.post.pk].append(span)
        self.by_person[span.person.pk].append(span)

    def is_one_tree(self, one: Unit, other: Unit) -> bool:
        """Whether one person may hold posts of both: one above the other, or of one bureau."""
        if one.path.startswith(other.path) or other.path.startswith(one.path):
            return True
        return self._bureau_of(one) == self._bureau_of(other)

    def _bureau_of(self, unit: Unit) -> str:
        """The path of the bureau nearest above, or of the unit if it is one."""
        return max((path for path in self.bureaus if unit.path.startswith(path)), key=len)


def picture_of(beginnings: Sequence[Beginning], ends: Mapping[int, datetime | None]) -> Picture:
    """What is held around ``beginnings``, with the new ``ends`` (by id of the holding) applied."""
    posts = {b.post.pk for b in beginnings}
    people = {b.person.pk for b in beginnings if b.person.pk}
    seen: dict[int, Holding] = {}
    rows = Holding.objects.select_related("post__unit", "person")
    for found in (rows.filter(post__in=posts), rows.filter(person__in=people)):
        seen |= {holding.pk: holding for holding in found}
    bureaus = Unit.objects.exclude(kind__in=Unit.SCHOOL_KINDS).values_list("path", flat=True)
    picture = Picture(bureaus=tuple(bureaus))
    for holding in seen.values():
        end = ends.get(holding.pk, holding.ends_at)
        if end is not None and end <= holding.starts_at:
            continue  # taken back before it began
        picture.add(
            Span(
                post=holding.post,
                person=holding.person,
                kind=holding.kind,
                starts_at=holding.starts_at,
                ends_at=end,
            )
        )
    return picture


def misfits(beginning: Beginning, picture: Picture, *, exclusive: frozenset[str]) -> list[Problem]:
    """Everything that speaks against ``beginning``; empty when it fits."""
    found = [*_impossible(beginning)]
    found += _doubles(beginning, picture)
    found += _occupied(beginning, picture, exclusive)
    found += _elsewhere(beginning, picture)
    return found


def _impossible(new: Beginning) -> list[Problem]:
    found = []
    if new.ends_at is not None and new.ends_at <= new.starts_at:
        found.append(
            Problem(
                field="ends_at",
                value=day(new.ends_at),
                message=_("The holding would end before it begins."),
                remedy=_("Choose a later end, or leave it open."),
            )
        )
    if new.post.abolished_at is not None and new.starts_at >= new.post.abolished_at:
        found.append(
            Problem(
                field="post",
                value=str(new.post),
                message=_("This post was abolished."),
                remedy=_("Choose the post that took over its work."),
            )
        )
    if not new.post.unit.is_open_on(timezone.localdate(new.starts_at)):
        found.append(
            Problem(
                field="unit",
                value=new.post.unit.name,
                message=_("The unit does not exist on that day."),
                remedy=_("Check the date, or choose the unit that took over."),
            )
        )
    if not new.person.is_active:
        found.append(
            Problem(
                field="person",
                value=new.person.name,
                message=_("This person is shut out and could not answer."),
                remedy=_("Let the person in again first, under People and devices."),
            )
        )
    return found


def _doubles(new: Beginning, picture: Picture) -> list[Problem]:
    held = picture.by_person.get(new.person.pk, ())
    same = [s for s in held if s.post.pk == new.post.pk and s.overlaps(new)]
    return [
        Problem(
            field="person",
            value=new.person.name,
            message=_("%(name)s already holds this post: %(span)s.")
            % {"name": new.person.name, "span": span_words(span)},
            remedy=_("End that holding first, or choose another date."),
        )
        for span in same[:1]
    ]


def _occupied(new: Beginning, picture: Picture, exclusive: frozenset[str]) -> list[Problem]:
    if new.post.kind not in exclusive or new.kind == Holding.Kind.DEPUTY:
        return []
    others = [
        span
        for span in picture.by_post.get(new.post.pk, ())
        if span.kind == new.kind and span.person.pk != new.person.pk and span.overlaps(new)
    ]
    return [
        Problem(
            field="post",
            value=str(new.post),
            message=_("Only one person holds this post at a time: %(name)s, %(span)s.")
            % {"name": span.person.name, "span": span_words(span)},
            remedy=_("Let that holding end on the day the new one begins."),
        )
        for span in others
    ]


def _elsewhere(new: Beginning, picture: Picture) -> list[Problem]:
    others = [
        span
        for span in picture.by_person.get(new.person.pk, ())
        if span.overlaps(new) and not picture.is_one_tree(span.post.unit, new.post.unit)
    ]
    return [
        Problem(
            field="person",
            value=new.person.name,
            message=_("%(name)s holds a post outside this unit's tree: %(post)s, %(span)s.")
            % {"name": new.person.name, "post": span.post, "span": span_words(span)},
            remedy=_("Let that holding end on the day the new one begins."),
        )
        for span in others
    ]


def span_of(beginning: Beginning) -> Span:
    return Span(
        post=beginning.post,
        person=beginning.person,
        kind=beginning.kind,
        starts_at=beginning.starts_at,
        ends_at=beginning.ends_at,
    )


def problems_of(
    beginnings: Sequence[Beginning], ends: Mapping[int, datetime | None]
) -> list[list[Problem]]:
    """What speaks against each of ``beginnings``, among them those before it in the list."""
    picture, exclusive = picture_of(beginnings, ends), exclusive_types()
    found = []
    for beginning in beginnings:
        found.append(misfits(beginning, picture, exclusive=exclusive))
        picture.add(span_of(beginning))
    return found


def span_words(span: Span | Holding) -> str:
    """From which day on, or from when to when."""
    if span.ends_at is None:
        return _("since %(start)s") % {"start": day(span.starts_at)}
    return _("%(start)s to %(end)s") % {"start": day(span.starts_at), "end": day(span.ends_at)}


def day(moment: datetime) -> str:
    """The day, and the minute where it is not midnight."""
    local = timezone.localtime(moment)
    is_midnight = (local.hour, local.minute) == (0, 0)
    return local.strftime("%Y-%m-%d" if is_midnight else "%Y-%m-%d %H:%M")
