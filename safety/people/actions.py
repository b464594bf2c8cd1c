"""What changes about people and their keys."""

from __future__ import annotations

import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from safety.ledger.actions import Actor, Fact, record
from safety.people.models import ApiToken, User


def digest(secret: str) -> str:
    """What is stored of a token: enough to recognise it, nothing to use it with."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def create_token(*, user: User, label: str, actor: Actor) -> str:
    """Make an API token for ``user`` and return it; it can never be shown again."""
    secret = secrets.token_urlsafe(32)
    token = ApiToken.objects.create(user=user, label=label, digest=digest(secret))
    _tell(actor, "token.created", user, label=label, token=token.pk)
    return secret


@transaction.atomic
def revoke_tokens(*, user: User, actor: Actor) -> int:
    """Withdraw every token of ``user``; return how many were in force."""
    count = user.api_tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
    if count:
        _tell(actor, "token.revoked", user, tokens=count)
    return count


@transaction.atomic
def reset_password(*, user: User, actor: Actor) -> str:
    """Give ``user`` a one-time password that must be changed after sign-in; return it.

    Whoever had the old one may have made or read tokens: they are withdrawn too.
    """
    password = "-".join(secrets.token_hex(2) for _ in range(3))
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    _tell(actor, "password.reset", user)
    revoke_tokens(user=user, actor=actor)
    return password


@transaction.atomic
def withdraw_password(*, user: User, actor: Actor) -> None:
    """No password opens the sign-in of ``user`` until a new one is given; every session ends."""
    user.set_unusable_password()
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    _tell(actor, "password.withdrawn", user)
    revoke_tokens(user=user, actor=actor)


@transaction.atomic
def change_password(*, user: User, password: str) -> None:
    """Set the password that ``user`` chose; a one-time password is used up by it."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    _tell(Actor(kind="person", ref=str(user.pk)), "password.changed", user)


@transaction.atomic
def set_active(*, user: User, active: bool, actor: Actor) -> None:
    """Let a person in or shut every door at once."""
    user.is_active = active
    user.save(update_fields=["is_active"])
    _tell(actor, "person.activated" if active else "person.deactivated", user)


def _tell(actor: Actor, verb: str, user: User, **body: object) -> None:
    record(
        actor=actor,
        facts=[Fact(verb=verb, subject_kind="person", subject_ref=str(user.pk), body=body)],
    )
