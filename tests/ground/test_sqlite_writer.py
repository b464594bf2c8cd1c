"""The embedded default stands many writers: they queue, none is turned away, no change is lost.

On a SQLite file of its own, whichever database the suite runs on.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, OperationalError, connections, transaction

from safety import env
from safety.sqlite import base

THREADS, ROUNDS = 8, 40
ALIAS = "writers"


@pytest.fixture
def file(tmp_path, monkeypatch, django_db_blocker):
    """A database with one counter, reached as ``connections["writers"]`` from every thread."""
    path = tmp_path / "writers.sqlite3"
    configured = connections.configure_settings({"default": {}, ALIAS: env.sqlite(path)})
    monkeypatch.setitem(connections.settings, ALIAS, configured[ALIAS])
    with django_db_blocker.unblock():
        with cursor() as c:
            c.execute("CREATE TABLE counter (value integer NOT NULL)")
            c.execute("INSERT INTO counter VALUES (0)")
        yield path
        connections[ALIAS].close()
        del connections[ALIAS]


@contextmanager
def cursor() -> Iterator[object]:
    with connections[ALIAS].cursor() as c:
        yield c


def value() -> int:
    with connections[ALIAS].cursor() as c:
        return int(c.execute("SELECT value FROM counter").fetchone()[0])


def add_one(pause_s: float = 0.0) -> None:
    """Read, think, write: what loses changes when two do it at once."""
    with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as c:
        seen = c.execute("SELECT value FROM counter").fetchone()[0]
        time.sleep(pause_s)
        c.execute("UPDATE counter SET value = %s", [seen + 1])


def in_threads(number: int, work: Callable[[], None]) -> None:
    gate = Barrier(number)

    def run() -> None:
        try:
            gate.wait(timeout=20)
            work()
        finally:
            connections[ALIAS].close()

    with ThreadPoolExecutor(number) as pool:
        for future in [pool.submit(run) for _n in range(number)]:
            future.result(timeout=120)


def test_eight_threads_lose_no_change_and_meet_no_error(file):
    def work() -> None:
        for _round in range(ROUNDS):
            add_one(pause_s=0.0005)

    in_threads(THREADS, work)

    assert value() == THREADS * ROUNDS


def test_the_file_is_written_as_a_careful_server_writes(file):
    with connections[ALIAS].cursor() as c:
        mode = c.execute("PRAGMA journal_mode").fetchone()[0]
        synchronous = c.execute("PRAGMA synchronous").fetchone()[0]
        keys = c.execute("PRAGMA foreign_keys").fetchone()[0]

    assert (mode, synchronous, keys) == ("wal", 2, 1)


def test_a_reader_does_not_wait_for_a_writer(file):
    seen: list[int] = []

    def read() -> None:
        seen.append(value())
        connections[ALIAS].close()

    with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as c:
        c.execute("UPDATE counter SET value = 9")
        reader = Thread(target=read)
        reader.start()
        reader.join(timeout=10)

    assert seen == [0]
    assert value() == 9


def test_another_process_is_waited_for(file):
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    other.execute("UPDATE counter SET value = 5")
    release = Thread(target=lambda: (time.sleep(0.3), other.execute("COMMIT")))
    release.start()

    add_one()

    release.join(timeout=10)
    other.close()
    assert value() == 6


@pytest.mark.parametrize("how", ["an error", "a rollback", "a broken statement", "a closed line"])
def test_the_lock_is_let_go_however_a_transaction_ends(file, how):
    def end() -> None:
        with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as c:
            c.execute("UPDATE counter SET value = 7")
            if how == "an error":
                raise LookupError
            if how == "a rollback":
                transaction.set_rollback(True, using=ALIAS)
            if how == "a broken statement":
                c.execute("no sql")
            if how == "a closed line":
                connections[ALIAS].close()

    with suppress(LookupError, DatabaseError):
        end()

    assert value() == 0
    assert not base._writer.locked()
    in_threads(2, add_one)
    assert value() == 2


def test_a_transaction_that_cannot_begin_lets_the_lock_go(file, monkeypatch):
    monkeypatch.setitem(connections[ALIAS].settings_dict["OPTIONS"], "timeout", 0.1)
    connections[ALIAS].close()
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(OperationalError, match="locked"):
        add_one()

    assert not base._writer.locked()
    other.execute("ROLLBACK")
    other.close()
    add_one()
    assert value() == 1


def test_a_writer_that_waits_too_long_is_told_so(file, monkeypatch):
    monkeypatch.setitem(connections[ALIAS].settings_dict["OPTIONS"], "timeout", 0.1)
    assert base._writer.acquire(timeout=1)
    try:
        with pytest.raises(OperationalError, match="another writer of this process"):
            add_one()
    finally:
        base._writer.release()

    add_one()
    assert value() == 1


def test_a_savepoint_inside_a_transaction_takes_no_second_lock(file):
    with transaction.atomic(using=ALIAS):
        add_one()
        with transaction.atomic(using=ALIAS):
            add_one()

    assert value() == 2
