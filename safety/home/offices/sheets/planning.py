"""What a sheet would do, row by row: every change, every question, every problem.

Nothing is written here. The same plan is made for the preview and again inside the
transaction that applies it; ``digest`` tells whether both say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from safety.errors import Problem
from safety.home.offices.matching import Match, People
from safety.home.offices.sheets.cells import Name, day_of, kind_of, name_of, phone_of
from safety.home.offices.sheets.deciding import Held, decide_beginning, decide_others, decide_post
from safety.home.offices.sheets.places import Places
from safety.home.offices.sheets.plan import WHO, Question, Row, SheetPlan
from safety.home.offices.sheets.reading import COLUMNS
from safety.people.models import User
from safety.posts.fitting import problems_of
from safety.posts.keys import with_known_keys
from safety.posts.raising import Gain, gains_of, raises
from safety.posts.tenure import NewEnd

_NARROW = str.maketrans("\uff08\uff09", "()")
_WIDE = str.maketrans("()", "\uff08\uff09")


def plan_sheet(
    rows: Sequence[Sequence[Any]],
    *,
    answers: Mapping[str, str],
    starts_on: date | None,
    inside: tuple[str, ...],
    user: User,
    now: datetime,
) -> SheetPlan:
    """The plan of ``rows`` (line number, then texts after ``COLUMNS``) of ``user``.

    ``inside`` is where ``user`` may change who holds posts.
    """
    found = [_read(row, starts_on) for row in rows]
    places = Places(inside, (row.texts["unit"] for row in found))
    people = People(
        (
            (name, row.phone)
            for row in found
            if not row.name.is_nobody
            for name in (row.name.text, *_whole_names(row))
        ),
        inside=inside,
        now=now,
    )
    numbers = _Numbers()
    for row in found:
        _take_whole_name(row, people)
        _place(row, places)
        _person(row, people, answers, numbers)
    held = Held(found, inside=inside, now=now)
    for row in found:
        decide_post(row, held, answers)
    ended = {h.pk for row in found for h in row.ends}
    for row in found:
        decide_others(row, held, answers, ended=ended)
        ended.update(h.pk for h in row.ends)
    for row in found:
        decide_beginning(row, held, now)
    ends = _all_ends(found)
    _fit(found, ends, user)
    return SheetPlan(rows=found, ends=ends)


def _read(row: Sequence[Any], starts_on: date | None) -> Row:
    texts = dict(zip(COLUMNS, row[1:], strict=True))
    name = name_of(texts["person"])
    phone = phone_of(texts["phone"])
    note = f"{name.remark} {texts['note']}"
    read = Row(line=row[0], texts=texts, name=name, phone=phone or "", kind=kind_of(note))
    if phone is None and not name.is_nobody:
        read.wrong(
            "phone",
            texts["phone"],
            _("This is not one mobile number."),
            _("Write the eleven digits of one number."),
        )
    if name.is_several:
        read.wrong(
            "person", texts["person"], _("Several names stand here."), _("Write one name a row.")
        )
    on = day_of(texts["starts"]) if texts["starts"] else starts_on
    if on is None:
        read.wrong(
            "starts",
            texts["starts"],
            _("This is not a day with its year.") if texts["starts"] else _("The date is missing."),
            _("Write it like 2026-09-01, or set one date for the whole sheet."),
        )
    else:
        read.starts_at = timezone.make_aware(datetime.combine(on, time()))
    return read


def _whole_names(row: Row) -> Iterator[str]:
    """The name with what stands in brackets behind it, in both widths of brackets."""
    if row.name.remark and not row.name.is_several:
        whole = row.texts["person"].strip()
        yield from {whole, whole.translate(_NARROW), whole.translate(_WIDE)}


def _take_whole_name(row: Row, people: People) -> None:
    """Brackets hold a remark, unless somebody is called so, brackets and all."""
    for whole in _whole_names(row):
        if people.knows(whole, row.phone):
            row.name = Name(text=whole)
            row.kind = kind_of(row.texts["note"])
            return


def _place(row: Row, places: Places) -> None:
    found = places.find(row.texts["unit"], row.texts["post"])
    if isinstance(found, Problem):
        row.problems.append(found)
    else:
        row.post = found


class _Numbers:
    """The numbers that the sheet gives out anew, to newcomers and to known people."""

    def __init__(self) -> None:
        self._owners: dict[str, User] = {}
        self._of: dict[int, str] = {}
        self._made = 0

    def newcomer(self, name: str, phone: str) -> User:
        """Somebody without an account, the same for every row with this name and number."""
        known = self._owners.get(phone)
        if known is not None and known.name == name and (known.pk or 0) < 0:
            return known
        self._made += 1
        return User(pk=-self._made, username=phone, name=name, phone=phone)

    def give(self, row: Row, user: User) -> bool:
        """Whether ``user`` may have the number of ``row``; else the row is told why not."""
        owner = self._owners.setdefault(row.phone, user)
        if owner.pk != user.pk:
            row.wrong(
                "phone",
                row.phone,
                _("Another row gives this number to %(name)s.") % {"name": owner.name},
                _("Correct the number or the name."),
            )
        elif self._of.setdefault(user.pk, row.phone) != row.phone:
            row.wrong(
                "phone",
                row.phone,
                _("Another row gives %(name)s the number %(phone)s.")
                % {"name": user.name, "phone": self._of[user.pk]},
                _("Write one number in all rows of this person."),
            )
        else:
            return True
        return False


def _person(row: Row, people: People, answers: Mapping[str, str], numbers: _Numbers) -> None:
    if row.name.is_nobody or row.name.is_several or any(p.field == "phone" for p in row.problems):
        return
    key = f"{row.line}:{WHO}"
    match: Match = people.match(row.name.text, row.phone, answer=answers.get(key, ""))
    if match.problem is not None:
        row.problems.append(match.problem)
    row.person = match.person
    if match.is_new:
        newcomer = numbers.newcomer(row.name.text, row.phone)
        if numbers.give(row, newcomer):
            row.person = newcomer
            row.says.append(_("new account, user name %(phone)s") % {"phone": row.phone})
    elif match.new_phone and match.person is not None and numbers.give(row, match.person):
        row.new_phone = True
        row.says.append(_("new number %(phone)s") % {"phone": row.phone})
    if match.choices:
        is_chosen = match.person is not None or match.is_new
        row.questions.append(
            Question(
                key=key,
                text=_("Who is %(name)s?") % {"name": row.name.text},
                choices=match.choices,
                chosen=answers.get(key, "") if is_chosen else "",
            )
        )


def _all_ends(rows: Iterable[Row]) -> dict[int, NewEnd]:
    """Each holding ends once: on the earliest of the days that rows give."""
    ends: dict[int, NewEnd] = {}
    for row in rows:
        for holding in row.ends:
            known = ends.get(holding.pk)
            if row.starts_at and (
                known is None or (known.ends_at or row.starts_at) > row.starts_at
            ):
                ends[holding.pk] = NewEnd(holding=holding, ends_at=row.starts_at)
    return ends


def _fit(rows: Sequence[Row], ends: Mapping[int, NewEnd], user: User) -> None:
    """Let the rules of holdings speak; what is open or wrong already is not asked again."""
    ready = [row for row in rows if row.begins is not None]
    begun = [row.begins for row in ready if row.begins]
    found = problems_of(begun, {pk: end.ends_at for pk, end in ends.items()})
    for row, misfits, rises in zip(ready, found, raises(user, begun), strict=True):
        row.problems += rises
        if not row.is_open:
            row.problems += misfits
    _tell_of_passwords(ready, gains_of(begun))


def _tell_of_passwords(rows: Sequence[Row], gains: Sequence[Sequence[Gain]]) -> None:
    """Whose sign-in will be shut is said before it happens."""
    known = {user.pk for user in with_known_keys([gain for found in gains for gain in found])}
    for row, found in zip(rows, gains, strict=True):
        if any(gain.person in known for gain in found):
            row.says.append(
                _("a password that somebody gave out who may not do as much is withdrawn")
            )
