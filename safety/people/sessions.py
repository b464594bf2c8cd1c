"""Who is behind a session key, asked for many keys at once.

A request asks Django for its user; a socket lives for hours and must be asked
about again and again. Same rules as ``django.contrib.auth.get_user``, plus one:
whoever must still choose a password is let in nowhere.
"""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from safety.people.models import User


def signed_in(session_keys: Collection[str]) -> dict[str, int]:
    """Map each key whose session is alive, and whose person may be here, to the person's id."""
    sessions = Session.objects.filter(
        session_key__in=set(session_keys), expire_date__gt=timezone.now()
    )
    found = {session.session_key: session.get_decoded() for session in sessions}
    owners = {
        key: content[SESSION_KEY]
        for key, content in found.items()
        if content.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
    }
    people = {
        str(user.pk): user
        for user in User.objects.filter(
            pk__in=set(owners.values()), is_active=True, must_change_password=False
        )
    }
    return {
        key: people[owner].pk
        for key, owner in owners.items()
        if owner in people and _same_password(people[owner], found[key].get(HASH_SESSION_KEY, ""))
    }


def _same_password(user: User, kept: str) -> bool:
    """Whether the password is still the one with which the session began."""
    hashes = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return any(constant_time_compare(kept, known) for known in hashes)
