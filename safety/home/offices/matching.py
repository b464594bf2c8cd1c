"""Who is meant by a name and a number: found, new, to be asked about, or wrong. Never guessed.

A number decides, if the name beside it is the same. A name alone never does: people of
the same name are shown with their posts, and somebody chooses.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from safety.errors import Problem
from safety.people.models import User
from safety.posts.access import people_beyond
from safety.posts.models import Holding
from safety.units.imports.cells import name_key
from safety.units.models import Unit

NEW = "new"


@dataclass(frozen=True, kw_only=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Match:
    """One of: ``person``; ``is_new``; ``choices`` to ask about; ``problem``.

    ``new_phone``: the person was chosen by name and has another number from now on; with
    a ``problem`` where that number is not to be changed.
    """

    person: User | None = None
    is_new: bool = False
    choices: Sequence[Choice] = ()
    problem: Problem | None = None
    new_phone: bool = False


class People:
    """Everybody who could be meant by some names and numbers, read once."""

    def __init__(
        self, wanted: Iterable[tuple[str, str]], *, inside: tuple[str, ...], now: datetime
    ) -> None:
        pairs = list(wanted)
        phones = {phone for _name, phone in pairs if phone}
        names = {name for name, _phone in pairs if name}
        units = Unit.objects.under(*inside).values("pk")
        held = Holding.objects.ending_after(now).filter(person=OuterRef("pk"))
        # A name alone finds the own people and those who hold nothing yet, never others'.
        near = Exists(held.filter(post__unit__in=units)) | ~Exists(held)
        by_number = Q(phone__in=phones) | Q(username__in=phones)
        found = {
            user.pk: user
            for rows in (
                User.objects.filter(by_number),
                User.objects.filter(near, name__in=names, is_active=True),
            )
            for user in rows
        }
        self._by_number: dict[str, list[User]] = defaultdict(list)
        self._by_name: dict[str, list[User]] = defaultdict(list)
        for user in sorted(found.values(), key=lambda one: one.pk):
            for number in {user.phone, user.username} & phones:
                self._by_number[number].append(user)
            self._by_name[name_key(user.name)].append(user)
        self._posts = _posts_of(found.keys(), inside=inside, now=now)
        beyond = people_beyond(inside, at=now).filter(pk__in=found.keys())
        self._beyond = frozenset(beyond.values_list("pk", flat=True))

    def knows(self, name: str, phone: str) -> bool:
        """Whether somebody is called exactly ``name``; a known number says of whom it is asked."""
        called = self._by_number[phone] or self._by_name[name_key(name)]
        return any(user.is_active and name_key(user.name) == name_key(name) for user in called)

    def match(self, name: str, phone: str, *, answer: str = "") -> Match:
        """Whom ``name`` and ``phone`` mean; ``answer`` is what was chosen of the choices."""
        if not name:
            return _wrong("person", name, _("The name is missing."), _("Write one name a row."))
        same_name = [u for u in self._by_name[name_key(name)] if u.is_active]
        if not phone:
            return self._by_name_only(name, same_name, answer)
        return self._by_number_first(name, phone, same_name, answer)

    def _by_number_first(
        self, name: str, phone: str, same_name: Sequence[User], answer: str
    ) -> Match:
        numbered = self._by_number[phone]
        both = [user for user in numbered if name_key(user.name) == name_key(name)]
        if len(both) == 1:
            return Match(person=both[0])
        if both:
            return self._ask(both, answer, may_be_new=False)
        if numbered:
            return _wrong(
                "phone",
                phone,
                _("This number belongs to somebody with another name."),
                _("Correct the number or the name."),
            )
        if not same_name:
            return Match(is_new=True)
        return self._ask(same_name, answer, may_be_new=True)

    def _by_name_only(self, name: str, same_name: Sequence[User], answer: str) -> Match:
        if not same_name:
            return _wrong(
                "phone",
                "",
                _("%(name)s is not known here, and there is no number.") % {"name": name},
                _("Write the mobile number: it finds the person, or becomes the new user name."),
            )
        return self._ask(same_name, answer, may_be_new=False)

    def _ask(self, people: Sequence[User], answer: str, *, may_be_new: bool) -> Match:
        chosen = next((user for user in people if answer == str(user.pk)), None)
        if chosen is not None:
            return Match(
                person=chosen,
                choices=self._choices(people, may_be_new),
                new_phone=may_be_new,
                problem=self._foreign(chosen) if may_be_new else None,
            )
        if may_be_new and answer == NEW:
            return Match(is_new=True, choices=self._choices(people, may_be_new))
        return Match(choices=self._choices(people, may_be_new))

    def _foreign(self, user: User) -> Problem | None:
        """Alarms reach people by their number: it is changed where they are managed wholly."""
        if user.pk not in self._beyond:
            return None
        return number_is_not_yours(
            user, _("Leave the cell of the number empty, or write the one that is known.")
        )

    def _choices(self, people: Sequence[User], may_be_new: bool) -> list[Choice]:  # noqa: FBT001 - one caller
        found = [Choice(value=str(user.pk), label=self._label(user)) for user in people]
        if may_be_new:
            found.append(Choice(value=NEW, label=_("somebody else of this name: a new account")))
        return found

    def _label(self, user: User) -> str:
        posts = self._posts.get(user.pk, ())
        what = "、".join(posts) or _("no post in your units")
        number = _("number ends in %(digits)s") % {"digits": user.phone[-4:]} if user.phone else ""
        return " · ".join(part for part in (user.name, what, number) if part)


def number_is_not_yours(user: User, remedy: str) -> Problem:
    said = _("%(name)s also answers outside your units: the number is not yours to change.")
    return Problem(
        field="phone", value=user.name, message=said % {"name": user.name}, remedy=remedy
    )


def _posts_of(
    people: Iterable[int], *, inside: tuple[str, ...], now: datetime
) -> Mapping[int, list[str]]:
    rows = Holding.objects.ending_after(now).filter(person__in=list(people))
    near = rows.filter(post__unit__in=Unit.objects.under(*inside).values("pk"))
    found: dict[int, list[str]] = defaultdict(list)
    for holding in near.select_related("post__unit").order_by("post_id"):
        found[holding.person_id].append(str(holding.post))
    return found


def _wrong(field: str, value: str, message: str, remedy: str) -> Match:
    return Match(problem=Problem(field=field, value=value, message=message, remedy=remedy))
