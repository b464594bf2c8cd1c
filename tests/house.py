"""A house of its own: a database with the cast in it, for real processes to serve.

For tests that kill servers or drive browsers. It stands on the kind of database
that the suite runs on (``SAFETY_DATABASE_URL``), beside the suite's own one.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg.sql import SQL, Identifier

from tests.servers import Installation

BUILD = """
import json
from django.core.management import call_command
from safety.ledger.actions import SYSTEM
from safety.people.actions import create_token
from tests import city

call_command("migrate", verbosity=0, interactive=False)
city.make_city()
print(json.dumps({
    name: create_token(user=city.person(name), label="tests", actor=SYSTEM)
    for name in ("school.safety_staff", "boarding.safety_staff")
}))
"""


@dataclass(kw_only=True)
class House(Installation):
    """An installation with the cast of ``tests.city``; ``tokens`` open the API for who files."""

    tokens: dict[str, str] = field(default_factory=dict)


@contextmanager
def house(folder: Path) -> Iterator[House]:
    """Build a house in ``folder``; a database made for it on PostgreSQL is dropped at the end."""
    with _database(folder) as url:
        made = House(
            var=folder,
            database_url=url,
            redis_url=os.environ.get("SAFETY_REDIS_URL", ""),
            extra={
                "SAFETY_DEBUG": "0",
                "SAFETY_LOG_LEVEL": "WARNING",
                "SAFETY_REDIS_PREFIX": f"house-{secrets.token_hex(6)}",
            },
        )
        made.tokens = json.loads(made.run_python(BUILD).splitlines()[-1])
        yield made


@contextmanager
def _database(folder: Path) -> Iterator[str]:
    given = os.environ.get("SAFETY_DATABASE_URL", "")
    if not given.startswith("postgres"):
        yield f"sqlite:///{folder / 'house.sqlite3'}"
        return
    name = f"house_{secrets.token_hex(6)}"
    with psycopg.connect(given, autocommit=True) as server:
        server.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        try:
            yield urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
        finally:
            server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def file_incident(port: int, token: str, key: str, body: dict[str, Any]) -> tuple[int, Any, bool]:
    """POST a first report: status, answer, and whether it was a repetition."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(
            "POST",
            "/api/v1/incidents",
            body=json.dumps(body),
            headers={
                "Authorization": f"Bearer {token}",
                "Idempotency-Key": key,
                "Content-Type": "application/json",
            },
        )
        answer = connection.getresponse()
        said = json.loads(answer.read())
        return answer.status, said, answer.headers.get("Idempotent-Replay") == "true"
    finally:
        connection.close()
