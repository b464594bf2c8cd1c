"""New people, many at once: an account each, and a one-time password where it may be told."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher, make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from safety.errors import Problem, Refused
from safety.ledger.actions import Actor, Fact, record
from safety.people.models import User

# 64 random bits need no slow hash; two thousand accounts at once do need a quick one: nobody
# else writes meanwhile. The first sign-in brings even this password to full strength.
ROUNDS = 1_000


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """Somebody without an account. The phone is the user name; ``password`` may be empty."""

    name: str
    phone: str
    password: str = ""


def one_time_password() -> str:
    """Easy to read out, impossible to guess."""
    return "-".join(secrets.token_hex(2) for _ in range(4))


def _encoded(password: str) -> str:
    if not password:
        return make_password(None)
    hasher = get_hasher()
    if isinstance(hasher, PBKDF2PasswordHasher):
        return hasher.encode(password, hasher.salt(), iterations=ROUNDS)
    return make_password(password)


def _taken(phones: Collection[str]) -> set[str]:
    return set(User.objects.filter(username__in=phones).values_list("username", flat=True))


def _refused(phones: Collection[str]) -> Refused:
    return Refused.of(
        Problem(
            field="phone",
            value=phone,
            message=_("Somebody has this number as user name already."),
            remedy=_("Correct the number, or choose that person."),
        )
        for phone in sorted(phones)
    )


@transaction.atomic
def join(*, newcomers: Sequence[Newcomer], actor: Actor) -> list[User]:
    """Create an account for each, in the given order. Raises ``Refused`` for taken numbers."""
    phones = [one.phone for one in newcomers]
    twice = {phone for phone, count in Counter(phones).items() if count > 1}
    taken = twice or _taken(phones)
    if taken:
        raise _refused(taken)
    people = [
        User(
            username=one.phone,
            name=one.name,
            phone=one.phone,
            password=_encoded(one.password),
            must_change_password=bool(one.password),
        )
        for one in newcomers
    ]
    try:
        with transaction.atomic():
            made = User.objects.bulk_create(people)
    except IntegrityError as error:  # somebody else made one of them at the same moment
        raise _refused(_taken(phones)) from error
    record(
        actor=actor,
        facts=[
            Fact(verb="person.joined", subject_kind="person", subject_ref=str(user.pk), body={})
            for user in made
        ],
    )
    return made


@transaction.atomic
def change_phone(*, user: User, phone: str, actor: Actor) -> None:
    """The person is reached under another number from now on; the user name stays."""
    before = user.phone
    User.objects.filter(pk=user.pk).update(phone=phone)
    user.phone = phone
    record(
        actor=actor,
        facts=[
            Fact(
                verb="person.phone_changed",
                subject_kind="person",
                subject_ref=str(user.pk),
                body={"before": before, "after": phone},
            )
        ],
    )
