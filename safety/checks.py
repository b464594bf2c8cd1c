"""Refuse to start on an unsafe combination of settings: which variable, its value, the remedy.

Without any variable the house serves this machine only (localhost, plain HTTP,
SQLite), which is safe. What is checked begins where others can reach it.
Everything here is documented in docs/operators/settings.md.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core import checks

from safety.env import unknown
from safety.errors import Misconfigured

LOCAL = {"localhost", "127.0.0.1", "[::1]", "::1", "testserver", ".localhost"}
SECRET_MIN = 50
SECRET_MIN_DISTINCT = 10
Found = Iterator[checks.CheckMessage]


def is_public() -> bool:
    """Whether other machines are meant to reach this installation."""
    return any(host not in LOCAL for host in settings.ALLOWED_HOSTS)


def is_loopback(host: str) -> bool:
    if host in LOCAL:
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def refuse_public_bind(host: str) -> None:
    """Raise ``Misconfigured`` before listening on ``host`` would put passwords on the wire."""
    if is_loopback(host) or settings.HTTPS or settings.INSECURE_HTTP:
        return
    raise Misconfigured(
        f"HOST is {host!r}, which other machines can reach, without HTTPS. Listen on 127.0.0.1 "
        "behind a proxy that speaks HTTPS and set SAFETY_HTTPS=1, or, only for a demonstration "
        "in a network you trust, set SAFETY_INSECURE_HTTP=1."
    )


def _error(number: int, said: str, remedy: str) -> checks.Error:
    return checks.Error(said, hint=remedy, id=f"safety.E{number:03d}")


def _hosts() -> Found:
    if "*" in settings.ALLOWED_HOSTS:
        yield _error(
            1,
            "SAFETY_ALLOWED_HOSTS is '*': pages would be answered under any forged name.",
            "Write the names people type, separated by commas: safety.example.edu.cn",
        )
    if settings.DEBUG and is_public():
        yield _error(
            2,
            f"SAFETY_DEBUG is 1 while SAFETY_ALLOWED_HOSTS is {_hosts_text()}: "
            "error pages would show settings and people's data to others.",
            "Set SAFETY_DEBUG=0, or leave SAFETY_ALLOWED_HOSTS empty to work on this machine.",
        )


def _https() -> Found:
    if settings.HTTPS and not settings.PROXIES:
        yield _error(
            3,
            "SAFETY_HTTPS is 1 while SAFETY_TRUSTED_PROXIES is 0: the server itself speaks plain "
            "HTTP, so nothing would tell it which requests came encrypted.",
            "Put a proxy with a certificate before it (deploy/nginx.conf) and set "
            "SAFETY_TRUSTED_PROXIES=1.",
        )
    if is_public() and not settings.HTTPS and not settings.INSECURE_HTTP and not settings.DEBUG:
        yield _error(
            4,
            f"SAFETY_HTTPS is 0 while SAFETY_ALLOWED_HOSTS is {_hosts_text()}: passwords and "
            "children's data would cross the network in clear.",
            "Set SAFETY_HTTPS=1 behind a proxy with a certificate; only for a demonstration in "
            "a network you trust, set SAFETY_INSECURE_HTTP=1.",
        )


def _secret() -> Found:
    key = str(settings.SECRET_KEY)
    if is_public() and settings.SECRET_KEY_GENERATED:
        yield _error(
            5,
            "SAFETY_SECRET_KEY is not set, so each machine would make its own: people would be "
            "signed out whenever another machine answers.",
            "Set SAFETY_SECRET_KEY, or SAFETY_SECRET_KEY_FILE, to the same long random text "
            "everywhere.",
        )
    weak = len(key) < SECRET_MIN or len(set(key)) < SECRET_MIN_DISTINCT
    if not settings.DEBUG and (weak or key.startswith("django-insecure")):
        yield _error(
            6,
            f"SAFETY_SECRET_KEY has {len(key)} characters, {len(set(key))} of them different: "
            "sessions could be forged.",
            f"Use at least {SECRET_MIN} random characters: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'",
        )


def _processes() -> Found:
    postgres = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    if postgres and is_public() and not settings.REDIS_URL:
        yield _error(
            7,
            "SAFETY_REDIS_URL is not set while SAFETY_DATABASE_URL names PostgreSQL: several "
            "processes would neither wake each other nor share the limits of sign-in attempts.",
            "Set SAFETY_REDIS_URL=redis://host:6379/0, or leave SAFETY_DATABASE_URL empty to "
            "serve from one process with SQLite.",
        )
    if settings.REDIS_URL and not postgres and is_public():
        yield checks.Warning(
            "SAFETY_DATABASE_URL is not set while SAFETY_REDIS_URL is: SQLite is served by one "
            "machine only.",
            hint="Set SAFETY_DATABASE_URL to PostgreSQL before you start a second machine.",
            id="safety.W001",
        )


def _redis_timeouts() -> Found:
    """redis-py 8 closes a silent connection after 5 s unless told not to."""
    layer: dict[str, Any] = settings.CHANNEL_LAYERS["default"]
    for host in layer.get("CONFIG", {}).get("hosts", []):
        if not isinstance(host, dict) or host.get("socket_timeout", 0) is not None:
            yield _error(
                8,
                f"CHANNEL_LAYERS names the host {_no_password(host)} without socket_timeout None: "
                "after 5 s of silence every subscription would be closed.",
                'Write it as {"address": REDIS_URL, "socket_timeout": None}.',
            )


def _spelling() -> Found:
    for name in unknown():
        yield checks.Warning(
            f"{name} is set, but nothing reads it.",
            hint="Compare its spelling with docs/operators/settings.md.",
            id="safety.W002",
        )


def _hosts_text() -> str:
    return repr(",".join(settings.ALLOWED_HOSTS))


def _no_password(host: Any) -> str:
    address = str(host.get("address", host) if isinstance(host, dict) else host)
    return repr(address.rpartition("@")[2])


RULES: tuple[Callable[[], Found], ...] = (
    _hosts,
    _https,
    _secret,
    _processes,
    _redis_timeouts,
    _spelling,
)


@checks.register(checks.Tags.security)
def check_settings(**_: Any) -> list[checks.CheckMessage]:
    return [message for rule in RULES for message in rule()]
