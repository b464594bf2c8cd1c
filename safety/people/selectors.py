from __future__ import annotations

from safety.people.actions import digest
from safety.people.models import User


def bearer(secret: str) -> User | None:
    """The active person behind a bearer token, if it is known and not revoked."""
    return User.objects.filter(
        is_active=True,
        api_tokens__digest=digest(secret),
        api_tokens__revoked_at=None,
    ).first()
