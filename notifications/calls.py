"""Whom to call for an obligation, and how to reach them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.access import Sight
from notifications.models import Obligation
from notifications.words import capacity_word, level_word
from safety.people.models import User
from safety.posts.access import posts_held
from safety.posts.seats import seated
from safety.units.models import Unit


@dataclass(frozen=True, kw_only=True)
class Callee:
    """Who is called: the person addressed while in office, else whoever holds the post now.

    ``hidden``: names would tell a sealed category, so ``name`` is "", ``post`` is the
    capacity only, and numbers stand alone. ``through_duty``: a number of the school
    would tell which it is, so ``phone`` is that of the duty room above it.
    ``is_vacant``: nobody holds the post.
    """

    name: str
    hidden: bool
    is_vacant: bool
    phone: str
    post: str
    unit: str
    words: Mapping[str, Any]
    through_duty: bool = False
    other_phones: tuple[tuple[str, str], ...] = ()


def callee_of(obligation: Obligation, *, sight: Sight) -> Callee:
    """Raises ``ValueError`` for what no alert asks for: nobody is called about that."""
    alert = obligation.alert
    if alert is None:
        raise ValueError("only what an alert asks for is answered by telephone")
    people = _people(obligation)
    first = people[0] if people else None
    post = obligation.post
    hidden = sight.hides_posts(alert)
    school_hidden = obligation.unit.is_school and sight.hides_school(alert)
    through_duty = hidden and obligation.unit.is_school
    own_phone = first.phone if first else ""
    return Callee(
        name=first.name if first and not hidden else "",
        hidden=hidden,
        is_vacant=first is None,
        phone=_duty_phone_above(obligation.unit) if through_duty else own_phone,
        post=post.name if post and not hidden else capacity_word(obligation.capacity),
        unit=level_word(obligation.level) if school_hidden else obligation.unit.label,
        words=sight.words(alert),
        through_duty=through_duty,
        other_phones=tuple(
            (_("Phone") if hidden else name, number)
            for name, number in (() if school_hidden else _other_phones(obligation, people[1:]))
        ),
    )


def _duty_phone_above(school: Unit) -> str:
    """The number of the nearest duty room above ``school``."""
    above = Unit.objects.filter(code__in=school.ancestor_codes()[:-1])
    bureaus = above.exclude(kind__in=Unit.SCHOOL_KINDS).exclude(duty_phone="")
    return bureaus.order_by("-path").values_list("duty_phone", flat=True).first() or ""


def _people(obligation: Obligation) -> list[User]:
    """Who answers for the post now; the person addressed first, if still among them."""
    post, addressed = obligation.post, obligation.person
    if post is None:
        return []
    people = [seat.person for seat in seated([post.pk], at=timezone.now())]
    if addressed is not None and posts_held(addressed).filter(pk=post.pk).exists():
        people = [addressed, *people]
    return list(dict.fromkeys(people))


def _other_phones(obligation: Obligation, others: list[User]) -> Iterator[tuple[str, str]]:
    yield from ((person.name, person.phone) for person in others if person.phone)
    if obligation.post is not None and obligation.post.phone:
        yield (obligation.post.name, obligation.post.phone)
    if obligation.unit.duty_phone:
        yield (obligation.unit.label, obligation.unit.duty_phone)
