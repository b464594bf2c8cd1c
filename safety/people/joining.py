"""New people, many at once: an account each, and a one-time password where it may be told."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher, make_password
from django.db import transaction
from django.utils.translation import gettext as _

from safety.errors import Problem, Refused
from safety.ledger.actions import Actor, Fact, record
from safety.people.models import User

# 64 random bits need no slow hash; hundreds of accounts at once do need a quick one.
# The first sign-in brings the password that the person chose to full strength.
ROUNDS = 20_000


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


@transaction.atomic
def join(*, newcomers: Sequence[Newcomer], actor: Actor) -> list[User]:
    """Create an account for each, in the given order. Raises ``Refused`` for taken numbers."""
    phones = [one.phone for one in newcomers]
    taken = set(User.objects.filter(username__in=phones).values_list("username", flat=True))
    if taken or len(set(phones)) != len(phones):
        raise Refused.of(
            Problem(
                field="phone",
                value=phone,
                message=_("Somebody has this number as user name already."),
                remedy=_("Correct the number, or choose that person."),
            )
            for phone in sorted(taken or {p for p in phones if phones.count(p) > 1})
        )
    made = User.objects.bulk_create(
        [
            User(
                username=one.phone,
                name=one.name,
                phone=one.phone,
                password=_encoded(one.password),
                must_change_password=bool(one.password),
            )
            for one in newcomers
        ]
    )
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
