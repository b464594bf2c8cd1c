"""Who leaves and who keeps what when a row is carried out; asked where nobody said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from safety.home.offices.matching import Choice
from safety.home.offices.sheets.cells import joins, keeps_others
from safety.home.offices.sheets.plan import (
    BESIDE,
    HERE,
    KEEPS,
    LEAVES,
    OTHERS,
    REPLACES,
    Question,
    Row,
)
from safety.posts.fitting import Beginning, day, exclusive_types
from safety.posts.models import Holding


class Held:
    """What the posts and people of a sheet hold now and later."""

    def __init__(self, rows: Sequence[Row], *, inside: tuple[str, ...], now: datetime) -> None:
        self._inside = inside
        posts = {row.post.pk for row in rows if row.post}
        people = {row.person.pk for row in rows if row.person and not row.is_new_person}
        self.exclusive = exclusive_types()
        self._by_post: dict[int, list[Holding]] = defaultdict(list)
        self._by_person: dict[int, list[Holding]] = defaultdict(list)
        known = Holding.objects.select_related("post__unit", "person").order_by("starts_at", "pk")
        first = min([now, *(row.starts_at for row in rows if row.starts_at)])
        for holding in known.filter(post__in=posts).ending_after(first):
            self._by_post[holding.post_id].append(holding)
        for holding in known.filter(person__in=people).ending_after(first):
            self._by_person[holding.person_id].append(holding)

    def of_post(self, row: Row) -> list[Holding]:
        return _after(self._by_post[row.post.pk], row.starts_at) if row.post else []

    def there(self, row: Row) -> list[Holding]:
        """Whom the row meets in its post: a full holder also ends whoever acted meanwhile."""
        kinds = {row.kind}
        if row.kind == Holding.Kind.PRINCIPAL or row.name.is_nobody:
            kinds = {Holding.Kind.PRINCIPAL.value, Holding.Kind.ACTING.value}
        return [h for h in self.of_post(row) if h.kind in kinds]

    def own_otherwise(self, row: Row) -> list[Holding]:
        """What the person of the row holds in this post, as another kind."""
        person = row.person.pk if row.person else None
        return [h for h in self.of_post(row) if h.person_id == person and h.kind != row.kind]

    def of_person(self, row: Row) -> list[Holding]:
        """Only what lies in the reach of whoever made the sheet; the rest is others' to end."""
        found = _after(self._by_person[row.person.pk], row.starts_at) if row.person else []
        return [h for h in found if h.post.unit.path.startswith(self._inside)]


def _after(holdings: Iterable[Holding], moment: datetime | None) -> list[Holding]:
    if moment is None:
        return []
    return [h for h in holdings if h.ends_at is None or h.ends_at > moment]


def decide_post(row: Row, held: Held, answers: Mapping[str, str]) -> None:
    """Who leaves this post: of an exclusive one everybody of that kind, else it is asked.

    Whoever held it as something else (acting until now, or B角) does so no longer.
    """
    if row.post is None or row.starts_at is None:
        return
    for own in held.own_otherwise(row):
        row.ends.append(own)
        row.says.append(
            _("%(name)s was %(kind)s there until then")
            % {"name": own.person.name, "kind": own.get_kind_display()}
        )
    there = held.there(row)
    if row.name.is_nobody:
        row.ends += there
        row.says += [
            _("%(name)s leaves; the post is vacant") % {"name": h.person.name} for h in there
        ]
        if not there:
            row.says.append(_("no change: the post is vacant already"))
        return
    others = [h for h in there if row.person is None or h.person_id != row.person.pk]
    if not others:
        return
    names = "、".join(h.person.name for h in others)
    choice = _stay(row, names, answers, is_exclusive=row.post.kind in held.exclusive)
    if choice == REPLACES:
        row.ends += others
        row.says.append(_("%(names)s leaves") % {"names": names})
    elif choice == BESIDE:
        row.says.append(_("beside %(names)s") % {"names": names})


def _stay(row: Row, names: str, answers: Mapping[str, str], *, is_exclusive: bool) -> str:
    """Whether the present holders are replaced or stay; "" while nobody said."""
    said = False if is_exclusive else joins(row.texts["note"])
    if said is not None:
        return BESIDE if said else REPLACES
    key = f"{row.line}:{HERE}"
    choice = answers.get(key, "")
    row.questions.append(
        Question(
            key=key,
            text=_("%(names)s holds this post now.") % {"names": names},
            choices=[
                Choice(value=REPLACES, label=_("is replaced")),
                Choice(value=BESIDE, label=_("stays, both hold it")),
            ],
            chosen=choice if choice in (REPLACES, BESIDE) else "",
        )
    )
    return choice


def decide_others(row: Row, held: Held, answers: Mapping[str, str], *, ended: set[int]) -> None:
    """What the person held elsewhere: left, or kept beside (兼任); asked where nobody said."""
    if row.person is None or row.post is None or row.kind == Holding.Kind.DEPUTY:
        return
    others = [
        h
        for h in held.of_person(row)
        if h.post_id != row.post.pk and h.pk not in ended and h.kind != Holding.Kind.DEPUTY
    ]
    if not others:
        return
    key, posts = f"{row.line}:{OTHERS}", "、".join(str(h.post) for h in others)
    said = keeps_others(f"{row.name.remark} {row.texts['note']}")
    choice = answers.get(key, "") if said is None else (KEEPS if said else LEAVES)
    if said is None:
        row.questions.append(
            Question(
                key=key,
                text=_("%(name)s also holds: %(posts)s.")
                % {"name": row.person.name, "posts": posts},
                choices=[
                    Choice(value=LEAVES, label=_("leaves all that on this day")),
                    Choice(value=KEEPS, label=_("keeps it as well")),
                ],
                chosen=choice if choice in (LEAVES, KEEPS) else "",
            )
        )
    if choice == LEAVES:
        row.ends += others
        row.says.append(_("leaves %(posts)s") % {"posts": posts})
    elif choice == KEEPS:
        row.says.append(_("keeps %(posts)s") % {"posts": posts})


def decide_beginning(row: Row, held: Held, now: datetime) -> None:
    if row.person is None or row.post is None or row.starts_at is None:
        return
    own = [h for h in held.of_post(row) if h.person_id == row.person.pk and h.kind == row.kind]
    if any(h.starts_at <= row.starts_at and h.ends_at is None for h in own):
        row.says.append(_("no change: holds this post already"))
        return
    row.begins = Beginning(
        post=row.post,
        person=row.person,
        kind=row.kind,
        starts_at=row.starts_at,
        note=row.texts["note"],
    )
    row.says.insert(
        0,
        _("%(name)s takes office on %(day)s")
        % {"name": row.person.name, "day": day(row.starts_at)},
    )
    if row.starts_at < now:
        row.says.append(_("back-dated"))
