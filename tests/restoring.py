"""Put the test database back to the city after a test that really committed.

Django would flush: delete every row, the city included, which the append-only
ledger refuses on SQLite, and which would leave the next test an empty house. So
what the city looks like is kept once, and put back as a whole:

SQLite: a copy in memory, written back page by page. PostgreSQL: TRUNCATE (it
asks no row trigger) and COPY, in one transaction, sequences included.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from django.db import connection, connections, transaction

from notifications.holders import forget as forget_parts
from safety.posts.held import kept_posts


def forget() -> None:
    """What the process keeps of a database that was put back."""
    forget_parts()
    kept_posts.forget()


REVISION = "posts_holdingsrevision"  # bumped by triggers while the other tables are filled
GUARDED = (
    "ledger_event",
    "ledger_seal",
    "notifications_entry",
    "notifications_responsibilitytable",
)
LOCK_TIMEOUT_S = 20


class Picture:
    """The content of the test database at one moment."""

    def __init__(self) -> None:
        self._take = self._take_sqlite if connection.vendor == "sqlite" else self._take_postgresql
        self._kept: Any = None
        self._sequences: list[tuple[str, int, bool]] = []

    def take(self) -> None:
        connection.ensure_connection()
        self._take()

    def restore(self) -> None:
        """Make the database what it was; other threads' connections must be idle by now."""
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            self._kept.backup(connection.connection)
        else:
            with transaction.atomic(), connection.cursor() as cursor:
                self._restore_postgresql(cursor)
        connections.close_all()
        forget()

    def _take_sqlite(self) -> None:
        self._kept = sqlite3.connect(":memory:", check_same_thread=False)
        connection.connection.backup(self._kept)

    def _take_postgresql(self) -> None:
        self._kept = {}
        with transaction.atomic(), connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
                    self._kept[table] = b"".join(copy)
            cursor.execute(
                "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
            )
            self._sequences = [(name, last or 1, last is not None) for name, last in cursor]

    def _restore_postgresql(self, cursor: Any) -> None:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_S}s'")
        tables = sorted(self._kept, key=lambda table: table == REVISION)
        _truncate(cursor, tables)
        for table in tables:
            if table == REVISION:
                cursor.execute(f'DELETE FROM "{table}"')
            if self._kept[table]:
                with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                    copy.write(self._kept[table])
        for name, last, called in self._sequences:
            cursor.execute("SELECT setval(%s, %s, %s)", [f'"{name}"', last, called])


def _truncate(cursor: Any, tables: list[str], how: str = "") -> None:
    """TRUNCATE, with the guards that refuse it put aside for this one statement."""
    for table in GUARDED:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_truncate")
    cursor.execute("TRUNCATE " + ", ".join(f'"{table}"' for table in tables) + f" {how}")
    for table in GUARDED:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_no_truncate")


def empty() -> None:
    """Delete every row of our tables inside the running transaction (types and rights stay).

    For tests that need a house in which nothing is built yet: keys begin at 1 again.
    """
    forget()
    with connection.cursor() as cursor:
        tables = [
            table
            for table in connection.introspection.table_names(cursor)
            if not table.startswith(("django_", "auth_permission"))
        ]
        if connection.vendor == "postgresql":
            connection.check_constraints()  # what is still to be checked would stop a TRUNCATE
            _truncate(cursor, tables, "RESTART IDENTITY CASCADE")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute("PRAGMA defer_foreign_keys = ON")
        for table in tables:
            cursor.execute(f'DELETE FROM "{table}"')
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
        for _name, sql in triggers:
            cursor.execute(sql)
