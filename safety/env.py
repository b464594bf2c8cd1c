"""Read settings from the environment; a wrong value stops the start and says which.

Each reader names the variable, the value it found and how to mend it. Secrets
may also be given as a file (``NAME_FILE``), as containers do.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from safety.errors import Misconfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}
PREFIX = "SAFETY_"
DATABASE_REMEDY = "write postgres://user:password@host:port/name or sqlite:///path/of/the/file"
_asked: set[str] = set()


def _text(name: str) -> str:
    _asked.add(name)
    return os.environ.get(name, "").strip()


def unknown() -> list[str]:
    """Variables with our prefix that no reader asked for: most likely misspelt."""
    return sorted(name for name in os.environ if name.startswith(PREFIX) and name not in _asked)


def is_set(name: str) -> bool:
    return bool(_text(name))


def env_str(name: str, default: str) -> str:
    return _text(name) or default


def env_bool(name: str, *, default: bool) -> bool:
    text = _text(name).lower()
    if not text:
        return default
    if text in TRUE | FALSE:
        return text in TRUE
    raise Misconfigured(f"{name} is {text!r}: write 1 or 0.")


def env_int(name: str, *, default: int, least: int = 0) -> int:
    text = _text(name)
    if not text:
        return default
    if not text.isdecimal() or int(text) < least:
        raise Misconfigured(f"{name} is {text!r}: write a whole number, {least} or more.")
    return int(text)


def env_choice(name: str, *, default: str, choices: tuple[str, ...]) -> str:
    text = _text(name).lower() or default
    if text in choices:
        return text
    raise Misconfigured(f"{name} is {text!r}: write one of {', '.join(choices)}.")


def env_list(name: str, *, default: list[str]) -> list[str]:
    """Parts separated by commas, without the blanks around them."""
    text = _text(name)
    return [part.strip() for part in text.split(",") if part.strip()] or default


def env_dir(name: str, *, default: Path) -> Path:
    """A folder that can be written to; when it is missing it is made, for this user only."""
    path = Path(_text(name) or default)
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(
            f"{name} is {str(path)!r}, which cannot be made: {error}. Name a folder to write to."
        ) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise Misconfigured(f"{name} is {str(path)!r}: this user may not write there.")
    return path


def env_secret(name: str, *, generate_in: Path) -> str:
    """The secret in ``name`` or in the file named by ``name_FILE``.

    Without either one is made once and kept in ``generate_in``, readable by its
    owner only, so that sessions outlive a restart.
    """
    if value := _text(name):
        return value
    if given := _text(f"{name}_FILE"):
        return _content(Path(given), f"{name}_FILE")
    if not generate_in.exists():
        _write_once(generate_in, secrets.token_urlsafe(50))
    return _content(generate_in, name)


def _content(path: Path, name: str) -> str:
    try:
        text = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(
            f"{name} names {str(path)!r}, which cannot be read: {error}. Name a readable text file."
        ) from error
    if not text:
        raise Misconfigured(f"{name} names {str(path)!r}, which is empty: put the secret in it.")
    return text


def _write_once(path: Path, text: str) -> None:
    """Write a file that two starting processes may both want; the first one wins."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def database(name: str, *, default_sqlite: Path) -> dict[str, Any]:
    """Django's database settings from an address: ``postgres://…`` or ``sqlite:///path``."""
    url = _text(name)
    if not url:
        return sqlite(default_sqlite)
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Misconfigured(f"{name} is no address ({error}): {DATABASE_REMEDY}.") from error
    if parts.scheme == "sqlite":
        if not parts.path.strip("/"):
            raise Misconfigured(f"{name} is {url!r}: write sqlite:///path/of/the/file.")
        return sqlite(Path(unquote(parts.path[1:])))
    if parts.scheme in ("postgres", "postgresql"):
        return _postgresql(name, url)
    raise Misconfigured(f"{name} begins with {parts.scheme!r}: {DATABASE_REMEDY}.")


def sqlite(path: Path) -> dict[str, Any]:
    """SQLite as a careful server uses it: WAL, writers queue, every commit on the disk."""
    return {
        "ENGINE": "safety.sqlite",
        "NAME": str(path),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            # synchronous FULL: a commit is on the disk before the answer says so.
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-16000;PRAGMA temp_store=MEMORY;"
            ),
        },
    }


def _postgresql(name: str, url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        # Without the address, and without the cause: both may show a password.
        raise Misconfigured(
            f"{name} has an unusable port: write a number from 0 to 65535, and write "
            "signs such as / # ? @ in a password as %2F %23 %3F %40."
        ) from None
    database_name = unquote(parts.path.lstrip("/"))
    if not database_name:
        raise Misconfigured(f"{name} names no database: end it with /name.")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or parts.hostname or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database_name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port or ""),
        # Pooled: a connection per thread would be opened and closed with each request.
        "CONN_MAX_AGE": 0,
        "OPTIONS": {**options, "pool": {"min_size": 1, "max_size": 16, "timeout": 20}},
    }
